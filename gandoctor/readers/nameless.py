"""A guess for logs whose columns have no names at all: lines of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.names import understand

if TYPE_CHECKING:
    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog

_NAMELESS = re.compile(r"(?:value|col|column|field|unnamed|x|v)?[\s:_\[#]*\d*\]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """Which nameless column is D's loss, which G's, which one counts (None where none does), and the sentence on it."""

    d: str
    g: str | None
    counter: str | None
    note: str


def guess_lone_tag(raw: RawLog) -> Guess | None:
    """D's loss, where the only curve of a TensorBoard download has a name that says nothing.

    The download keeps the tag in the file's name alone, which is lost when the file is renamed. What is judged of D's
    loss without G's holds for any loss: NaN, constants, jumps.
    """
    if not {"Wall time", "Step"} <= set(raw.columns) or len(raw.columns) != 3:
        return None
    column = next(name for name in raw.columns if name not in ("Wall time", "Step"))
    note = (
        f"the file does not say which curve it holds: '{column}' was taken for D's loss; --map g_loss='{column}' says "
        "otherwise, and both files together are judged better"
    )
    return Guess(column, None, None, note)


def guess_nameless(raw: RawLog) -> Guess | None:
    """D first, G second, where a log without a single name has two columns beside at most one counter.

    Programs print D's loss before G's far more often than not; the note says that it is a guess. None for any other
    log: one column may be either's, and three may be anything.
    """
    named = [column for column in raw.columns if _NAMELESS.fullmatch(column.strip()) is None]
    if any(understand(column).what not in ("axis", "telemetry") for column in named):
        return None
    columns = [column for column in raw.columns if column not in named]
    leads = not named and len(columns) == 3 and counts_up(raw.columns[columns[0]])
    counter = columns.pop(0) if leads else None
    if len(columns) != 2 or any(counts_up(raw.columns[column]) for column in columns):
        return None
    note = (
        f"the columns have no names: '{columns[0]}' was taken for D's loss and '{columns[1]}' for G's, the usual "
        "order; --map d_loss=... --map g_loss=... says otherwise"
    )
    return Guess(columns[0], columns[1], counter, note)


def counts_up(values: FloatArray) -> bool:
    """Whether the values are whole numbers that mostly rise."""
    seen = values[np.isfinite(values)]
    if len(seen) < 2 or (seen != np.round(seen)).any():
        return False
    return bool(np.mean(np.diff(seen) > 0) > 0.5)
