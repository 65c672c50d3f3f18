"""Finds what a program printed once it was done: the whole training as lists, `D losses: [0.69, 0.71, ...]`.

A list may go over several lines and hold tensors. One that comes again and has grown since is the same history.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.names import understand
from gandoctor.readers.text_lines import unwrapped
from gandoctor.readers.text_records import read_shape
from gandoctor.readers.text_shape import UNNAMED
from gandoctor.readers.text_tokens import cut, to_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gandoctor.model import FloatArray

_LEAST = 12
"""Numbers that a list holds at least to be a history; shorter ones are the losses of several networks."""
_LIST = re.compile(r"\[(?=[\s\d.+\-nitafjT])([^\[\]]{24,}+)\]")
_MANY = 100
"""After so many lists, of which no name has one alone, none will have: each row has its lists."""
_BEGINS = re.compile(r"[^\[\],;\t\"]{0,80}\[(?=[\s\d.+\-nitafjT])([^\[\]]*)")
_MARK = 71_077_345_000_000
"""Stands, and the numbers after it, for list 0, 1, ... while the names on their lines are looked for."""


@dataclass(frozen=True, slots=True)
class Histories:
    """The lists by name, all of one length; `line` is where the first begins, `rest` the text without their lines."""

    columns: Mapping[str, FloatArray]
    line: int
    rest: str
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


def begins_with_list(start: str) -> bool:
    """Whether the first thing in a text is a list of numbers, perhaps after its name: it is no table then."""
    match = _BEGINS.match(start)
    return match is not None and _numbers(match[1].rpartition(",")[0] or match[1]) is not None


def histories_in(text: str) -> Histories | None:
    """The histories of a text; None where no list has the name of a loss, or each such name has several lists."""
    found = [(match, values) for match in _LIST.finditer(text) if (values := _numbers(match[1])) is not None]
    if not found:
        return None
    marked, at = [], 0
    for place, (match, _) in enumerate(found):
        marked += [text[at : match.start()], f"{_MARK + place}.25", "\n" * match[0].count("\n")]
        at = match.end()
    lines = "".join([*marked, text[at:]]).split("\n")
    own = [place for place, line in enumerate(lines) if str(_MARK)[:8] in line]
    named = _alone(_names([_with_name(lines, place) for place in own], [values for _, values in found]))
    if not any(map(_is_loss, named.items())):
        return None
    size = Counter(len(values) for one in named.items() if _is_loss(one) for values in one[1:]).most_common(1)[0][0]
    columns = {name: values for name, values in named.items() if len(values) == size}
    odd = [name for name in named if name not in columns]
    notes = f"{len(columns)} printed lists of {size} numbers each were read as the course of the training"
    notes += f"; {', '.join(odd)}, of another length, not" if odd else ""
    rest = "\n".join("" if place in set(own) else line for place, line in enumerate(lines))
    return Histories(columns, own[0] + 1, rest, (notes,))


def _numbers(body: str) -> FloatArray | None:
    """The numbers of a list; None where it holds anything else, or too few."""
    try:
        values = [float(piece) for piece in unwrapped(body).replace(",", " ").replace(")", " ").split()]
    except ValueError:
        return None
    return np.array(values) if len(values) >= _LEAST else None


def _with_name(lines: Sequence[str], place: int) -> str:
    """A line with the name that the line before it ends with, where it begins with a list."""
    line = unwrapped(lines[place])
    begins = line.lstrip().startswith(str(_MARK)[:8])
    name = read_shape(cut(lines[place - 1])).trailing if begins and place else ""
    return f"{name}: {line}" if name else line


def _names(lines: Sequence[str], lists: Sequence[FloatArray]) -> Iterator[tuple[str, FloatArray]]:
    """Each list with the name that stands before it; "value 1", "value 2" for those without."""
    unnamed = 0
    for line in lines:
        pieces = cut(line)
        for record in read_shape(pieces).records:
            names = dict((*record.counters, *record.metrics))
            for slot in record.slots:
                number = to_float(pieces.numbers[slot])
                if 0 <= number - _MARK < len(lists):
                    unnamed += slot not in names
                    yield names.get(slot, f"{UNNAMED}{unnamed}"), lists[int(number - _MARK)]


def _alone(named: Iterable[tuple[str, FloatArray]]) -> dict[str, FloatArray]:
    """Those names that have one list, or one that grows: then as it was last."""
    lists: dict[str, FloatArray] = {}
    several: set[str] = set()
    for place, (name, values) in enumerate(named):
        if place > _MANY and len(several) == len(lists):
            return {}
        before = lists.get(name, values)
        if not np.array_equal(before, values[: len(before)], equal_nan=True):
            several.add(name)
        lists[name] = values
    return {name: values for name, values in lists.items() if name not in several}


def _is_loss(named: tuple[str, FloatArray]) -> bool:
    """Whether a list has the name of a network's loss, or none at all, and is not of whole numbers."""
    name = understand(named[0])
    speaks = name.what == "loss" or (name.who != "" and name.what == "") or named[0].startswith(UNNAMED)
    return speaks and bool((named[1] != np.round(named[1])).any())
