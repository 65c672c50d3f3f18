"""Statistics of one window of a curve: pure functions from one or two float64 arrays to a float.

Windows come oldest point first and may hold NaN (a point that was logged as non-finite), which is left out. The result
is NaN where the window has too few points: "not known" never counts as a condition that holds. Levels are robust
(medians, quantiles), and every test of trend or period has an AR(1) null, since the losses of a GAN are autocorrelated
and white-noise tests alarm on most healthy runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.coupling import answer, drift, gain, hush, memory, quieter
from gandoctor.course import (
    climb,
    decay,
    explosion,
    jump,
    lag1,
    loss_error,
    loss_of,
    smoothness,
    surge,
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
    rise,
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
    """A statistic that rules may name: how many metrics it takes, what it costs, and what it means.

    Of the rows of a pattern those of the least `cost` are looked at first: 0 for where a curve lies, 1 for several
    passes over a window, 2 for tests, for many passes and for what two curves have in common.
    """

    name: str
    compute: Callable[..., float]
    arity: int
    cost: int

    @property
    def meaning(self) -> str:
        """The first line of the docstring."""
        return (self.compute.__doc__ or "").partition("\n")[0]


_LEVELS = (median, mean, low, high, minimum, maximum, first, last, rise, pinned, distinct, count, nonfinite)
_SHAPES = (
    spread,
    span,
    extent,
    wobble,
    rounding,
    explosion,
    outburst,
    unrest,
    swing,
    worsening,
    worsening_error,
    loss_of,
    loss_error,
)
_TESTS = (lag1, smoothness, trend, climb, jump, decay, drift, hush, surge)
_PAIRS = (common_period, memory, answer, gain, kept, quieter)

STATISTICS: Mapping[str, Statistic] = {
    **{f.__name__: Statistic(f.__name__, f, 1, cost=0) for f in _LEVELS},
    **{f.__name__: Statistic(f.__name__, f, 1, cost=1) for f in _SHAPES},
    **{f.__name__: Statistic(f.__name__, f, 1, cost=2) for f in _TESTS},
    **{f.__name__: Statistic(f.__name__, f, 2, cost=2) for f in _PAIRS},
}
"""The statistics that rules may name."""
