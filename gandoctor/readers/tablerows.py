"""The careful way through a table: row by row with the csv module, in pieces, noting whatever is out of line."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.cells import MISSING, BoolArray, Cells, parse_cells, unwrap
from gandoctor.readers.dialect import Dialect, could_be_header, distinct, is_comment
from gandoctor.readers.raw import RawLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_PIECE = 20_000
_LISTED = 5


@dataclass(slots=True)
class _Rows:
    """Rows of one header, waiting to become numbers."""

    names: tuple[str, ...]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    restart: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """The same rows as numbers: column name -> cells."""

    columns: Mapping[str, Cells]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]
    restart: int


@dataclass(slots=True)
class _Faults:
    """1-based numbers of the lines that were left out, by reason."""

    ragged: list[int] = field(default_factory=list)
    wordy: list[int] = field(default_factory=list)
    cut: int = 0
    last_width: int = 0


def read_rows(lines: Iterable[str], dialect: Dialect, name: str) -> RawLog:
    """The table whose first data line is the first of `lines`; line numbers count from `dialect.start`."""
    faults = _Faults()
    watched = _LastLine(_prepared(lines, dialect))
    try:
        parts = [_numbers(piece, dialect, faults) for piece in _pieces(watched, dialect, faults)]
    except csv.Error as error:
        raise UnreadableLog(f"{name} cannot be read as a table: {error}; write it as plain CSV") from error
    parts = _drop_cut_cell(parts, faults, ended=watched.ended)
    parts = [part for part in parts if len(part.lines)]
    if not parts:
        raise UnreadableLog(f"{name} has a header ({', '.join(dialect.names)}) and no row of numbers below it")
    return _join(parts, faults, dialect, name)


class _LastLine:
    """Passes lines on and remembers whether the last one was ended."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.ended = True

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.ended = line.endswith(("\n", "\r"))
            yield line


def _prepared(lines: Iterable[str], dialect: Dialect) -> Iterator[str]:
    bars = dialect.delimiter == "|"
    for raw in lines:
        line = unwrap(raw)
        if "\0" in line:
            line = line.replace("\0", "")
        if bars and line.strip().startswith("|"):
            end = "\n" if line.endswith("\n") else ""
            line = line.strip().removeprefix("|").removesuffix("|") + end
        yield line


def _pieces(lines: Iterable[str], dialect: Dialect, faults: _Faults) -> Iterator[_Rows]:
    """Rows in pieces of one header each; blank lines, comments and repeated headers are taken out."""
    reader = csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=True)
    now = _Rows(dialect.names)
    header = list(dialect.header) if dialect.header is not None else None
    widths, number = dialect.widths, dialect.start
    last = 0
    while rows := list(islice(reader, _PIECE)):
        for row in rows:
            number += 1
            fits = len(row) in widths
            if header is not None and _is_header(row, header, now.names, fits=fits):
                yield now
                changed = [cell.strip() for cell in row] != header
                if changed:
                    header = [cell.strip() for cell in row]
                    widths = frozenset({len(header)})
                now = _Rows(distinct(header) if changed else now.names, restart=now.restart + 1)
            elif fits or _blank_beyond(row, len(now.names)):
                now.rows.append(row)
                now.lines.append(number)
            elif row and not is_comment(dialect.delimiter.join(row)):
                faults.ragged.append(number)
                last = number
            faults.last_width = len(row) or faults.last_width
    if last and last == number:
        faults.ragged.pop()
        faults.cut = last


def _is_header(row: Sequence[str], header: Sequence[str], names: Sequence[str], *, fits: bool) -> bool:
    if not row or row[0][:1].isdigit():
        return False
    cells = [cell.strip() for cell in row]
    if cells == list(header):
        return True
    if not could_be_header(cells) or len(set(cells)) != len(cells) or len(cells) < 2 or "" in cells:
        return False
    return len(set(cells) & set(names)) >= (2 if fits else 1)


def _blank_beyond(row: Sequence[str], width: int) -> bool:
    return len(row) > width and not any(cell.strip() for cell in row[width:])


