"""The memory of the engine: one metric as it grows, in bounded space.

A `Series` keeps every point until there are `CAPACITY` of them, then means of 2, 4, 8, ... neighbouring points, so that
a run of any length is held as 4096 to 8192 blocks. Blocks are means of a fixed binary tree, so their bits do not depend
on how the points arrived: one by one in a training, or all at once from a file.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gandoctor.model import FloatArray

CAPACITY = 8192
HEAD = 64
LARGEST = 1e100
"""Beyond this a finite value is kept as this: no sum or square of values overflows."""


class Series:
    """The points of one metric: blocks of `2**level` points, counters, and the first `HEAD` points as they came.

    A block that holds a non-finite point is NaN; `nonfinite_tail` counts the non-finite points at the very end and
    `nonfinite_since` is the step of the first of them (NaN where the last point is finite). `healed` is the longest
    stretch of non-finite points that finite ones followed.
    """

    __slots__ = (
        "_blocks",
        "_ends",
        "_fill",
        "_pending_steps",
        "_pending_values",
        "count",
        "finite",
        "head",
        "healed",
        "level",
        "nonfinite_since",
        "nonfinite_tail",
    )

    def __init__(self) -> None:
        self._blocks = np.empty(256)
        self._ends = np.empty(256)
        self._fill = 0
        self._pending_steps = np.empty(0)
        self._pending_values = np.empty(0)
        self.count = 0
        self.finite = 0
        self.level = 0
        self.head = np.empty(0)
        self.healed = 0
        self.nonfinite_tail = 0
        self.nonfinite_since = float("nan")

    def extend(self, steps: FloatArray, values: FloatArray) -> None:
        """Append points; steps must not fall."""
        if not len(values):
            return
        finite = np.isfinite(values)
        all_finite = bool(finite.all())
        if not all_finite or values.max() > LARGEST or values.min() < -LARGEST:
            values = np.where(finite, np.clip(values, -LARGEST, LARGEST), np.nan)
        if all_finite:
            self.count += len(values)
            self.finite += len(values)
            self.healed = max(self.healed, self.nonfinite_tail)
            self.nonfinite_tail, self.nonfinite_since = 0, float("nan")
        else:
            self._count(steps, finite)
        if len(self.head) < HEAD:
            self.head = np.concatenate([self.head, values[: HEAD - len(self.head)]])
        if not self.level and not len(self._pending_values) and self._fill + len(values) < CAPACITY:
            self._store(steps, values)
            return
        self._pending_steps = np.concatenate([self._pending_steps, steps])
        self._pending_values = np.concatenate([self._pending_values, values])
        while len(self._pending_values) >= 1 << self.level:
            self._take()

    def _count(self, steps: FloatArray, finite: NDArray[np.bool_]) -> None:
        """Count points of which at least one is not finite."""
        self.count += len(finite)
        self.finite += int(finite.sum())
        turns = np.flatnonzero(np.diff(finite)) + 1
        edges = np.concatenate([[0], turns, [len(finite)]])
        for first, end in pairwise(edges.tolist()):
            if finite[first]:
                self.healed = max(self.healed, self.nonfinite_tail)
                self.nonfinite_tail, self.nonfinite_since = 0, float("nan")
                continue
            if not self.nonfinite_tail:
                self.nonfinite_since = float(steps[first])
            self.nonfinite_tail += end - first

    def _take(self) -> None:
        """Move whole blocks from the pending points to the blocks, up to the capacity, and coarsen where it is full."""
        size = 1 << self.level
        blocks = min(len(self._pending_values) // size, CAPACITY - self._fill)
        taken = blocks * size
        means = self._pending_values[:taken]
        for _ in range(self.level):
            means = 0.5 * (means[0::2] + means[1::2])
        self._store(self._pending_steps[size - 1 : taken : size], means)
        self._pending_steps = self._pending_steps[taken:]
        self._pending_values = self._pending_values[taken:]
        if self._fill == CAPACITY:
            half = CAPACITY // 2
            self._blocks[:half] = 0.5 * (self._blocks[0::2] + self._blocks[1::2])
            self._ends[:half] = self._ends[1::2].copy()
            self._fill = half
            self.level += 1

    def _store(self, ends: FloatArray, means: FloatArray) -> None:
        fill = self._fill + len(means)
        if fill > len(self._blocks):
            size = min(CAPACITY, max(fill, 2 * len(self._blocks)))
            self._blocks = np.concatenate([self._blocks[: self._fill], np.empty(size - self._fill)])
            self._ends = np.concatenate([self._ends[: self._fill], np.empty(size - self._fill)])
        self._blocks[self._fill : fill] = means
        self._ends[self._fill : fill] = ends
        self._fill = fill

    @property
    def values(self) -> FloatArray:
        """All blocks, oldest first: a view that the next `extend` may overwrite."""
        return self._blocks[: self._fill]

    @property
    def steps(self) -> FloatArray:
        """The last step of each block."""
        return self._ends[: self._fill]

    def blocks(self, points: int) -> int:
        """How many blocks span the last `points` points."""
        return min(-(-points >> self.level), self._fill)

    def tail(self, points: int) -> FloatArray:
        """The blocks that span the last `points` points, fewer where there are fewer."""
        return self._blocks[self._fill - self.blocks(points) : self._fill]

    def tail_steps(self, points: int) -> FloatArray:
        """The last step of each block of `tail(points)`."""
        return self._ends[self._fill - self.blocks(points) : self._fill]

    @property
    def first(self) -> float:
        """The step at which the first block ends, or of the first point while there is no block."""
        if self._fill:
            return float(self._ends[0])
        return float(self._pending_steps[0]) if len(self._pending_steps) else float("inf")

    def until(self, step: float) -> Series:
        """The series as it was at `step`, as far as its blocks tell; shares memory with this one."""
        past = Series()
        fill = int(np.searchsorted(self.steps, step, side="right"))
        past._blocks, past._ends, past._fill, past.level = self._blocks, self._ends, fill, self.level
        past.count = fill << self.level
        past.head = self.head[:fill] if self.level == 0 else self.head
        bad = np.isnan(self.values[:fill])
        past.finite = past.count - (int(bad.sum()) << self.level)
        good = np.flatnonzero(~bad)
        tail = fill - (int(good[-1]) + 1 if len(good) else 0)
        past.nonfinite_tail = tail << self.level
        past.nonfinite_since = float(self._ends[fill - tail]) if tail else float("nan")
        gaps = np.diff(good, prepend=-1) - 1
        past.healed = int(gaps.max(initial=0)) << self.level
        return past
