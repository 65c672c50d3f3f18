"""SQLite databases of experiment trackers, opened to read and nothing else, within limits that no honest one meets.

A database is data from strangers like any other log: nothing is written beside it, no extension is loaded, no view or
virtual table is asked, and whoever made it cannot make a query last.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import pathname2url

from gandoctor.errors import UnreadableLog
from gandoctor.readers.layouts import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gandoctor.readers.source import Source

_VERSIONS, _WAL = slice(18, 20), 2
"""Where the header says which journal is used, and the value for a write-ahead log."""
_INDEX = "-shm"
"""Behind the name of the index that SQLite makes of what a write-ahead log (AHEAD) holds."""
_TURN = 100_000
_FREE_STEPS, _STEPS_A_BYTE = 100_000_000, 10
"""How many steps SQLite's machine may go: one row takes about 20 of them and at least 20 bytes."""
_FREE_ROWS, _BYTES_A_ROW = 10_000, 8
_LONGEST = 16 << 20
"""The longest text or row that is read, in bytes."""
_MOST_TABLES, _MOST_COLUMNS = 1000, 20_000
_FUNCTIONS = frozenset({"count", "min", "max"})


@dataclass(slots=True)
class Store:
    """An open database: the columns of each of its plain tables, and how many more rows may be read."""

    name: str
    connection: sqlite3.Connection
    tables: Mapping[str, frozenset[str]]
    left: int

    def has(self, table: str, *columns: str) -> bool:
        """Whether there is a table with these columns."""
        return set(columns) <= self.tables.get(table, frozenset()) and table in self.tables

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, whose text is always this package's own."""
        for row in self.connection.execute(query, values):
            self.left -= 1
            if self.left < 0:
                raise UnreadableLog(f"{self.name} is damaged: it gives more rows than its size can hold")
            yield row


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Store]:
    """The database in a file or in bytes; UnreadableLog where it is damaged, locked, or a query lasts too long."""
    size = source.size
    if source.path is not None and (beside := _beside(source.path, AHEAD)).exists():
        size += beside.stat().st_size
    try:
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(contextlib.closing(_connection(source, stack)))
            _limit(connection, size)
            yield Store(source.name, connection, _tables(connection), _FREE_ROWS + size // _BYTES_A_ROW)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter for names in a damaged schema
        why = "it takes too long" if "interrupted" in str(error) else str(error)
        raise UnreadableLog(f"{source.name} is an SQLite database that cannot be read ({why})") from error


def _beside(path: Path, companion: str) -> Path:
    return path.with_name(path.name + companion)


def _connection(source: Source, stack: contextlib.ExitStack) -> sqlite3.Connection:
    """By the path, where a training may go on writing; a packed or piped database from memory."""
    wal = _WAL in source.content[_VERSIONS]
    if source.path is None:
        connection = sqlite3.connect(":memory:")
        data = bytearray(source.content)
        if wal:
            data[_VERSIONS] = b"\1\1"  # its write-ahead log is not at hand
        connection.deserialize(bytes(data))
        return connection
    # A reader of a write-ahead database makes the companions that are missing, and may not remove them.
    path, alone = source.path, wal and not _beside(source.path, AHEAD).exists()
    if wal and not alone and not _beside(path, _INDEX).exists():
        path = _copied(path, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gandoctor-"))))
    how = "mode=ro&immutable=1" if alone else "mode=ro"
    return sqlite3.connect(f"file:{pathname2url(str(path.absolute()))}?{how}", uri=True, timeout=2.0)


def _copied(path: Path, folder: Path) -> Path:
    """A copy of a database that a crash left with its write-ahead log: the index that SQLite makes lies beside it."""
    copy = folder / "store.db"
    shutil.copyfile(path, copy)
    shutil.copyfile(_beside(path, AHEAD), _beside(copy, AHEAD))
    return copy


def _limit(connection: sqlite3.Connection, size: int) -> None:
    turns = iter(range((_FREE_STEPS + size * _STEPS_A_BYTE) // _TURN))
    connection.set_progress_handler(lambda: next(turns, None) is None, _TURN)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _tables(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Plain tables with their columns, without those that compute their rows; from here on only tables may be read."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchmany(_MOST_TABLES)
    plain = {name for name, sql in found if isinstance(sql, str) and sql.upper().split()[:2] == ["CREATE", "TABLE"]}
    columns: dict[str, set[str]] = {name: set() for name in plain}
    for table, column in connection.execute(
        "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c"
        " WHERE m.type = 'table' AND c.hidden = 0"
    ).fetchmany(_MOST_COLUMNS):
        if table in plain:
            columns[table].add(column)
    connection.set_authorizer(_allowed)
    return {table: frozenset(names) for table, names in columns.items()}


def _allowed(action: int, _first: str | None, second: str | None, *_: str | None) -> int:
    """Let a query read tables, and count; a schema that would call anything else is refused."""
    reads = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
    counts = action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS
    return sqlite3.SQLITE_OK if reads or counts else sqlite3.SQLITE_DENY
