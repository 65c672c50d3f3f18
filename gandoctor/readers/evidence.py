"""What the values of columns say about their meaning: sums, percents, ranges. Judged on the first rows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog

_ROWS = 4096
"""Relations between columns are tested on so many rows: enough to be sure, and the same however long the log grows."""
_SOME, _ENOUGH = 256, 8
"""On how many of the first values shares of a batch are told from losses, and how many there must be."""
_BATCH, _COARSE = 1024, 0.1
"""The finest grid of such shares, and how far the digits printed may blur it."""
_SHARE = 0.95
"""Share of the rows on which a relation must hold; a few rows may have been printed at another moment."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The values of a log, asked for relations between columns."""

    raw: RawLog

    def mask(self, column: str) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
        """Return the rows in which the column was logged; None for all of them."""
        return self.raw.logged.get(column)

    def logged(self, column: str) -> bool:
        """Whether the column was logged in any row."""
        mask = self.mask(column)
        return bool(len(self.raw.columns[column])) and (mask is None or bool(mask.any()))

    def count(self, column: str) -> int:
        """In how many rows the column was logged."""
        mask = self.mask(column)
        return len(self.raw.columns[column]) if mask is None else int(np.count_nonzero(mask))

    def values(self, column: str) -> FloatArray:
        """Return the finite values of a column, in row order."""
        values, mask = self.raw.columns[column], self.mask(column)
        found = values if mask is None else values[mask]
        return found[np.isfinite(found)]

    def combination(self, whole: str, parts: Sequence[str]) -> str:
        """Whether `whole` is the "sum" or the "mean" of `parts` within the digits printed; "" where it is neither.

        A constant column proves nothing, and fewer than 3 rows prove nothing.
        """
        rows = [self.raw.columns[name][:_ROWS] for name in (whole, *parts)]
        good = np.isfinite(rows).all(axis=0)
        for name in (whole, *parts):
            if (mask := self.mask(name)) is not None:
                good &= mask[:_ROWS]
        target, pieces = rows[0][good], np.array(rows[1:])[:, good]
        if len(target) < 3 or np.ptp(target) == 0:
            return ""
        total = pieces.sum(axis=0)
        for kind, made in (("sum", total), ("mean", total / len(parts))):
            allowed = 2e-3 * np.abs(pieces).sum(axis=0) + len(parts) * _resolution(rows)
            if np.mean(np.abs(target - made) <= allowed) >= _SHARE and np.ptp(made) > 4 * allowed.mean():
                return kind
        return ""

    def is_rate(self, column: str) -> bool:
        """Whether the values are shares of a batch: within [0, 1], all of them multiples of one fraction, not all zero.

        A loss lands on such a grid by chance only where it is coarse beside the digits printed; that proves nothing.
        """
        values = self.values(column)[:_SOME]
        if len(values) < _ENOUGH or not _within(values, 1.0) or not values.any():
            return False
        printed = _resolution([values])
        parts = np.arange(1, _BATCH + 1)
        parts = parts[parts * printed <= _COARSE]
        off = np.abs(np.outer(parts, values) - np.round(np.outer(parts, values))).max(axis=1, initial=0.0)
        return bool((off <= parts * (printed + 1e-6)).any())

    def is_percent_of(self, column: str, others: Sequence[str]) -> bool:
        """Whether the column is only 100 times one of the others: a loss that was printed as a percentage."""
        values = self.raw.columns[column][:_ROWS]
        for other in others:
            loss = self.raw.columns[other][:_ROWS]
            good = np.isfinite(values) & np.isfinite(loss)
            allowed = 100 * _resolution([loss]) + _resolution([values]) + 1e-6
            far = np.abs(values[good] - 100 * loss[good]) > allowed
            if len(far) >= 3 and np.ptp(loss[good]) > 0 and np.mean(far) <= 1 - _SHARE:
                return True
        return False


def _resolution(rows: Sequence[FloatArray]) -> float:
    """Half a unit of the last digit printed, the coarsest of the columns; 0 where values have 7 digits or more."""
    for digits in range(1, 7):
        if all(np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9, equal_nan=True) for values in rows):
            return 0.5 * 10.0**-digits
    return 0.0


def accuracy_scale(columns: Sequence[tuple[str, FloatArray]]) -> dict[str, float]:
    """Return the factor that makes fractions of each accuracy column of one log; one that is no accuracy is left out.

    The columns of a log share their unit: one above 1.5, or a "%" in a name, means percent for all of them. What lies
    outside [0, 100] is no accuracy, whatever its name says.
    """
    possible = {name: values for name, values in columns if not len(values) or _within(values, 100.0)}
    percent = any("%" in name or (len(values) and float(values.max()) > 1.5) for name, values in possible.items())
    scale = 0.01 if percent else 1.0
    return {name: scale for name, values in possible.items() if not len(values) or _within(values, 1 / scale)}


def _within(values: FloatArray, top: float) -> bool:
    return bool(values.min() >= 0.0 and values.max() <= top * (1 + 1e-6))
