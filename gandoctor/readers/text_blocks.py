"""Reads lines of one shape that follow one another together: cut in one go, an array for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.text_tokens import Cut, cut, to_float

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.order import IntArray
    from gandoctor.readers.text_shape import Record, Shape

_RULES = tuple("=*#~_-")
_LEAST, _MOST = 16, 1024
"""How many lines are tried at least, and at most; fewer gain nothing."""
_NUMBERS = 50_000
"""How many numbers are cut at once at most; each takes a hundred bytes meanwhile."""
_PATIENCE, _LEAST_OFTEN = 4, 256


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What lines gave that follow one another and have one shape: as much as an entry each.

    `lines` are their numbers in the file; `values` has a row for each, in the order of the record's slots.
    """

    lines: IntArray
    part: int
    record: Record
    values: FloatArray


@dataclass(slots=True)
class Pace:
    """When to try whether the lines to come are like the last ones, and how many of them.

    A try costs about what reading so many lines does: after one that gained little the next comes later.
    """

    patience: int = _PATIENCE
    reach: int = _LEAST
    shape: Shape | None = None
    seen: int = 0

    def is_due(self, shape: Shape | None) -> bool:
        """Whether enough lines had this shape, one after the other; None is a shape that is never tried."""
        self.seen = self.seen + 1 if shape is self.shape else 1
        self.shape = shape
        return shape is not None and self.seen >= self.patience

    def lines(self, width: int) -> int:
        """How many lines to try of so many numbers each; 0 where there are too many for any gain."""
        most = min(self.reach, _NUMBERS // width)
        return most if most >= _LEAST else 0

    def gained(self, lines: int, tried: int) -> None:
        """Takes how many of the lines that were tried are alike."""
        self.seen = self.patience if lines == tried else 0
        self.patience = _PATIENCE if 2 * lines >= tried else min(2 * self.patience, _LEAST_OFTEN)
        self.reach = min(max(2 * lines, _LEAST), _MOST)


def alike(texts: Sequence[str], sample: Cut, literals: Sequence[tuple[int, str]]) -> list[list[str | None]]:
    """The numbers of the lines that are cut as `sample` is, up to the first that is not: a list for each number.

    A line counts only where the next one begins in the same way. `literals` are numbers that must be the same in all
    lines. A sample with a date that may be a headline between rules is like no line.
    """
    width = len(sample.kinds)
    if "x" in sample.kinds and sample.gaps[0].strip().startswith(_RULES):
        return [[] for _ in range(width)]
    first, last = sample.gaps[0], sample.gaps[-1]
    pieces = cut("\n".join(["", *texts, first]))
    whole = len(texts) if pieces.gaps[0] == f"\n{first}" else 0
    for place, gap in enumerate([*sample.gaps[1:-1], f"{last}\n{first}"], start=1):
        whole = _equal(pieces.gaps[place : whole * width + 1 : width], gap)
    for place, kind in enumerate(sample.kinds):
        kinds = pieces.kinds[place : whole * width : width]
        whole = len(kinds) - len(kinds.lstrip(kind))
    for place, number in literals:
        whole = _equal(pieces.numbers[place : whole * width : width], number)
    return [pieces.numbers[place : whole * width : width] for place in range(width)]


def floats(numbers: Sequence[str | None]) -> list[float]:
    """The values of numbers as `cut` found them."""
    try:
        return list(map(float, numbers))  # type: ignore[arg-type]  # None raises TypeError
    except (ValueError, TypeError):
        return list(map(to_float, numbers))


def stack(record: Record, numbers: Sequence[Sequence[str | None]]) -> FloatArray:
    """The values of a record's slots, a row a line."""
    values = np.empty((len(numbers[0]), len(record.slots)))
    for place, slot in enumerate(record.slots):
        values[:, place] = floats(numbers[slot])
    return values


def _equal(found: Sequence[str | None], expected: str) -> int:
    """How many of the pieces are as expected before the first that is not."""
    if found.count(expected) == len(found):
        return len(found)
    return next(place for place, piece in enumerate(found) if piece != expected)
