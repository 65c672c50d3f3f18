"""What the engine can see at one moment: windows of every metric, raw and normalised, and the statistics of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gandoctor.convention import View, view
from gandoctor.model import Condition, Convention, FloatArray, Pattern, Signal, Window
from gandoctor.series import Series
from gandoctor.statistics import STATISTICS

NONFINITE = "nonfinite"
"""The statistic that is counted over the whole curve as it grows, since blocks of means would lose it."""


@dataclass(slots=True)
class Snapshot:
    """The log up to `step`, which is row `rows`, read under one convention."""

    series: Mapping[str, Series]
    convention: Convention
    rows: int
    step: float
    _views: dict[str, View | None] = field(default_factory=dict)
    _values: dict[tuple[Signal, Window], float] = field(default_factory=dict)

    def source(self, metric: str) -> tuple[Series, View] | None:
        """The series behind a metric and how to read it; None where the metric is not there."""
        if metric not in self._views:
            self._views[metric] = view(metric, self.convention, self.series)
        found = self._views[metric]
        return None if found is None else (self.series[found.raw], found)

    def window(self, metric: str, window: Window) -> FloatArray | None:
        """The blocks of a metric in a trailing window; None where it has fewer points than the window asks for."""
        source = self.source(metric)
        if source is None or source[0].count < window.points:
            return None
        series, read = source
        values = series.tail(window.length(series.count))
        return values if read.scale == 1 and not read.shift else (values - read.shift) * read.scale

    def value(self, signal: Signal, window: Window) -> float:
        """The signal over the window; NaN where it cannot be computed."""
        key = (signal, window)
        if key not in self._values:
            self._values[key] = self._compute(signal, window)
        return self._values[key]

    def _compute(self, signal: Signal, window: Window) -> float:
        if signal.statistic == NONFINITE:
            source = self.source(signal.metrics[0])
            return float("nan") if source is None else float(source[0].nonfinite_tail)
        windows = [self.window(metric, window) for metric in signal.metrics]
        first, *others = windows
        if first is None or any(other is None or len(other) != len(first) for other in others):
            return float("nan")
        return STATISTICS[signal.statistic].compute(*windows)

    def holds(self, condition: Condition, *, clear: bool = False) -> bool | None:
        """Whether the signal is beyond the bound (beyond `clear`, for a pattern that holds); None where unknown."""
        value = self.value(condition.signal, condition.window)
        if value != value:
            return None
        bound = condition.clear if clear else condition.bound
        return value > bound if condition.above is not None else value < bound

    def count(self, metric: str) -> int:
        """How many points of a metric were logged."""
        source = self.source(metric)
        return 0 if source is None else source[0].count

    def onset(self, condition: Condition) -> tuple[int, float]:
        """Where the last stretch began in which the curve lay beyond the bound: (points ago, step).

        Of a level the first point of the trailing stretch in which three of any five neighbours are beyond the bound;
        of a statistic that speaks for all points of its window the first of them; of one that compares the end of its
        window with the rest the beginning of that end; of any other the middle of the window.
        """
        source = self.source(condition.signal.metrics[0])
        if source is None:
            return 0, self.step
        series, read = source
        statistic = condition.signal.statistic
        if statistic == NONFINITE:
            return series.nonfinite_tail, series.nonfinite_since
        length = condition.window.length(series.count)
        if statistic in LEVELS and condition.window.share < 1:
            values = (series.tail(4 * length) - read.shift) * read.scale
            back = _trailing_stretch(values > condition.bound if condition.above is not None else values < condition.bound)
        else:
            back = series.blocks(int(LAG.get(statistic, 0.5) * length))
        back = min(max(back, 1), len(series.values))
        return back << series.level, float(series.steps[-back])


LEVELS = frozenset({"median", "mean", "low", "high", "minimum", "maximum", "last"})
"""Statistics that say where a curve lies, so that each single point can be held against the bound."""

LAG = {
    **dict.fromkeys(("minimum", "maximum", "median", "low", "high", "distinct", "span", "wobble", "spread", "pinned", "extent"), 1.0),
    **dict.fromkeys(("jump", "explosion"), 0.1),
    **dict.fromkeys(("worsening", "loss_of"), 0.0),
}
"""How far back in its window what a statistic measures began, as a share of the window; one half for the others."""


def interval(pattern: Pattern, seen: int) -> int:
    """How many points may pass until a pattern is judged again: an eighth of what its quickest row looks back."""
    spans = [LAG.get(c.signal.statistic, 0.5) * c.window.length(seen) for c in dating(pattern)]
    return max(int(min(spans) / 8), 1)


def dating(pattern: Pattern) -> Sequence[Condition]:
    """The rows of a pattern that can say when it began.

    A row that looks at the whole run says what kind of run it is; it dates nothing unless all rows are of that kind.
    """
    return [condition for condition in pattern.when if condition.window.share < 1] or pattern.when


def _trailing_stretch(beyond: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """The length of the trailing stretch in which at least three of any five neighbours are True."""
    n = len(beyond)
    if n < 5:
        return n
    sums = np.convolve(beyond, np.ones(5, dtype=np.int64), mode="valid")
    broken = np.flatnonzero(sums < 3)
    start = int(broken[-1]) + 1 if len(broken) else 0
    while start < n and not beyond[start]:
        start += 1
    return n - start


def prefix(series: Mapping[str, Series], step: float) -> dict[str, Series]:
    """The series as they were at `step`, to the resolution at which they are kept now."""
    return {name: one.until(step) for name, one in series.items() if one.first <= step}
