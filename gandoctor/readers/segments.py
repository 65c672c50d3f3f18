"""The stretches of a log between the places where its counter falls, and what each fall means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.counters import typical_increment
from gandoctor.readers.order import IntArray, Order, one_run

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

_NEAR = 0.1
"""A counter that falls back into this first share of its range may count another run."""
_COVERS = 0.5
"""A counter that begins again and covers so much of its former range counts another run."""
_RECENT = 200
"""Rows before a fall by which the noise of the losses is judged, and falls by which a loop is known."""
_ENDS = 5
"""Rows whose median stands for how the losses begin and end."""
_EVEN = 0.1
"""Rounds of one counter end within this share of its highest value."""


def segments_of(
    steps: FloatArray, falls: IntArray, restart: FloatArray | None, values: tuple[FloatArray, ...]
) -> Segments:
    """Cut the rows before each of the rows `falls`."""
    starts, ends = np.append(0, falls), np.append(falls, len(steps))
    increment = typical_increment(steps[: 10 * _RECENT])
    return Segments(steps, starts, ends, steps[starts], steps[ends - 1], increment, restart, values)


@dataclass(frozen=True, slots=True)
class Segments:
    """Stretches of rows with a rising counter: first row, end, and the counter at the first and last row of each."""

    steps: FloatArray
    starts: IntArray
    ends: IntArray
    first: FloatArray
    last: FloatArray
    increment: float
    restart: FloatArray | None
    values: tuple[FloatArray, ...]

    def advance(self) -> bool:
        """Tell whether most falls lead to a higher place than the fall before: the counter of a second process."""
        return len(self.starts) > 2 and bool(np.mean(np.diff(self.first[1:]) > 0) >= 0.8)

    def is_loop(self, least: int) -> bool:
        """Tell whether the counter runs over the same range at least `least` times while the losses go on."""
        if len(self.starts) < least or self.restart is not None:
            return False
        began, high = float(self.first.min()), float(self.last.max())
        back = np.mean(self.first[1:] - began <= self._near(began, high))
        looked = range(1, min(len(self.starts), _RECENT))
        jumps = sum(self._jumped(0, k) for k in looked)
        even = np.ptp(self.last[:-1]) <= _EVEN * high
        return bool(back >= 0.8 and even) and 2 * jumps < max(len(looked), 2)

    def looped(self) -> Order:
        """Count on over all the rounds of the counter."""
        period = float(self.last.max()) - float(self.first.min()) + self.increment
        turn = np.repeat(np.arange(len(self.starts)), self.ends - self.starts)
        times = len(self.starts) - 1
        note = f"the counter begins again {times} time(s) while the losses go on: counted on by {period:g}"
        return one_run(self.steps + turn * period, (note,))

    def walked(self) -> Order:
        """Decide at each fall: another run, a counter begun anew, a row out of place or a restart from a checkpoint."""
        run = np.zeros(len(self.starts), dtype=np.int64)
        offset = np.zeros(len(self.starts))
        barrier = np.full(len(self.starts), np.inf)
        begin, reach, anew = 0, float(self.last[0]), 0
        for k in range(1, len(self.starts)):
            first, began = float(self.first[k]), float(self.first[begin])
            near = first - began <= self._near(began, reach)
            if near and self._is_new(begin, k, reach):
                run[k], begin, reach = run[k - 1] + 1, k, float(self.last[k])
                continue
            run[k], offset[k] = run[k - 1], offset[k - 1]
            if first - began <= 1.5 * self.increment:
                offset[k], anew = reach + self.increment - first, anew + 1
            elif not self._out_of_place(k):
                barrier[k] = first + offset[k]
            reach = max(reach, float(self.last[k]) + offset[k])
        return self._order(run, offset, barrier, anew)

    def _near(self, began: float, reach: float) -> float:
        """How far from its beginning a counter may be that began again."""
        return max(1.5 * self.increment, _NEAR * (reach - began))

    def _is_new(self, begin: int, k: int, reach: float) -> bool:
        """Tell whether segment `k`, near the start of the counter, is another run than that of segment `begin`."""
        began, at = float(self.first[begin]), int(self.starts[k])
        headed = self.restart is not None and bool(self.restart[at] > self.restart[at - 1])
        covers = bool(self.last[k] - began >= _COVERS * (reach - began))
        return headed or covers or self._jumped(begin, k)

    def _jumped(self, begin: int, k: int) -> bool:
        """Tell whether the losses of segment `k` begin where those of segment `begin` began, not where they ended."""
        start, at, end = int(self.starts[begin]), int(self.starts[k]), int(self.ends[k])
        far = [found for values in self.values if (found := _distances(values, start, at, end))]
        if not far:
            return False
        moved, back, ahead = np.sum(far, axis=0)
        return bool(moved > 2 * len(far) and back < 0.5 * ahead)

    def _out_of_place(self, k: int) -> bool:
        """Tell whether the fall is one of a row or two that were written early and are not logged again."""
        before = self.steps[self.starts[k - 1] : self.starts[k]]
        tail = before[np.searchsorted(before, self.first[k]) :]
        again = self.steps[self.starts[k] : self.ends[k]]
        return len(tail) <= 2 and not np.isin(tail, again).any() and len(again) > 1

    def _order(self, run: IntArray, offset: FloatArray, barrier: FloatArray, anew: int) -> Order:
        """Carry the decisions over to the rows; a row at or above a later restart of its run is replaced."""
        lengths = self.ends - self.starts
        later = np.full(len(run), np.inf)
        for k in range(len(run) - 2, -1, -1):
            if run[k] == run[k + 1]:
                later[k] = min(later[k + 1], barrier[k + 1])
        steps = self.steps + np.repeat(offset, lengths)
        keep = steps < np.repeat(later, lengths)
        notes = _said(int(np.isfinite(barrier).sum()), int(np.count_nonzero(~keep)), anew)
        return Order(np.repeat(run, lengths), steps, keep, notes)


def _distances(values: FloatArray, start: int, at: int, end: int) -> tuple[float, float, float] | None:
    """How far a loss had moved by row `at`, and how far it is there from its beginning and from its end so far.

    In units of its usual change from row to row; None where one of the three has no finite value.
    """
    recent = values[max(start, at - _RECENT) : at]
    parts = values[start : min(start + _ENDS, at)], recent[-_ENDS:], values[at : min(at + _ENDS, end)]
    if not all(np.isfinite(part).any() for part in parts):
        return None
    was, came, now = (float(np.median(part[np.isfinite(part)])) for part in parts)
    change = np.abs(np.diff(recent[np.isfinite(recent)]))
    unit = (float(np.median(change)) if len(change) else 0.0) + 1e-3 * abs(came) + 1e-9
    return abs(came - was) / unit, abs(now - was) / unit, abs(now - came) / unit


def _said(resumed: int, dropped: int, anew: int) -> tuple[str, ...]:
    """Say what was repaired."""
    said = []
    if resumed:
        said.append(
            f"the log was restarted {resumed} time(s) from an earlier step: {dropped} rows that were logged again were "
            "dropped, the later process wins"
        )
    if anew:
        said.append(f"the counter began again {anew} time(s) while the losses went on: counted on")
    return tuple(said)
