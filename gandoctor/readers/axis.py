"""Builds the step axis of a log: one position a row, from whatever the log counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.counters import BoolArray, Counter, Kind, filled, find_counters, typical_increment, wanders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import FloatArray, Unit
    from gandoctor.readers.raw import RawLog

_MANY_ROWS = 1.5
"""Rows an epoch, on average, from which an epoch is taken to hold several rows instead of being logged twice."""
_FEW_EPOCHS = 3
"""With fewer epochs than this, of many rows each, the order of the rows says more than a fraction of an epoch."""

_STEP_LOOPS = 4
"""A step that begins anew so often, with the losses going on, is counted within epochs; a batch always is."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The position of every row, finite, in file order; it may fall where a log restarts.

    The counter may be one that begins again in each epoch, without the epoch being logged, once it has begun `loops`
    times (0: never).
    """

    steps: FloatArray
    unit: Unit
    loops: int = 0
    notes: tuple[str, ...] = ()


def build_axis(raw: RawLog, rows: BoolArray, nameless: str | None = None) -> Axis:
    """Return the axis of `raw`; `rows` are those that hold a curve, by which the counters are judged.

    `nameless` is a column that counts although nothing says so.

    In this order: thousands of images; a step that goes on from epoch to epoch; epoch and a step or batch within it,
    as a step; an epoch a row; an index; epochs of several rows, as fractions of an epoch; the order of the rows.
    """
    notes: list[str] = []
    found = find_counters(raw, rows, notes, nameless)
    axis = _choose(found, rows, notes)
    if axis is None:
        axis = Axis(np.arange(1.0, len(rows) + 1), "row")
        notes.append("no step or epoch was logged: the rows were counted")
    elif not np.isfinite(np.abs(axis.steps).max(initial=0.0) * (len(rows) + 1)):
        axis = Axis(np.arange(1.0, len(rows) + 1), "row")
        notes.append("the steps are too large to be told apart: the rows were counted")
    return Axis(axis.steps, axis.unit, axis.loops, tuple(notes))


def _choose(found: Mapping[Kind, Counter], rows: BoolArray, notes: list[str]) -> Axis | None:
    epoch, inner = found.get("epoch"), found.get("step") or found.get("batch")
    if "kimg" in found:
        return Axis(filled(found["kimg"].values), "kimg")
    if epoch and inner and _begins_again(epoch, inner, rows):
        return _combined(epoch, inner, rows, notes)
    if inner and wanders(filled(inner.values)[rows]):
        notes.append(f"'{inner.column}' goes up and down: not used as the step")
    elif inner:
        steps, loops = filled(inner.values), 2 if inner.kind == "batch" else _STEP_LOOPS
        return _several_rows(steps, "step", rows, notes) or Axis(steps, "step", loops)
    if epoch:
        return _epochs(epoch, found.get("index"), rows, notes)
    return Axis(filled(found["index"].values), "step", _STEP_LOOPS) if "index" in found else None


def _begins_again(epoch: Counter, inner: Counter, rows: BoolArray) -> bool:
    """Whether `inner` starts anew in each epoch: where it falls, the epoch rises.

    A counter that goes on over the epochs falls only where the epoch falls with it, at a restart. The bound leaves room
    for two processes that write at once.
    """
    epochs, values = filled(epoch.values)[rows], filled(inner.values)[rows]
    falls, change = np.diff(values) < 0, np.diff(epochs)
    return bool(np.count_nonzero(falls & (change > 0)) > 0.25 * np.count_nonzero(falls & (change != 0)))


def _combined(epoch: Counter, inner: Counter, rows: BoolArray, notes: list[str]) -> Axis:
    """Epoch and a counter within it as one step: (epoch - first) x steps per epoch + counter."""
    epochs, values = filled(epoch.values), filled(inner.values)
    seen = epochs[rows]
    size = _epoch_size(seen, values[rows], inner.total)
    first = min(float(seen.min()), 1.0)
    notes.append(f"'{inner.column}' begins again in each '{epoch.column}': put together, {size:g} to an epoch")
    return Axis((epochs - first) * size + values, "step")


def _epoch_size(epochs: FloatArray, inner: FloatArray, total: float | None) -> float:
    """How far the inner counter goes in an epoch.

    The total behind the slash where it was printed. Else rows are taken to be evenly apart in the true step, so that
    from row to row the change of the inner counter + size x the change of the epoch is the same.
    """
    highest = float(inner.max())
    if total is not None and total >= highest:
        return total
    turn, move = np.diff(epochs), np.diff(inner)
    apart = _solved(turn, move)
    ahead = turn > 0
    if apart > 0 and np.mean(move[ahead] + apart * turn[ahead] > 0) >= 0.9:
        return apart
    return highest + (1.0 if inner.min() == 0 else 0.0)


def _solved(turn: FloatArray, move: FloatArray) -> float:
    """Return the size that makes move + size x turn constant; 0 where the rows do not say.

    Rows within an epoch give the constant, rows where the counter fell as the epoch rose the size. Without the former
    (one row an epoch) the two commonest changes of the epoch give two equations.
    """
    within, wraps = (turn == 0) & (move > 0), (turn > 0) & (move < 0)
    if within.any() and wraps.any():
        return float(np.median((np.median(move[within]) - move[wraps]) / turn[wraps]))
    turns, counts = np.unique(turn[turn > 0], return_counts=True)
    common = np.sort(turns[np.argsort(counts, kind="stable")[::-1][:2]])
    if len(common) < 2:
        return 0.0
    few, many = (float(np.median(move[turn == value])) for value in common)
    return (few - many) / float(common[1] - common[0])


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
    """Return the steps of `rows` in their places; the rows between take the step before them."""
    full = np.full(len(rows), np.nan)
    full[rows] = steps
    return filled(full)
