"""Joins curves that were logged apart, each over its own steps, into rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.budget import affordable
from gandoctor.readers.raw import RawLog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.cells import BoolArray

_LISTED = 8
IntArray = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve in the order in which it was logged; `times` in seconds of any origin, empty where unknown."""

    steps: FloatArray
    values: FloatArray
    times: FloatArray


def join(series: Mapping[str, Series], name: str, *, step: str, time: str = "", notes: Sequence[str] = ()) -> RawLog:
    """One row for each step of any curve, in the order of steps; a curve is logged in the rows of its own steps.

    A step that a curve has several times gives several rows, in the order in which they were logged; where a curve's
    steps fall (a restart), its later part comes after every earlier part. `step` and `time` name the columns.
    """
    keys = [_keys(curve.steps) for curve in series.values()]
    rows, places = np.unique(np.concatenate(keys), axis=0, return_inverse=True)
    places = places.reshape(-1)
    kept, told = affordable({tag: len(curve.steps) for tag, curve in series.items()}, len(rows))
    columns: dict[str, FloatArray] = {step: np.ascontiguousarray(rows[:, 1])}
    logged: dict[str, BoolArray] = {}
    if time:
        columns[time] = _times(series, places, len(rows))
    start = 0
    for tag, curve in series.items():
        place = places[start : start + len(curve.steps)]
        start += len(curve.steps)
        if tag not in kept:
            continue
        values = np.full(len(rows), np.nan)
        values[place] = curve.values
        columns[tag] = values
        if len(place) < len(rows):
            mask = np.zeros(len(rows), dtype=np.bool_)
            mask[place] = True
            logged[tag] = mask
    return RawLog(columns, name, logged, notes=(*notes, *told))


def _keys(steps: FloatArray) -> FloatArray:
    """(part, step, repetition) of each point: the part rises where steps fall, the repetition within equal steps."""
    count = len(steps)
    if not count:
        return np.empty((0, 3))
    part = np.concatenate([[0.0], np.cumsum(np.diff(steps) < 0)])
    fresh = np.concatenate([[True], np.diff(steps) != 0])
    index = np.arange(count)
    repetition = index - np.maximum.accumulate(np.where(fresh, index, 0))
    return np.column_stack([part, steps, repetition]).astype(np.float64)


def _times(series: Mapping[str, Series], places: IntArray, rows: int) -> FloatArray:
    times = np.full(rows, np.nan)
    start = 0
    for curve in series.values():
        place = places[start : start + len(curve.steps)]
        start += len(curve.steps)
        if len(curve.times):
            empty = np.isnan(times[place])
            times[place[empty]] = curve.times[empty]
    return times


def spread(lengths: Mapping[str, int]) -> dict[str, IntArray]:
    """The row of each value where curves of different lengths span one training: the longest has every row.

    A curve of m values beside n rows stands at rows round((i + 1) n / m) - 1: G's value after each n_critic of D's.
    """
    rows = max(lengths.values())
    places = {}
    for tag, length in lengths.items():
        ends = (np.arange(length) + 1) * rows / max(length, 1)
        places[tag] = np.rint(ends).astype(np.int64) - 1
    return places


def stretch(arrays: Mapping[str, FloatArray], name: str, *, notes: Sequence[str] = ()) -> RawLog:
    """Curves without steps as rows of one training, the shorter ones spread over the rows of the longest."""
    rows = max(len(values) for values in arrays.values())
    kept, left = affordable({tag: len(values) for tag, values in arrays.items()}, rows)
    arrays = {tag: values for tag, values in arrays.items() if tag in kept}
    places = spread({tag: len(values) for tag, values in arrays.items()})
    columns: dict[str, FloatArray] = {}
    logged: dict[str, BoolArray] = {}
    for tag, values in arrays.items():
        if len(values) == rows:
            columns[tag] = np.asarray(values, dtype=np.float64)
            continue
        columns[tag] = np.full(rows, np.nan)
        columns[tag][places[tag]] = values
        logged[tag] = np.zeros(rows, dtype=np.bool_)
        logged[tag][places[tag]] = True
    short = sorted({len(values) for values in arrays.values()} - {rows})
    said = ", ".join(map(str, short[:_LISTED])) + (", ..." if len(short) > _LISTED else "")
    told = [f"curves of {said} and {rows} values were spread over one training"] if short else []
    return RawLog(columns, name, logged, notes=(*notes, *left, *told))
