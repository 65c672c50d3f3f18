"""How far a curve stands still: constants, rounding, pinned values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.levels import median, spread
from gandoctor.robust import finite, middle

if TYPE_CHECKING:
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


def span(window: FloatArray) -> float:
    """Largest minus smallest value, over the larger of the median's size and 1e-12: 0 for a curve that stands still."""
    x = finite(window)
    if len(x) < 3:
        return float("nan")
    return float(x.max() - x.min()) / max(abs(middle(x)), 1e-12)


def extent(window: FloatArray) -> float:
    """The median size, |x|."""
    return median(np.abs(window))


def wobble(window: FloatArray) -> float:
    """The spread over the median size: how far a curve moves against where it stands. Needs 5 points.

    Never less than half a unit of the last digit that the log prints: what is rounded away is not known to stand still.
    """
    x = finite(window)
    return max(spread(x), 0.5 * resolution(x)) / max(extent(x), 1e-12) if len(x) >= 5 else float("nan")


def resolution(window: FloatArray) -> float:
    """The unit of the last decimal that the values are printed with, from 1 to 1e-6; 0 for more decimals than six.

    Of a long window some 64 values are looked at: what a printer rounds, it rounds in every row.
    """
    window = window[:: max(len(window) // 64, 1)]
    for decimals in range(7):
        scaled = window * 10.0**decimals
        if (np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(np.abs(scaled), 1)).all():
            return float(10.0**-decimals)
    return 0.0


def rounding(window: FloatArray) -> float:
    """The unit of the last printed digit over the median size: how finely the log could show a change."""
    x = finite(window)
    return resolution(x) / max(extent(x), 1e-12) if len(x) else float("nan")


def distinct(window: FloatArray) -> float:
    """The share of points that differ from the point before: 0 for a curve that is frozen."""
    x = finite(window)
    return float(np.mean(x[1:] != x[:-1])) if len(x) >= 3 else float("nan")


def pinned(window: FloatArray) -> float:
    """The share of points within 0.1 % of a saturation constant of the cross-entropy (`SATURATION`)."""
    x = np.abs(finite(window))
    if not len(x):
        return float("nan")
    if x.max() < _LEAST_SATURATION:
        return 0.0
    near = np.abs(x[:, np.newaxis] - _SATURATION) < PINNED * _SATURATION
    return float(near.any(axis=1).mean())
