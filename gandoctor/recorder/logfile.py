"""The log of a recorder: a CSV file with a column a name, only ever appended to, whole lines at a time."""

from __future__ import annotations

import csv
import errno
import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING, get_args

from gandoctor.errors import BadOption
from gandoctor.model import Unit
from gandoctor.recorder import lines
from gandoctor.recorder.locking import keep_from_forks, lock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UNITS: tuple[Unit, ...] = tuple(unit for unit in get_args(Unit) if unit != "row")


class LogFile:
    """An open log, locked against a second writer; `names` are its columns behind the step, in order.

    Rows go out in one write, ended by a line feed: after a crash the last line is whole, or it has no line feed and is
    cut off when the log is continued. OSError where the disk refuses; the file is then as it was before.
    """

    def __init__(self, path: Path, unit: Unit) -> None:
        """Open or create the file; BadOption where that is impossible, it is another's log, or it is being written."""
        if not path.parent.is_dir():
            raise BadOption(f"{path}: there is no folder {path.parent}; make it first")
        try:
            self._fd = _opened(path)
        except OSError as error:
            raise BadOption(f"{path} cannot be written ({error.strerror})") from error
        self.path, self.unit = path, unit
        self.names: list[str] = []
        self._good: int | None = None
        try:
            if not lock(self._fd) or not self._is_there():
                raise BadOption(
                    f"{path} is being written by another Recorder, here or in another process: close that one, or give"
                    " this one a file of its own"
                )
            self._head = self._read_header()
            with suppress(OSError):  # a folder that nobody may write to
                self._part.unlink()  # left by a process that was killed while it made the file anew
        except BaseException:
            os.close(self._fd)
            raise
        keep_from_forks(self)

    def _read_header(self) -> int:
        """The length in bytes of the header; 0 where there is none yet, or only a part of one."""
        start = lines.read(self._fd, 0, lines.LONGEST)
        line, ended, _ = start.partition(b"\n")
        if not ended and f"{self.unit},".encode().startswith(start[: len(self.unit) + 1]):
            return 0
        try:
            first, *names = next(csv.reader([line.decode("utf-8")]), [""])
        except (UnicodeDecodeError, csv.Error):
            first, names = "", []
        if first != self.unit or not ended or "" in names or len({first, *names}) != len(names) + 1:
            other = f"; it is counted in {first}s" if first in UNITS else ""
            raise BadOption(f"{self.path} is not the log of a Recorder{other}: it is left alone, give another path")
        self.names = names
        return len(line) + 1

    @property
    def is_empty(self) -> bool:
        """Whether there is no whole row in it."""
        return lines.end(self._fd) <= self._head

    def append(self, names: Sequence[str], rows: bytes) -> bool:
        """Add rows, whole lines with a cell for each of `names`: the columns so far and, behind them, new ones.

        A new column has the file written anew and put in place whole. So has a file that was moved or removed: it is
        there again, with all its rows, and True is returned.
        """
        self._undo()
        restored = not self._is_there()
        if restored or len(names) > len(self.names) or not self._head:
            self._widen(list(names), anew=restored)
        self._good = lines.size(self._fd)
        try:
            lines.write(self._fd, rows)
        except OSError:
            with suppress(OSError):  # it is tried again before the next rows
                self._undo()
            raise
        self._good = None
        return restored

    def cut(self, step: float) -> int:
        """Remove the rows at and after `step`, and a last line that was never ended; returns the bytes removed."""
        size = lines.size(self._fd)
        at = lines.first_at(self._fd, self._head, step) if self._head else 0
        os.ftruncate(self._fd, at)
        return size - at

    def clear(self) -> None:
        """Remove everything, the header too."""
        os.ftruncate(self._fd, 0)
        self._head, self.names = 0, []

    def set_aside(self) -> Path:
        """Give the file another name, `run-1.csv`, and begin a new one in its place; returns the other name."""
        number = 1
        while (kept := self.path.with_stem(f"{self.path.stem}-{number}")).exists():
            number += 1
        self.path.rename(kept)
        self._replace_by([])
        return kept

    def close(self) -> None:
        """Close the file, which unlocks it; the second time nothing happens."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    @property
    def _part(self) -> Path:
        """Where the file is made anew; nobody else does so, for the log is locked."""
        return self.path.with_name(f".{self.path.name}.part")

    def _is_there(self) -> bool:
        """Whether the path still leads to the open file."""
        try:
            return os.path.samestat(os.fstat(self._fd), self.path.stat())
        except FileNotFoundError:
            return False

    def _undo(self) -> None:
        """Cut off what a write left that failed."""
        if self._good is not None:
            os.ftruncate(self._fd, self._good)
            self._good = None

    def _widen(self, names: list[str], *, anew: bool) -> None:
        """Write the header with more columns, and below it the same rows with more cells."""
        if anew and self.path.exists():
            raise FileExistsError(errno.EEXIST, "another file lies in its place")
        if not self.path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "its folder is gone")
        if anew or not self.is_empty:
            self._replace_by(names, b"," * (len(names) - len(self.names)))
            return
        self.clear()
        header = _header([self.unit, *names])
        lines.write(self._fd, header)
        self._head, self.names = len(header), names

    def _replace_by(self, names: list[str], more: bytes | None = None) -> None:
        """Put a new file in place: the header, and the old rows with `more` behind each, where that is given."""
        part, header = self._part, _header([self.unit, *names]) if names else b""
        try:
            fd = os.open(part, _FLAGS | os.O_CREAT | os.O_TRUNC, 0o666)
        except OSError as error:  # in words that are not those for the log, which may be writable
            why = (error.strerror or type(error).__name__).lower()
            raise OSError(error.errno, f"its folder {part.parent} takes no new file ({why})") from error
        try:
            lock(fd)
            lines.write(fd, header)
            for rows in lines.parts(self._fd, self._head) if more is not None else ():
                lines.write(fd, rows.replace(b"\n", more + b"\n") if more else rows)
            fd = self._put_in_place(part, fd)
        except BaseException:
            os.close(fd)
            part.unlink(missing_ok=True)
            raise
        self._fd, self._head, self.names = fd, len(header), names

    def _put_in_place(self, part: Path, fd: int) -> int:
        """Give `part` the name of the log, and close the old one; returns the descriptor that is good from now on."""
        if os.name != "nt":
            part.replace(self.path)  # the new file is locked before anybody can find it
            os.close(self._fd)
            return fd
        os.close(fd)
        os.close(self._fd)  # Windows renames no open file
        part.replace(self.path)
        fd = _opened(self.path)
        lock(fd)
        return fd


_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def _opened(path: Path) -> int:
    return os.open(path, _FLAGS | os.O_CREAT, 0o666)


def _header(names: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue().encode("utf-8")
