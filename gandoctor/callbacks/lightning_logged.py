"""What a LightningModule logged in the batch that is just over, and not before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORKS = ("_step", "_epoch")


@dataclass(slots=True)
class Logged:
    """Tells fresh values among `trainer.callback_metrics`, which hold on to what was logged last.

    Every `self.log` copies its value into memory of its own: a metric that lies where it lay is an old one, of a batch
    in which it was not logged, as G's loss is between the steps of a critic. Of a metric that is logged by step and by
    epoch Lightning makes several names; the plain one is kept, and no mean over the epoch beside values of batches.
    """

    _seen: dict[str, Any] = field(default_factory=dict)
    _by_batch: set[str] = field(default_factory=set)

    def batch(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        """The metrics that were logged since the last look."""
        fresh = self._fresh(metrics)
        self._by_batch |= set(fresh)
        return fresh

    def epoch(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        """The metrics that were logged since the last look and are none of single batches, nor means of those."""
        return {name: value for name, value in self._fresh(metrics).items() if name not in self._by_batch}

    def _fresh(self, metrics: Mapping[str, Any]) -> dict[str, Any]:
        fresh = {}
        for name, value in metrics.items():
            old = self._seen.get(name)
            if old is None or _place(old) != _place(value):
                self._seen[name] = value
                if not _is_fork(name, metrics):
                    fresh[name] = value
        return fresh


def _is_fork(name: str, metrics: Mapping[str, Any]) -> bool:
    return any(name.endswith(fork) and name.removesuffix(fork) in metrics for fork in _FORKS)


def _place(value: Any) -> Any:
    return value.data_ptr() if hasattr(value, "data_ptr") else id(value)
