"""Whether a curve swings: its strongest line against a red-noise null."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.course import lag1
from gandoctor.robust import finite

if TYPE_CHECKING:
    from gandoctor.model import FloatArray


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
    x = finite(window)
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
