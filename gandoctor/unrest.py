"""Whether a curve has become stormy: its spread now against the spread that it had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.robust import finite, middle

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

LEAST = 20
"""Points of a part below which its spread says nothing: the standard error of a MAD of 20 is a quarter of it."""


def _spreads(x: FloatArray, parts: int) -> FloatArray:
    """1.4826 x the median absolute deviation of so many neighbouring parts, none below a thousandth of the level."""
    size = len(x) // parts
    rows = np.sort(x[len(x) - parts * size :].reshape(parts, size), axis=1)
    centre = 0.5 * (rows[:, (size - 1) // 2] + rows[:, size // 2])
    off = np.sort(np.abs(rows - centre[:, np.newaxis]), axis=1)
    spread = 1.482602218505602 * 0.5 * (off[:, (size - 1) // 2] + off[:, size // 2])
    return np.asarray(np.maximum(spread, max(1e-3 * abs(middle(x)), 1e-12)), dtype=np.float64)


def outburst(window: FloatArray) -> float:
    """The spread of the last tenth of the window over the third largest among the nine tenths before.

    The third largest, so that a storm is seen which an evaluation or two came upon while it was rising. Needs 200
    points.
    """
    x = finite(window)
    if len(x) < 10 * LEAST:
        return float("nan")
    spreads = _spreads(x, 10)
    return float(spreads[-1] / np.sort(spreads[:-1])[-3])


def unrest(window: FloatArray) -> float:
    """The spread of the last fortieth of the window over the lower quartile of the fortieths: 1 and less in peace.

    Over the whole run it stays up for as long as the storm lasts, where `outburst` forgets. Needs 200 points.
    """
    x = finite(window)
    if len(x) < 200:
        return float("nan")
    spreads = _spreads(x, 40)
    return float(spreads[-1] / np.sort(spreads)[9])
