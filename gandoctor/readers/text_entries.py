"""Reads lines one after the other into entries: a record and its values, the shape of each line parsed only once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gandoctor.readers.text_lines import Line
from gandoctor.readers.text_records import read_shape
from gandoctor.readers.text_shape import Record, Shape
from gandoctor.readers.text_table import Table
from gandoctor.readers.text_tokens import Cut, cut, to_float

_MOST_SHAPES = 20_000
_BANNER = re.compile(r"\s*([=*#~_-])\1{2,}.*[A-Za-z].*\1{3,}\s*$")
_LETTER = re.compile(r"[^\W\d]")


@dataclass(slots=True, eq=False)
class Entry:
    """What one line, or one row of a line, gave; `values` stand in the order counters, metrics, unnamed."""

    line: int
    frame: bool
    record: Record
    values: list[float]


@dataclass(slots=True)
class Reading:
    """The state of reading: shapes seen, the table in force, a name that waits for its number."""

    shapes: dict[str, Shape | None] = field(default_factory=dict)
    special: dict[tuple[str, tuple[str | None, ...]], Shape] = field(default_factory=dict)
    table: Table = field(default_factory=Table)
    waiting: str = ""
    totals: dict[str, float] = field(default_factory=dict)
    printed: dict[str, str | None] = field(default_factory=dict)
    banners: list[int] = field(default_factory=list)

    def entries(self, lines: Iterable[Line]) -> Iterator[Entry]:
        """The entries of the lines in order."""
        for line in lines:
            text = f"{self.waiting}: {line.text}" if self.waiting else line.text
            self.waiting = ""
            yield from self._entries_of(line, text)

    def _entries_of(self, line: Line, text: str) -> Iterator[Entry]:
        pieces = cut(text)
        if not pieces.kinds:
            self._without_numbers(text, pieces)
            return
        if "x" in pieces.kinds and _BANNER.match(text):
            self.banners.append(line.number)
            return
        shape = self._shape(pieces)
        self.waiting = shape.trailing
        if (shape.bare or self.table.follows(text)) and (row := self.table.row(text)):
            yield Entry(line.number, line.frame, *row)
            return
        for record in shape.records:
            if record.counters or record.metrics or record.values:
                yield Entry(line.number, line.frame, record, self._values(record, pieces))

    def _without_numbers(self, text: str, pieces: Cut) -> None:
        if _LETTER.search(text):
            self.waiting = self._shape(pieces).trailing if len(text) < 80 else ""
            self.table.note(text)

    def _shape(self, pieces: Cut) -> Shape:
        """The shape of a line from the cache; a shape whose names hold numbers is kept under those too."""
        key = pieces.shape
        if key in self.shapes:
            known = self.shapes[key]
            if known is not None:
                return known
            return self._special(key, pieces)
        shape = read_shape(pieces)
        if len(self.shapes) < _MOST_SHAPES:
            self.shapes[key] = None if shape.literals else shape
        return shape

    def _special(self, key: str, pieces: Cut) -> Shape:
        whole = tuple(n if kind == "i" else None for n, kind in zip(pieces.numbers, pieces.kinds, strict=True))
        found = self.special.get((key, whole))
        if found is None:
            found = read_shape(pieces)
            if len(self.special) < _MOST_SHAPES:
                self.special[key, whole] = found
        return found

    def _values(self, record: Record, pieces: Cut) -> list[float]:
        numbers = pieces.numbers
        for slot, name in record.totals:
            if numbers[slot] != self.printed.get(name):
                self.printed[name] = numbers[slot]
                self.totals[name] = max(to_float(numbers[slot]), self.totals.get(name, 0.0))
        try:
            return [float(numbers[slot]) for slot in record.slots]  # type: ignore[arg-type]  # None raises TypeError
        except (ValueError, TypeError):
            return [to_float(numbers[slot]) for slot in record.slots]