def _numbers(piece: _Rows, dialect: Dialect, faults: _Faults) -> _Part:
    width = len(piece.names)
    rows = piece.rows
    if any(len(row) != width for row in rows):
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    cells = [parse_cells(column, comma=dialect.comma) for column in zip(*rows, strict=True)]
    part = _Part(dict(zip(piece.names, cells, strict=False)), np.array(piece.lines, dtype=np.int64), piece.restart)
    if all(not column.bad and column.logged.all() for column in cells):
        return part
    spoken = np.logical_or.reduce([column.logged for column in cells])
    blank = np.array([all(cell.strip() in MISSING for cell in row) for row in rows]) & ~spoken
    faults.wordy.extend(part.lines[~spoken & ~blank].tolist())
    return _keep(part, spoken)


def _keep(part: _Part, kept: BoolArray) -> _Part:
    if kept.all():
        return part
    place = np.cumsum(kept) - 1
    columns = {
        name: Cells(
            cells.values[kept],
            cells.logged[kept],
            tuple(int(place[row]) for row in cells.bad if kept[row]),
            cells.percent,
            cells.total,
        )
        for name, cells in part.columns.items()
    }
    return _Part(columns, part.lines[kept], part.restart)


def _drop_cut_cell(parts: list[_Part], faults: _Faults, *, ended: bool) -> list[_Part]:
    """Without the last row where its line was never ended and one of its cells broke off in the middle of a number."""
    full = next((i for i in range(len(parts) - 1, -1, -1) if len(parts[i].lines)), None)
    if ended or full is None:
        return parts
    part = parts[full]
    row = len(part.lines) - 1
    numeric = [c for c in part.columns.values() if c.logged.any() or not c.bad or c.bad == (row,)]
    if not any(row in cells.bad for cells in numeric):
        return parts
    faults.cut = int(part.lines[row])
    return [*parts[:full], _keep(part, np.arange(row + 1) < row), *parts[full + 1 :]]


def _join(parts: Sequence[_Part], faults: _Faults, dialect: Dialect, name: str) -> RawLog:
    names = list(dict.fromkeys(column for part in parts for column in part.columns))
    columns: dict[str, FloatArray] = {}
    logged: dict[str, BoolArray] = {}
    totals: dict[str, float] = {}
    notes: list[str] = []
    for column in names:
        cells = [part.columns.get(column) for part in parts]
        seen = [c for c in cells if c is not None]
        bad = [int(part.lines[row]) for part, c in zip(parts, cells, strict=True) if c is not None for row in c.bad]
        if not any(c.logged.any() for c in seen):
            notes += [f"column {column!r} is not numeric and was left out"] if bad else []
            continue
        key = column + "%" if any(c.percent for c in seen) and not column.endswith("%") else column
        columns[key] = np.concatenate([_values(c, part) for part, c in zip(parts, cells, strict=True)])
        mask = np.concatenate([_logged(c, part) for part, c in zip(parts, cells, strict=True)])
        if not mask.all():
            logged[key] = mask
        totals.update((key, c.total) for c in seen if c.total is not None)
        if bad:
            notes.append(f"column {column!r} holds text at {listed(bad)}: taken as not logged")
    if any(part.restart for part in parts):
        columns["restart"] = np.concatenate([np.full(len(part.lines), float(part.restart)) for part in parts])
        notes.append(f"the header is repeated {max(part.restart for part in parts)} times: the training was restarted")
    lines = np.concatenate([part.lines for part in parts])
    return RawLog(columns, name, logged, lines, totals, notes=(*_fault_notes(faults, dialect), *notes))


def _values(cells: Cells | None, part: _Part) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.full(len(part.lines), np.nan) if cells is None else np.asarray(cells.values)


def _logged(cells: Cells | None, part: _Part) -> BoolArray:
    return np.zeros(len(part.lines), dtype=np.bool_) if cells is None else cells.logged


def _fault_notes(faults: _Faults, dialect: Dialect) -> list[str]:
    notes = []
    if dialect.skipped:
        notes.append(f"{len(dialect.skipped)} lines before the table were left out")
    if faults.ragged:
        notes.append(f"rows without {dialect.width} cells were left out: {listed(faults.ragged)}")
    if faults.wordy:
        notes.append(f"rows without a number were left out: {listed(faults.wordy)}")
    if faults.cut:
        notes.append(f"the last line ({faults.cut}) is cut off and was left out")
    return notes


def listed(lines: Sequence[int]) -> str:
    """Line numbers in words, the first few of them: "lines 3, 9, 12 and 4 more"."""
    shown = ", ".join(str(line) for line in lines[:_LISTED])
    more = f" and {len(lines) - _LISTED} more" if len(lines) > _LISTED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
