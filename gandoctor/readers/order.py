"""What became of the rows of a log once they were put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import FloatArray
    from gandoctor.readers.counters import BoolArray

IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Order:
    """For each row the run it belongs to (from 0), its step, and whether it stays or a later process replaced it."""

    run: IntArray
    steps: FloatArray
    keep: BoolArray
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """The number of runs."""
        return int(self.run.max()) + 1 if len(self.run) else 0


def one_run(steps: FloatArray, notes: tuple[str, ...] = ()) -> Order:
    """All rows in one run, none replaced."""
    return Order(np.zeros(len(steps), dtype=np.int64), steps, np.ones(len(steps), dtype=np.bool_), notes)
