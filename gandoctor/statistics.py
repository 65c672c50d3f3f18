"""Statistics of one window of a curve: pure functions from one or two float64 arrays to a float.

Windows come oldest point first and may hold NaN (a point that was logged as non-finite), which is left out. The result
is NaN where the window has too few points: "not known" never counts as a condition that holds. Levels are robust
(medians, quantiles), and every test of trend or period has an AR(1) null, since the losses of a GAN are autocorrelated
and white-noise tests alarm on most healthy runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, isfinite, log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gandoctor.model import FloatArray

SATURATION = (
    16.118096,  # -ln 1e-7: Keras' clip, target 1 and output 0
    15.942385,  # -ln 2**-23: Keras' clip, target 0 and output 1, in float32
    16.030240,  # the mean of the two: a two-output softmax that is wrong throughout
    8.059048,  # half of a batch at -ln 1e-7
    7.971192,  # half of a batch at -ln 2**-23
    100.0,  # torch BCELoss clamps the logarithm at -100
    50.0,  # the same, over both halves of a batch
    27.631021,  # -ln 1e-12
    23.025851,  # -ln 1e-10
    20.723266,  # -ln 1e-9
    18.420681,  # -ln 1e-8
    13.815511,  # -ln 1e-6
)
"""Losses at which a cross-entropy is cut off by the framework: no gradient is left there."""

_SATURATION = np.array(SATURATION)
PINNED = 1e-3
_LEAST_SATURATION = min(SATURATION) * (1 - PINNED)
BLOCKS = 20


def _finite(window: FloatArray) -> FloatArray:
    good = np.isfinite(window)
    return window if good.all() else window[good]


def median(window: FloatArray) -> float:
    """The median."""
    return _median(_finite(window))


def _median(x: FloatArray) -> float:
    """The median of finite values; a fifth of the time of `numpy.median`, which this is called too often for."""
    if not len(x):
        return float("nan")
    ordered = np.sort(x)
    middle = len(x) // 2
    upper = float(ordered[middle])
    return upper if len(x) % 2 else 0.5 * (float(ordered[middle - 1]) + upper)


def mean(window: FloatArray) -> float:
    """The arithmetic mean."""
    x = _finite(window)
    return float(x.mean()) if len(x) else float("nan")


def low(window: FloatArray) -> float:
    """The 10 % quantile, with linear interpolation."""
    return _quantile(window, 0.1)


def high(window: FloatArray) -> float:
    """The 90 % quantile, with linear interpolation."""
    return _quantile(window, 0.9)


def _quantile(window: FloatArray, share: float) -> float:
    x = np.sort(_finite(window))
    if not len(x):
        return float("nan")
    place = share * (len(x) - 1)
    left = int(place)
    right = min(left + 1, len(x) - 1)
    return float(x[left] + (place - left) * (x[right] - x[left]))


def minimum(window: FloatArray) -> float:
    """The smallest value."""
    x = _finite(window)
    return float(x.min()) if len(x) else float("nan")


def maximum(window: FloatArray) -> float:
    """The largest value."""
    x = _finite(window)
    return float(x.max()) if len(x) else float("nan")


def first(window: FloatArray) -> float:
    """The first finite point, of a long run the mean of its first points."""
    x = _finite(window)
    return float(x[0]) if len(x) else float("nan")


def last(window: FloatArray) -> float:
    """The median of the last three points."""
    return median(_finite(window)[-3:])


def spread(window: FloatArray) -> float:
    """1.4826 x the median absolute deviation: the standard deviation, where the values are normal."""
    x = _finite(window)
    if len(x) < 3:
        return float("nan")
    return 1.482602218505602 * _median(np.abs(x - _median(x)))


def span(window: FloatArray) -> float:
    """Largest minus smallest value, over the larger of the median's size and 1e-12: 0 for a curve that stands still."""
    x = _finite(window)
    if len(x) < 3:
        return float("nan")
    return float(x.max() - x.min()) / max(abs(_median(x)), 1e-12)


def extent(window: FloatArray) -> float:
    """The median size, |x|."""
    return median(np.abs(window))


def wobble(window: FloatArray) -> float:
    """The spread over the median size: how far a curve moves against where it stands. Needs 5 points.

    Never less than half a unit of the last digit that the log prints: what is rounded away is not known to stand still.
    """
    x = _finite(window)
    return max(spread(x), 0.5 * resolution(x)) / max(extent(x), 1e-12) if len(x) >= 5 else float("nan")


