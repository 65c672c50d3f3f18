"""The rows made so far, on disk while a scan goes on: what was judged before an interruption is not judged again."""

from __future__ import annotations

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
    import pandas as pd

    frame = pd.DataFrame([row.as_dict() for row in rows], columns=list(COLUMNS))
    frame = frame.astype({"points": "int64", **dict.fromkeys(_NUMBERS, "float64")})
    part = table.with_name(f".{table.name}.part")
    try:
        if table.suffix == ".parquet":
            frame.to_parquet(part, index=False)
        else:
            frame.to_csv(part, index=False)
        part.replace(table)
    except ImportError:
        raise BadOption(f"{table}: parquet needs pyarrow; pip install 'gandoctor[scan]'") from None
    except OSError as error:
        raise BadOption(f"{table}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


_NUMBERS = ("confidence", "since", "fired", "last_step")


def _of_table(table: Path) -> list[Row]:
    import pandas as pd

    try:
        frame = pd.read_parquet(table) if table.suffix == ".parquet" else pd.read_csv(table, keep_default_na=True)
    except ImportError:
        raise BadOption(f"{table}: parquet needs pyarrow; pip install 'gandoctor[scan]'") from None
    except (ValueError, OSError) as error:
        raise BadOption(f"{table}: is there already and is no table of a scan ({error})") from error
    if set(frame.columns) != set(COLUMNS):
        raise BadOption(f"{table}: is there already and is no table of a scan; choose another name")
    return [_of_values(values) for values in frame.to_dict("records")]


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
