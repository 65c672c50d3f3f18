"""Finds the columns that count: steps, epochs, batches, thousands of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gandoctor.readers import aliases as words
from gandoctor.readers.names import understand
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog

Kind = Literal["kimg", "step", "epoch", "batch", "index"]
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Counter:
    """A counting column: one value a row, NaN where the row has none; `total` is what stood behind its slash."""

    column: str
    kind: Kind
    values: FloatArray
    total: float | None = None


def find_counters(raw: RawLog, rows: BoolArray, notes: list[str], nameless: str | None = None) -> dict[Kind, Counter]:
    """Return the best counter of each kind, judged in `rows`; columns of one kind that share no row are joined.

    A column that is constant, mostly absent or not made of whole numbers counts nothing; a note says so.
    """
    found: dict[Kind, Counter] = {}
    candidates: list[tuple[str, Kind]] = [(nameless, "index")] if nameless is not None else _candidates(raw)
    for column, kind in sorted(candidates, key=lambda pair: _plainness(pair[0])):
        values = finite(raw, column)
        if kind in found:
            found[kind] = _joined(found[kind], values)
        elif fault := _fault(values, rows, kind):
            if kind in ("step", "epoch", "kimg"):
                notes.append(f"'{column}' {fault}: not used as the {kind}")
        else:
            found[kind] = Counter(column, kind, values, raw.totals.get(column))
    return found


def _candidates(raw: RawLog) -> list[tuple[str, Kind]]:
    return [(column, _kind(column)) for column in raw.columns if understand(column).what == "axis"]


def _kind(column: str) -> Kind:
    """Tell what a column counts, from its words."""
    found = frozenset(tokenise(column))
    if found & {"kimg", "nimg"}:
        return "kimg"
    if found & words.AXIS_EPOCH:
        return "epoch"
    if found & words.AXIS_BATCH and not found & {"done", "total", "seen"}:
        return "batch"
    return "step" if found & frozenset([*words.AXIS_STEP, "batches", "images"]) else "index"


def _plainness(column: str) -> tuple[bool, int]:
    """Global counters first, then the shortest name."""
    found = tokenise(column)
    return "global" not in found, len(found)


def finite(raw: RawLog, column: str) -> FloatArray:
    """Return the counter in thousands of images or as logged; NaN where it was not logged or is infinite."""
    values = np.array(raw.columns[column], dtype=np.float64)
    if (mask := raw.logged.get(column)) is not None:
        values[~mask] = np.nan
    values[~np.isfinite(values)] = np.nan
    return values / 1000 if "nimg" in tokenise(column) else values


def _joined(first: Counter, values: FloatArray) -> Counter:
    """`first` with the gaps filled from another column of its kind."""
    gaps = np.isnan(first.values)
    if not gaps.any() or np.isnan(values[gaps]).all():
        return first
    return Counter(first.column, first.kind, np.where(gaps, values, first.values), first.total)


def _fault(values: FloatArray, rows: BoolArray, kind: Kind) -> str:
    """Why a column cannot count; "" where it can."""
    seen = values[rows]
    present = seen[~np.isnan(seen)]
    if 2 * len(present) < len(seen) or not len(present):
        has_any = kind == "epoch" and not np.isnan(values).all()
        return "" if has_any else "is missing in most rows"
    if len(present) > 1 and present.min() == present.max() and kind != "epoch":
        return "is constant"
    if kind in ("batch", "index") and (present != np.round(present)).any():
        return "holds no whole numbers"
    return ""


def wanders(values: FloatArray) -> bool:
    """Tell whether the values go up and down without any order, so that they count nothing.

    Two processes that count at once, or a counter that begins again and again, fall to ever higher or to equal places.
    """
    falls = np.diff(values) < 0
    if 3 * np.count_nonzero(falls) <= len(values):
        return False
    landings = values[1:][falls]
    return bool(np.mean(np.diff(landings) >= 0) < 0.8) if len(landings) > 2 else False


def filled(values: FloatArray) -> FloatArray:
    """Each gap with the value before it, gaps at the front with the first value."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    places = np.where(gaps, 0, np.arange(len(values)))
    np.maximum.accumulate(places, out=places)
    carried = values[places]
    first = values[~gaps][0] if (~gaps).any() else 0.0
    return np.where(np.isnan(carried), first, carried)


def typical_increment(values: FloatArray) -> float:
    """Return the median positive difference of neighbours; 1 where there is none."""
    rises = np.diff(values)
    rises = rises[rises > 0]
    return float(np.median(rises)) if len(rises) else 1.0
