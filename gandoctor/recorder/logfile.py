"""The log of a recorder: a CSV file with a column a name, only ever appended to, whole lines at a time."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING, get_args

from gandoctor.errors import BadOption
from gandoctor.model import Unit
from gandoctor.recorder.locking import lock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gandoctor.recorder.rows import Chunk

UNITS: tuple[Unit, ...] = tuple(unit for unit in get_args(Unit) if unit != "row")
_PART = 1 << 20
_LONGEST_HEADER = 1 << 16


class LogFile:
    """An open log, locked against a second writer; `names` are its columns behind the step, in order.

    Every row goes out in one write with others or alone, ended by a line feed: after a crash the last line is whole, or
    it has no line feed and is cut off when the log is continued. OSError where the disk refuses.
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
        try:
            if not lock(self._fd) or not self._is_there():
                raise BadOption(f"{path} is being written by another Recorder: each needs a file of its own")
            self._head = self._read_header()
        except BaseException:
            os.close(self._fd)
            raise

    def _read_header(self) -> int:
        """The length in bytes of the header; 0 where there is none yet, or only a part of one."""
        start = self._read(0, _LONGEST_HEADER)
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
        return self._end() <= self._head

    def append(self, chunk: Chunk) -> None:
        """Add rows; a name that is new becomes a column, for which the file is written anew and put in place whole."""
        if not self._is_there():
            raise FileNotFoundError(2, "the file was moved or removed")
        new = [name for name in chunk.columns if name not in self.names]
        if new or not self._head:
            self._widen(new)
        size = os.fstat(self._fd).st_size
        try:
            self._write(chunk.lines(self.names))
        except OSError:
            os.ftruncate(self._fd, size)
            raise

    def cut(self, step: float) -> int:
        """Remove the rows at and after `step`, and a last line that was never ended; returns the bytes removed."""
        size = os.fstat(self._fd).st_size
        at = self._first_at(step) if self._head else 0
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
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _is_there(self) -> bool:
        """Whether the path still leads to the open file."""
        try:
            return os.path.samestat(os.fstat(self._fd), self.path.stat())
        except FileNotFoundError:
            return False

    def _read(self, at: int, size: int) -> bytes:
        os.lseek(self._fd, at, os.SEEK_SET)  # what is written is appended, wherever this leads
        return os.read(self._fd, size)

    def _write(self, lines: bytes) -> None:
        while lines:
            lines = lines[os.write(self._fd, lines) :]

    def _end(self) -> int:
        """Where the last whole line ends."""
        size = os.fstat(self._fd).st_size
        while size:
            part = min(size, _LONGEST_HEADER)
            found = self._read(size - part, part).rfind(b"\n")
            if found >= 0:
                return size - part + found + 1
            size -= part
        return 0

    def _first_at(self, step: float) -> int:
        """The place of the first row at or after `step`, found by halving: steps rise."""
        low, high = self._head, self._end()
        while low < high:
            middle = self._line_before((low + high) // 2, low)
            line = self._read(middle, _LONGEST_HEADER).partition(b"\n")[0]
            if float(line.partition(b",")[0]) >= step:
                high = middle
            else:
                low = middle + len(line) + 1
        return low

    def _line_before(self, at: int, low: int) -> int:
        """Where the line begins that `at` lies in."""
        start = max(low, at - _LONGEST_HEADER)
        found = self._read(start, at - start).rfind(b"\n")
        return start + found + 1

    def _widen(self, new: list[str]) -> None:
        """Write the header with more columns, and below it the same rows with more cells."""
        names = [*self.names, *new]
        if self.is_empty:
            self.clear()
            header = _header([self.unit, *names])
            self._write(header)
            self._head, self.names = len(header), names
            return
        self._replace_by(names, b"," * len(new))

    def _replace_by(self, names: list[str], more: bytes = b"") -> None:
        """Put a new file in place: the header, and, where `more` is given, the old rows with that behind each."""
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        header = _header([self.unit, *names]) if names else b""
        fd = os.open(part, _FLAGS | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            lock(fd)
            os.write(fd, header)
            for rows in self._rows() if more else ():
                os.write(fd, rows.replace(b"\n", more + b"\n"))
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

    def _rows(self) -> Iterable[bytes]:
        at, end = self._head, self._end()
        while at < end:
            rows = self._read(at, min(_PART, end - at))
            at += len(rows)
            yield rows


_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def _opened(path: Path) -> int:
    return os.open(path, _FLAGS | os.O_CREAT, 0o666)


def _header(names: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue().encode("utf-8")
