"""A curve in a few rows of characters, on a step axis that several curves and the phases share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.report.words import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gandoctor.model import Curve, FloatArray

BLOCKS = " ▁▂▃▄▅▆▇█"
"""Bars of zero to eight eighths."""

DOTS = " _.-'"
"""The same idea in ASCII: a dot at one of four heights, or nothing."""

_DECADES = 1.5
"""From how many powers of ten between its lowest and highest twentieth on a positive curve is drawn on a log scale."""

_ENOUGH = 2000
"""Values from which a quantile is drawn to a thirtieth of its spread."""

_STEADY = 0.1
"""The least extent of a scale, as a share of the level of the curve."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Columns that divide the steps from `start` to `end` evenly."""

    start: float
    end: float
    columns: int

    @property
    def edges(self) -> FloatArray:
        """The borders of the columns, one more than there are columns."""
        return np.linspace(self.start, self.end, self.columns + 1)

    def column(self, step: float) -> int:
        """Return the column in which a step lies; the nearest one for steps outside."""
        if self.end <= self.start:
            return 0
        place = int((step - self.start) / (self.end - self.start) * self.columns)
        return min(max(place, 0), self.columns - 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` (bottom) to `high` (top), linear or logarithmic; values beyond are clipped."""

    low: float
    high: float
    log: bool = False

    def height(self, values: FloatArray) -> FloatArray:
        """Return the height of each value from 0 to 1; 0.5 on a scale without extent; NaN stays NaN."""
        if self.high <= self.low:
            return np.where(np.isnan(values), np.nan, 0.5)
        if self.log:
            low, high = np.log(self.low), np.log(self.high)
            return np.asarray(np.clip((np.log(np.maximum(values, self.low)) - low) / (high - low), 0, 1))
        return np.asarray(np.clip((values - self.low) / (self.high - self.low), 0, 1))


def scale(values: FloatArray) -> Scale:
    """Return the scale for a curve: its middle 98 %, so that one spike does not flatten the rest.

    A curve that is never negative is drawn from 0, any other over at least a tenth of its level, so that noise on a
    steady curve does not look like a rise; a positive one that covers more than 1.5 decades is logarithmic.
    """
    finite = _thinned(values[np.isfinite(values)])
    if not len(finite):
        return Scale(0.0, 0.0)
    low, high = (float(q) for q in np.quantile(finite, (0.01, 0.99)))
    if low >= 0 and high > 0:
        floor, usual, most = (float(q) for q in np.quantile(finite[finite > 0], (0.01, 0.05, 0.95)))
        if most > usual * 10**_DECADES:
            return Scale(max(floor, high * 1e-6), high, log=True)
        return Scale(0.0, high)
    room = max(0.0, _STEADY * abs(low + high) / 2 - (high - low)) / 2
    return Scale(low - room, high + room)


def _thinned(values: FloatArray) -> FloatArray:
    """Return every k-th value so that some 2000 are left: a bar has eight heights, so a sample shows the same one."""
    return values[:: max(len(values) // _ENOUGH, 1)]


def columns(curve: Curve, axis: Axis) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the median of each column's finite values, and in which columns something non-finite was logged.

    A column between two points of a sparse curve is like the one before it; one outside the curve is NaN.
    """
    bounds = np.searchsorted(curve.steps, axis.edges, side="left")
    bounds[1 if axis.end <= axis.start else -1 :] = len(curve)
    medians = np.full(axis.columns, np.nan)
    broken = np.zeros(axis.columns, dtype=bool)
    held, bad = np.nan, False
    for column, (start, end) in enumerate(pairwise(bounds)):
        part = curve.values[start:end]
        if len(part):
            finite = part[np.isfinite(part)]
            held, bad = (float(np.median(_thinned(finite))) if len(finite) else np.nan), len(finite) < len(part)
        elif not np.isnan(held):
            bad = False
        if start < len(curve):
            medians[column], broken[column] = held, bad
    return medians, broken


def spark(curve: Curve, axis: Axis, rows: int, blocks: bool) -> tuple[str, ...]:
    """`rows` lines of `axis.columns` characters, top first; `!` stands where NaN or an infinity was logged."""
    medians, broken = columns(curve, axis)
    heights = scale(curve.values).height(medians)
    lines = [[_mark(h, row, rows, blocks) for h in heights] for row in range(rows)]
    for column in np.flatnonzero(broken):
        lines[-1][column] = "!"
    return tuple("".join(line) for line in lines)


def _mark(height: float, row: int, rows: int, blocks: bool) -> str:
    """Return the character of one cell; `row` counts from the top."""
    if np.isnan(height):
        return " "
    marks = BLOCKS if blocks else DOTS
    levels = len(marks) - 1
    level = 1 + min(int(height * rows * levels), rows * levels - 1)
    inside = level - (rows - 1 - row) * levels
    if blocks:
        return marks[min(max(inside, 0), levels)]
    return marks[inside] if 0 < inside <= levels else " "


def extent(curve: Curve) -> str:
    """Return what the curve spans but for its extreme 2 %, and a spike beyond: "0.002 to 2.1 (log), peak 37"."""
    finite = curve.values[np.isfinite(curve.values)]
    if not len(finite):
        return "never finite"
    drawn = scale(curve.values)
    low, high, peak = float(np.quantile(finite, 0.01)), float(np.quantile(finite, 0.99)), float(finite.max())
    if finite.min() == peak:
        return f"constant at {number(peak)}"
    text = f"{number(low)} to {number(high)}" + (" (log)" if drawn.log else "")
    return f"{text}, peak {number(peak)}" if peak > drawn.high + 0.5 * (drawn.high - drawn.low) else text


def ending(curve: Curve) -> str:
    """Return the last value that was logged: "ends at 0.002"."""
    return f"ends at {number(float(curve.values[-1]))}"
