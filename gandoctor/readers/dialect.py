"""Whether a text is a table and how it is written: delimiter, header, first data line, decimal comma."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from gandoctor.readers.cells import MISSING, number, unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS = ",;\t|"
_SAMPLE = 80
_PREAMBLE = 25
_COMMENT = ("#", "//", "%")
_LINE_END = re.compile(r"\r\n|\n|\r")
_TIME_LIKE = re.compile(
    r"(?=.*\d\d?[:/.-]\d\d?)(?:[\d\s:/.,+\[\]()-]|(?:T|Z|[AP]M|UTC|GMT|h|m|s|ms|sec|min|hours?|days?"
    r"|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?![a-z]))+",
    re.IGNORECASE,
)
"""A time, a date or a duration: a cell with other words in it belongs to a line of text."""
_RULE = re.compile(r"[\s|:+-]*-[\s|:+-]*")
_LONGEST = 80
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written.

    `start` is the number of lines before the first data line; `header` are the header's cells, None where the table
    has none and its columns are called "0", "1", ...; `widths` are the numbers of cells that a row may have.
    """

    delimiter: str
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    start: int
    widths: frozenset[int]
    comma: bool = False
    skipped: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.names)


def split_lines(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The stripped cells of each line; a line that csv cannot take counts as one cell."""
    return [split_line(line, delimiter) for line in lines]


def split_line(line: str, delimiter: str) -> list[str]:
    """The stripped cells of one line; the outer bars of a `| a | b |` row enclose no cell."""
    line = unwrap(line)
    if delimiter == "|":
        line = line.strip().removeprefix("|").removesuffix("|")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return [line]
    return [cell.strip() for cell in cells]


def sniff(head: str, *, whole: bool = True) -> Dialect | None:
    """The dialect of a table from its first lines, None where the text is no table.

    A table is a run of lines of one width whose columns are numbers, under a header of names or under none; a column
    of text must be a time or stand under a header. `whole` says that `head` is all there is: otherwise its last line
    may be cut and is not looked at.
    """
    lines = _LINE_END.split(head.removeprefix("\ufeff"))
    if not whole:
        lines = lines[:-1]
    found = [table for mark in _marks(lines) if (table := _try(lines, mark)) is not None]
    best = max(found, key=lambda table: table[0], default=None)
    return best[1] if best is not None else _single_column(lines)


def _marks(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "").strip().lower()
    return first[4] if first.startswith("sep=") and len(first) == 5 and first[4] in DELIMITERS else DELIMITERS


def is_comment(line: str) -> bool:
    """Whether a line stands outside the table: blank, a comment, a rule under a header, Excel's `sep=;`."""
    text = line.strip()
    return not text or text.startswith(_COMMENT) or _RULE.fullmatch(text) is not None or text.lower().startswith("sep=")


def _try(lines: Sequence[str], mark: str) -> tuple[tuple[int, bool], Dialect] | None:
    """The table that one delimiter makes, and before it how many columns are numeric and whether the header fits."""
    at = _sample(lines)
    rows = split_lines([lines[i] for i in at], mark)
    often = Counter(len(row) for row in rows[1:] or rows)
    rows = _filled(rows, max(often, key=lambda width: (often[width], width), default=0))
    counts = Counter(len(row) for row in rows[1:] or rows)
    usual = max(counts, key=lambda width: (counts[width], width), default=0)
    if usual < 2:
        return None
    first = next(i for i, row in enumerate(rows) if len(row) == usual)
    body = [row for row in rows[first:] if len(row) == usual]
    if first > _PREAMBLE or len(body) < 0.6 * len(rows[first:]):
        return None
    comma = mark != "," and _decimal_comma(body)
    numeric = _numeric_columns(body[1:] or body, comma=comma)
    header, above = _header(lines, at, rows, first, numeric)
    if not numeric or (header is None and not _all_data(body, numeric)):
        return None
    names = _names(header, usual)
    inside = header is not None and above == 0
    widths = {width for width, count in often.items() if 1 < width <= len(names) and count > max(1, 0.1 * len(rows))}
    skipped = tuple(lines[i] for i in at[: first - max(above, 0)])
    return (len(numeric), above == 0), Dialect(
        mark, names, header, at[first] + inside, frozenset(widths | {usual}), comma, skipped
    )


def _sample(lines: Sequence[str]) -> list[int]:
    """The places of the first lines that are no comments."""
    return list(islice((i for i, line in enumerate(lines) if not is_comment(line)), _SAMPLE))


def _filled(rows: list[list[str]], usual: int) -> list[list[str]]:
    """The rows, filled up to the width of a header that is wider than most: their last cells were left out."""
    for at, row in enumerate(rows[:_PREAMBLE]):
        width = len(row)
        if width > usual > 1 and could_be_header(row) and sum(len(other) == width for other in rows[at + 1 :]) > 1:
            return [*rows[: at + 1], *(other + [""] * (width - len(other)) for other in rows[at + 1 :])]
    return rows


def _decimal_comma(body: Sequence[Sequence[str]]) -> bool:
    cells = [cell for row in body for cell in row]
    with_comma = sum(bool(re.fullmatch(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?%?", cell)) for cell in cells)
    with_point = sum(
        "," not in cell and bool(re.search(r"\d\.\d", cell)) and number(cell) is not None for cell in cells
    )
    return with_comma > with_point


def _numeric_columns(body: Sequence[Sequence[str]], *, comma: bool) -> frozenset[int]:
    """Columns most of whose cells that say anything are numbers."""
    found = set()
    for column in range(len(body[0])):
        cells = [row[column] for row in body if row[column] not in MISSING]
        if cells and sum(number(cell, comma=comma) is not None for cell in cells) >= 0.7 * len(cells):
            found.add(column)
    return frozenset(found)


def _all_data(body: Sequence[Sequence[str]], numeric: frozenset[int]) -> bool:
    """Whether a table without a header is one: its text columns are times, and not words such as "Epoch 1"."""
    return all(
        column in numeric or all(_TIME_LIKE.fullmatch(row[column]) or row[column] in MISSING for row in body)
        for column in range(len(body[0]))
    )


def _header(
    lines: Sequence[str], at: Sequence[int], rows: Sequence[list[str]], first: int, numeric: frozenset[int]
) -> tuple[tuple[str, ...] | None, int]:
    """The header's cells, and how many lines of the sample above the first row it takes.

    0 says that it is that row, -1 that it is a comment.
    """
    row = rows[first]
    if _is_counted(row) and len(rows) > first + 1:
        return tuple(row), 0
    if not any(number(row[column]) is not None for column in numeric) and could_be_header(row):
        return tuple(row), 0
    if first:
        above = _names_above(rows[first - 1], lines[at[first - 1]], len(row), ends_in_text=len(row) - 1 not in numeric)
        if above is not None:
            return above, 1
    commented = [line.strip().lstrip("#/% ") for line in lines[: at[first]] if line.strip().startswith(_COMMENT)]
    for mark in DELIMITERS if commented else "":
        cells = split_line(commented[-1], mark)
        if len(cells) == len(row) and could_be_header(cells):
            return tuple(cells), -1
    return None, 0


def _names_above(cells: Sequence[str], line: str, width: int, *, ends_in_text: bool) -> tuple[str, ...] | None:
    """The header in the line above the table, written with other delimiters or with one name more or less."""
    for names in (list(cells), line.split("\t"), re.split(r"\s{2,}", line.strip()), line.split()):
        if len(names) in (width - 1, width, width + 1) and could_be_header(names):
            return (*names, "") if len(names) == width - 1 and ends_in_text else tuple(names)
    return None


def _is_counted(row: Sequence[str]) -> bool:
    """Whether the row is the header of a frame whose columns have no names: `,0,1,2`."""
    return row[0] == "" and list(row[1:]) == [str(i) for i in range(len(row) - 1)]


def could_be_header(row: Sequence[str]) -> bool:
    """Whether every cell may be a name: no sentence, no number, and not all of them blank."""
    named = [cell for cell in row if cell]
    return bool(named) and all((len(cell) <= _LONGEST or " " not in cell) and number(cell) is None for cell in named)


def shortened(names: Sequence[str]) -> str:
    """The names for a message: the first few, the long ones cut."""
    shown = [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..." for name in names[:_LISTED]]
    return ", ".join(shown) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _names(header: Sequence[str] | None, width: int) -> tuple[str, ...]:
    """One name a column, told apart as pandas does ("loss", "loss.1"); a header short of one names no index column."""
    names = list(header) if header is not None else [str(i) for i in range(width)]
    if len(names) == width - 1:
        names.insert(0, "")
    while len(names) > width and not names[-1]:
        names.pop()
    return distinct(names)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names with ".1", ".2" behind those that came before."""
    counts: dict[str, int] = {}
    for name in names:
        candidate = name
        while candidate in counts:
            counts[name] += 1
            candidate = f"{name}.{counts[name]}"
        counts[candidate] = 0
    return tuple(counts)


def _single_column(lines: Sequence[str]) -> Dialect | None:
    """A list of numbers, one a line, with or without a name above."""
    at = _sample(lines)
    cells = [unwrap(lines[i]).strip() for i in at]
    numbers = [number(cell) is not None for cell in cells]
    if len(cells) < 2 or not all(numbers[1:]):
        return None
    header = None if numbers[0] else (cells[0],)
    if header is not None and not could_be_header(header):
        return None
    return Dialect(",", _names(header, 1), header, at[0] + (header is not None), frozenset({1}))
