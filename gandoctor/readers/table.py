"""Tables with a delimiter: CSV, TSV, semicolons, bars. Small ones need no pandas, large ones go to its C parser."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from gandoctor.errors import UnreadableLog
from gandoctor.readers.dialect import Dialect, sniff
from gandoctor.readers.source import HEAD, LATIN, Source, latin_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gandoctor.readers.raw import RawLog

LARGE = 4 << 20
"""From this size in bytes on, importing pandas is dearer than doing without."""


def dialect_of(source: Source) -> Dialect | None:
    """How the table in `source` is written, None where it holds none."""
    head = source.head
    encoding = source.encoding
    text = head.decode(encoding, "ignore" if encoding.startswith("utf") else "replace")
    return sniff(text, whole=source.size <= HEAD)


def read_table(source: Source, dialect: Dialect | None = None) -> RawLog:
    """The table in a file: every numeric column in file order; see `RawLog` for what is logged and what is not.

    Raises UnreadableLog where it is no table or holds no row of numbers.
    """
    dialect = dialect or dialect_of(source)
    if dialect is None:
        raise UnreadableLog(f"{source.name} is no table: its lines do not divide into columns of numbers")
    if source.size >= LARGE:
        from gandoctor.readers.bigtable import read_quick

        quick = read_quick(source, dialect)
        if quick is not None:
            return replace(quick, notes=(*source.notes, *quick.notes))
    return read_carefully(source, dialect)


def read_text_table(text: str, name: str) -> RawLog:
    """The same for a text in memory."""
    dialect = sniff(text)
    if dialect is None:
        raise UnreadableLog(f"{name} is no table: its lines do not divide into columns of numbers")
    return read_rows_of(io.StringIO(text, newline=None), dialect, name)


def read_carefully(source: Source, dialect: Dialect) -> RawLog:
    """The same without pandas, whatever the size."""
    try:
        log, notes = _read_as(source, dialect, source.encoding), source.notes
    except UnicodeDecodeError as error:
        log = _read_as(source, dialect, LATIN)
        notes = (*source.notes, latin_note(source.name, error.start))
    return replace(log, notes=(*notes, *log.notes))


def _read_as(source: Source, dialect: Dialect, encoding: str) -> RawLog:
    with source.lines(encoding) as lines:
        return read_rows_of(lines, dialect, source.name)


def read_rows_of(lines: Iterable[str], dialect: Dialect, name: str) -> RawLog:
    """The table in `lines`, the first of which is the first of the file."""
    from gandoctor.readers.tablerows import read_rows

    return read_rows(_from(lines, dialect.start), dialect, name)


def _from(lines: Iterable[str], start: int) -> Iterator[str]:
    return islice(lines, start, None)
