"""The quick way through a large table: pandas' C parser, for as long as every cell is a plain number or empty."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.readers.cells import MISSING, NAN, BoolArray, number
from gandoctor.readers.dialect import Dialect, split_line
from gandoctor.readers.raw import RawLog
from gandoctor.readers.tablerows import skipped_note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gandoctor.readers.order import IntArray
    from gandoctor.readers.source import Source

_BLOCK = 1 << 22
_TAIL = 1 << 16
_SAMPLE = 100


def read_quick(source: Source, dialect: Dialect) -> RawLog | None:
    """The table as pandas reads it, None where a cell, a row or a line needs the careful reader.

    Text columns (all text in the first and the last lines) are left out and noted, as the careful reader does.
    """
    text_columns = _text_columns(source, dialect)
    if len(dialect.widths) != 1 or max(dialect.widths) != dialect.width or text_columns is None:
        return None
    frame = _parse(source, dialect, text_columns)
    if frame is None or _has_grown(source) or not _rows_are_whole(source, dialect, frame[0]):
        return None
    return _log(frame, dialect, source, text_columns)


def _text_columns(source: Source, dialect: Dialect) -> frozenset[int] | None:
    """Columns that hold text at both ends of the file.

    None where a number there is not written plainly, or where the last line is no whole row.
    """
    tail = source.content[-_TAIL:].decode(source.encoding, "replace")
    last = [split_line(line, dialect.delimiter) for line in tail.splitlines()[1:] if line.strip()]
    head = source.head.decode(source.encoding, "replace").splitlines()[dialect.start : dialect.start + _SAMPLE]
    first = [split_line(line, dialect.delimiter) for line in head if line.strip()]
    rows = [row for row in first + last[-_SAMPLE:] if len(row) == dialect.width]
    if not last or len(last[-1]) != dialect.width or not rows:
        return None
    kinds = [_kind([row[column] for row in rows], comma=dialect.comma) for column in range(dialect.width)]
    return None if "odd" in kinds else frozenset(column for column, kind in enumerate(kinds) if kind == "text")


def _kind(cells: list[str], *, comma: bool) -> str:
    """How a column is written: "plain" as pandas reads numbers, "odd" for any other way to write one, or "text"."""
    said = [cell for cell in cells if cell not in MISSING]
    if all(_plain(cell, comma=comma) for cell in said):
        return "plain"
    return "odd" if any(number(cell, comma=comma) is not None for cell in said) else "text"


def _plain(cell: str, *, comma: bool) -> bool:
    try:
        float(cell.replace(",", ".") if comma else cell)
    except ValueError:
        return False
    return True


def _parse(source: Source, dialect: Dialect, text: frozenset[int]) -> Any:
    import pandas as pd

    types = {str(i): "str" if i in text else "float64" for i in range(dialect.width)}
    options: dict[str, Any] = {
        "sep": dialect.delimiter, "header": None, "names": list(types), "dtype": types, "index_col": False,
        "skiprows": dialect.start, "skip_blank_lines": False, "keep_default_na": False, "quotechar": '"',
        "decimal": "," if dialect.comma else ".", "encoding": source.encoding,
        "skipinitialspace": (dialect.delimiter + " ").encode() in source.head,  # costs a third where not needed
    }  # fmt: skip
    if tuple(int(part) for part in pd.__version__.split(".")[:2]) < (3, 1):
        options["float_precision"] = "round_trip"  # newer parsers round exactly without being told
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        for nan in _nan_words(source):
            options["na_values"] = [*MISSING, *nan]
            try:
                frame = pd.read_csv(_handle(source), **options)
            except (ValueError, pd.errors.ParserError, pd.errors.ParserWarning, UnicodeError, OverflowError):
                continue
            frame = frame[[name for name, kind in types.items() if kind == "float64"]] if text else frame
            return frame, (_said_nan(source, frame, options) if nan else {})
    return None


def _handle(source: Source) -> str | io.BytesIO:
    """What pandas opens: the file where there is one, which its parser reads by several threads."""
    return str(source.path) if source.path is not None else io.BytesIO(source.content)


def _has_grown(source: Source) -> bool:
    """Whether a file that is still written is no longer the one that was opened."""
    return source.path is not None and source.path.stat().st_size != source.size


def _nan_words(source: Source) -> tuple[frozenset[str], ...]:
    """The words for NaN to try: none first, so that every NaN is an empty cell, unless the end of the file has one."""
    tail = source.content[-_TAIL:].lower()
    return (NAN,) if b"nan" in tail else (frozenset(), NAN)


def _said_nan(source: Source, frame: Any, options: dict[str, Any]) -> dict[str, BoolArray]:
    """For each column with NaN: where the file says "nan", as against saying nothing."""
    return {name: _where_nan(source, name, options) for name in frame.columns if frame[name].isna().any()}


def _where_nan(source: Source, name: str, options: dict[str, Any]) -> BoolArray:
    import pandas as pd

    options = options | {"usecols": [name]}
    for words, said in ((NAN, True), (MISSING, False)):  # most columns say only one of the two, which numbers can tell
        try:
            column = pd.read_csv(_handle(source), **options | {"na_values": list(words)})[name]
        except ValueError:
            continue
        return np.asarray(column.isna() & said, dtype=np.bool_)
    text = pd.read_csv(_handle(source), **options | {"dtype": "str", "na_filter": False})[name]
    return np.asarray(text.str.strip().isin(NAN), dtype=np.bool_)


def _rows_are_whole(source: Source, dialect: Dialect, frame: Any) -> bool:
    """Whether no line had too few cells: pandas fills those up, so that an empty last column must be counted for."""
    if not len(frame):
        return False
    if frame.columns[-1] == str(dialect.width - 1) and not frame[frame.columns[-1]].isna().any():
        return True
    if source.content.find(b'"') >= 0 or source.encoding.startswith("utf-16"):
        return False
    mark = dialect.delimiter.encode()
    return sum(block.count(mark) for block in _blocks(source, dialect)) == len(frame) * (dialect.width - 1)


def _first_byte(source: Source, dialect: Dialect) -> int:
    """Where the first data line begins; too early where lines end with a lone carriage return."""
    at = 0
    for _ in range(dialect.start):
        at = source.content.find(b"\n", at) + 1
    return at


def _blocks(source: Source, dialect: Dialect) -> Iterator[bytes]:
    """The bytes of the table from its first data line on."""
    at = _first_byte(source, dialect)
    while block := source.content[at : at + _BLOCK]:
        yield block
        at += _BLOCK


def _lines(source: Source, dialect: Dialect, rows: int) -> IntArray | None:
    """The line of each row; None where a cell in quotes holds a line break, so that rows are longer than lines."""
    if source.content.find(b'"') >= 0:
        ends = sum(block.count(b"\n") for block in _blocks(source, dialect))
        if ends + (source.content[-1:] != b"\n") != rows:
            return None
    return np.arange(dialect.start + 1, dialect.start + 1 + rows, dtype=np.int64)


def _log(parsed: Any, dialect: Dialect, source: Source, text: frozenset[int]) -> RawLog:
    frame, said = parsed
    values = {name: frame[name].to_numpy(dtype=np.float64) for name in frame.columns}
    # A minimum is NaN where any value is: most columns have no gap, and need no mask of a million places.
    gaps = [name for name, column in values.items() if np.isnan(column.min())]
    present = {name: ~np.isnan(values[name]) | said.get(name, False) for name in gaps}
    lines = _lines(source, dialect, len(frame))
    if len(gaps) == len(values) and not (spoken := np.logical_or.reduce(list(present.values()))).all():
        values = {name: column[spoken] for name, column in values.items()}
        present = {name: mask[spoken] for name, mask in present.items()}
        lines = None if lines is None else lines[spoken]
    columns, logged = {}, {}
    for name, column in values.items():
        title = dialect.names[int(name)]
        mask = present.get(name)
        if mask is None or mask.any():
            columns[title] = column
        if mask is not None and mask.any() and not mask.all():
            logged[title] = mask
    notes = [skipped_note(dialect)] if dialect.skipped else []
    notes += [f"column {dialect.names[i]!r} is not numeric and was left out" for i in sorted(text)]
    return RawLog(columns, source.name, logged, lines, notes=tuple(notes))
