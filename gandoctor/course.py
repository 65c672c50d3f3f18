"""Where a curve is going: memory, trend, growth, and how far it is from its best."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, isfinite, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gandoctor.levels import spread
from gandoctor.robust import block_means, finite, middle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gandoctor.model import FloatArray

BLOCKS = 20


def lag1(window: FloatArray) -> float:
    """The lag-1 autocorrelation, biased estimate (Box, Jenkins, Reinsel 2008, eq. 2.1.12); 0 for a constant."""
    x = finite(window)
    if len(x) < 4:
        return float("nan")
    x = x - x.mean()
    power = float(x @ x)
    return float(x[1:] @ x[:-1]) / power if power > 0 else 0.0


def smoothness(window: FloatArray) -> float:
    """The lag-1 autocorrelation of the first differences.

    -0.5 for white noise, near (w-1)/2 for white noise under an exponential average of weight w, above 0 only for a
    curve that was smoothed or is a smooth function of time. A constant has no changes to compare.
    """
    change = np.diff(finite(window))
    return lag1(change) if len(change) >= 7 and change.any() else float("nan")


@lru_cache(maxsize=4)
def _pairs(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of the first and of the second of every pair of n points."""
    first, second = np.triu_indices(n, 1)
    return first, second


def mann_kendall(window: FloatArray) -> tuple[float, float]:
    """Kendall's S as a z-score, and its two-sided p-value, with the AR(1) variance correction.

    The variance n(n-1)(2n+5)/18 is multiplied by 1 + 2(r^(n+1) - n r^2 + (n-1) r) / (n (r-1)^2), r the lag-1
    autocorrelation of the series after its Theil-Sen line is taken out (Yue and Wang 2004, eq. 7). Ties are taken
    from the variance. Needs 8 points; (0, 1) where nothing can be said.
    """
    x = finite(window)
    n = len(x)
    if n < 8:
        return 0.0, 1.0
    first, second = _pairs(n)
    difference = x[second] - x[first]
    s = float(np.sign(difference).sum())
    slope = middle(difference / (second - first))
    r = min(max(lag1(x - slope * np.arange(n)), 0.0), 0.95)
    _, ties = np.unique(x, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    variance *= 1 + 2 * (r ** (n + 1) - n * r * r + (n - 1) * r) / (n * (r - 1) ** 2)
    if variance <= 0 or s == 0:
        return 0.0, 1.0
    z = (s - np.sign(s)) / sqrt(variance)
    return float(z), erfc(abs(z) / sqrt(2))


def trend(window: FloatArray) -> float:
    """The change over the window along the Theil-Sen line, 0 where it is not significant at 1 %.

    Slope: the median of all pairwise slopes (Sen 1968) of 20 block means; test: `mann_kendall` on the same means.
    """
    x = finite(window)
    if len(x) < 10:
        return float("nan")
    blocks = block_means(x, BLOCKS)
    if mann_kendall(blocks)[1] >= 0.01:
        return 0.0
    first, second = _pairs(len(blocks))
    return middle((blocks[second] - blocks[first]) / (second - first)) * (len(blocks) - 1)


def climb(window: FloatArray) -> float:
    """`trend` in units of the spread around it: how far the curve climbed against its own noise."""
    change = trend(window)
    if not isfinite(change) or change == 0:
        return change
    x = finite(window)
    noise = spread(x - change * np.linspace(-0.5, 0.5, len(x)))
    return change / max(noise, 1e-12)


def worsening(window: FloatArray) -> float:
    """The present value over the best so far, for a metric whose lower values are better: 1 at its best.

    Both are medians over a tenth of the evaluations, at least three, so that neither one good evaluation nor the best
    of many noisy ones decides. Needs 5 points.
    """
    levels = _levels(window)
    return float(levels[-1] / levels.min()) if len(levels) and levels.min() > 0 else float("nan")


def loss_of(window: FloatArray) -> float:
    """1 minus the present value over the best so far, for a metric whose higher values are better: 0 at its best.

    Medians as for `worsening`. Needs 5 points.
    """
    levels = _levels(window)
    return float(1 - levels[-1] / levels.max()) if len(levels) and levels.max() > 0 else float("nan")


def worsening_error(window: FloatArray) -> float:
    """The logarithm of `worsening` over its standard error, from the evaluations' own noise: 0 at the best.

    Needs 5 points. The noise of ln x is the spread of its first differences over sqrt 2, which a trend does not enter;
    a median of k values has sqrt(pi / 2k) of it (Kendall and Stuart, vol. 1, 10.11), two of them sqrt 2 of that.
    """
    ratio = worsening(window)
    return log(ratio) / _error_of_levels(np.log(np.maximum(finite(window), 1e-12))) if ratio >= 1 else ratio


def loss_error(window: FloatArray) -> float:
    """The fall from the best level so far over its standard error, as `worsening_error` has it: 0 at the best."""
    levels = _levels(window)
    return float(levels.max() - levels[-1]) / _error_of_levels(finite(window)) if len(levels) else float("nan")


def _error_of_levels(x: FloatArray) -> float:
    """The standard error of the difference of two of the `_levels`."""
    return max(spread(np.diff(x)) * sqrt(pi / (2 * max(len(x) // 10, 3))), 1e-9)


def _levels(window: FloatArray) -> FloatArray:
    """Medians over a tenth of the window, at least three points: overlapping by half, the last at the very end."""
    x = finite(window)
    if len(x) < 5:
        return np.empty(0)
    size = max(len(x) // 10, 3)
    starts = np.arange(len(x) - size, -1, -max(size // 2, 1))[::-1]
    return np.asarray(np.median(sliding_window_view(x, size)[starts], axis=1), dtype=np.float64)


def jump(window: FloatArray) -> float:
    """How far the last tenth of the window lies from the rest, in spreads of the rest's block means.

    Block means of 20 blocks carry the autocorrelation of the curve, so that a slow wave is not taken for a jump.
    Needs 40 points.
    """
    x = finite(window)
    if len(x) < 40:
        return float("nan")
    cut = len(x) - max(len(x) // 10, 4)
    means = block_means(x[:cut], BLOCKS)
    noise = max(spread(means), 1e-3 * abs(middle(means)), 1e-12)
    return (middle(x[cut:]) - middle(means)) / noise


def explosion(window: FloatArray) -> float:
    """log10 of the present size of the curve over its usual size: 2 where it is a hundred times larger.

    The present is the median of |x| over the last tenth (at least 3 points), the usual the median of |x| over the
    first nine tenths; usual sizes below 1 count as 1, since a loss of .001 that becomes .1 has not exploded.
    """
    x = np.abs(finite(window))
    if len(x) < 5:
        return float("nan")
    cut = len(x) - max(len(x) // 10, 3)
    return float(np.log10(max(middle(x[cut:]), 1e-12) / max(middle(x[:cut]), 1.0)))


def surge(window: FloatArray) -> float:
    """log10 of the present size of the curve over its size when it began: 2 where it is a hundred times larger.

    The present is the median of |x| over the last fortieth (at least 10 points), the beginning the smallest median of
    |x| over the part before, the first half of that, the first quarter, and so on down to 10 points: a curve that stays
    where it went is compared with what it left, however long it stays there while 10 points of that are left. Sizes
    below 1 count as 1, as for `explosion`. Needs 30 points.
    """
    x = np.abs(finite(window))
    if len(x) < 30:
        return float("nan")
    cut = len(x) - max(len(x) // 40, 10)
    began, end = middle(x[:cut]), cut // 2
    while end >= 10:
        began, end = min(began, middle(x[:end])), end // 2
    return float(np.log10(max(middle(x[cut:]), 1e-12) / max(began, 1.0)))


def decay(window: FloatArray) -> float:
    """The power of the row number with which the steps of the curve shrink: -1 for a cumulative mean, 0 for noise.

    Least squares of ln |x_k - x_(k-1)| on ln k over the window, which must begin at row 1 and have no hole: the mean of
    k values moves by (x_k - m_(k-1)) / k. Needs 40 points, and 30 steps that are not 0.
    """
    x = window
    if len(x) < 40 or not np.isfinite(x).all():
        return float("nan")
    k = np.arange(2, len(x) + 1, dtype=np.float64)
    size = np.abs(np.diff(x))
    keep = size > 0
    if keep.sum() < 30:
        return float("nan")
    a, b = np.log(k[keep]), np.log(size[keep])
    a = a - a.mean()
    return float(a @ (b - b.mean())) / float(a @ a)
