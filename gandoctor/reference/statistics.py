"""The test by which one feature of new runs is compared with that of references, and what it can see.

The run is the unit: points within a run are autocorrelated, so however many there are they are one observation. With r
references and n new runs of one normal distribution, and s estimated from the references alone,

    t = (mean of new - trimmed mean of references) / (s * sqrt(1/n + 1/h))

follows Student's t with r - 1 degrees of freedom. For one new run this is the prediction interval of Whitmore (1986),
"Prediction limits for a univariate normal observation", The American Statistician 40; for several it is the test of
means with the variance of the control group, so that new runs which disagree among themselves do not hide their own
change. An exact permutation test would need no normal distribution, but with 5 references its smallest p for one new
run is 1/6, so it can never decide there.

As in MLPerf's reference convergence points the location is an Olympic mean: the r // 10 lowest and highest references
are left out, and h are left. The spread is of all of them: a recipe of which one seed in ten goes astray has references
that say so, and leaving those out would make the next such seed a false regression. Unlike there the test is
two-sided, its family-wise error is controlled over all features (Holm 1979, "A simple sequentially rejective multiple
test procedure", Scand. J. Stat. 6), and a change within the margin is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray

ALPHA = 0.05
"""The probability of at least one false change, over all features."""

POWER = 0.9
"""The probability of finding a change of the size that is called visible."""

LEAST_SPREAD = 0.25
"""The spread is taken for this share of the margin at least: references that agree to the last digit, as metrics at
their ceiling do, know nothing of how far the next run will be from them."""


@dataclass(frozen=True, slots=True)
class References:
    """One feature of the references: location, spread, how many there are, and how many the location rests on."""

    centre: float
    spread: float
    number: int
    kept: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What a comparison can see: up to `bound` a change is none, one of `visible` is found with probability `POWER`."""

    bound: float
    visible: float


def references(values: Sequence[float], margin: float) -> References:
    """Location and spread of one feature; needs two values at least."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    drop = len(ordered) // 10
    kept = ordered[drop : len(ordered) - drop]
    spread = max(float(ordered.std(ddof=1)), LEAST_SPREAD * margin)
    return References(float(kept.mean()), spread, len(ordered), len(kept))


def p_value(of: References, new: Sequence[float]) -> float:
    """The two-sided p of the t in the module's head."""
    from scipy.special import stdtr

    t = (float(np.mean(new)) - of.centre) / _error(of, len(new))
    return float(2 * stdtr(of.number - 1, -abs(t)))


def _error(of: References, new: int) -> float:
    return of.spread * sqrt(1 / new + 1 / of.kept)


def holm(p_values: Sequence[float]) -> FloatArray:
    """Holm's adjusted p, to be held against the family-wise error; at most 1."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)
    steps = np.minimum(1.0, p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(steps)
    return adjusted


def sight(of: References, new: int, margin: float, comparisons: int) -> Sight:
    """What the first step of Holm's procedure over that many comparisons can see.

    A change d is found where the difference found passes `bound`, the larger of the margin and of the quantile of t.
    The difference less d, over its error with the same s, is Student's t again, so for d = bound + t(POWER) * error the
    probability is POWER, on average over the references that might have been drawn.
    """
    from scipy.special import stdtrit

    error, freedom = _error(of, new), of.number - 1
    bound = max(margin, float(stdtrit(freedom, 1 - ALPHA / (2 * comparisons))) * error)
    return Sight(bound, bound + float(stdtrit(freedom, POWER)) * error)
