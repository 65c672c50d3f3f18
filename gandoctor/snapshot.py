"""What the engine can see at one moment: windows of every metric, raw and normalised, and the statistics of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.convention import Derived, derived
from gandoctor.statistics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Condition, Convention, FloatArray, Pattern, Signal, Window
    from gandoctor.series import Series

NONFINITE = "nonfinite"
"""The statistic that is counted over the whole curve as it grows, since blocks of means would lose it."""


SETTLED = 10
"""Points after which it is known whether a loss is computed in every row."""


@dataclass(slots=True)
class Snapshot:
    """The log up to `step`, which is row `rows`, read under one convention.

    `made` says how each metric is made from the series; snapshots of the same curves under the same convention may
    share it.
    """

    series: Mapping[str, Series]
    convention: Convention
    rows: int
    step: float
    made: dict[str, Derived | None] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _same_steps: dict[tuple[str, str], bool] = field(default_factory=dict)
    _tails: dict[str, tuple[int, FloatArray]] = field(default_factory=dict)
    _values: dict[tuple[Signal, Window], float] = field(default_factory=dict)

    def source(self, metric: str) -> Derived | None:
        """How a metric is made from the series at hand; None where it cannot be."""
        if metric not in self.made:
            self.made[metric] = derived(metric, self.convention, self.series)
        return self.made[metric]

    def count(self, metric: str) -> int:
        """How many points of a metric were logged."""
        seen = self._counts.get(metric)
        if seen is None:
            made = self.source(metric)
            seen = 0 if made is None else min([self.series[name].count for name in made.inputs])
            self._counts[metric] = seen
        return seen

    def window(self, metric: str, window: Window) -> FloatArray | None:
        """The blocks of a metric in a trailing window; None where it has fewer points than the window asks for."""
        seen = self.count(metric)
        if seen < max(window.points, 1):
            return None
        return self._end(metric, window.length(seen), seen)

    def _end(self, metric: str, points: int, seen: int) -> FloatArray:
        """The blocks that span the last points, cut from the longest stretch of them that was made at this step."""
        made = self.source(metric)
        assert made is not None
        kept = self._tails.get(metric)
        if kept is None or kept[0] < points:
            longest = max(points, seen // 4)
            kept = self._tails[metric] = (longest, made.compute(*self._inputs(made, longest)[1]))
        blocks = self.series[made.inputs[0]].blocks(points)
        return kept[1][len(kept[1]) - blocks :] if blocks < len(kept[1]) else kept[1]

    def tail(self, metric: str, points: int) -> tuple[FloatArray, FloatArray]:
        """The steps and values of the blocks that span the last `points` points of a metric, which must be there.

        Inputs that were logged at different steps are taken at the steps that they share.
        """
        made = self.source(metric)
        assert made is not None
        steps, values = self._inputs(made, points)
        return self.series[made.inputs[0]].tail_steps(points) if steps is None else steps, made.compute(*values)

    def _inputs(self, made: Derived, points: int) -> tuple[FloatArray | None, list[FloatArray]]:
        """The inputs' blocks; the steps only where they are not those of the first input's own tail."""
        inputs = [self.series[name] for name in made.inputs]
        if len(inputs) > 1 and not self._together(*made.inputs):
            return _shared(inputs[0], inputs[1], points)
        return None, [one.tail(points) for one in inputs]

    def _together(self, first: str, second: str) -> bool:
        """Whether two series were logged at the same steps."""
        key = (first, second)
        if key not in self._same_steps:
            self._same_steps[key] = np.array_equal(self.series[first].steps, self.series[second].steps)
        return self._same_steps[key]

    def value(self, signal: Signal, window: Window) -> float:
        """The signal over the window; NaN where it cannot be computed."""
        key = (signal, window)
        known = self._values.get(key)
        if known is None:
            known = self._values[key] = self._compute(signal, window)
        return known

    def _compute(self, signal: Signal, window: Window) -> float:
        if signal.statistic == NONFINITE:
            metric = signal.metrics[0]
            return self._nonfinite(metric) if self.count(metric) else float("nan")
        compute = STATISTICS[signal.statistic].compute
        first = self.window(signal.metrics[0], window)
        if first is None:
            return float("nan")
        if len(signal.metrics) == 1:
            return compute(first)
        others = [self.window(metric, window) for metric in signal.metrics[1:]]
        if any(other is None or len(other) != len(first) for other in others):
            return float("nan")
        return compute(first, *others) if self._in_step(signal.metrics, len(first)) else float("nan")

    def _in_step(self, metrics: Sequence[str], blocks: int) -> bool:
        """Whether the last blocks of metrics, as many of each, were logged at the same steps."""
        made = [self.source(metric) for metric in metrics]
        ends = [self.series[one.inputs[0]].steps[-blocks:] for one in made if one is not None]
        return all(np.array_equal(end, ends[0]) for end in ends)

    def holds(self, condition: Condition, *, clear: bool = False) -> bool | None:
        """Whether the signal is beyond the bound (beyond `clear`, for a pattern that holds); None where unknown."""
        value = self.value(condition.signal, condition.window)
        if value != value:
            return None
        bound = condition.clear if clear else condition.bound
        return value > bound if condition.above is not None else value < bound

    def _nonfinite(self, metric: str) -> float:
        """The length of the non-finite tail; 0 while it is within twice what the curve has come back from before.

        A loss that is NaN in every other row was not computed there, or its steps were skipped. Before it is known how
        often a curve is computed, in its first `SETTLED` points, one that is NaN alone, while the last of every other
        one is finite, is not yet known to have failed either.
        """
        worst = self._worst(metric)
        if worst.nonfinite_tail <= 2 * worst.healed:
            return 0.0
        alone = all(not one.nonfinite_tail or one is worst for one in self.series.values()) and len(self.series) > 1
        return 0.0 if alone and max(worst.finite, worst.nonfinite_tail) < SETTLED else float(worst.nonfinite_tail)

    def _worst(self, metric: str) -> Series:
        """Of the series behind a metric the one with the longest non-finite tail."""
        made = self.source(metric)
        assert made is not None
        return max((self.series[name] for name in made.inputs), key=lambda one: one.nonfinite_tail)

    def onset(self, condition: Condition) -> float:
        """The step at which the last stretch began in which the curve lay beyond the bound.

        Of a level the first point of the trailing stretch in which three of any five neighbours are beyond the bound;
        of a statistic that speaks for all points of its window the first of them; of one that compares the end of its
        window with the rest the beginning of that end; of any other the middle of the window.
        """
        metric, statistic = condition.signal.metrics[0], condition.signal.statistic
        if statistic == NONFINITE:
            return self._worst(metric).nonfinite_since
        length = condition.window.length(self.count(metric))
        if statistic in LEVELS and condition.window.share < 1:
            steps, values = self.tail(metric, 4 * length)
            back = _trailing_stretch(
                values > condition.bound if condition.above is not None else values < condition.bound
            )
        else:
            steps, _ = self.tail(metric, max(int(LAG.get(statistic, 1.0) * length), 1))
            back = len(steps)
        return float(steps[-min(max(back, 1), len(steps))])

    def points_before(self, metric: str, step: float) -> int:
        """How many points of a metric were logged before `step`, to the resolution at which they are kept."""
        made = self.source(metric)
        assert made is not None
        return min(
            int(np.searchsorted(one.steps, step)) << one.level for one in map(self.series.get, made.inputs) if one
        )


LEVELS = frozenset({"median", "mean", "low", "high", "minimum", "maximum", "last"})
"""Statistics that say where a curve lies, so that each single point can be held against the bound."""

LAG = {
    **dict.fromkeys(("trend", "climb", "decay", "smoothness", "lag1", "common_period", "swing"), 0.5),
    **dict.fromkeys(("hush", "kept", "quieter"), 0.2),
    **dict.fromkeys(("jump", "explosion", "outburst"), 0.1),
    **dict.fromkeys(("worsening", "worsening_error", "loss_of", "loss_error"), 0.0),
}
"""How far back in its window what a statistic measures began, as a share of the window; all of it for the others."""


def paces(pattern: Pattern) -> tuple[tuple[float, Window], ...]:
    """For each dating row of a pattern the share of its window that it looks back, and the window; the quickest alone.

    A row is never the quickest where another looks back no more in points and in share of the run.
    """
    every = sorted({(LAG.get(c.signal.statistic, 1.0), c.window) for c in dating(pattern)})
    return tuple(one for one in every if not any(other != one and _as_quick(other, one) for other in every))


def interval(lags: tuple[tuple[float, Window], ...], seen: int) -> int:
    """How many points may pass until a pattern is judged again: a quarter of what its quickest row looks back."""
    least = lags[0][0] * lags[0][1].length(seen)
    for lag, window in lags[1:]:
        least = min(least, lag * window.length(seen))
    return max(int(least / 4), 1)


def _as_quick(one: tuple[float, Window], other: tuple[float, Window]) -> bool:
    return one[0] <= other[0] and one[1].points <= other[1].points and one[1].share <= other[1].share


def dating(pattern: Pattern) -> Sequence[Condition]:
    """The rows of a pattern that can say when it began.

    A row that looks at the whole run says what kind of run it is; it dates nothing unless all rows are of that kind. A
    row that is optional dates nothing.
    """
    rows = [condition for condition in pattern.when if not condition.optional]
    return [condition for condition in rows if condition.window.share < 1] or rows


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


def _shared(first: Series, second: Series, points: int) -> tuple[FloatArray, list[FloatArray]]:
    """The blocks of the last `points` points of the two series that were logged at steps of both."""
    steps, left, right = np.intersect1d(first.steps, second.steps, return_indices=True)
    keep = max(first.blocks(points), 1)
    return steps[-keep:], [first.values[left[-keep:]], second.values[right[-keep:]]]


def prefix(series: Mapping[str, Series], step: float) -> dict[str, Series]:
    """The series as they were at `step`, to the resolution at which they are kept now."""
    return {name: one.until(step) for name, one in series.items() if one.first <= step}
