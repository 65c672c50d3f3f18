"""Long curves made short enough to draw: the band between lowest and highest value, and the middle line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from gandoctor.model import Curve, FloatArray

BINS = 1000
"""How many stretches a long curve is cut into: about one a pixel."""

_SMOOTH = 30
"""The middle line spans the length of the curve divided by this."""

_LEAST = 2
"""A shorter half of the window would only take the ends off."""


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """`low` and `high` bound the curve at `steps`, `middle` is what it does without its noise.

    NaN stands where nothing finite was logged. `exact` says that `low` and `high` are the curve itself.
    """

    steps: FloatArray
    low: FloatArray
    high: FloatArray
    middle: FloatArray
    exact: bool


def envelope(curve: Curve, bins: int = BINS) -> Envelope:
    """Return the curve as it is up to two points a bin, else lowest, highest and median value of each bin."""
    values = np.where(np.isfinite(curve.values), curve.values, np.nan)
    if len(curve) <= 2 * bins:
        return Envelope(curve.steps, values, values, smooth(values), exact=True)
    edges = np.linspace(0, len(curve), bins + 1).astype(np.int64)
    starts = edges[:-1]
    low = np.minimum.reduceat(np.where(np.isnan(values), np.inf, values), starts)
    high = np.maximum.reduceat(np.where(np.isnan(values), -np.inf, values), starts)
    empty = low > high
    middle = np.array([_median(values[start:end]) for start, end in zip(starts, edges[1:], strict=True)])
    steps = curve.steps[(starts + edges[1:] - 1) // 2]
    return Envelope(steps, np.where(empty, np.nan, low), np.where(empty, np.nan, high), smooth(middle), exact=False)


def _median(values: FloatArray) -> float:
    finite = values[~np.isnan(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def smooth(values: FloatArray) -> FloatArray:
    """Return the mean of running medians over a thirtieth of the curve, less at its ends; NaN where the value is NaN.

    The median drops spikes and keeps steps, the mean takes the corners off.
    """
    half = len(values) // _SMOOTH // 2
    if half < _LEAST:
        return values
    made = np.full(len(values), np.nan)
    some = ~np.isnan(values)
    if some.any():
        made[some] = np.nanmedian(_windows(values, half)[some], axis=1)
        made[some] = np.nanmean(_windows(made, half)[some], axis=1)
    return made


def _windows(values: FloatArray, half: int) -> FloatArray:
    return sliding_window_view(np.pad(values, half, constant_values=np.nan), 2 * half + 1)
