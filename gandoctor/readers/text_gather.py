"""From rows one by one and stretches of rows to arrays: a column a name, the lines, the parts."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.readers.text_rows import Row, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.order import IntArray

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


def count(row: Row | Stretch) -> int:
    """How many rows it is."""
    return 1 if isinstance(row, Row) else len(row.lines)


def lines(rows: Sequence[Row | Stretch]) -> IntArray:
    """The line in which each row began."""
    found: list[Any] = [[row.line] if isinstance(row, Row) else row.lines for row in rows]
    return np.concatenate(found).astype(np.int64)


def parts(rows: Sequence[Row | Stretch]) -> FloatArray:
    """The part of the log in which each row stands."""
    return np.repeat([float(row.part) for row in rows], [count(row) for row in rows])


def columns(rows: Sequence[Row | Stretch]) -> tuple[dict[str, FloatArray], dict[str, BoolArray]]:
    """Counters first, then metrics, each with the mask of the rows that hold it where not all do."""
    made: dict[str, FloatArray] = {}
    logged: dict[str, BoolArray] = {}
    for named in ([row.counters for row in rows], [row.metrics for row in rows]):
        for name in dict.fromkeys(chain.from_iterable(named)):
            found = list(_pieces(name, rows, named))
            made[name] = np.concatenate([values for values, _ in found])
            if not all(mask.all() for _, mask in found):
                logged[name] = np.concatenate([mask for _, mask in found])
    return made, logged


def _pieces(
    name: str, rows: Sequence[Row | Stretch], named: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[FloatArray, BoolArray]]:
    """The values of a name and where it has one, for rows one by one together and for each stretch."""
    for single, group in groupby(range(len(rows)), lambda place: isinstance(rows[place], Row)):
        places = list(group)
        found = [named[place].get(name) for place in places]
        if single:
            yield np.array(found, dtype=np.float64), np.array([value is not None for value in found], dtype=np.bool_)
            continue
        for place, values in zip(places, found, strict=True):
            size = count(rows[place])
            if values is None:
                yield np.full(size, np.nan), np.zeros(size, np.bool_)
            else:
                yield values, np.ones(size, np.bool_)
