"""The features of a run: one number for each row of `features.toml` whose curve was logged."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from gandoctor.robust import middle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gandoctor.model import Curve, FloatArray

Worse = Literal["higher", "lower", "either"]

BINS = 20
"""Into how many stretches of equal length a run is cut to say when a curve left the others."""

_LEAST = 3
"""Points below which a stretch has no level, and no spread."""

_COURSE = 10
"""Points below which it cannot be said when a curve reached its final level."""

_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""

_SMALLEST = 1e-6
"""Below this a spread is that of rounding."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One comparison: what is measured on which curve and where, which way is worse, and how much is nothing.

    A feature with `factor` is compared as a natural logarithm; `margin` is in the compared unit, so ln 1.5 for a
    factor of 1.5.
    """

    id: str
    curve: str
    statistic: str
    part: tuple[float, float]
    worse: Worse
    margin: float
    factor: bool
    name: str
    lower: str
    higher: str

    @property
    def needs_same_rows(self) -> bool:
        """Whether the value depends on how often the log has a row: movement between rows does, a level does not."""
        return self.statistic == "spread"


@cache
def table() -> tuple[int, Mapping[str, Feature]]:
    """The version of the table of features, and the features by id."""
    loaded = tomllib.loads(Path(__file__).with_name("features.toml").read_text(encoding="utf-8"))
    made = {}
    for row in loaded["feature"]:
        factor = bool(row.pop("factor", False))
        margin = log(row.pop("margin")) if factor else float(row.pop("margin"))
        made[row["id"]] = Feature(**{**row, "part": tuple(row["part"])}, margin=margin, factor=factor)
    return int(loaded["version"]), made


def features(curves: Mapping[str, Curve], first: float, last: float) -> dict[str, float]:
    """Every feature between two steps; one whose curve is not there, or has too few finite points, is absent."""
    made = {}
    for feature in table()[1].values():
        if feature.curve in curves:
            low, high = (first + share * (last - first) for share in feature.part)
            value = _STATISTICS[feature.statistic](*_within(curves[feature.curve], low, high))
            if np.isfinite(value):
                made[feature.id] = value
    return made


def course(curve: Curve, first: float, last: float) -> tuple[float, ...]:
    """The median of each of `BINS` stretches of equal length; NaN where nothing finite was logged."""
    edges = np.linspace(first, last, BINS + 1)
    return tuple(middle(_within(curve, edges[k], edges[k + 1])[1]) for k in range(BINS))


def _within(curve: Curve, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Steps and values of the finite points from `low` to `high`, both included."""
    start, end = np.searchsorted(curve.steps, [low, high + 1e-9 * abs(high)])
    steps, values = curve.steps[start:end], curve.values[start:end]
    good = np.isfinite(values)
    return steps[good], values[good]


def _level(steps: FloatArray, values: FloatArray) -> float:
    """The median."""
    del steps
    return middle(values) if len(values) >= _LEAST else float("nan")


def _size(steps: FloatArray, values: FloatArray) -> float:
    """The logarithm of the median size."""
    return float(np.log(max(abs(_level(steps, values)), _SMALLEST)))


def _spread(steps: FloatArray, values: FloatArray) -> float:
    """The logarithm of the robust standard deviation around the medians of ten blocks, so that a drift is no spread."""
    del steps
    blocks = [block - middle(block) for block in np.array_split(values, 10) if len(block) >= _LEAST]
    if not blocks:
        return float("nan")
    return float(np.log(max(_NORMAL * middle(np.abs(np.concatenate(blocks))), _SMALLEST)))


def _drift(steps: FloatArray, values: FloatArray) -> float:
    """The median of the last third less that of the first third."""
    del steps
    third = len(values) // 3
    return middle(values[-third:]) - middle(values[:third]) if third >= _LEAST else float("nan")


def _arrived(steps: FloatArray, values: FloatArray) -> float:
    """The logarithm of the step, counted from the first, at which nine tenths of the final level are first reached.

    The final level is the median of the last 30 % of the points; a point counts by the median of it and its neighbours.
    """
    if len(values) < _COURSE:
        return float("nan")
    level = middle(values[int(0.7 * len(values)) :])
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(values, 3), axis=1)
    reached = np.flatnonzero(smooth >= 0.9 * level)
    apart = steps[1] - steps[0]
    return float(np.log(steps[reached[0] + 1] - steps[0] + apart)) if len(reached) and apart > 0 else float("nan")


_STATISTICS: Mapping[str, Callable[[FloatArray, FloatArray], float]] = {
    "level": _level,
    "size": _size,
    "spread": _spread,
    "drift": _drift,
    "arrived": _arrived,
}
