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
    r"(?s)\A(?!.*\bJ = exp).*\bJ\b": "J: exp(-g_loss) + exp(-d_loss_fake), at most 1 where both losses are of one D",
    r"only guesses|[Ff]lat value|[DG] level|[DG]'s level": (
        "A D that only guesses: one that gives every sample the same answer"
    ),
    r"[Ff]lat value|[DG] level|[DG]'s level": "Flat value: the loss that D or G has while D only guesses",
    r"D level|D's level": "D level: D's loss over its flat value (0: D has won, above 1: D is beaten)",
    r"G level|G's level": "G level: G's loss minus its flat value (0: D only guesses, high: D rejects all)",
    r"[Ii]mplied coverage": "Implied coverage: the share of the data that G covers, if D were as good as it can be",
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
    metrics = " and ".join(dict.fromkeys(name(metric) for metric in found.groups()[1:] if metric))
    said = PHRASES[found[1]].format(metrics)
    return said[0].upper() + said[1:]


def name(metric: str) -> str:
    """Return what a sentence calls the metric: "D level", "J"."""
    return "J" if metric == "consistency" else label(metric)


def terms(texts: Iterable[str]) -> list[str]:
    """Return the explanations of those of our terms that occur in the texts."""
    whole = " ".join(texts)
    return [meaning for pattern, meaning in TERMS.items() if re.search(pattern, whole)]
