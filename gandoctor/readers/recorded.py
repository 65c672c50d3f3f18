"""A log that gandoctor's own recorder wrote: taken at its word, nothing in it guessed or repaired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Curve, Run, Unit
from gandoctor.readers.evidence import Evidence, accuracy_scale
from gandoctor.readers.known import known_context
from gandoctor.readers.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import FloatArray
    from gandoctor.readers.options import ReadOptions
    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.recipe import Recipe


def recorded_run(raw: RawLog, recipe: Recipe, options: ReadOptions) -> Run | None:
    """The run in a log whose recipe says which column is which metric; None where the log is not as a recorder writes.

    A recorder's first column is the step, which rises from row to row. A last line that was never ended is left out:
    it was being written. Values count as measured, however often they repeat; the caller's `map` needs the usual way.
    """
    first = next(iter(raw.columns), "")
    if not recipe.columns or options.map or options.run not in (None, 1) or first not in get_args(Unit):
        return None
    raw = whole_rows(raw)
    steps = raw.columns[first]
    if first in raw.logged or not np.isfinite(steps).all() or not (steps[1:] > steps[:-1]).all():
        return None
    wanted = {
        metric: column for metric, column in recipe.columns.items() if _is_metric(metric) and column in raw.columns
    }
    scales = scales_of(wanted, raw)
    found = {
        metric: _curve(raw, column, steps, scales[metric]) for metric, column in wanted.items() if metric in scales
    }
    curves = {metric: curve for metric, curve in found.items() if len(curve)}
    if not curves:
        return None
    return Run(
        curves,
        name=raw.name,
        unit=first,  # type: ignore[arg-type]  # one of get_args(Unit), as was asked above
        context=known_context(raw.context, options),
        columns={metric: wanted[metric] for metric in curves},
        unmapped=tuple(column for column in list(raw.columns)[1:] if column not in wanted.values()),
        notes=raw.notes,
        lines=None if raw.lines is None else lines_of(raw.lines, steps, None),
    )


def scales_of(columns: Mapping[str, str], raw: RawLog) -> dict[str, float]:
    """What each metric's values are multiplied by: percent accuracies by .01; one that is no accuracy is missing."""
    evidence = Evidence(raw)
    shares = {m: c for m, c in columns.items() if METRICS[m.partition(PAIR)[0]].kind == "accuracy"}
    known = accuracy_scale([(metric, evidence.values(column)) for metric, column in shares.items()])
    return {
        metric: known[metric] if metric in shares else 1.0
        for metric in columns
        if metric in known or metric not in shares
    }


def _is_metric(name: str) -> bool:
    return name.partition(PAIR)[0] in METRICS


def whole_rows(raw: RawLog) -> RawLog:
    """The rows that stand on lines that were ended."""
    path = Path(raw.name)
    if raw.lines is None or not path.is_file():
        return raw
    with path.open("rb") as file:
        ended = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    rows = int(np.searchsorted(raw.lines, ended, side="right"))
    if rows == raw.rows:
        return raw
    columns = {column: values[:rows] for column, values in raw.columns.items()}
    logged = {column: mask[:rows] for column, mask in raw.logged.items()}
    return replace(raw, columns=columns, logged=logged, lines=raw.lines[:rows])


def _curve(raw: RawLog, column: str, steps: FloatArray, scale: float) -> Curve:
    values, logged = raw.columns[column], raw.logged.get(column)
    if logged is not None:
        steps, values = steps[logged], values[logged]
    return Curve(steps, values if scale == 1.0 else values * scale)
