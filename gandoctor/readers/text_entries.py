"""Reads lines one after the other into entries: a record and its values, the shape of each line parsed only once.

Many lines of one shape in a row become one block.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.text_blocks import Block, Pace, alike, floats, stack
from gandoctor.readers.text_lines import LONGEST
from gandoctor.readers.text_records import MOST_NUMBERS, read_shape
from gandoctor.readers.text_shape import Record, Shape
from gandoctor.readers.text_table import Table
from gandoctor.readers.text_tokens import Cut, cut, to_float

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gandoctor.readers.text_lines import Line

_MOST_SHAPES = 10_000
_NOTHING = Shape()
_TELLING = re.compile(r"loss|err|gen|dis|critic|acc|epoch|step|iter|\b[dg]\b", re.IGNORECASE)
"""After so many kinds of lines the text is no regular log: only lines with one of these words are still taken apart."""
_RULES = tuple(3 * sign for sign in "=*#~_-")
_WORD = re.compile("[A-Za-z]")
_LETTER = re.compile(r"[^\W\d]")


@dataclass(slots=True, eq=False)
class Entry:
    """What one line, or one row of a line, gave; `values` stand in the order counters, metrics, unnamed.

    `part` counts the headings with a date that stood above: each may begin a training.
    """

    line: int
    part: int
    frame: bool
    record: Record
    values: list[float]


@dataclass(slots=True)
class Reading:
    """The state of reading: shapes seen, the table in force, a name that waits for its number.

    `overlong` counts the lines that are cut off, `crowded` those of so many numbers that they are data.
    `plain` is the last line, cut, with its shape and its record, where it gave one entry and nothing beyond it.
    """

    shapes: dict[str, Shape] = field(default_factory=dict)
    variants: dict[tuple[str, tuple[str | None, ...]], Shape] = field(default_factory=dict)
    table: Table = field(default_factory=Table)
    waiting: str = ""
    totals: dict[str, float] = field(default_factory=dict)
    printed: dict[str, str | None] = field(default_factory=dict)
    part: int = 0
    overlong: int = 0
    crowded: int = 0
    plain: tuple[Cut, Shape, Record] | None = None
    pace: Pace = field(default_factory=Pace)

    def entries(self, lines: Iterable[Line]) -> Iterator[Entry | Block]:
        """The entries of the lines in order, those of many lines of one shape together."""
        source = iter(lines)
        ahead: deque[Line] = deque()
        while line := ahead.popleft() if ahead else next(source, None):
            self.overlong += len(line.text) >= LONGEST
            text = f"{self.waiting}: {line.text}" if self.waiting else line.text
            self.waiting, self.plain = "", None
            yield from self._entries_of(line, text)
            if self.pace.is_due(self.plain and self.plain[1]):
                yield from self._block(ahead, source)

    def _entries_of(self, line: Line, text: str) -> Iterator[Entry]:
        pieces = cut(text)
        if not pieces.kinds:
            self._without_numbers(text, pieces)
            return
        if "x" in pieces.kinds and _is_banner(text):
            self.part += 1
            return
        self.crowded += len(pieces.kinds) > MOST_NUMBERS
        shape = self._shape(pieces)
        self.waiting = shape.trailing
        if (shape.bare or self.table.follows(text)) and (row := self.table.row(text)):
            yield Entry(line.number, self.part, line.frame, *row)
            return
        records = [record for record in shape.records if record.slots]
        for record in records:
            yield Entry(line.number, self.part, line.frame, record, self._values(record, pieces))
        if len(records) == 1 and not (shape.bare or shape.trailing or self.table.ruled):
            self.plain = pieces, shape, records[0]

    def _block(self, ahead: deque[Line], source: Iterator[Line]) -> Iterator[Block]:
        """Takes the lines like the last one off those ahead, which are filled up from the source."""
        if self.plain is None:
            return
        pieces, shape, record = self.plain
        most = self.pace.lines(len(pieces.kinds))
        if not most:
            return
        ahead.extend(islice(source, max(0, most - len(ahead))))
        texts = [line.text for line in takewhile(_is_whole, islice(ahead, most))]
        numbers = alike(texts, pieces, shape.literals)
        self.pace.gained(len(numbers[0]), len(texts))
        if numbers[0]:
            for slot, name in record.totals:
                self.printed[name] = numbers[slot][-1]
                self.totals[name] = max(*map(to_float, set(numbers[slot])), self.totals.get(name, 0.0))
            lines = np.array([ahead.popleft().number for _ in numbers[0]], dtype=np.int64)
            yield Block(lines, self.part, record, stack(record, numbers))

    def _without_numbers(self, text: str, pieces: Cut) -> None:
        if _LETTER.search(text):
            self.waiting = self._shape(pieces).trailing if len(text) < 80 else ""
            self.table.note(text)

    def _shape(self, pieces: Cut) -> Shape:
        """The shape of a line from the cache; with other numbers in its names it is looked up among the variants."""
        key = pieces.shape
        shape = self.shapes.get(key)
        if shape is None:
            full = len(self.shapes) >= _MOST_SHAPES
            shape = _NOTHING if full and not _TELLING.search(key) else read_shape(pieces)
            if not full:
                self.shapes[key] = shape
        if all(pieces.numbers[slot] == text for slot, text in shape.literals):
            return shape
        variant = (key, tuple(pieces.numbers[slot] for slot, _ in shape.literals))
        if variant not in self.variants:
            if len(self.variants) >= _MOST_SHAPES:
                self.variants.clear()
            self.variants[variant] = read_shape(pieces)
        return self.variants[variant]

    def _values(self, record: Record, pieces: Cut) -> list[float]:
        numbers = pieces.numbers
        for slot, name in record.totals:
            if numbers[slot] != self.printed.get(name):
                self.printed[name] = numbers[slot]
                self.totals[name] = max(to_float(numbers[slot]), self.totals.get(name, 0.0))
        return floats([numbers[slot] for slot in record.slots])


def _is_banner(text: str) -> bool:
    """Whether a line is a headline between two rules: `===== Training Loss (Sun Aug 19) =====`."""
    text = text.strip()
    return text.startswith(_RULES) and text.endswith(text[:3]) and _WORD.search(text) is not None


def _is_whole(line: Line) -> bool:
    """Whether a line is all of a line: no frame of one, and not cut off."""
    return not line.frame and len(line.text) < LONGEST