def resolution(window: FloatArray) -> float:
    """The unit of the last decimal that the values are printed with, from 1 to 1e-6; 0 for more decimals than six."""
    for decimals in range(7):
        scaled = window * 10.0**decimals
        if (np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(np.abs(scaled), 1)).all():
            return float(10.0**-decimals)
    return 0.0


def rounding(window: FloatArray) -> float:
    """The unit of the last printed digit over the median size: how finely the log could show a change."""
    x = _finite(window)
    return resolution(x) / max(extent(x), 1e-12) if len(x) else float("nan")


def distinct(window: FloatArray) -> float:
    """The share of points that differ from the point before: 0 for a curve that is frozen."""
    x = _finite(window)
    return float(np.mean(x[1:] != x[:-1])) if len(x) >= 3 else float("nan")


def pinned(window: FloatArray) -> float:
    """The share of points within 0.1 % of a saturation constant of the cross-entropy (`SATURATION`)."""
    x = np.abs(_finite(window))
    if not len(x):
        return float("nan")
    if x.max() < _LEAST_SATURATION:
        return 0.0
    near = np.abs(x[:, np.newaxis] - _SATURATION) < PINNED * _SATURATION
    return float(near.any(axis=1).mean())


def lag1(window: FloatArray) -> float:
    """The lag-1 autocorrelation, biased estimate (Box, Jenkins, Reinsel 2008, eq. 2.1.12); 0 for a constant."""
    x = _finite(window)
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
    change = np.diff(_finite(window))
    return lag1(change) if len(change) >= 7 and change.any() else float("nan")


def _block_means(x: FloatArray, blocks: int) -> FloatArray:
    blocks = min(blocks, len(x))
    size = len(x) // blocks
    return np.asarray(x[len(x) - size * blocks :].reshape(blocks, size).mean(axis=1), dtype=np.float64)


def mann_kendall(window: FloatArray) -> tuple[float, float]:
    """Kendall's S as a z-score, and its two-sided p-value, with the AR(1) variance correction.

    The variance n(n-1)(2n+5)/18 is multiplied by 1 + 2(r^(n+1) - n r^2 + (n-1) r) / (n (r-1)^2), r the lag-1
    autocorrelation of the series after its Theil-Sen line is taken out (Yue and Wang 2004, eq. 7). Ties are taken
    from the variance. Needs 8 points; (0, 1) where nothing can be said.
    """
    x = _finite(window)
    n = len(x)
    if n < 8:
        return 0.0, 1.0
    upper = np.triu_indices(n, 1)
    difference = x[upper[1]] - x[upper[0]]
    s = float(np.sign(difference).sum())
    slope = float(np.median(difference / (upper[1] - upper[0])))
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
    x = _finite(window)
    if len(x) < 10:
        return float("nan")
    blocks = _block_means(x, BLOCKS)
    if mann_kendall(blocks)[1] >= 0.01:
        return 0.0
    first, second = np.triu_indices(len(blocks), 1)
    return float(np.median((blocks[second] - blocks[first]) / (second - first))) * (len(blocks) - 1)


def climb(window: FloatArray) -> float:
    """`trend` in units of the spread around it: how far the curve climbed against its own noise."""
    change = trend(window)
    if not isfinite(change) or change == 0:
        return change
    x = _finite(window)
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
    return log(ratio) / _error_of_levels(np.log(np.maximum(_finite(window), 1e-12))) if ratio >= 1 else ratio


def loss_error(window: FloatArray) -> float:
    """The fall from the best level so far over its standard error, as `worsening_error` has it: 0 at the best."""
    levels = _levels(window)
    return float(levels.max() - levels[-1]) / _error_of_levels(_finite(window)) if len(levels) else float("nan")


