"""Stand-ins for what Keras hands a callback: metrics that average in float32, a model that keeps them, an epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Variable:
    value: Any = 0.0

    def numpy(self) -> Any:
        return self.value


@dataclass
class Mean:
    """As `keras.metrics.Mean`: total and count in float32."""

    name: str
    total: Variable = field(default_factory=Variable)
    count: Variable = field(default_factory=Variable)

    def update(self, value: float, weight: float = 1.0) -> None:
        self.total.value = np.float32(self.total.value + np.float32(value) * np.float32(weight))
        self.count.value = np.float32(self.count.value + np.float32(weight))

    def reset(self) -> None:
        self.total.value = self.count.value = np.float32(0)

    def result(self) -> float:
        return float(self.total.value / self.count.value) if self.count.value else 0.0


class Area:
    """A metric of the epoch so far that is no mean."""

    name = "auc"


@dataclass
class Model:
    metrics: Sequence[Any] = ()


Step = Mapping[str, float]


def epochs(model: Model, steps: int, number: int) -> Iterator[tuple[int, int]]:
    """(epoch, batch) of a training; the metrics begin anew with each epoch."""
    for epoch in range(number):
        for mean in model.metrics:
            if isinstance(mean, Mean):
                mean.reset()
        for batch in range(steps):
            yield epoch, batch
