"""From means over an epoch so far back to the values of the batches.

A Keras metric adds up what it is given and returns total / count; a log of losses 1, 4, 9 reads 1, 2.5, 4.667. With
the count of each row known, the values are the differences of the totals: x = (c m - c' m') / (c - c').
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isfinite, log10

FLOAT32 = 2.0**-24
"""The largest relative error of rounding a number to float32, in which Keras keeps totals and means."""


@dataclass(frozen=True, slots=True)
class Sums:
    """A running mean taken apart: `total`, the values times their weights added up, and `count`, the weights."""

    total: float = 0.0
    count: float = 0.0

    @classmethod
    def of_mean(cls, mean: float, count: float) -> Sums:
        """The sums behind a mean of so much weight."""
        return cls(mean * count, count)


NOTHING = Sums()
"""A mean that has just begun."""


def between(before: Sums, after: Sums) -> float | None:
    """The weighted mean of the values that came between two states of one running mean; None where none came.

    Exact but for the rounding of float32 (`doubt`), and given to as many decimals as that leaves. What is negative by
    no more than the doubt is 0: a loss near zero must not look like one that can be negative. NaN from the first
    non-finite value on until the mean begins anew.
    """
    added = after.count - before.count
    if added <= 0:
        return None
    value, wrong = (after.total - before.total) / added, doubt(before, after)
    if not isfinite(value) or not wrong:
        return value
    return 0.0 if -wrong <= value < 0 else round(value, ceil(-log10(wrong)))


def doubt(before: Sums, after: Sums) -> float:
    """The largest error of `between`: sums that were rounded when they were added up, and again when divided.

    It grows with the steps since the mean began: in a mean of 1000 values about 2e-4 of the mean.
    """
    added = after.count - before.count
    return 2 * FLOAT32 * (abs(after.total) + abs(before.total)) / added if added > 0 else float("inf")
