"""What one cell of a log says: a number in any of the ways people write them, nothing, or text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]

MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "na", "#N/A", "<NA>", "None", "none", "null", "NULL", "Null", "-", "--", "NaT"}
)
"""Cells that say that nothing was logged. "nan" is not among them: it was logged as NaN."""
NAN = frozenset({"nan", "NaN", "NAN", "Nan", "-nan", "+nan", "-NaN", "nan%", "-nan(ind)", "nan(ind)"})

# What could be matched in two ways is matched in one (`*+`): cells are as long as an enemy makes them.
_NUMBER = r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)"
_KEYWORDS = r"(?:\s*+,\s*+\w++\s*+=[^,()]*+)*+"
_TENSOR = re.compile(rf"tensor\(\s*+\[*+\s*+({_NUMBER})\s*+\]*+{_KEYWORDS}\s*\)", re.IGNORECASE)
_CALL = re.compile(rf"[A-Za-z_][\w.]*+\(\s*+\[*+\s*+({_NUMBER})\s*+\]*+{_KEYWORDS}\s*\)", re.IGNORECASE)
_BRACKETS = re.compile(rf"[\[(]++\s*+({_NUMBER})\s*+,?+\s*+[\])]+", re.IGNORECASE)
_EAGER = re.compile(rf"<tf\.\w+:?.*\bnumpy=({_NUMBER})>", re.IGNORECASE)
_AVERAGE = re.compile(rf"({_NUMBER})\s*+\(\s*+{_NUMBER}\s*\)", re.IGNORECASE)
_WINDOWS = re.compile(r"([+-]?)1\.#(INF|IND|QNAN|SNAN)\d*", re.IGNORECASE)
"""What programs write that were built with old compilers on Windows."""
_FRACTION = re.compile(r"(\d+)\s*/\s*(\d+)")
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d*(?:[eE][+-]?\d+)?|[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_WRAPPED = (_CALL, _BRACKETS, _EAGER, _AVERAGE)
_BOOLEANS = {"True": 1.0, "true": 1.0, "TRUE": 1.0, "False": 0.0, "false": 0.0, "FALSE": 0.0}
_ODD_NAN = {"-nan(ind)", "nan(ind)", "nan%"}
_MOST_DIGITS = 18


def unwrap(text: str) -> str:
    """The line with each `tensor(1.01, device='cuda:0', grad_fn=<...>)` replaced by its number."""
    return _TENSOR.sub(_first, text) if "tensor(" in text else text


def _first(found: re.Match[str]) -> str:
    return found[1]


def whole(text: str) -> int | None:
    """The whole number that decimal digits say; None for any other text, and for more digits than any counter has."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def number(text: str, *, comma: bool = False) -> float | None:
    """The number that a stripped cell holds, None for text and for a cell that says nothing was logged.

    Percentages keep their face value (85 for "85 %"), "3/100" gives 3. `comma` says that the file writes decimals
    with a comma; without it "1,234.5" and "1,234" are thousands and any other single comma is a decimal one.
    """
    if "_" not in text:
        try:
            return float(text)
        except ValueError:
            pass
    text = text.strip().strip("'\"").replace("\N{MINUS SIGN}", "-").removesuffix("%").rstrip()
    for pattern in _WRAPPED:
        if found := pattern.fullmatch(text):
            return float(found[1])
    if found := _FRACTION.fullmatch(text):
        return float(found[1])
    return _separated(text, comma=comma)


def _separated(text: str, *, comma: bool) -> float | None:
    if _GROUPS.fullmatch(text) and not (comma and text.count(",") == 1 and "." not in text):
        return float(text.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _ODD_NAN:
        return float("nan")
    if odd := _WINDOWS.fullmatch(text):
        return float(f"{odd[1]}inf" if odd[2].upper() == "INF" else "nan")
    try:
        return float(text) if text and "_" not in text else None
    except ValueError:
        return None


def leaf(value: Any) -> float | None:
    """The number in a leaf, None for text, lists and null; strings count where they hold a number."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if isinstance(value, str) and value.strip() not in MISSING:
        return number(value.strip())
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A column of cells as numbers: `bad` are the rows whose cell is text; NaN there and where nothing was logged."""

    values: FloatArray
    logged: BoolArray
    bad: tuple[int, ...] = ()
    percent: bool = False
    total: float | None = None


def parse_cells(cells: Sequence[str], *, comma: bool = False) -> Cells:
    """All cells of a column; the quick way where every one is a plain number."""
    try:
        values = np.array([float(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        return _parse_each(cells, comma=comma)
    if "_" in "".join(cells):  # float takes 1_000, and a log's 2024_01_31 is no number
        return _parse_each(cells, comma=comma)
    return Cells(values, np.ones(len(values), dtype=np.bool_))


def _parse_each(cells: Sequence[str], *, comma: bool) -> Cells:
    values = np.full(len(cells), np.nan)
    logged = np.zeros(len(cells), dtype=np.bool_)
    bad: list[int] = []
    percent = False
    total: float | None = None
    for row, raw in enumerate(cells):
        cell = raw.strip()
        if cell in MISSING:
            continue
        value = number(cell, comma=comma)
        if value is None:
            bad.append(row)
            continue
        values[row], logged[row] = value, True
        percent = percent or cell.endswith("%")
        if "/" in cell and (found := _FRACTION.fullmatch(cell)):
            total = float(found[2])
    return Cells(values, logged, tuple(bad), percent, total)
