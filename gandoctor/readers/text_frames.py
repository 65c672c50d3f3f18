"""Frames of a progress bar that rewrites its line: which of them are rows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeGuard

from gandoctor.readers.text_rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.text_rows import Stretch

_LIVE = 0.5


def settle(rows: Sequence[Row | Stretch]) -> list[Row | Stretch]:
    """The rows without the frames that say nothing new.

    Of frames with the same counters the last is kept: a bar is drawn once when it advances, with the old numbers, and
    again when it gets the new ones. If numbers usually change from frame to frame, every remaining frame is a row,
    constant ones too (a pinned loss is a finding). If they change now and then (set every so many batches), a frame
    that only repeats them is a redrawing, and rows are kept where they change and at the end.
    """
    kept = _last_of_each(rows)
    if _is_live(kept):
        return kept
    return [row for place, row in enumerate(kept) if not _is_redrawn(kept, place)]


def _last_of_each(rows: Sequence[Row | Stretch]) -> list[Row | Stretch]:
    kept: list[Row | Stretch] = []
    for row in rows:
        if kept and _supersedes(row, kept[-1]):
            kept[-1] = row
        else:
            kept.append(row)
    return kept


def _is_frame(row: Row | Stretch) -> TypeGuard[Row]:
    return isinstance(row, Row) and row.frame


def _supersedes(row: Row | Stretch, before: Row | Stretch) -> bool:
    """Whether the frame was drawn over the one before at the same place of the run."""
    if not (_is_frame(row) and _is_frame(before) and row.counters) or row.counters != before.counters:
        return False
    return row.metrics.keys() >= before.metrics.keys()


def _is_live(rows: Sequence[Row | Stretch]) -> bool:
    """Whether, after a frame with new numbers, the next one has new numbers again more often than not."""
    fresh = [row.metrics != before.metrics for before, row in pairwise(rows) if _is_frame(row) and _is_frame(before)]
    after = [now for before, now in pairwise(fresh) if before]
    return not after or sum(after) >= _LIVE * len(after)


def _is_redrawn(rows: Sequence[Row | Stretch], place: int) -> bool:
    if not 0 < place < len(rows) - 1:
        return False
    before, row, after = rows[place - 1 : place + 2]
    return _is_frame(row) and _is_frame(before) and before.metrics == row.metrics and _is_frame(after)
