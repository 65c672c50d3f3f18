"""Recognises losses that are blank from some row to the end: so a frame of pandas and JSON's null write NaN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR

if TYPE_CHECKING:
    from gandoctor.readers.columns import ColumnMap
    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.raw import RawLog

_ROWS = 3
"""Blank rows at the end from which on it is no last row that was cut off."""
_DENSE = 0.95
"""Share of the rows before that hold a loss, in a log that has one in every row."""


def with_nan(raw: RawLog, columns: ColumnMap) -> tuple[RawLog, tuple[str, ...]]:
    """`raw` with NaN for the losses of its last rows, where all of them are blank there and were in all rows before.

    Only where those rows hold nothing but what stood beside the losses before (a counter, a learning rate): a row of
    another kind, such as an evaluation, has no losses.
    """
    losses = [c for m, c in columns.metrics.items() if METRICS[m.partition(PAIR)[0]].kind == "loss"]
    masks = [raw.logged.get(column) for column in losses]
    if not losses or any(mask is None for mask in masks):
        return raw, ()
    some = np.logical_or.reduce([mask for mask in masks if mask is not None])
    begin = raw.rows - int(np.argmax(some[::-1])) if some.any() else raw.rows
    blank = raw.rows - begin
    dense = [c for c in losses if raw.logged[c][:begin].mean() >= _DENSE] if begin else []
    if blank < _ROWS or len(dense) < len(losses) or not _alike(raw, some, begin):
        return raw, ()
    logged = dict(raw.logged)
    for column in losses:
        logged[column] = logged[column] | (np.arange(raw.rows) >= begin)
    note = f"the last {blank} rows hold no loss, as NaN is written by some programs: it was taken for NaN"
    return replace(raw, logged=logged), (note,)


def _alike(raw: RawLog, some: BoolArray, begin: int) -> bool:
    """Whether the rows from `begin` on hold at least one number, and none that rows with a loss do not hold."""
    counts = 0
    for column, values in raw.columns.items():
        mask = raw.logged.get(column, np.isfinite(values))
        if not mask[begin:].any():
            continue
        if mask[some].mean() < _DENSE:
            return False
        counts += 1
    return counts > 0
