"""Finds the rows of a log that a training loop wrote: those that hold D's or G's loss, under any of its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR
from gandoctor.readers.names import Name, understand

if TYPE_CHECKING:
    from gandoctor.readers.columns import ColumnMap
    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.raw import RawLog

_KINDS = ("loss", "score", "accuracy", "quality")


def rows_of_losses(raw: RawLog, columns: ColumnMap) -> BoolArray:
    """Mark the rows by which the step axis is judged.

    They hold the first kind of curve that the log has: a loss, else an output, an accuracy, a quality. A column of the
    same meaning that another run in the file used instead ("Loss Critic" for "Loss D") counts as well.
    """
    for kind in _KINDS:
        names = [m for m in columns.metrics if METRICS[m.partition(PAIR)[0]].kind == kind]
        if names:
            return _rows(raw, columns.metrics[names[0]])
    return np.ones(raw.rows, np.bool_)


def _rows(raw: RawLog, column: str) -> BoolArray:
    rows = np.ones(raw.rows, np.bool_) if column not in raw.logged else raw.logged[column].copy()
    if rows.all():
        return rows
    wanted = meaning(understand(column))
    for other in raw.columns:
        mask = raw.logged.get(other)
        if other != column and mask is not None and meaning(understand(other)) == wanted and not (mask & rows).any():
            rows |= mask
    return rows


def meaning(name: Name) -> tuple[object, ...]:
    """What must be the same in two names of one thing."""
    return name.who, name.what, name.on, name.part, name.index, name.held_out, name.smoothed, name.unknown
