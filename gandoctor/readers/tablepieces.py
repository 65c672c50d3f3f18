"""Divides the lines of a table into rows under one header each, and sets aside the lines that are out of line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from gandoctor.readers.cells import unwrap
from gandoctor.readers.dialect import Dialect, could_be_header, distinct, is_comment

if TYPE_CHECKING:
    from _csv import Reader as CsvReader
    from collections.abc import Iterable, Iterator, Sequence

_PIECE = 20_000
_QUOTED = 3
"""A last cell of more lines than this was opened by a stray quote."""


@dataclass(slots=True)
class Piece:
    """Rows of text under one header, with their 1-based lines, after `restart` repeated headers."""

    names: tuple[str, ...]
    restart: int = 0
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Faults:
    """Lines that were left out, by reason, and how the text ended; filled while the pieces are taken."""

    ragged: list[int] = field(default_factory=list)
    wordy: list[int] = field(default_factory=list)
    cut: int = 0
    ended: bool = True
    zeros: int = 0


def pieces(lines: Iterable[str], dialect: Dialect, faults: Faults) -> Iterator[Piece]:
    """The rows in pieces of bounded size; blank lines, comments and repeated headers are taken out.

    A repeated header counts a restart; another header of familiar names gives the names from there on. A last line
    without its end and with too few cells is cut off and left out. csv.Error for a quote that swallows the lines to
    the end of the file.
    """
    reader = csv.reader(_prepared(lines, dialect, faults), delimiter=dialect.delimiter, skipinitialspace=True)
    now, header, widths = Piece(dialect.names), dialect.header, dialect.widths
    number, width, below = dialect.start, 0, 0
    while rows := _taken(reader, dialect.start, faults):
        broken = number + below + len(rows) != dialect.start + reader.line_num
        for row in rows:
            number += 1 + below
            below = sum(cell.count("\n") for cell in row) if broken else 0
            width = len(row) or width
            if header is not None and _is_header(row, header, now.names, fits=width in widths):
                yield now
                header, widths, now = _under(row, header, widths, now)
            elif (row and width in widths) or _blank_beyond(row, len(now.names)):
                now.rows.append(row)
                now.lines.append(number)
            elif row and not is_comment(dialect.delimiter.join(row)):
                faults.ragged.append(number)
        if len(now.rows) > _PIECE:
            full, now = now, Piece(now.names, now.restart)
            yield full
    _drop_cut_row(now, faults, number, width)
    yield now


def _taken(reader: CsvReader, before: int, faults: Faults) -> list[list[str]]:
    """The next rows; `before` lines precede the reader's first."""
    rows = list(islice(reader, _PIECE))
    last = rows[-1][-1] if 0 < len(rows) < _PIECE and rows[-1] else ""
    broken, whole = last.count("\n"), last.endswith("\n")
    if broken > _QUOTED and (whole or not faults.ended):
        line = before + reader.line_num - broken + whole
        raise csv.Error(f"the quote that line {line} opens is closed nowhere")
    return rows


def _prepared(lines: Iterable[str], dialect: Dialect, faults: Faults) -> Iterator[str]:
    """The lines without tensors, zero bytes and outer bars; `faults.ended` follows whether the last one was ended."""
    bars = dialect.delimiter == "|"
    for raw in lines:
        line = unwrap(raw)
        if "\0" in line:
            faults.zeros += line.count("\0")
            line = line.replace("\0", "")
        if bars and line.lstrip().startswith("|"):
            line = line.strip().removeprefix("|").removesuffix("|") + line[len(line.rstrip("\r\n")) :]
        if bars and is_comment(line):
            line = "\n"  # a rule under the header; its line still counts
        faults.ended = line.endswith(("\n", "\r")) or not line
        yield line


def _is_header(row: Sequence[str], header: Sequence[str], names: Sequence[str], *, fits: bool) -> bool:
    """Whether a row repeats the header, or is a new one: all names, one of them (two in a row that fits) known."""
    if not row or row[0][:1].isdigit():
        return False
    cells = [cell.strip() for cell in row]
    if cells == list(header):
        return True
    if len(cells) < 2 or "" in cells or len(set(cells)) != len(cells) or not could_be_header(cells):
        return False
    return len(set(cells) & set(names)) >= (2 if fits else 1)


def _under(
    row: Sequence[str], header: tuple[str, ...], widths: frozenset[int], before: Piece
) -> tuple[tuple[str, ...], frozenset[int], Piece]:
    """The header that holds from `row` on, the widths of rows under it, and an empty piece for them."""
    cells = tuple(cell.strip() for cell in row)
    if cells == header:
        return header, widths, Piece(before.names, before.restart + 1)
    return cells, frozenset({len(cells)}), Piece(distinct(cells), before.restart + 1)


def _blank_beyond(row: Sequence[str], width: int) -> bool:
    return len(row) > width and not any(cell.strip() for cell in row[width:])


def _drop_cut_row(now: Piece, faults: Faults, number: int, width: int) -> None:
    if faults.ragged and faults.ragged[-1] == number:
        faults.cut = faults.ragged.pop()
    elif not faults.ended and now.lines and now.lines[-1] == number and width < len(now.names):
        faults.cut = now.lines.pop()
        now.rows.pop()
