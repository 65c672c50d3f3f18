"""TOML that anybody may have written: tables within limits that no honest file meets, or a ValueError in words.

Python's `tomllib` takes integers of any length, which then overflow where they meet a float; tables of any depth, on
which `repr` and every walk give out; and for a key of many parts it needs the square of their number in steps.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST: Final = 1_000_000
"""Bytes beyond which a file is refused unread."""
DEEPEST: Final = 40
"""How many tables and lists may lie in one another."""
_BEYOND: Final = 1 << 63
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}){{{DEEPEST}}}", re.MULTILINE)


def load(path: Path, largest: int = LARGEST) -> dict[str, Any]:
    """The tables in a file; OSError where it cannot be read, ValueError as `parse`, and for what is no plain file."""
    if path.exists() and not path.is_file():
        raise ValueError("is no file")  # a named pipe would make the reader wait for ever
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"holds more than {largest >> 10} KiB")
    return parse(content)


def parse(content: bytes) -> dict[str, Any]:
    """The tables in a file of TOML.

    ValueError, whose text goes behind the file's name, for what is no TOML, for nesting beyond `DEEPEST` and for
    integers beyond 64 bits, which TOML's specification demands and no more.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"is no TOML: byte {error.start} is not UTF-8") from error
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ValueError(f"a key has more than {DEEPEST} parts (line {line})")
    try:
        # Line ends are TOML's own, whatever the system's.
        tables = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(f"is nested deeper than {DEEPEST} tables or lists") from error
    except ValueError as error:
        raise ValueError(f"is no TOML: {_short(error)}") from error
    for fault in _faults(tables):
        raise ValueError(fault)
    return tables


def _short(error: ValueError) -> str:
    """What the parser says; Python's own words where it gave up on a number, which tell of a setting nobody knows."""
    return str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number has thousands of digits"


def _faults(tables: dict[str, Any]) -> Iterator[str]:
    """What goes beyond the limits, level by level: the depth of what is checked may not be that of the checker."""
    level: list[tuple[str, Any]] = list(tables.items())
    for _ in range(DEEPEST):
        yield from (f"{key[:80]} is a whole number beyond 64 bits" for key, value in level if _is_too_large(value))
        level = [inside for key, value in level for inside in _inside(key, value)]
    if level:
        yield f"is nested deeper than {DEEPEST} tables or lists, in {level[0][0][:40]}"


def _inside(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{key}.{name}", part) for name, part in value.items())
    elif isinstance(value, list):
        yield from ((key, part) for part in value)


def _is_too_large(value: Any) -> bool:
    return isinstance(value, int) and not -_BEYOND <= value < _BEYOND
