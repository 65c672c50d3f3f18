"""Rows of numbers under a header: `print` tables, Markdown, HTML made bars, tab and comma separated values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from gandoctor.readers.text_shape import UNNAMED, Record
from gandoctor.readers.text_words import CounterKind, counter_kind, split_counter

_WIDE = re.compile(r"\s{2,}|\t")
_CELL_NAME = re.compile(r"[^\W\d][\w .+&*@/()#%\[\]-]{0,39}$")
_RULE = re.compile(r"[\s|+:=_-]*$")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:,\d{3})*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|nan|inf)\s*%?$", re.IGNORECASE)
_RULES = ("|", ",", "\t")


class Header(NamedTuple):
    """The names of a table's columns and what stands between them: "|", a tab, ",", wide or single spaces.

    `line` is the header itself: where spaces stand between columns, a cell belongs to the name above it.
    """

    names: tuple[str, ...] = ()
    split: str = ""
    line: str = ""


@dataclass(slots=True)
class Table:
    """The header in force, and the one that the last line without numbers would be.

    `ruled` says that one with bars, commas or tabs has been seen.
    """

    header: Header = field(default_factory=Header)
    maybe: Header = field(default_factory=Header)
    ruled: bool = False
    made: dict[tuple[str, ...], Record] = field(default_factory=dict)

    def note(self, line: str) -> None:
        """Remembers a line without numbers; rules between header and rows are passed over."""
        header = _header(line) if not _RULE.match(line) else Header()
        if header.names:
            self.maybe = header
            self.ruled = self.ruled or header.split in _RULES

    def row(self, line: str) -> tuple[Record, list[float]] | None:
        """A line of numbers read under the header, or under names by place where no header fits.

        None where it is no row of at least two numbers. Without a header the first column is "step" where it is a
        whole number, the others are "value 1", "value 2".
        """
        found = None
        for header in (self.maybe, self.header):
            found = found or _cells(header, line)
            if found and header is self.maybe:
                self.header = header
        found = found or self._headless(line)
        if found is None or len(found) < 2:
            return None
        record, values = self._record(tuple(found)), list(found.values())
        return record, [values[slot] for slot in record.slots]

    def follows(self, line: str) -> bool:
        """Whether a line with words in it may be a row: its cells stand between the header's bars, commas or tabs."""
        return self.ruled and any(
            len(_split(line, header.split)) == len(header.names)
            for header in (self.header, self.maybe)
            if header.split in _RULES and line.count(header.split) >= len(header.names) - 1
        )

    def _headless(self, line: str) -> dict[str, float] | None:
        cells = [cell for cell in re.split(r"[\s|,;]+", line) if cell]
        if len(cells) < 2 or not all(_NUMBER.match(cell) for cell in cells):
            return None
        names = [f"{UNNAMED}{place}" for place in range(1, len(cells) + 1)]
        if cells[0].isdigit():
            names = ["step", *names[:-1]]
        return {name: value for name, cell in zip(names, cells, strict=True) if (value := _value(cell)) is not None}

    def _record(self, names: tuple[str, ...]) -> Record:
        if names not in self.made:
            kinds = {name: kind for name in names if (kind := _counted(name))}
            slots = {name: place for place, name in enumerate(names)}
            self.made[names] = Record(
                counters=tuple((slots[name], name) for name in kinds),
                kinds=tuple(kinds.values()),
                metrics=tuple((slots[name], name) for name in names if name not in kinds),
            )
        return self.made[names]


def _header(line: str) -> Header:
    """The line as a header, if all its cells are names and no two are equal."""
    for split in ("|", "\t", ",", "  ", " "):
        cells = _split(line, split) if split in line else []
        if len(cells) >= 2 and all(_CELL_NAME.match(cell) for cell in cells) and len(set(cells)) == len(cells):
            return Header(tuple(cells), split, line)
    return Header()


def _counted(name: str) -> CounterKind | None:
    """What the column counts; None for "step time" and all that is no counter."""
    counter, left = split_counter(name.split())
    return counter_kind(counter.split()[0]) if counter and not left else None


def _cells(header: Header, line: str) -> dict[str, float] | None:
    """The numbers of a row by name; None where the row does not fit the header."""
    if not header.names:
        return None
    cells = _split(line, header.split)
    if header.split in ("  ", " ") and len(cells) != len(header.names):
        cells = _split(line, "|") if "|" in line else line.split()
        if len(cells) < len(header.names) and "|" not in line:
            cells = _above(header, line)
    if not len(header.names) <= len(cells) <= len(header.names) + 2:
        return None
    if len(cells) == len(header.names) + 1 and _has_index(header, line, cells):
        cells = cells[1:]
    pairs = zip(header.names, cells, strict=False)
    return {_with_sign(name, cell): value for name, cell in pairs if (value := _value(cell)) is not None} or None


def _has_index(header: Header, line: str, cells: list[str]) -> bool:
    """Whether the first cell numbers the rows of a printed data frame: no name stands above it."""
    indent = len(header.line) - len(header.line.lstrip())
    begins = len(line) - len(line.lstrip())
    return header.split in ("  ", " ") and cells[0].isdigit() and begins + len(cells[0]) <= indent


def _above(header: Header, line: str) -> list[str]:
    """The cells of a row with gaps, each under the name that begins or ends where it does; [] where one has none."""
    begins, ends, at = {}, {}, 0
    for place, name in enumerate(header.names):
        at = header.line.index(name, at)
        begins[at], ends[at + len(name)] = place, place
    cells = [""] * len(header.names)
    for match in re.finditer(r"\S+", line):
        place = begins.get(match.start(), ends.get(match.end(), -1))
        if place < 0:
            return []
        cells[place] = match.group()
    return cells


def _with_sign(name: str, cell: str) -> str:
    return f"{name}%" if cell.endswith("%") and not name.endswith("%") else name


def _split(line: str, split: str) -> list[str]:
    """The cells of a line; bars at its ends enclose no cell."""
    if split == "|":
        return [cell.strip() for cell in line.strip().strip("|").split("|")]
    if split == "  ":
        return [cell for cell in _WIDE.split(line.strip()) if cell]
    return [cell.strip().strip("\"'") for cell in line.strip().split(split)] if split != " " else line.split()


def _value(cell: str) -> float | None:
    """The number in a cell; None where the cell holds none."""
    cell = cell.strip()
    return float(cell.rstrip("% ").replace(",", "")) if _NUMBER.match(cell) else None
