"""Writes what is known about a recorded training beside its log, where the readers find it."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadOption
from gandoctor.readers.recipe import load, places, unusable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE = "gandoctor.Recorder"
_BEYOND = 1 << 63
"""TOML's whole numbers have 64 bits; a seed of torch can be larger."""


def checked(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context as a recipe can hold it: plain values, tuples as lists, what is None left out.

    A number that float32 has been through becomes the one that was meant: 0.00019999999494757503 is 0.0002. BadOption
    where a family is unknown, a label no number.
    """
    plain = {str(key): _plain(value) for key, value in context.items() if value is not None}
    if wrong := unusable(plain):
        raise BadOption("context: " + ", ".join(f"{key} = {plain[key]!r} cannot be used" for key in wrong))
    return plain


def write(log: Path, context: Mapping[str, Any], columns: Mapping[str, str]) -> Path | None:
    """Write the recipe of a log; returns where, or None where both places hold recipes that somebody else wrote.

    In the folder's `recipe.toml`, or in `run.recipe.toml` where that one is not this recorder's. OSError where the disk
    refuses.
    """
    for path in places(log):
        if not path.exists() or _is_ours(path, log):
            part = log.with_name(f".{log.name}.recipe.part")  # nobody else writes it, for the log is locked
            try:
                part.write_text(_text(log, context, columns), encoding="utf-8", errors="replace")
                part.replace(path)
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise
            return path
    return None


def is_beside(log: Path) -> bool:
    """Whether a recipe that a recorder wrote lies beside a log."""
    return any(_is_ours(path, log) for path in places(log))


def _is_ours(path: Path, log: Path) -> bool:
    try:
        stated = load(path)
    except (OSError, ValueError):
        return False
    return stated.get("log") == log.name and stated.get("source") == SOURCE


def _text(log: Path, context: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    lines = ["# Written by gandoctor.Recorder, which keeps it up to date while it records."]
    lines += [f"{key} = {_value(value)}" for key, value in (("log", log.name), ("rows", "trained"), ("source", SOURCE))]
    for title, table in (("context", context), ("columns", columns)):
        lines += ["", f"[{title}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> Any:
    """A value as TOML has it; what it has no word for becomes text."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | set | frozenset):
        return [each if isinstance(each := _plain(one), str | int | float) else str(one) for one in value]
    if isinstance(value, int) and not -_BEYOND <= value < _BEYOND:
        return str(value)
    if isinstance(value, bool | int | str):
        return value
    return _meant(value) if isinstance(value, float) else str(value)


def _meant(value: float) -> float:
    with np.errstate(over="ignore"):
        narrow = np.float32(value)
    return float(str(narrow)) if math.isfinite(value) and float(narrow) == value else value


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)
