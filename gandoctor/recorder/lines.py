"""Where the lines of an open log lie: found from the file itself, a part of it at a time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1 << 16
"""Bytes that a line may have."""
_PART = 1 << 20


def size(fd: int) -> int:
    """How many bytes there are."""
    return os.fstat(fd).st_size


def read(fd: int, at: int, count: int) -> bytes:
    """Up to so many bytes from a place on; what is written to a log is appended, wherever this leads."""
    os.lseek(fd, at, os.SEEK_SET)
    return os.read(fd, count)


def write(fd: int, data: bytes) -> None:
    """Write all of it: a disk that is nearly full takes a part, and refuses the rest with an OSError."""
    while data:
        data = data[os.write(fd, data) :]


def end(fd: int) -> int:
    """Where the last whole line ends."""
    left = size(fd)
    while left:
        part = min(left, LONGEST)
        found = read(fd, left - part, part).rfind(b"\n")
        if found >= 0:
            return left - part + found + 1
        left -= part
    return 0


def parts(fd: int, begin: int) -> Iterator[bytes]:
    """Everything from a place to the end of the last whole line."""
    at, last = begin, end(fd)
    while at < last:
        part = read(fd, at, min(_PART, last - at))
        at += len(part)
        yield part


def first_at(fd: int, begin: int, step: float) -> int:
    """The place of the first row at or after `step`, found by halving: steps rise, from the row at `begin` on."""
    low, high = begin, end(fd)
    while low < high:
        middle = _line_before(fd, (low + high) // 2, low)
        line = read(fd, middle, LONGEST).partition(b"\n")[0]
        if float(line.partition(b",")[0]) >= step:
            high = middle
        else:
            low = middle + len(line) + 1
    return low


def _line_before(fd: int, at: int, low: int) -> int:
    """Where the line begins that `at` lies in."""
    start = max(low, at - LONGEST)
    found = read(fd, start, at - start).rfind(b"\n")
    return start + found + 1
