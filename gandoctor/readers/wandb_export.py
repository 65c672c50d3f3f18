"""CSV exports of charts of Weights & Biases: a step, and for each run `RUN - METRIC` with its `__MIN` and `__MAX`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.table import read_table
from gandoctor.readers.tagcsv import MAX, MIN, SPLIT
from gandoctor.readers.union import Series, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.source import Source


def read_exports(sources: Sequence[Source]) -> list[RawLog]:
    """One log a run, in the order of their columns; a chart holds one metric as a rule, so several exports are joined.

    The first column is what the chart had on its axis. Points that W&B averaged, over a group of runs or a stretch of
    steps, are counted in a note.
    """
    tables = [read_table(source) for source in sources]
    runs: dict[str, dict[str, Series]] = {}
    averaged = 0
    for table in tables:
        for column in _curves(table):
            run, _, metric = column.rpartition(SPLIT)
            runs.setdefault(run, {})[metric], inexact = _series(table, column)
            averaged += inexact
    notes = [note for table in tables for note in table.notes]
    if averaged:
        notes.append(f"{averaged} points are averages, over a group of runs or a stretch of steps: MIN and MAX differ")
    step = next(iter(tables[0].columns))
    return [replace(join(series, tables[0].name, step=step, notes=notes), part=run) for run, series in runs.items()]


def _curves(table: RawLog) -> Iterator[str]:
    """The columns of curves: those whose bounds stand beside them."""
    for column in table.columns:
        if SPLIT in column and {column + MIN, column + MAX} <= set(table.columns):
            yield column


def _series(table: RawLog, column: str) -> tuple[Series, int]:
    """A curve, and how many of its points are averages."""
    axis = next(iter(table.columns))
    logged = table.logged.get(column, np.ones(table.rows, dtype=np.bool_))
    low, high = (table.columns[column + bound][logged] for bound in (MIN, MAX))
    return Series(table.columns[axis][logged], table.columns[column][logged], np.empty(0)), int(np.sum(low < high))
