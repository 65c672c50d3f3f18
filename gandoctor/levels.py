"""Where a curve lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.robust import finite, middle, quantile

if TYPE_CHECKING:
    from gandoctor.model import FloatArray


def median(window: FloatArray) -> float:
    """The median."""
    return middle(finite(window))


def mean(window: FloatArray) -> float:
    """The arithmetic mean."""
    x = finite(window)
    return float(x.mean()) if len(x) else float("nan")


def low(window: FloatArray) -> float:
    """The 10 % quantile, with linear interpolation."""
    return quantile(window, 0.1)


def high(window: FloatArray) -> float:
    """The 90 % quantile, with linear interpolation."""
    return quantile(window, 0.9)


def minimum(window: FloatArray) -> float:
    """The smallest value."""
    x = finite(window)
    return float(x.min()) if len(x) else float("nan")


def maximum(window: FloatArray) -> float:
    """The largest value."""
    x = finite(window)
    return float(x.max()) if len(x) else float("nan")


def first(window: FloatArray) -> float:
    """The first finite point, of a long run the mean of its first points."""
    x = finite(window)
    return float(x[0]) if len(x) else float("nan")


def last(window: FloatArray) -> float:
    """The median of the last three points."""
    return median(finite(window)[-3:])


def rise(window: FloatArray) -> float:
    """The last value less the first: how far a curve came from one end of the window to the other. Needs 2 points."""
    x = finite(window)
    return float(x[-1] - x[0]) if len(x) >= 2 else float("nan")


def spread(window: FloatArray) -> float:
    """1.4826 x the median absolute deviation: the standard deviation, where the values are normal."""
    x = finite(window)
    if len(x) < 3:
        return float("nan")
    return 1.482602218505602 * middle(np.abs(x - middle(x)))


def swing(window: FloatArray) -> float:
    """Half the distance from the 5 % to the 95 % quantile: the amplitude of what the curve does, in its own units."""
    x = finite(window)
    return 0.5 * (quantile(x, 0.95) - quantile(x, 0.05)) if len(x) >= 10 else float("nan")


def count(window: FloatArray) -> float:
    """The number of points, of blocks of points in a run of more than 8191."""
    return float(len(window))


def nonfinite(window: FloatArray) -> float:
    """How many non-finite points stand at the very end; the engine counts them over the whole curve."""
    good = np.flatnonzero(np.isfinite(window))
    return float(len(window) - (int(good[-1]) + 1 if len(good) else 0))
