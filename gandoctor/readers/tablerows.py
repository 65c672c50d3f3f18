"""The careful way through a table: the csv module and one cell after another, noting whatever is out of line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.cells import MISSING, BoolArray, Cells, parse_cells
from gandoctor.readers.dialect import shortened
from gandoctor.readers.raw import RawLog
from gandoctor.readers.tablepieces import Faults, Piece, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.dialect import Dialect

_LISTED = 5


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Rows as numbers: column name -> cells."""

    columns: Mapping[str, Cells]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]
    restart: int

    def values(self, column: str) -> FloatArray:
        """The column's values, NaN throughout where these rows have no such column."""
        cells = self.columns.get(column)
        return np.full(len(self.lines), np.nan) if cells is None else cells.values

    def logged(self, column: str) -> BoolArray:
        """Where the column was logged."""
        cells = self.columns.get(column)
        return np.zeros(len(self.lines), dtype=np.bool_) if cells is None else cells.logged


def read_rows(lines: Iterable[str], dialect: Dialect, name: str) -> RawLog:
    """The table whose first data line is the first of `lines`; line numbers count from `dialect.start`."""
    faults = Faults()
    try:
        parts = [_numbers(piece, dialect, faults) for piece in pieces(lines, dialect, faults)]
    except csv.Error as error:
        raise UnreadableLog(f"{name} cannot be read as a table: {error}; write it as plain CSV") from error
    parts = [part for part in _drop_cut_cell(parts, faults) if len(part.lines)]
    if not parts:
        raise UnreadableLog(f"{name} has a header ({shortened(dialect.names)}) and no row of numbers below it")
    return _join(parts, faults, dialect, name)


def _numbers(piece: Piece, dialect: Dialect, faults: Faults) -> _Part:
    width = len(piece.names)
    rows = piece.rows
    if any(len(row) != width for row in rows):
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    cells = [parse_cells(column, comma=dialect.comma) for column in zip(*rows, strict=True)]
    part = _Part(dict(zip(piece.names, cells, strict=False)), np.array(piece.lines, dtype=np.int64), piece.restart)
    if all(not column.bad and column.logged.all() for column in cells):
        return part
    spoken = np.logical_or.reduce([column.logged for column in cells])
    wordy = [row for row in np.flatnonzero(~spoken) if any(cell.strip() not in MISSING for cell in rows[row])]
    faults.wordy.extend(part.lines[wordy].tolist())
    return _keep(part, spoken)


def _keep(part: _Part, kept: BoolArray) -> _Part:
    """The rows of a part in which `kept` is true."""
    if kept.all():
        return part
    place = np.cumsum(kept) - 1
    columns = {
        name: Cells(
            values=cells.values[kept],
            logged=cells.logged[kept],
            bad=tuple(int(place[row]) for row in cells.bad if kept[row]),
            percent=cells.percent,
            total=cells.total,
        )
        for name, cells in part.columns.items()
    }
    return _Part(columns, part.lines[kept], part.restart)


def _drop_cut_cell(parts: list[_Part], faults: Faults) -> list[_Part]:
    """Without the last row where its line was never ended and one of its cells broke off in the middle of a number."""
    full = next((i for i in range(len(parts) - 1, -1, -1) if len(parts[i].lines)), None)
    if faults.ended or full is None:
        return parts
    part = parts[full]
    row = len(part.lines) - 1
    numeric = [name for name in part.columns if any(other.logged(name).any() for other in parts)]
    if not any(row in part.columns[name].bad for name in numeric):
        return parts
    faults.cut = int(part.lines[row])
    return [*parts[:full], _keep(part, np.arange(row + 1) < row), *parts[full + 1 :]]


def _join(parts: Sequence[_Part], faults: Faults, dialect: Dialect, name: str) -> RawLog:
    columns: dict[str, FloatArray] = {}
    logged: dict[str, BoolArray] = {}
    totals: dict[str, float] = {}
    notes = _fault_notes(faults, dialect)
    for column in dict.fromkeys(column for part in parts for column in part.columns):
        cells = [part.columns[column] for part in parts if column in part.columns]
        mask = np.concatenate([part.logged(column) for part in parts])
        notes += _text_note(column, parts, numeric=bool(mask.any()))
        if not mask.any():
            continue
        key = column + "%" if any(each.percent for each in cells) and not column.endswith("%") else column
        columns[key] = np.concatenate([part.values(column) for part in parts])
        if not mask.all():
            logged[key] = mask
        totals.update((key, each.total) for each in cells if each.total is not None)
    restarts = np.concatenate([np.full(len(part.lines), float(part.restart)) for part in parts])
    if restarts.any() and "restart" not in columns:
        columns["restart"] = restarts
        notes.append(f"the header is repeated {max(part.restart for part in parts)} times: the training was restarted")
    return RawLog(columns, name, logged, np.concatenate([part.lines for part in parts]), totals, notes=tuple(notes))


def _text_note(column: str, parts: Sequence[_Part], *, numeric: bool) -> list[str]:
    lines = [int(p.lines[row]) for p in parts if column in p.columns for row in p.columns[column].bad]
    if not lines:
        return []
    if not numeric:
        return [f"column {column!r} is not numeric and was left out"]
    return [f"column {column!r} holds text at {listed(lines)}: taken as not logged"]


def _fault_notes(faults: Faults, dialect: Dialect) -> list[str]:
    notes = [skipped_note(dialect)] if dialect.skipped else []
    if faults.ragged:
        notes.append(f"rows without {dialect.width} cells were left out: {listed(faults.ragged)}")
    if faults.wordy:
        notes.append(f"rows without a number were left out: {listed(faults.wordy)}")
    if faults.zeros:
        notes.append(f"{faults.zeros} zero bytes, as a crash leaves them, were left out")
    if faults.cut:
        notes.append(f"the last line ({faults.cut}) is cut off and was left out")
    return notes


def skipped_note(dialect: Dialect) -> str:
    """What is said of the lines before the table."""
    count = len(dialect.skipped)
    return f"{count} line{'s' if count > 1 else ''} before the table {'were' if count > 1 else 'was'} left out"


def listed(lines: Sequence[int]) -> str:
    """Line numbers in words, the first few of them: "lines 3, 9, 12 and 4 more"."""
    shown = ", ".join(str(line) for line in lines[:_LISTED])
    more = f" and {len(lines) - _LISTED} more" if len(lines) > _LISTED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
