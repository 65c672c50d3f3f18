"""Which of Keras' logs are running means, and the values of the single batches behind them.

What a `train_step` returns decides: losses themselves arrive as they are, `metric.result()` is the mean since the
metric was last reset, at the start of the epoch as a rule. No name tells the two apart (`{"g_loss":
self.generator_loss_metric.result()}` is common), so the first batches do: a log that equals total / count of one of the
model's means, and not the value which that mean was last given, is that mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.running_means import FLOAT32, NOTHING, Sums, between, doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

READ = 16
"""Batches whose counts are read from the model before a count that rises by 1 a batch is taken as known."""


def means_of(model: Any) -> dict[str, Any]:
    """The running means that a model keeps, by name: metrics with a `total` and a `count`, those inside others too."""
    found: dict[str, Any] = {}
    kept = [*(getattr(model, "metrics", None) or ()), *(getattr(model, "_metrics", None) or ())]
    for metric in _flat(kept):
        if all(hasattr(getattr(metric, part, None), "numpy") for part in ("total", "count")):
            found.setdefault(str(getattr(metric, "name", len(found))), metric)
    return found


def _flat(metrics: list[Any]) -> Iterator[Any]:
    for metric in metrics:
        yield metric
        inner = getattr(metric, "metrics", None)
        if isinstance(inner, list | tuple):
            yield from _flat(list(inner))


@dataclass(slots=True)
class _Mean:
    """One running mean of the model through an epoch: its state now, at the last look, and before it was last fed.

    `regular` as long as its count was seen to rise by 1 a batch, in `seen` batches: then it need not be read any more.
    """

    metric: Any
    base: Sums = NOTHING
    now: Sums = NOTHING
    last: Sums = NOTHING
    fed: Sums = NOTHING
    regular: bool = True
    seen: int = 0

    def begin(self) -> None:
        self.base = self.now = self.fed = self._read()

    @property
    def is_known(self) -> bool:
        """Whether its count can be told without reading it."""
        return self.regular and self.seen >= READ

    def look(self, batches: int, *, whole: bool) -> None:
        """Read the state after so many batches of the epoch: its total too where the `whole` of it is wanted."""
        now = self._read() if whole else Sums(nan, float(self.metric.count.numpy()))
        self.last, self.now, self.seen = self.now, now, self.seen + 1
        if self.now.count != self.last.count:
            self.fed = self.last
        self.regular = self.regular and self.now.count == self.base.count + batches

    def foretell(self, batches: int) -> None:
        """Take its count as known; its total is not."""
        self.last, self.now = self.now, Sums(nan, self.base.count + batches)

    def is_as_foretold(self) -> bool:
        """Whether the count is what it was taken to be; where not, it is read at each batch from now on."""
        self.regular = self.regular and self._read().count == self.now.count
        return self.regular

    def _read(self) -> Sums:
        return Sums(float(self.metric.total.numpy()), float(self.metric.count.numpy()))


@dataclass(slots=True)
class _Log:
    """One name of the logs: the means that it may be, and once that is settled which one it is, or none."""

    may_be: dict[str, _Mean]
    mean: _Mean | None = None
    before: Sums = NOTHING

    @property
    def settled(self) -> bool:
        """Whether it is known to be a mean, or known to be none."""
        return self.mean is not None or not self.may_be

    def settle(self, name: str, logged: float) -> None:
        """Drop the means that it cannot be; of those left, one whose last value was another than this is the one."""
        if self.settled or not isfinite(logged):
            return
        self.may_be = {key: mean for key, mean in self.may_be.items() if _is(logged, mean.now)}
        sure = {key: mean for key, mean in self.may_be.items() if not _was_given(mean, logged)}
        if sure:
            self.mean = sure.get(name) or next(iter(sure.values()))
            self.before = self.mean.last

    def value(self, logged: float) -> float | None:
        """The mean over the batches since the last look; None where nothing came."""
        if self.mean is None:
            idle = [mean.now.count == mean.last.count for mean in self.may_be.values()]
            return None if idle and all(idle) else logged
        now = Sums.of_mean(logged, self.mean.now.count)
        before, self.before = self.before, now
        return between(before, now)


def _was_given(mean: _Mean, logged: float) -> bool:
    """Whether a mean may just have been given this number: then the log can be either, and both say the same."""
    given = between(mean.fed, mean.now)
    return given is None or abs(logged - given) <= 4 * doubt(mean.fed, mean.now)


def _is(logged: float, sums: Sums) -> bool:
    """Whether a number is the mean of these sums, within the rounding of two ways to compute it."""
    if not sums.count:
        return logged == 0.0  # what Keras makes of 0 / 0
    mean = sums.total / sums.count
    return abs(logged - mean) <= 4 * FLOAT32 * max(abs(logged), abs(mean))


@dataclass(slots=True)
class BatchValues:
    """Turns the logs of a batch into the values of that batch, and keeps what it has to know for that.

    Call `begin_epoch`, then `values` after each batch, then `end_epoch`. It reads one or two scalars a metric and batch
    during the first `READ` batches and none later; one for a metric that counts samples instead of batches or is not
    updated at every batch, or if `together` says that several batches pass between two calls (`steps_per_execution`).
    """

    together: bool = False
    _means: dict[str, _Mean] = field(default_factory=dict)
    _logs: dict[str, _Log] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        """Whether the model's metrics are read at the next batch."""
        logs = self._logs.values()
        return self.together or not logs or any(not log.settled or _unknown(log.mean) for log in logs)

    def knows(self, name: str) -> bool:
        """Whether a name was in the logs of a batch."""
        return name in self._logs

    def begin_epoch(self, model: Any) -> None:
        """Take down where every mean stands: at zero, unless the model leaves it out when it resets its metrics."""
        for name, metric in means_of(model).items():
            if name not in self._means or self._means[name].metric is not metric:
                self._means[name] = _Mean(metric)
        for mean in self._means.values():
            mean.begin()
        for log in self._logs.values():
            log.before = log.mean.base if log.mean else NOTHING

    def values(self, logs: Mapping[str, float], batches: int) -> dict[str, float]:
        """The values behind `logs` after so many batches of the epoch; what was not updated is left out."""
        self._follow(logs, batches)
        found = {}
        for name, logged in logs.items():
            log = self._logs[name]
            log.settle(name, logged)
            value = log.value(logged)
            if value is not None:
                found[name] = value
        return found

    def end_epoch(self) -> tuple[str, ...]:
        """The names of the logs whose counts were not what they were taken to be: this epoch's values are inexact."""
        used = {name: log.mean for name, log in self._logs.items() if log.mean is not None}
        return tuple(name for name, mean in used.items() if mean.is_known and not mean.is_as_foretold())

    def _follow(self, logs: Mapping[str, float], batches: int) -> None:
        """Bring every mean that a log is, or may be, to this batch."""
        wanted: dict[int, _Mean] = {}
        unsettled: set[int] = set()
        for name in logs:
            log = self._logs.get(name)
            if log is None:
                log = self._logs[name] = _Log(dict(self._means))
            means = [log.mean] if log.mean else list(log.may_be.values())
            wanted |= {id(mean): mean for mean in means}
            unsettled |= set() if log.settled else {id(mean) for mean in means}
        for key, mean in wanted.items():
            if key in unsettled or self.together or not mean.is_known:
                mean.look(batches, whole=key in unsettled)
            else:
                mean.foretell(batches)


def _unknown(mean: _Mean | None) -> bool:
    return mean is not None and not mean.is_known
