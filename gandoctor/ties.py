"""Whether what tied a curve to its past and to another curve has come apart, compared with the same run earlier.

A log of means over epochs, or of every hundredth batch, never had such ties. To have none proves nothing, to have lost
them does.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

PARTS = 5
LEAST = 300
"""Points below which nothing is said."""

NEAR, FAR = 6, 20
"""Points over which the two running means are taken."""

CLEAR = 3.0
"""The F value that earlier ties must reach, 1 being chance: above it in 2 % of windows of white noise."""


def kept(first: FloatArray, second: FloatArray) -> float:
    """The largest share that may be left, in the last fifth, of what tied the first curve to its past and the second.

    In the four fifths before, the first curve is regressed on its own last three points, the second's points at lags
    -1 to 2, and running means of both over 6 and 20 points. In the last fifth it is regressed on what these tell; its
    slope is 1 where nothing has changed and 0 where the ties are gone. Two standard errors are added to it, and what is
    below 0 is 0. Every fifth is taken without its own line. NaN where there were no ties to lose, or below 300 points.
    """
    good = np.isfinite(first) & np.isfinite(second)
    if int(good.sum()) < LEAST:
        return float("nan")
    rows = _design(first[good], second[good])
    size = rows.shape[1] // PARTS
    rows = _without_lines(rows[:, -PARTS * size :], size)
    split = (PARTS - 1) * size
    told = _prediction(rows[:, :split], rows)
    if told is None:
        return float("nan")
    return _slope(told[split:], rows[0, split:])


def _design(a: FloatArray, b: FloatArray) -> FloatArray:
    """The first curve, and below it what it may hang together with; at points with FAR before and one after them."""
    at = np.arange(FAR, len(a) - 1)
    rows = [a[at], *(a[at - k] for k in (1, 2, 3)), *(b[at - k] for k in (-1, 0, 1, 2))]
    rows += [_means(a, k)[at] for k in (NEAR, FAR)] + [_means(b, k)[at + 1] for k in (NEAR, FAR)]
    return np.array(rows)


def _means(x: FloatArray, points: int) -> FloatArray:
    """The means of the `points` values before each one; NaN where there are fewer."""
    sums = np.concatenate([[0.0], np.cumsum(x - x[0])])
    means = np.full(len(x), np.nan)
    means[points:] = (sums[points:-1] - sums[: -points - 1]) / points
    return means


def _without_lines(rows: FloatArray, size: int) -> FloatArray:
    """The rows less the least-squares line of each part of `size` points."""
    t = np.arange(size) - (size - 1) / 2
    t /= sqrt(float(t @ t))
    parts = rows.reshape(len(rows), -1, size)
    parts = parts - parts.mean(axis=2, keepdims=True)
    return np.asarray((parts - (parts @ t)[..., np.newaxis] * t).reshape(len(rows), -1))


def _prediction(before: FloatArray, rows: FloatArray) -> FloatArray | None:
    """The first row from the others, by weights that were fitted to `before`; None where they tell nothing there."""
    first, others = before[0], before[1:]
    weights = np.linalg.lstsq(others.T, first, rcond=None)[0]
    rest = first - weights @ others
    total, left = float(first @ first), float(rest @ rest)
    free = len(first) - len(others)
    if left <= 1e-12 * total or (total - left) / left * free / len(others) < CLEAR:
        return None
    return np.asarray(weights @ rows[1:])


def _slope(told: FloatArray, came: FloatArray) -> float:
    """The slope of what came on what was told, and two standard errors of it; NaN where nothing was told."""
    power = float(told @ told)
    if not power > 0:
        return float("nan")
    slope = float(told @ came) / power
    rest = came - slope * told
    return max(slope + 2 * sqrt(float(rest @ rest) / (len(came) - 3) / power), 0.0)
