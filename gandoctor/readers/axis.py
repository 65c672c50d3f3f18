"""Builds the step axis of a log: one position a row, from whatever the log counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gandoctor.model import FloatArray, Unit
from gandoctor.readers.counters import BoolArray, Counter, Kind, filled, find_counters, typical_increment
from gandoctor.readers.raw import RawLog

_MANY_ROWS = 1.5
"""Rows an epoch, on average, from which an epoch is taken to hold several rows instead of being logged twice."""
_FEW_EPOCHS = 3
"""With fewer epochs than this, of many rows each, the order of the rows says more than a fraction of an epoch."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The position of every row, finite, in file order; it may fall where a log restarts.

    `loops` says that the counter may begin again in each epoch without the epoch being logged.
    """

    steps: FloatArray
    unit: Unit
    loops: bool = False
    notes: tuple[str, ...] = ()


def build_axis(raw: RawLog, rows: BoolArray) -> Axis:
    """The axis of `raw`; `rows` are those that hold a curve, by which the counters are judged.

    In this order: thousands of images; a step that goes on from epoch to epoch; epoch and a step or batch within it,
    as a step; an epoch a row; an index; epochs of several rows, as fractions of an epoch; the order of the rows.
    """
    notes: list[str] = []
    found = find_counters(raw, rows, notes)
    axis = _choose(found, rows, notes)
    if axis is None:
        axis = Axis(np.arange(1.0, len(rows) + 1), "row")
        notes.append("no step or epoch was logged: the rows were counted")
    return Axis(axis.steps, axis.unit, axis.loops, tuple(notes))


def _choose(found: Mapping[Kind, Counter], rows: BoolArray, notes: list[str]) -> Axis | None:
    epoch, inner = found.get("epoch"), found.get("batch")
    if "kimg" in found:
        return Axis(filled(found["kimg"].values), "kimg")
    step = found.get("step")
    if step and not (epoch and _begins_again(epoch, step, rows)):
        return _several_rows(filled(step.values), "step", rows, notes) or Axis(filled(step.values), "step", loops=True)
    inner = step or inner
    if epoch and inner:
        return _combined(epoch, inner, rows, notes)
    if inner:
        return Axis(filled(inner.values), "step", loops=True)
    if epoch:
        return _epochs(epoch, found.get("index"), rows, notes)
    return Axis(filled(found["index"].values), "step") if "index" in found else None


def _begins_again(epoch: Counter, inner: Counter, rows: BoolArray) -> bool:
    """Whether `inner` starts anew in each epoch: the epochs' ranges of it overlap."""
    epochs, values = filled(epoch.values)[rows], filled(inner.values)[rows]
    order = np.argsort(epochs, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(epochs[order]) > 0])
    if len(starts) < 2:
        return False
    low = np.minimum.reduceat(values[order], starts)
    high = np.maximum.reduceat(values[order], starts)
    return bool(np.mean(low[1:] <= high[:-1]) >= 0.5)


def _combined(epoch: Counter, inner: Counter, rows: BoolArray, notes: list[str]) -> Axis:
    """Epoch and a counter within it as one step: (epoch - first) x steps per epoch + counter."""
    epochs, values = filled(epoch.values), filled(inner.values)
    seen = epochs[rows]
    if not len(seen) or seen.min() == seen.max():
        return Axis(values, "step", loops=True)
    size = _epoch_size(seen, values[rows], inner.total)
    first = min(float(seen.min()), 1.0)
    notes.append(f"'{inner.column}' begins again in each '{epoch.column}': put together, {size:g} to an epoch")
    return Axis((epochs - first) * size + values, "step")


def _epoch_size(epochs: FloatArray, inner: FloatArray, total: float | None) -> float:
    """How far the inner counter goes in an epoch.

    The total behind the slash where it was printed. Else the counter is taken to go on evenly over the boundary, which
    makes the size last + increment - first; at least the highest value seen.
    """
    highest = float(inner.max())
    if total is not None and total >= highest:
        return total
    jumps = np.flatnonzero(np.diff(epochs) == 1)
    even = inner[jumps] + typical_increment(inner) - inner[jumps + 1]
    guess = float(np.median(even)) if len(jumps) else highest + 1
    return max(guess, highest + (1.0 if inner.min() == 0 else 0.0))


def _epochs(epoch: Counter, index: Counter | None, rows: BoolArray, notes: list[str]) -> Axis | None:
    epochs = filled(epoch.values)
    if not _repeats(epochs[rows]):
        return Axis(epochs, "epoch")
    if index is not None:
        return Axis(filled(index.values), "step")
    return _several_rows(epochs, "epoch", rows, notes)


def _repeats(values: FloatArray) -> bool:
    """Whether the values stand still so often that each must cover several rows."""
    return bool(len(values) >= _MANY_ROWS * (1 + np.count_nonzero(np.diff(values))))


def _several_rows(counter: FloatArray, unit: Unit, rows: BoolArray, notes: list[str]) -> Axis | None:
    """Rows that share a count, spread evenly over it; counted instead where there are too few counts."""
    seen = counter[rows]
    if len(seen) < 2 or not _repeats(seen):
        return None
    starts = np.flatnonzero(np.r_[True, np.diff(seen) != 0])
    if len(starts) < _FEW_EPOCHS:
        notes.append(f"{len(starts)} {unit}(s) hold {len(seen)} rows: the rows were counted")
        return Axis(_carried(np.arange(1.0, len(seen) + 1), rows), "row")
    sizes = np.diff(np.r_[starts, len(seen)])
    usual = float(np.median(sizes[:-1]))
    place = np.arange(len(seen)) - np.repeat(starts, sizes)
    share = place / np.repeat(np.maximum(sizes, usual), sizes)
    notes.append(f"each {unit} holds about {usual:g} rows: they were spread evenly over it")
    width = typical_increment(seen)
    return Axis(_carried(seen + share * width, rows), unit)


def _carried(steps: FloatArray, rows: BoolArray) -> FloatArray:
    """The steps of `rows` in their places; the rows between take the step before them."""
    full = np.full(len(rows), np.nan)
    full[rows] = steps
    return filled(full)
