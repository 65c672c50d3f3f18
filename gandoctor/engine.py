"""`Monitor`, which listens to a training, and `diagnose`, which reads a log: one engine, one code path."""

from __future__ import annotations

from math import inf, isfinite
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Curve, Diagnosis, Finding, FloatArray, Rulebook, Run, Unit
from gandoctor.rulebook import load
from gandoctor.track import FIRST, Chunk, Track
from gandoctor.verdict import conclude

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

WAITING = 256
"""Rows that wait for an evaluation as they came; more are handed on to the curves, which keep them as numbers."""


class Monitor:
    """Follows a run and knows its state at every step: `feed` it rows, ask for the `diagnosis`.

    The state depends on the rows so far and on nothing else; memory does not grow with the run beyond 8192 blocks a
    metric. Metrics are named as in `metrics.py`, with `@PAIR` behind them where a run has several pairs of networks.
    """

    def __init__(
        self,
        rulebook: Rulebook | None = None,
        *,
        unit: Unit = "step",
        context: Mapping[str, Any] | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.rulebook = load() if rulebook is None else rulebook
        self.unit: Unit = unit
        self.context = dict(context or {})
        self.columns = dict(columns or {})
        self._tracks: dict[str, Track] = {}
        self._waiting: dict[str, list[tuple[float, dict[str, float]]]] = {}
        self._last = -inf

    def feed(self, step: float, metrics: Mapping[str, float]) -> tuple[Finding, ...]:
        """Add one row; returns the findings that this row made sure, an empty tuple nearly always.

        Give all metrics of a step in one call. A metric that is left out was not logged; a NaN was. An unknown metric
        raises KeyError, a step that is not finite or lies before the last one ValueError.
        """
        if not self._last <= step < inf:
            raise ValueError(f"steps must be finite and must not fall: {step} came after {self._last}")
        rows: dict[str, dict[str, float]] = {}
        for name, value in metrics.items():
            metric, _, pair = name.partition(PAIR)
            if metric not in METRICS:
                raise KeyError(f"{name!r} is not a metric; the vocabulary is in gandoctor.metrics.METRICS")
            rows.setdefault(pair, {})[metric] = float(value)
        self._last = float(step)
        fired: list[Finding] = []
        for pair, row in rows.items():
            waiting = self._waiting.setdefault(pair, [])
            waiting.append((float(step), row))
            track = self._track(pair)
            bad = not all(map(isfinite, row.values()))
            urgent = track.is_urgent(bad and not track.was_bad)
            track.was_bad = bad
            if urgent or track.rows + len(waiting) >= track.due:
                before = {(f.rule, f.pattern, f.since) for f in track.judge.findings()}
                self._flush(pair, urgent=urgent)
                fired += [f for f in track.judge.findings() if (f.rule, f.pattern, f.since) not in before]
            elif len(waiting) >= WAITING:
                self._flush(pair)
        return tuple(fired)

    def feed_run(self, run: Run) -> None:
        """Add all rows of a run at once; the state afterwards is that of feeding them one by one.

        Stretches of one run may be added one after the other: ValueError for one that begins before the last row.
        """
        if run.first_step < self._last:
            raise ValueError(f"steps must not fall: {run.first_step} came after {self._last}")
        pairs = dict.fromkeys(name.partition(PAIR)[2] for name in run.curves)
        for pair in pairs:
            curves = {name.partition(PAIR)[0]: c for name, c in run.curves.items() if name.partition(PAIR)[2] == pair}
            self._flush(pair)
            _feed_curves(self._track(pair), {name: c for name, c in curves.items() if len(c)})
        self._last = max(self._last, run.last_step)  # NaN, of a run without points, changes nothing

    @property
    def due(self) -> int:
        """How many more rows make the next evaluation due, of the pair of networks that is nearest to its own."""
        rooms = [t.due - t.rows - len(self._waiting.get(pair, ())) for pair, t in self._tracks.items()]
        return max(min(rooms, default=FIRST), 1)

    def findings(self) -> tuple[Finding, ...]:
        """Everything that fired up to the last evaluation, whatever its weight; `diagnosis` says how sure it is."""
        return tuple(finding for track in self._tracks.values() for finding in track.judge.findings())

    def diagnosis(self, run: Run | None = None) -> Diagnosis:
        """The diagnosis of everything fed so far; `run` is what the report shows, rebuilt from memory if not given."""
        for pair in self._waiting:
            self._flush(pair)
        if run is None:
            run = self._remembered()
        return conclude(run, tuple(self._tracks.values()), self.rulebook)

    def _track(self, pair: str) -> Track:
        if pair not in self._tracks:
            suffix = PAIR + pair if pair else ""
            columns = {
                name.removesuffix(suffix): column
                for name, column in self.columns.items()
                if name.partition(PAIR)[2] == pair
            }
            self._tracks[pair] = Track(self.rulebook, pair, self.unit, self.context, columns)
        return self._tracks[pair]

    def _flush(self, pair: str, *, urgent: bool = False) -> None:
        waiting, self._waiting[pair] = self._waiting.get(pair, []), []
        if not waiting:
            return
        chunk: dict[str, tuple[list[float], list[float]]] = {}
        for step, row in waiting:
            for metric, value in row.items():
                steps, values = chunk.setdefault(metric, ([], []))
                steps.append(step)
                values.append(value)
        arrays: Chunk = {name: (np.array(s), np.array(v)) for name, (s, v) in chunk.items()}
        self._tracks[pair].extend(arrays, len(waiting), waiting[-1][0], urgent=urgent)

    def _remembered(self) -> Run:
        curves = {
            name + (PAIR + pair if pair else ""): Curve(series.steps, series.values)
            for pair, track in self._tracks.items()
            for name, series in track.series.items()
            if name in METRICS and len(series.values)
        }
        return Run(curves, name="live", unit=self.unit, context=self.context, columns=self.columns)


def _feed_curves(track: Track, curves: Mapping[str, Curve]) -> None:
    """Feed curves to a track in chunks that end where an evaluation is due, or a value has just become non-finite."""
    if not curves:
        return
    steps, places = _rows(curves)
    bad = _bad_rows(len(steps), curves, places)
    turns = np.flatnonzero(bad & ~np.concatenate([[track.was_bad], bad[:-1]]))
    track.was_bad = bool(bad[-1])
    done = 0
    ends = dict.fromkeys(curves, 0)
    while done < len(steps):
        stop = min(done + track.due - track.rows, len(steps))
        turn = int(np.searchsorted(turns, done))
        urgent = turn < len(turns) and turns[turn] < stop and track.is_urgent(bad=True)
        if urgent:
            stop = int(turns[turn]) + 1
        chunk: Chunk = {}
        for name, curve in curves.items():
            place = places.get(name)
            end = stop if place is None else int(np.searchsorted(place, stop))
            if end > ends[name]:
                chunk[name] = (curve.steps[ends[name] : end], curve.values[ends[name] : end])
            ends[name] = end
        track.extend(chunk, stop - done, float(steps[stop - 1]), urgent=urgent)
        done = stop


def _rows(curves: Mapping[str, Curve]) -> tuple[FloatArray, dict[str, NDArray[np.int64]]]:
    """The steps of the rows that the curves come from, and the row of each point of each curve.

    Where all curves have the same steps a row is a point, and no places are given. Else a step has as many rows as the
    curve that has it most often, and the k-th point of a curve at that step is in the k-th of them.
    """
    first = next(iter(curves.values())).steps
    if all(curve.steps is first or np.array_equal(curve.steps, first) for curve in curves.values()):
        return first, {}
    steps = np.unique(np.concatenate([curve.steps for curve in curves.values()]))
    at = {name: np.searchsorted(steps, curve.steps) for name, curve in curves.items()}
    times = np.max([np.bincount(place, minlength=len(steps)) for place in at.values()], axis=0)
    begin = np.cumsum(times) - times
    again = {name: np.arange(len(c)) - np.searchsorted(c.steps, c.steps) for name, c in curves.items()}
    return np.repeat(steps, times), {name: begin[place] + again[name] for name, place in at.items()}


def _bad_rows(rows: int, curves: Mapping[str, Curve], places: Mapping[str, NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Which rows hold a non-finite value."""
    bad = np.zeros(rows, dtype=bool)
    for name, curve in curves.items():
        wrong = np.flatnonzero(~np.isfinite(curve.values))
        bad[places[name][wrong] if places else wrong] = True
    return bad


def diagnose(
    log: Run | str | PathLike[str] | pd.DataFrame, *, rulebook: Rulebook | str | None = None, **options: Any
) -> Diagnosis:
    """Diagnose a run: a path (file, folder or "-"), a `Run`, or a DataFrame with a column a metric.

    `rulebook` is "default", "documented" or a loaded one; `options` are those of `readers.read` (run, map, family,
    d_loss). Raises `GandoctorError` where there is nothing to diagnose.
    """
    run = _as_run(log, options)
    book = load(rulebook) if isinstance(rulebook, str) else rulebook
    monitor = Monitor(book, unit=run.unit, context=run.context, columns=run.columns)
    monitor.feed_run(run)
    return monitor.diagnosis(run)


def _as_run(log: Run | str | PathLike[str] | pd.DataFrame, options: Mapping[str, Any]) -> Run:
    if isinstance(log, Run):
        return log
    from gandoctor import readers

    if isinstance(log, str | PathLike):
        return readers.read(log, **options)
    return readers.from_frame(log, **options)
