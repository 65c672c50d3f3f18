"""A run as it is judged while it is recorded: what the rows mean, the monitor, and which findings are news."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.engine import Monitor
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Diagnosis, Finding, Rulebook, Run, Unit
from gandoctor.readers.evidence import accuracy_scale
from gandoctor.readers.known import known_context
from gandoctor.readers.options import ReadOptions
from gandoctor.recorder.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.recorder.history import History
    from gandoctor.recorder.rows import Chunk

Key = tuple[str, str, str]
_AGAIN = 1.1
"""A finding that the diagnosis does not bear out yet is looked at again when the run is so much longer."""


class Live:
    """Judges chunks of rows as they come; the state is that of `diagnose` on a log of the same rows."""

    def __init__(self, rulebook: Rulebook, unit: Unit, context: Mapping[str, Any], said_by: str = "user") -> None:
        self.naming = Naming()
        self._rulebook, self._unit, self._said_by = rulebook, unit, said_by
        self._context = self._understood(context)
        self._ranges: dict[str, tuple[float, float]] = {}
        self._scales: dict[str, float] = {}
        self._known: set[Key] = set()
        self._doubted: set[Key] = set()
        self._look_at = 0.0
        self._rows = 0
        self._monitor = self._new_monitor()

    @property
    def rows(self) -> int:
        """How many rows were judged."""
        return self._rows

    @property
    def due(self) -> int:
        """How many more rows make the next evaluation due."""
        return self._monitor.due

    def know(self, context: Mapping[str, Any]) -> None:
        """Replace the context by one that says more; how losses are read stays as it is."""
        self._context = self._understood(context)
        self._monitor.context.update(self._context)

    def understand(self, chunk: Chunk) -> bool:
        """Take in what the names and the numbers of a chunk mean.

        Returns whether that changes what earlier rows mean: they must be judged again (`relive`), where they can be.
        """
        before = {name: self.naming.metrics.get(name) for name in self.naming.names}
        scales = self._scales
        new = self.naming.look(chunk)
        self._scales = self._measure(chunk)
        self._monitor.columns = self.naming.columns
        renamed = any(self.naming.metrics.get(name) != metric for name, metric in before.items())
        late = any(name not in METRICS and name in self.naming.metrics for name in new)
        rescaled = any(self._scales.get(metric) != scale for metric, scale in scales.items())
        return bool(self._rows) and (renamed or late or rescaled)

    def follow(self, chunk: Chunk) -> None:
        """Judge the rows of a chunk that was understood."""
        curves = {
            metric: chunk.curve(name, self._scales[metric])
            for name, metric in self.naming.metrics.items()
            if name in chunk.columns and metric in self._scales
        }
        self._rows += len(chunk.steps)
        self._monitor.feed_run(Run(curves))

    def relive(self, history: History) -> None:
        """Judge a log from its beginning, instead of everything that was judged before."""
        self._monitor = self._new_monitor()
        self._rows = len(history.steps)
        self._ranges = {}
        for name, values in history.raw.columns.items():
            mask = history.raw.logged.get(name)
            self._stretch(name, values if mask is None else values[mask])
        self._scales = self._scaled()
        run = history.run(self.naming.columns)
        if run is not None:
            self._monitor.feed_run(run)

    def diagnosis(self, name: str, run: Run | None = None) -> Diagnosis:
        """The diagnosis of all rows so far, of a run of that name; `run` is shown where its points are at hand."""
        found = self._monitor.diagnosis(run)
        unmapped = tuple(column for column in self.naming.names if column not in self.naming.metrics)
        return replace(found, run=replace(found.run, name=name, unmapped=unmapped))

    def findings(self) -> tuple[Finding, ...]:
        """What has fired so far, as it was known at the last evaluation; without confidence."""
        return self._monitor.findings()

    def forget_news(self) -> None:
        """Take everything that has fired so far as known."""
        self._known = {_key(f) for f in self.findings() if f.active}

    def news(self) -> tuple[tuple[Finding, ...], Diagnosis | None]:
        """The failures that have become sure since this was asked last, and the diagnosis that says so.

        A failure is sure when it decides the verdict of a diagnosis at this step; one that healed is news again when it
        comes back.
        """
        active = {_key(f) for f in self.findings() if f.active and f.weight == "verdict" and f.verdict not in _WELL}
        self._known &= active
        fresh = active - self._known
        if not fresh or (self._rows < self._look_at and fresh <= self._doubted):
            return (), None
        found = self._monitor.diagnosis()
        sure = [f for f in found.findings if f.active and _key(f) in fresh] if found.verdict not in _WELL else []
        self._known |= {_key(f) for f in sure}
        self._doubted, self._look_at = active - self._known, _AGAIN * self._rows
        return tuple(sure), found

    def _understood(self, context: Mapping[str, Any]) -> dict[str, Any]:
        stated = {**context, "family_by": self._said_by} if "family" in context else context
        return known_context(stated, ReadOptions())

    def _new_monitor(self) -> Monitor:
        return Monitor(self._rulebook, unit=self._unit, context=self._context, columns=self.naming.columns)

    def _measure(self, chunk: Chunk) -> dict[str, float]:
        for name, column in chunk.columns.items():
            self._stretch(name, column.values)
        return self._scaled()

    def _stretch(self, name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
        """Keep the lowest and the highest finite value of a column."""
        good = values[np.isfinite(values)]
        low, high = self._ranges.get(name, (inf, -inf))
        self._ranges[name] = (min(low, good.min(initial=inf)), max(high, good.max(initial=-inf)))

    def _scaled(self) -> dict[str, float]:
        """The scale of every metric, as a reader of the same rows would find it; one that is no accuracy is missing."""
        metrics = self.naming.metrics
        shares = {m: self._ranges[name] for name, m in metrics.items() if _is_share(m) and name in self._ranges}
        known = accuracy_scale([(m, np.array([x for x in ends if abs(x) < inf])) for m, ends in shares.items()])
        return {m: known.get(m, 1.0) for m in metrics.values() if m in known or not _is_share(m)}


_WELL = ("stable", "inconclusive", None)


def _is_share(metric: str) -> bool:
    return METRICS[metric.partition(PAIR)[0]].kind == "accuracy"


def _key(finding: Finding) -> Key:
    return finding.rule, finding.pattern, finding.pair
