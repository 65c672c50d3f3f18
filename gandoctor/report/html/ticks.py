"""Round numbers for an axis: where they lie and how they are written."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from gandoctor.report.words import number, place

if TYPE_CHECKING:
    from gandoctor.report.plot_panels import Panel

_STEPS = (1.0, 2.0, 5.0, 10.0)


def linear(low: float, high: float, most: int, least: float = 0.0) -> list[float]:
    """Return at most `most` multiples of 1, 2 or 5 times a power of ten, in the range and at least `least` apart."""
    extent = high - low
    if not (math.isfinite(extent) and extent > 0):
        return [low]
    power = 10.0 ** math.floor(math.log10(max(extent / most, least)))
    for width in (power * factor for decade in (1, 10) for factor in (s * decade for s in _STEPS)):
        first, last = math.ceil(low / width), math.floor(high / width)
        if last - first < most:
            return [place_ * width for place_ in range(first, last + 1)]
    return [low, high]


def logarithmic(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` powers of ten, evenly spaced, from `low` to `high`."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    every = max(1, math.ceil((last - first + 1) / most))
    return [10.0**power for power in range(first, last + 1, every)]


def heights(panel: Panel) -> list[float]:
    """Return the ticks of a panel's y axis."""
    most = 6 if panel.tall else 4
    return (logarithmic if panel.log else linear)(panel.low, panel.high, most)


def value(number_: float) -> str:
    """Return a tick of a y axis as text; the rounding error of a multiple is no digit."""
    text = number(float(f"{number_:.6g}"))
    return re.sub(r"\.?0*e", "e", text)


def step(number_: float) -> str:
    """Return a tick of the step axis as text."""
    return place(float(f"{number_:.12g}"))
