"""Recognises a log in which every record was printed twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR

if TYPE_CHECKING:
    from gandoctor.readers.columns import ColumnMap
    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.order import IntArray
    from gandoctor.readers.raw import RawLog

_SHARE = 0.95
_ROWS = 6


def without_repeats(raw: RawLog, columns: ColumnMap) -> tuple[RawLog, tuple[str, ...]]:
    """`raw` without the second row of each record, where nearly every second row repeats the losses of the row before.

    A frozen run is no such log: there the rows after a repeat repeat as well.
    """
    losses = [c for m, c in columns.metrics.items() if METRICS[m.partition(PAIR)[0]].kind == "loss"]
    if len(losses) < 2:
        return raw, ()
    first = losses[0]
    rows = np.flatnonzero(raw.logged[first]) if first in raw.logged else np.arange(raw.rows)
    same = _same_as_before(raw, losses, rows)
    if len(rows) < _ROWS or not _alternate(same):
        return raw, ()
    keep = np.ones(raw.rows, np.bool_)
    keep[rows[same]] = False
    made = replace(
        raw,
        columns={c: values[keep] for c, values in raw.columns.items()},
        logged={c: mask[keep] for c, mask in raw.logged.items()},
        lines=None if raw.lines is None else raw.lines[keep],
    )
    return made, (f"every record stands twice in the log: {int(np.count_nonzero(~keep))} repeats were dropped",)


def _same_as_before(raw: RawLog, losses: list[str], rows: IntArray) -> BoolArray:
    same = np.ones(len(rows), np.bool_)
    same[:1] = False
    for column in losses:
        values = raw.columns[column][rows]
        same[1:] &= values[1:] == values[:-1]
        if not same.any():
            break
    return same


def _alternate(same: BoolArray) -> bool:
    """Whether rows are new and repeated in turn."""
    return bool(np.mean(same[1:] != same[:-1]) >= _SHARE)
