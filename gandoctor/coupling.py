"""Whether D answers: what two curves have in common, and whether one follows where the other goes.

The losses of a D that is trained remember: its weights move with every batch, and a step that makes real samples more
likely makes generated ones more likely too. The losses of one that is not are means over batches that were drawn apart,
through one fixed function, so that nothing links one batch with the next or the real ones with the generated ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.robust import finite, middle

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

LEAST = 60
"""Points below which nothing is said about how two curves hang together."""

MOST = 100.0
"""What `answer` gives where the second curve did not rise."""

LAGS = 8
"""Correlations in `memory`: lags 1 to 3 of the first curve, and lags -2 to 2 between the two."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A least-squares line: its rise over the window, the standard error of that, and what is left of the curve."""

    rise: float
    error: float
    rest: FloatArray


def _line(x: FloatArray) -> _Line:
    """The error is multiplied by sqrt((1 + r) / (1 - r)), r the lag-1 autocorrelation of the rest where positive."""
    n = len(x)
    t = np.arange(n) - (n - 1) / 2
    slope = float(t @ x) / float(t @ t)
    rest = np.asarray(x - x.mean() - slope * t, dtype=np.float64)
    if float(rest @ rest) <= 1e-24 * float(x @ x):  # rounding is left where the window is a constant or a line
        rest = np.zeros(n)
    power = float(rest @ rest)
    r = min(max(float(rest[1:] @ rest[:-1]) / power, 0.0), 0.95) if power > 0 else 0.0
    return _Line(slope * n, sqrt(12 * power / n / (n - 2) * (1 + r) / (1 - r)), rest)


def _common(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The points at which both curves are finite."""
    good = np.isfinite(first) & np.isfinite(second)
    return (first, second) if good.all() else (first[good], second[good])


def drift(window: FloatArray) -> float:
    """The change along the least-squares line in its standard errors, AR(1)-corrected: within 2 is no drift.

    Needs 60 points.
    """
    x = finite(window)
    if len(x) < LEAST:
        return float("nan")
    line = _line(x)
    return line.rise / line.error if line.error > 0 else 0.0


def memory(first: FloatArray, second: FloatArray) -> float:
    """How far the first curve remembers itself and shares with the second: 1 is expected of means of separate batches.

    The sum of the squared autocorrelations of the first at lags 1 to 3 and of the cross-correlations at lags -2 to 2,
    both curves without their lines, times n / 8: a portmanteau statistic (Box and Pierce 1970; Haugh 1976), whose null
    distribution is chi-square with 8 degrees of freedom over 8. Above 1.9 in 5 % of windows. Needs 60 points.
    """
    a, b = _common(first, second)
    n = len(a)
    if n < LEAST:
        return float("nan")
    x, y = _line(a).rest, _line(b).rest
    own, other = float(x @ x), float(y @ y)
    if not own or not other:
        return float("nan")
    auto = sum((float(x[k:] @ x[:-k]) / own) ** 2 for k in (1, 2, 3))
    cross = sum(float(x[max(k, 0) : n + min(k, 0)] @ y[max(-k, 0) : n - max(k, 0)]) ** 2 for k in range(-2, 3))
    return n * (auto + cross / own / other) / LAGS


def answer(first: FloatArray, second: FloatArray) -> float:
    """The largest share of the second curve's rise with which the first may have gone along; 100 at most.

    Both changes are taken two standard errors (`drift`) to the side that makes the share larger; 100 stands too for a
    second curve that did not rise. Needs 60 points.
    """
    a, b = _common(first, second)
    if len(a) < LEAST:
        return float("nan")
    one, two = _line(a), _line(b)
    rise = two.rise - 2 * two.error
    most = abs(one.rise) + 2 * one.error
    return min(most / rise, MOST) if rise > 0 else MOST


def gain(first: FloatArray, second: FloatArray) -> float:
    """The first curve's `drift` less the second's, over sqrt(2): within 2 neither rises nor falls against the other.

    For D's loss on generated samples and G's loss, which G drives apart. Through a D that does not move they are means
    of separate batches, whose difference says more than either. Needs 60 points.
    """
    return (drift(first) - drift(second)) / sqrt(2)


def hush(window: FloatArray) -> float:
    """The noise of the last fifth of the window over that of the four fifths before, the median of them.

    Noise is the standard deviation around the line of each fifth. Needs 300 points.
    """
    x = finite(window)
    size = len(x) // 5
    if size < LEAST:
        return float("nan")
    noise = np.array([_line(part).rest.std() for part in x[len(x) - 5 * size :].reshape(5, size)])
    before = middle(noise[:-1])
    return float(noise[-1]) / before if before > 0 else float("nan")


def quieter(first: FloatArray, second: FloatArray) -> float:
    """The first curve's `hush` over the second's: below 1, noise went from the first more than from the second.

    For D's losses on real and on generated samples. Both grow quiet alike where both learning rates are cut; where D
    alone stops, G still moves the loss on what it generates. Needs 300 points.
    """
    a, b = _common(first, second)
    other = hush(b)
    return hush(a) / other if other > 0 else float("nan")
