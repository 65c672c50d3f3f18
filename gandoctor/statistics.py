"""Statistics of one window of a curve: pure functions from one or two float64 arrays to a float.

Windows come oldest point first and may hold NaN (a point that was logged as non-finite), which is left out. The result
is NaN where the window has too few points: "not known" never counts as a condition that holds. Levels are robust
(medians, quantiles), and every test of trend or period has an AR(1) null, since the losses of a GAN are autocorrelated
and white-noise tests alarm on most healthy runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.coupling import answer, drift, gain, hush, memory
from gandoctor.course import (
    climb,
    decay,
    explosion,
    jump,
    lag1,
    loss_error,
    loss_of,
    smoothness,
    trend,
    worsening,
    worsening_error,
)
from gandoctor.levels import (
    count,
    first,
    high,
    last,
    low,
    maximum,
    mean,
    median,
    minimum,
    nonfinite,
    spread,
    swing,
)
from gandoctor.spectrum import common_period
from gandoctor.still import distinct, extent, pinned, rounding, span, wobble
from gandoctor.ties import kept
from gandoctor.unrest import outburst, unrest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
    drift,
    hush,
    outburst,
    unrest,
    swing,
    count,
    nonfinite,
)

STATISTICS: Mapping[str, Statistic] = {
    **{f.__name__: Statistic(f.__name__, f, 1) for f in _ONE},
    **{f.__name__: Statistic(f.__name__, f, 2) for f in (common_period, memory, answer, gain, kept)},
}
"""The statistics that rules may name."""
