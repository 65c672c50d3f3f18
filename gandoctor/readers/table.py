"""Tables with a delimiter: CSV, TSV, semicolons, bars. Small ones need no pandas, large ones go to its C parser."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from gandoctor.errors import UnreadableLog
from gandoctor.readers.cells import number
from gandoctor.readers.dialect import Dialect, sniff
from gandoctor.readers.labelled import may_be_labelled, phase_prefix, read_long
from gandoctor.readers.plaintable import read_plain
from gandoctor.readers.source import HEAD, LATIN, Source, latin_note

if TYPE_CHECKING:
    from gandoctor.readers.raw import RawLog

_ROWS = 3
_LONGEST_HEAD = 4 << 20
"""In so many bytes a table must show some rows."""
MIDDLE, LARGE, HUGE = 64 << 10, 4 << 20, 32 << 20
"""Sizes in bytes: from `MIDDLE` to `HUGE` numpy's parser is tried first; from `LARGE` on pandas is worth its import."""


def dialect_of(source: Source) -> Dialect | None:
    """How the table in `source` is written, None where it holds none."""
    size = HEAD
    while size < min(source.size, _LONGEST_HEAD) and source.content[:size].count(b"\n") < _ROWS:
        size *= 8  # thousands of columns: the header alone may be longer
    encoding = source.encoding
    text = source.content[:size].decode(encoding, "ignore" if encoding.startswith("utf") else "replace")
    return sniff(text, whole=source.size <= size)


def read_table(source: Source, dialect: Dialect | None = None) -> RawLog:
    """The table in a file: every numeric column in file order; see `RawLog` for what is logged and what is not.

    Raises UnreadableLog where it is no table or holds no row of numbers.
    """
    dialect = dialect or dialect_of(source)
    if dialect is None:
        raise UnreadableLog(f"{source.name} is no table: its lines do not divide into columns of numbers")
    if may_be_labelled(dialect.names) and (labelled := _read_labelled(source, dialect)) is not None:
        return labelled
    if MIDDLE <= source.size < HUGE and (plain := read_plain(source, dialect)) is not None:
        return replace(plain, notes=(*source.notes, *plain.notes))
    if source.size >= LARGE:
        from gandoctor.readers.bigtable import read_quick

        quick = read_quick(source, dialect)
        if quick is not None:
            return replace(quick, notes=(*source.notes, *quick.notes))
    return read_carefully(source, dialect)


def _read_labelled(source: Source, dialect: Dialect) -> RawLog | None:
    """A table whose rows say what their numbers are; None where the field of that name holds numbers or one phase.

    None too where it cannot be read to its end: the careful reader says why.
    """
    from gandoctor.readers.jsonrows import rows_of
    from gandoctor.readers.tablepieces import Faults, pieces

    try:
        with source.lines(source.encoding) as lines:
            rows = [
                dict(zip(piece.names, (_cell(cell, dialect) for cell in row), strict=False))
                for piece in pieces(islice(lines, dialect.start, None), dialect, Faults())
                for row in piece.rows
            ]
    except (csv.Error, UnicodeDecodeError):
        return None
    long = read_long(rows, source.name)
    if long is None and not any(phase_prefix(row) for row in rows):
        return None
    log = long or rows_of(rows, source.name)
    return replace(log, context={}, notes=(*source.notes, *log.notes))


def _cell(cell: str, dialect: Dialect) -> float | str:
    value = number(cell.strip(), comma=dialect.comma)
    return cell.strip() if value is None else value


def read_carefully(source: Source, dialect: Dialect) -> RawLog:
    """The same without pandas, whatever the size."""
    try:
        log, notes = _read_as(source, dialect, source.encoding), source.notes
    except UnicodeDecodeError as error:
        log = _read_as(source, dialect, LATIN)
        notes = (*source.notes, latin_note(source.name, error.start))
    return replace(log, notes=(*notes, *log.notes))


def _read_as(source: Source, dialect: Dialect, encoding: str) -> RawLog:
    from gandoctor.readers.tablerows import read_rows

    with source.lines(encoding) as lines:
        return read_rows(islice(lines, dialect.start, None), dialect, source.name)
