"""The quickest way through a table that holds nothing but plain numbers: numpy's parser, without importing pandas."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.raw import RawLog
from gandoctor.readers.tablerows import skipped_note

if TYPE_CHECKING:
    from gandoctor.readers.dialect import Dialect
    from gandoctor.readers.source import Source


def read_plain(source: Source, dialect: Dialect) -> RawLog | None:
    """The table as numpy reads it; None where any cell is no plain number, or a line has another number of cells."""
    if dialect.comma or source.encoding.startswith("utf-16") or set(dialect.widths) != {dialect.width}:
        return None
    content = bytes(source.content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # numpy warns where it finds no row
            cells = np.loadtxt(
                io.BytesIO(content),
                delimiter=dialect.delimiter,
                skiprows=dialect.start,
                comments=None,
                ndmin=2,
                encoding=source.encoding,
            )
    except (ValueError, UnicodeError, UserWarning):
        return None
    if cells.shape[1] != dialect.width or not len(cells) or len(cells) != _lines(content) - dialect.start:
        return None
    columns = {name: np.ascontiguousarray(cells[:, i]) for i, name in enumerate(dialect.names)}
    lines = np.arange(dialect.start + 1, dialect.start + 1 + len(cells), dtype=np.int64)
    notes = (skipped_note(dialect),) if dialect.skipped else ()
    return RawLog(columns, source.name, lines=lines, notes=notes)


def _lines(content: bytes) -> int:
    """How many lines there are; numpy passes over empty ones, which then are one too many."""
    return content.count(b"\n") + (content[-1:] != b"\n")
