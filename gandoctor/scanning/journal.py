"""The rows made so far, on disk while a scan goes on: what was judged before an interruption is not judged again."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.scanning.row import COLUMNS, Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SUFFIXES = (".csv", ".parquet")


def journal_of(table: Path) -> Path:
    """The file beside a table that holds the rows of an unfinished scan, one JSON object a line."""
    return table.with_name(table.name + ".unfinished.jsonl")


def known(table: Path) -> dict[str, Row]:
    """The rows of an earlier scan by log, finished or not; BadOption where the table is something else."""
    rows = {row.log: row for row in _of_table(table)} if table.exists() else {}
    journal = journal_of(table)
    if journal.exists():
        rows |= {row.log: row for line in journal.read_text(encoding="utf-8").splitlines() if (row := _of_line(line))}
    return rows


def write(table: Path, rows: Iterable[Row]) -> None:
    """Write the table in one step; its suffix says the format."""
    part = table.with_name(f".{table.name}.part")
    try:
        (_write_parquet if table.suffix == ".parquet" else _write_csv)(part, rows)
        part.replace(table)
    except ImportError:
        raise BadOption(f"{table}: parquet needs pyarrow; pip install 'gandoctor[scan]'") from None
    except OSError as error:
        raise BadOption(f"{table}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


def _write_csv(file: Path, rows: Iterable[Row]) -> None:
    with file.open("w", newline="", encoding="utf-8", errors=_BYTES) as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:  # a bare carriage return ends a line for every reader of CSV, and is not quoted by this writer
            values = {**row.as_dict(), "log": row.log.replace("\r", "\\r")}
            writer.writerow({name: _cell(value) for name, value in values.items()})


def _cell(value: Any) -> Any:
    return defused(value) if isinstance(value, str) else value


def defused(text: str) -> str:
    """Return the text as a cell that no spreadsheet takes for a formula: a quote stands before one that begins as such.

    Source: OWASP, CSV Injection. Quotes that stand there already get one more, so that `as_it_was` is its inverse.
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def as_it_was(cell: str) -> str:
    """Return the text of a defused cell."""
    return cell[1:] if cell.startswith("'") and defused(cell[1:]) == cell else cell


def _write_parquet(file: Path, rows: Iterable[Row]) -> None:
    import pandas as pd

    plain = [{name: _plain(value) for name, value in row.as_dict().items()} for row in rows]
    frame = pd.DataFrame(plain, columns=list(COLUMNS))
    frame.astype({"points": "int64", **dict.fromkeys(_NUMBERS, "float64")}).to_parquet(file, index=False)


_NUMBERS = ("confidence", "since", "fired", "first_step", "last_step")
_BYTES = "surrogateescape"
"""How bytes of a file's name that are no UTF-8 get into a table and back."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet runs; the last four are the wide forms of the first."""

_KEY = frozenset({"log", "verdict", "stamp", "rulebook"})
"""The columns that every table of a scan has had."""


def _plain(value: Any) -> Any:
    """Return a text as parquet can hold it, which is UTF-8."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _of_table(table: Path) -> list[Row]:
    try:
        columns, rows = _read_parquet(table) if table.suffix == ".parquet" else _read_csv(table)
    except ImportError:
        raise BadOption(f"{table}: parquet needs pyarrow; pip install 'gandoctor[scan]'") from None
    except (ValueError, OSError, csv.Error) as error:
        raise BadOption(f"{table}: is there already and is no table of a scan ({error})") from error
    if not set(columns) >= _KEY:
        raise BadOption(f"{table}: is there already and is no table of a scan; choose another name")
    if set(columns) != set(COLUMNS):
        return []  # of another version: everything is judged again
    return [_of_values(values) for values in rows]


def _read_parquet(table: Path) -> tuple[list[str], list[dict[Any, Any]]]:
    import pandas as pd

    frame = pd.read_parquet(table)
    return list(frame.columns), frame.to_dict("records")


def _read_csv(table: Path) -> tuple[list[str], list[dict[Any, Any]]]:
    """Read texts as they stand: a hash of digits is no number, and a run may be called NA."""
    with table.open(newline="", encoding="utf-8", errors=_BYTES) as file:
        read = csv.DictReader(file, strict=True)
        cells: list[dict[Any, Any]] = list(read)
        if any(None in row for row in cells):
            raise ValueError("a line has more cells than the first")
        rows = [{**{name: as_it_was(cell or "") for name, cell in row.items()}, **_numbers(row)} for row in cells]
        return list(read.fieldnames or ()), rows


def _numbers(row: dict[str, str]) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {name: float(row[name]) if row.get(name) else None for name in _NUMBERS}
    return {**found, "points": int(row.get("points") or 0)}


def _of_line(line: str) -> Row | None:
    """Return a row of the journal; None for a line that an interruption cut."""
    try:
        values = json.loads(line)
    except ValueError:
        return None
    return _of_values(values) if isinstance(values, dict) and set(values) == set(COLUMNS) else None


def _of_values(values: dict[Any, Any]) -> Row:
    missing = {key: _missing(key) for key, value in values.items() if value is None or value != value}
    return Row(**{**{str(key): value for key, value in values.items()}, **missing})


def _missing(key: str) -> Any:
    return None if key in _NUMBERS else 0 if key == "points" else ""
