"""MLflow's database, by default `mlflow.db`: a row a point, apart from the row of its run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.tracked import MOST_RUNS, Tracked, log_of, newest, some
from gandoctor.readers.union import Series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.sqlite import Store

_INFINITE = 1.7976931348623157e308
"""What MLflow stores for an infinite value; for NaN it stores 0 and says so in `is_nan`."""
_RUNS = "SELECT run_uuid, name, start_time FROM runs WHERE lifecycle_stage <> 'deleted'"
_NEWEST = "SELECT run_uuid FROM runs WHERE lifecycle_stage <> 'deleted' ORDER BY start_time DESC LIMIT ?"
_PARAMS = f"SELECT run_uuid, key, value FROM params WHERE run_uuid IN ({_NEWEST})"  # noqa: S608 - only constants
_POINTS = f"SELECT run_uuid, key, step, value, timestamp, is_nan FROM metrics WHERE run_uuid IN ({_NEWEST})"  # noqa: S608 - only constants
_Points = list[tuple[float, float, float]]


def is_mlflow(store: Store) -> bool:
    """Whether the database has MLflow's tables, as they are since version 1.0."""
    return store.has("runs", "run_uuid", "name", "start_time", "lifecycle_stage") and store.has(
        "metrics", "run_uuid", "key", "value", "timestamp", "step", "is_nan"
    )


def read_mlflow(store: Store) -> list[RawLog]:
    """The logs of its runs, the newest last; UnreadableLog where there is no point in it."""
    found = [Tracked(str(key), str(name or key), _number(begun, store)) for key, name, begun in store.rows(_RUNS)]
    runs, notes = newest(found)
    params: dict[str, dict[str, str]] = defaultdict(dict)
    if store.has("params", "run_uuid", "key", "value"):
        for run, key, value in store.rows(_PARAMS, MOST_RUNS):
            params[str(run)][str(key)] = str(value)
    curves = _curves(store)
    made = [Tracked(run.key, run.label, run.started, params[run.key]) for run in runs]
    return some([log_of(run, curves[run.key], store.name, notes) for run in made], store.name)


def _curves(store: Store) -> Mapping[str, Mapping[str, Series]]:
    """Run -> metric -> its points in the order of time; the rows of a database have none of their own."""
    points: dict[str, dict[str, _Points]] = defaultdict(dict)
    for run, key, step, value, milliseconds, is_nan in store.rows(_POINTS, MOST_RUNS):
        number = float("nan") if is_nan else _number(value, store)
        point = _number(step, store), number, _number(milliseconds, store) / 1000
        points[str(run)].setdefault(str(key), []).append(point)
    curves: dict[str, dict[str, Series]] = defaultdict(dict)
    for run, metrics in points.items():
        curves[run] = {key: _series(found) for key, found in metrics.items()}
    return curves


def _series(points: Sequence[tuple[float, float, float]]) -> Series:
    table: FloatArray = np.array(points, dtype=np.float64)
    table = table[np.isfinite(table[:, 0])]
    table = table[np.argsort(table[:, 2], kind="stable")]
    steps, values, times = (np.ascontiguousarray(column) for column in table.T)
    return Series(steps, values, times)


def _number(cell: Any, store: Store) -> float:
    """The number in a cell, NaN in an empty one; UnreadableLog for a text, which MLflow never puts there."""
    if cell is None:
        return float("nan")
    if not isinstance(cell, int | float):
        raise UnreadableLog(f"{store.name} holds '{cell!s:.40}' where a number belongs: it is damaged")
    return float(cell) if abs(cell) < _INFINITE else float(np.copysign(np.inf, cell))
