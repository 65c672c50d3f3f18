"""Rows as they were recorded -> columns of float64, with the text that stands for each number in the file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.model import Curve, FloatArray
from gandoctor.recorder.scalars import NotOneNumber, fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_NARROW = frozenset({np.float32, np.float16})
_WHOLE = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One name over the rows of a chunk: in `places` it was recorded, as `values`, written as `texts`."""

    values: FloatArray
    texts: Sequence[str]
    places: NDArray[np.int64] | None = None

    def cells(self, rows: int) -> Sequence[str]:
        """The text of every row, "" where nothing was recorded."""
        if self.places is None:
            return self.texts
        cells = [""] * rows
        for place, text in zip(self.places.tolist(), self.texts, strict=True):
            cells[place] = text
        return cells


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Consecutive rows: their rising steps, and the columns that were recorded in any of them."""

    steps: FloatArray
    columns: Mapping[str, Column]

    def curve(self, name: str, scale: float = 1.0) -> Curve:
        """A column as a curve, its values multiplied by `scale`."""
        column = self.columns[name]
        steps = self.steps if column.places is None else self.steps[column.places]
        return Curve(steps, column.values if scale == 1.0 else column.values * scale)

    def lines(self, names: Iterable[str]) -> bytes:
        """The rows as lines of a table with these columns behind the step."""
        rows = len(self.steps)
        nothing = [""] * rows
        cells = [self.columns[name].cells(rows) if name in self.columns else nothing for name in names]
        lines = map(",".join, zip(map(step_text, self.steps.tolist()), *cells, strict=True))
        return ("\n".join(lines) + "\n").encode("ascii")


def step_text(step: float) -> str:
    """A step as the file has it: a whole number without a point."""
    step = float(step)
    return str(int(step)) if step.is_integer() and abs(step) < _WHOLE else repr(step)


Deferred = tuple[dict[str, Any], str]
"""A row, and the name in it whose value lies on a device."""


def settle(waiting: Sequence[Deferred]) -> dict[str, NotOneNumber]:
    """Fetch the values that lie on devices, everything together, and put them into their rows.

    Returns the names of which a value turned out to be no number; None stands in its place.
    """
    lost: dict[str, NotOneNumber] = {}
    for (row, name), number in zip(waiting, fetch([row[name] for row, name in waiting]), strict=True):
        row[name] = number
        if isinstance(number, NotOneNumber):
            row[name], lost[name] = None, number
    return lost


def chunk_of(steps: Sequence[float], rows: Sequence[dict[str, Any]]) -> Chunk:
    """The columns of rows of plain numbers, None for what was not measured."""
    names = tuple(dict.fromkeys(chain.from_iterable(rows)))
    if len(names) > 1 and all(map(len(names).__eq__, map(len, rows))):
        cells: Iterable[Sequence[Any]] = zip(*map(itemgetter(*names), rows), strict=True)
    else:
        cells = ([row.get(name) for row in rows] for name in names)
    made = {name: _column(column) for name, column in zip(names, cells, strict=True)}
    columns = {name: column for name, column in made.items() if len(column.values)}
    return Chunk(np.array(steps, dtype=np.float64), columns)


def _column(cells: Sequence[Any]) -> Column:
    kinds = set(map(type, cells))
    places = None
    if type(None) in kinds:
        places = np.array([i for i, cell in enumerate(cells) if cell is not None], dtype=np.int64)
        cells = [cell for cell in cells if cell is not None]
        kinds.discard(type(None))
    if kinds == {float}:
        return Column(np.array(cells, dtype=np.float64), _texts(repr, cells), places)
    if kinds <= _NARROW:
        texts = _texts(str, cells)
        return Column(np.array(list(map(float, texts)), dtype=np.float64), texts, places)
    numbers = [float(str(cell)) if type(cell) in _NARROW else _float(cell) for cell in cells]
    return Column(np.array(numbers, dtype=np.float64), list(map(repr, numbers)), places)


def _texts(write: Callable[[Any], str], cells: Sequence[Any]) -> list[str]:
    """The text of each cell; of values that come again and again it is made once."""
    different = set(cells)
    if 2 * len(different) > len(cells):
        return list(map(write, cells))
    return list(map({cell: write(cell) for cell in different}.__getitem__, cells))


def _float(number: Any) -> float:
    """A number as float64: a whole one beyond its range becomes infinite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
