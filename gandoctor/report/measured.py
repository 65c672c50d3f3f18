"""What the rows of a rule measured, in plain words: one line a row, and the terms that those lines use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.report.curves import label
from gandoctor.report.words import GROUNDS, PHRASES, clean, count, number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Reading

_SIGNAL = re.compile(r"(\w+)\((\w+)(?:, (\w+))?\)")
_LONGER = 6
"""Significant digits where three would not tell a value from its bound."""

TERMS = {
    r"\bJ (?!=)": "J: exp(-g) + exp(-d_fake), at most 1 where one D gave both losses",
    r"flat value|[DG] level": "Flat value: the loss while D answers all alike",
    r"D level": "D level: D's loss over it (0: D has won, above 1: D is beaten)",
    r"G level": "G level: G's loss above it",
    r"[Ii]mplied coverage": "Implied coverage: the share of the data that G covers, were D ideal",
    r"D gap": "D gap: D's loss on real minus on generated samples",
}
"""What a term means, by a pattern that finds its use."""


def reading(one: Reading, brief: bool) -> str:
    """Return a measurement against its bound, and what the bound rests on; the reason too unless it is to be brief."""
    ground = GROUNDS[one.basis]
    if not brief:
        source = f"; source {clean(one.source)}" if one.source else ""
        ground = f"{ground}: {' '.join(clean(one.why).split()).rstrip('.')}{source}"
    return f"{what(one)}: {_compared(one)} ({ground})"


def what(one: Reading) -> str:
    """Return what was measured and over how much of the run: "Median D level over the last 50 points"."""
    place = "at the last point" if one.points == 1 else f"over the last {count(one.points, 'point')}"
    return f"{signal(one.signal)} {place}"


def _compared(one: Reading) -> str:
    """Return the value and the bound: a value on the wrong side of it is one that has not come back far enough."""
    if crossed(one):
        return f"{value(one)}, {one.direction} the bound {number(one.bound)}"
    return f"{value(one)} by now; it fired {one.direction} {number(one.bound)}"


def value(one: Reading) -> str:
    """Return the measured value, with as many digits as tell it from its bound."""
    said = number(one.value)
    return f"{one.value:.{_LONGER}g}" if said == number(one.bound) and one.value != one.bound else said


def crossed(one: Reading) -> bool:
    """Whether the value is on the side of its bound on which the rule fires; NaN is."""
    beyond = one.value > one.bound if one.direction == "above" else one.value < one.bound
    return beyond or one.value != one.value


def signal(text: str) -> str:
    """Return a signal in words: "median(d_level)" is "Median D level"; one that is not known stays as it is."""
    found = _SIGNAL.fullmatch(text)
    if found is None or found[1] not in PHRASES:
        return clean(text)
    metrics = " and ".join(_name(metric) for metric in found.groups()[1:] if metric)
    said = PHRASES[found[1]].format(metrics)
    return said[0].upper() + said[1:]


def _name(metric: str) -> str:
    return "J" if metric == "consistency" else label(metric)


def terms(texts: Iterable[str]) -> list[str]:
    """Return the explanations of those of our terms that occur in the texts."""
    whole = " ".join(texts)
    return [meaning for pattern, meaning in TERMS.items() if re.search(pattern, whole)]
