"""Frames of a progress bar that rewrites its line: which of them are rows."""

from __future__ import annotations

from collections.abc import Sequence

from gandoctor.readers.text_rows import Row

_LIVE = 0.5


def settle(rows: Sequence[Row]) -> list[Row]:
    """The rows without the frames that say nothing new.

    Of frames with the same counters the last is kept: a bar is drawn once when it advances, with the old numbers, and
    again when it gets the new ones. If numbers usually change from frame to frame, every remaining frame is a row,
    constant ones too (a pinned loss is a finding). If they change now and then (set every so many batches), a frame that
    only repeats them is a redrawing, and a row is kept where they change and at the end.
    """
    kept = _last_of_each(rows)
    if _is_live(kept):
        return kept
    return [row for place, row in enumerate(kept) if not _is_redrawn(kept, place)]


def _last_of_each(rows: Sequence[Row]) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if row.frame and kept and kept[-1].frame and row.counters and row.counters == kept[-1].counters:
            if row.metrics.keys() >= kept[-1].metrics.keys():
                kept[-1] = row
                continue
        kept.append(row)
    return kept


def _is_live(rows: Sequence[Row]) -> bool:
    """Whether, after a frame with new numbers, the next one has new numbers again more often than not."""
    fresh = [row.metrics != before.metrics for before, row in zip(rows, rows[1:], strict=False) if row.frame and before.frame]
    after = [now for before, now in zip(fresh, fresh[1:], strict=False) if before]
    return not after or sum(after) >= _LIVE * len(after)


def _is_redrawn(rows: Sequence[Row], place: int) -> bool:
    row = rows[place]
    if not (row.frame and 0 < place < len(rows) - 1):
        return False
    before, after = rows[place - 1], rows[place + 1]
    return before.frame and before.metrics == row.metrics and after.frame
