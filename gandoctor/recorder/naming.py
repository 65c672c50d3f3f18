"""What the recorded names mean: the same as they would mean in a log that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import NoGanCurve
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR
from gandoctor.readers.columns import map_columns
from gandoctor.readers.names import understand
from gandoctor.readers.raw import RawLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gandoctor.recorder.rows import Chunk

MOST_NAMES = 200
"""More columns than this are no log of a training; a new name in every step would have the file written anew each time.
"""

_HEAD, _SOME = 64, 8


class Naming:
    """Which recorded name is which metric: decided anew, over all names, whenever a new one appears.

    The names of the vocabulary mean themselves, with `@PAIR` behind them too; others what `readers.columns` makes of
    them and of the first rows, so that the file says to a reader what was judged.
    """

    def __init__(self) -> None:
        self.metrics: dict[str, str] = {}
        self.names: dict[str, None] = {}
        self._heads: list[RawLog] = []

    @property
    def columns(self) -> dict[str, str]:
        """Metric -> recorded name."""
        return {metric: name for name, metric in self.metrics.items()}

    def look(self, chunk: Chunk) -> tuple[str, ...]:
        """Take in the names of a chunk; returns those that were not known before."""
        new = tuple(name for name in chunk.columns if name not in self.names)
        if new:
            self.names.update(dict.fromkeys(new))
            self._heads.append(_as_log(chunk))
            self.metrics = decided(self.names, self._heads)
        return new

    def go_on(self, raw: RawLog, names: Sequence[str], columns: Mapping[str, str]) -> None:
        """Take over the names of a log that is continued, as was decided (metric -> column) or, where not, anew."""
        self._heads = [_telling_rows(raw)]
        self.names = dict.fromkeys(names)
        self.metrics = {column: metric for metric, column in columns.items() if column in self.names}
        for name, metric in decided(self.names, self._heads).items():
            if name not in self.metrics and metric not in columns:
                self.metrics[name] = metric


def decided(names: Iterable[str], heads: Sequence[RawLog]) -> dict[str, str]:
    """Recorded name -> metric, by the names and by rows in which they occur; a counter is none."""
    paired = {name: name for name in names if PAIR in name and name.partition(PAIR)[0] in METRICS}
    rest = [name for name in names if name not in paired and understand(name).what != "axis"]
    if not rest:
        return paired
    try:
        found = {name: metric for metric, name in map_columns(_joined(rest, heads)).metrics.items()}
    except NoGanCurve:
        found = {name: name for name in rest if name in METRICS}
    return paired | {name: metric for name, metric in found.items() if metric not in paired}


def refused(new: Sequence[Any], known: int, unit: str) -> list[Any]:
    """Names that a table cannot have as columns, or that are too many beside those known."""
    bad = [name for name in new if not _is_name(name, unit)]
    return bad + [name for name in new if name not in bad][max(MOST_NAMES - known, 0) :]


def _is_name(name: Any, unit: str) -> bool:
    """Whether a column of the log can be called so: a text on one line that is no number and not the step's own."""
    if not isinstance(name, str) or not name.strip() or name != name.strip() or not name.isprintable() or name == unit:
        return False
    try:
        float(name)
    except ValueError:
        return True
    return False


def _telling_rows(raw: RawLog) -> RawLog:
    """The first rows of a log without its step, and the first of those in which each of its columns was logged."""
    rows = np.zeros(raw.rows, dtype=np.bool_)
    rows[:_HEAD] = True
    for mask in raw.logged.values():
        rows[np.flatnonzero(mask)[:_SOME]] = True
    columns = {column: values[rows] for column, values in list(raw.columns.items())[1:]}
    return RawLog(columns, "", {column: mask[rows] for column, mask in raw.logged.items()})


def _as_log(chunk: Chunk) -> RawLog:
    columns, logged = {}, {}
    for name, column in chunk.columns.items():
        if column.places is None:
            columns[name] = column.values
            continue
        columns[name] = np.full(len(chunk.steps), np.nan)
        columns[name][column.places] = column.values
        logged[name] = np.zeros(len(chunk.steps), dtype=np.bool_)
        logged[name][column.places] = True
    return RawLog(columns, "", logged)


def _joined(names: Sequence[str], heads: Sequence[RawLog]) -> RawLog:
    """One log of all the rows in which there was something new."""
    columns, logged = {}, {}
    for name in names:
        columns[name] = np.concatenate([head.columns.get(name, np.full(head.rows, np.nan)) for head in heads])
        logged[name] = np.concatenate([_mask(head, name) for head in heads])
    return RawLog(columns, "", logged)


def _mask(head: RawLog, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(head.logged.get(name, np.full(head.rows, name in head.columns)), dtype=np.bool_)