def _error_of_levels(x: FloatArray) -> float:
    """The standard error of the difference of two of the `_levels`."""
    return max(spread(np.diff(x)) * sqrt(pi / (2 * max(len(x) // 10, 3))), 1e-9)


def _levels(window: FloatArray) -> FloatArray:
    """Medians over a tenth of the window, at least three points: overlapping by half, the last at the very end."""
    x = _finite(window)
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
    x = _finite(window)
    if len(x) < 40:
        return float("nan")
    cut = len(x) - max(len(x) // 10, 4)
    means = _block_means(x[:cut], BLOCKS)
    noise = max(spread(means), 1e-3 * abs(_median(means)), 1e-12)
    return (_median(x[cut:]) - _median(means)) / noise


def explosion(window: FloatArray) -> float:
    """log10 of the present size of the curve over its usual size: 2 where it is a hundred times larger.

    The present is the median of |x| over the last tenth (at least 3 points), the usual the median of |x| over the
    first nine tenths; usual sizes below 1 count as 1, since a loss of .001 that becomes .1 has not exploded.
    """
    x = np.abs(_finite(window))
    if len(x) < 5:
        return float("nan")
    cut = len(x) - max(len(x) // 10, 3)
    return float(np.log10(max(_median(x[cut:]), 1e-12) / max(_median(x[:cut]), 1.0)))


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


@dataclass(frozen=True, slots=True)
class Line:
    """The strongest line of a spectrum: its period in points and the family-wise p-value under an AR(1) null."""

    period: float
    p: float


def strongest_line(window: FloatArray) -> Line:
    """The periodogram's largest peak over the AR(1) spectrum of the same series (Mann and Lees 1996).

    The window is detrended, the null is a first-order autoregression fitted to it, whose phi is taken where the median
    of periodogram over null equals its expectation ln 2, so that the line itself does not feed the null. Periods from 6
    points to an eighth of the window are looked at; p = 1 - (1 - e^-q)^M, q the largest ratio of M. Needs 48 points.
    """
    x = _finite(window)
    n = len(x)
    if n < 48:
        return Line(float("nan"), 1.0)
    t = np.arange(n) - (n - 1) / 2
    size = float(x @ x) / n
    x = x - x.mean()
    x = x - t * float(t @ x) / float(t @ t)
    power = float(x @ x) / n
    if power <= max(1e-24, 1e-24 * size):  # rounding is left where the window is a constant or a line
        return Line(float("nan"), 1.0)
    spectrum = np.abs(np.fft.rfft(x)) ** 2 / n
    frequency = np.arange(len(spectrum)) / n
    keep = (frequency <= 1 / 6) & (frequency >= 8 / n)
    phi = min(max(lag1(x), 0.0), 0.98)
    null = (1 - phi * phi) / (1 + phi * phi - 2 * phi * np.cos(2 * np.pi * frequency))
    ratio = spectrum / null
    ratio = ratio[keep] / (float(np.median(ratio[1:])) / log(2))
    best = int(ratio.argmax())
    tail = min(len(ratio) * exp(-float(ratio[best])), 700.0)
    return Line(1 / float(frequency[keep][best]), 1 - exp(-tail))


def common_period(first: FloatArray, second: FloatArray) -> float:
    """The period in points at which both curves swing, 0 where they have none in common.

    Both need a line at p < 1 % (`strongest_line`), periods within 15 % of each other: two curves of one game swing
    together, and noise that is not quite AR(1) seldom has the same peak twice.
    """
    a = strongest_line(first)
    if not isfinite(a.period):
        return float("nan")
    if a.p >= 0.01:
        return 0.0
    b = strongest_line(second)
    if not isfinite(b.period):
        return float("nan")
    if b.p >= 0.01 or abs(log(a.period / b.period)) > log(1.15):
        return 0.0
    return sqrt(a.period * b.period)


def swing(window: FloatArray) -> float:
    """Half the distance from the 5 % to the 95 % quantile: the amplitude of what the curve does, in its own units."""
    x = _finite(window)
    return 0.5 * (_quantile(x, 0.95) - _quantile(x, 0.05)) if len(x) >= 10 else float("nan")


def count(window: FloatArray) -> float:
    """The number of points, of blocks of points in a run of more than 8191."""
    return float(len(window))


def nonfinite(window: FloatArray) -> float:
    """How many non-finite points stand at the very end; the engine counts them over the whole curve."""
    good = np.flatnonzero(np.isfinite(window))
    return float(len(window) - (int(good[-1]) + 1 if len(good) else 0))


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic that rules may name: how many metrics it takes, and the first line of its docstring."""

    name: str
    compute: Callable[..., float]
    arity: int

    @property
    def meaning(self) -> str:
        """The first line of the docstring."""
        return (self.compute.__doc__ or "").partition("\n")[0]


_ONE = (
    median,
    mean,
    low,
    high,
    minimum,
    maximum,
    first,
    last,
    spread,
    span,
    extent,
    wobble,
    distinct,
    rounding,
    pinned,
    lag1,
    smoothness,
    trend,
    climb,
    worsening,
    worsening_error,
    loss_of,
    loss_error,
    jump,
    explosion,
    decay,
    swing,
    count,
    nonfinite,
)

STATISTICS: Mapping[str, Statistic] = {
    **{f.__name__: Statistic(f.__name__, f, 1) for f in _ONE},
    common_period.__name__: Statistic(common_period.__name__, common_period, 2),
}
"""The statistics that rules may name."""
