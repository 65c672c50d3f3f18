"""Trackio's database, one a project: a row a step, its numbers as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gandoctor.readers.jsonrows import rows_of
from gandoctor.readers.settings import settings_of
from gandoctor.readers.tracked import STEP, Tracked, newest, some

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.sqlite import Store


class _Queries(NamedTuple):
    runs: str
    configs: str
    rows: str


_KEYS = {
    "run_id": _Queries(
        "SELECT run_id, run_name, min(id) FROM metrics GROUP BY run_id",
        "SELECT run_id, config FROM configs",
        "SELECT run_id, step, metrics FROM metrics ORDER BY id",
    ),
    "run_name": _Queries(
        "SELECT run_name, run_name, min(id) FROM metrics GROUP BY run_name",
        "SELECT run_name, config FROM configs",
        "SELECT run_name, step, metrics FROM metrics ORDER BY id",
    ),
}
"""By what runs are told apart: by an id, or in the first versions by the name alone."""


def is_trackio(store: Store) -> bool:
    """Whether the database has Trackio's table of metrics."""
    return store.has("metrics", "id", "run_name", "step", "metrics")


def read_trackio(store: Store) -> list[RawLog]:
    """The logs of its runs, the newest last; UnreadableLog where there is no number in it."""
    key = next(column for column in _KEYS if store.has("metrics", column))
    queries = _KEYS[key]
    found = store.rows(queries.runs)
    runs, notes = newest([Tracked(str(run), str(name), float(first)) for run, name, first in found])
    config: dict[str, Mapping[str, Any]] = {}
    if store.has("configs", key, "config"):
        config = {str(run): _object(text) for run, text in store.rows(queries.configs)}
    rows: dict[str, list[dict[str, Any]]] = {run.key: [] for run in runs}
    for run, step, text in store.rows(queries.rows):
        if str(run) in rows:
            rows[str(run)].append({STEP: step, **_object(text)})
    told = [Tracked(run.key, run.label, run.started, config.get(run.key, {})) for run in runs]
    return some([_log(run, rows[run.key], store.name, notes) for run in told], store.name)


def _log(run: Tracked, rows: Sequence[Mapping[str, Any]], name: str, notes: Sequence[str]) -> RawLog | None:
    log = rows_of(rows, name, notes=notes)
    if not set(log.columns) - {STEP}:
        return None
    return replace(log, part=run.label, context=settings_of(run.settings))


def _object(text: Any) -> dict[str, Any]:
    """The object in a text; an empty one where there is none."""
    try:
        parsed = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
