"""Puts the rows of a log in order: several runs in one file, restarts, processes that wrote into one file at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gandoctor.model import FloatArray
from gandoctor.readers.counters import BoolArray, typical_increment

IntArray = np.ndarray[Any, np.dtype[np.int64]]
_JITTER = 8
"""Rows that were written late by at most so many rows are sorted back."""
_INTERLEAVED = 0.15
"""Share of falls of the counter from which two processes are taken to have written at once."""
_NEAR = 0.1
"""A counter that falls back into this first share of its range may count another run."""
_RECENT = 200
"""Rows before a fall by which the noise of the losses is judged, and falls by which a loop is known."""
_COVERS = 0.5
"""A counter that begins again and covers so much of its former range counts another run."""


@dataclass(frozen=True, slots=True)
class Order:
    """What became of each row: the run it belongs to (from 0), its step, and whether a later process replaced it."""

    run: IntArray
    steps: FloatArray
    keep: BoolArray
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """The number of runs."""
        return int(self.run.max()) + 1 if len(self.run) else 0


def put_in_order(steps: FloatArray, restart: FloatArray | None, values: Sequence[FloatArray], loops: bool) -> Order:
    """The order of rows whose positions are `steps`.

    `restart` rises where the log says that a process began; `values` are the losses, by which an untrained state is
    known again; `loops` says that the counter may begin again in each epoch of one run.
    """
    falls = np.flatnonzero(_begins(steps, restart))
    if not len(falls):
        return _untouched(steps)
    headed = restart is not None and bool((restart[falls] > restart[falls - 1]).any())
    if not headed and _displacement(steps) <= _JITTER:
        late = int(np.count_nonzero(np.diff(steps) < 0))
        return _untouched(steps, (f"{late} row(s) were written out of order: sorted by step",) if late else ())
    segments = _Segments(steps, np.append(0, falls), restart, tuple(values), typical_increment(steps))
    if not segments.return_to_start() and len(falls) > _INTERLEAVED * len(steps):
        return _chains(steps)
    return segments.looped() if loops and segments.is_loop() else segments.walk()


def _begins(steps: FloatArray, restart: FloatArray | None) -> BoolArray:
    """Where a row does not follow the one before it: the counter falls, or a process begins and it stands still."""
    change = np.diff(steps, prepend=-np.inf)
    begins = change < 0
    if restart is not None:
        begins |= (np.diff(restart, prepend=restart[:1]) > 0) & (change <= 0)
    return begins


def _untouched(steps: FloatArray, notes: tuple[str, ...] = ()) -> Order:
    return Order(np.zeros(len(steps), dtype=np.int64), steps, np.ones(len(steps), dtype=np.bool_), notes)


def _displacement(steps: FloatArray) -> int:
    """By how many rows the row farthest from its place is away from it."""
    return int(np.abs(np.argsort(steps, kind="stable") - np.arange(len(steps))).max())


def _chains(steps: FloatArray) -> Order:
    """Splits rows of processes that wrote at once: each row follows the chain whose counter is nearest below it."""
    run = np.zeros(len(steps), dtype=np.int64)
    ends: list[float] = []
    recent: list[int] = []
    for row, step in enumerate(steps.tolist()):
        below = [(end, recent[i], i) for i, end in enumerate(ends) if end < step]
        if below:
            chain = max(below)[2]
            ends[chain], recent[chain] = step, row
        else:
            chain = len(ends)
            ends.append(step)
            recent.append(row)
        run[row] = chain
    note = f"{len(ends)} processes wrote into this log at once: their rows were told apart by their counters"
    return Order(run, steps, np.ones(len(steps), dtype=np.bool_), (note,))


@dataclass(frozen=True, slots=True)
class _Segments:
    """Stretches of rows between the places where the counter falls."""

    steps: FloatArray
    starts: IntArray
    restart: FloatArray | None
    values: tuple[FloatArray, ...]
    increment: float

    @property
    def _ends(self) -> IntArray:
        return np.append(self.starts[1:], len(self.steps))

    @property
    def _first(self) -> FloatArray:
        return self.steps[self.starts]

    @property
    def _last(self) -> FloatArray:
        return self.steps[self._ends - 1]

    def _near_start(self, first: float, began: float, reach: float) -> bool:
        return self._at_start(first, began) or first - began <= _NEAR * (reach - began)

    def _at_start(self, first: float, began: float) -> bool:
        return first - began <= 1.5 * self.increment

    def return_to_start(self) -> bool:
        """Whether most falls lead back to where the counter began."""
        began, reach = float(self._first.min()), float(self._last.max())
        return bool(np.mean([self._near_start(first, began, reach) for first in self._first[1:].tolist()]) >= 0.8)

    def is_loop(self) -> bool:
        """Whether the counter runs over the same range again and again while the losses go on."""
        if len(self.starts) < 4 or self.restart is not None or not self.return_to_start():
            return False
        reach = self._last[:-1]
        looked = range(1, min(len(self.starts), _RECENT))
        jumps = sum(self._jumped(0, k) for k in looked)
        return bool(np.ptp(reach) <= 0.1 * reach.max()) and 2 * jumps < len(looked)

    def looped(self) -> Order:
        """One run whose counter begins again in every epoch."""
        period = float(self._last.max()) - float(self._first.min()) + self.increment
        turn = np.repeat(np.arange(len(self.starts)), self._ends - self.starts)
        note = f"the counter begins again {len(self.starts) - 1} times while the losses go on: counted on by {period:g}"
        order = _untouched(self.steps + turn * period)
        return Order(order.run, order.steps, order.keep, (note,))

    def _jumped(self, begin: int, k: int) -> bool:
        """Whether the losses of segment `k` begin where the run of segment `begin` began, not where it had come to."""
        start, at, end = int(self.starts[begin]), int(self.starts[k]), int(self._ends[k])
        back = ahead = moved = noise = 0.0
        for values in self.values:
            old, recent = values[start : min(start + 5, at)], values[max(start, at - _RECENT) : at]
            new = values[at : min(end, at + 5)]
            if not all(np.isfinite(part).any() for part in (old, recent[-5:], new)):
                continue
            noise_here = np.abs(np.diff(recent))
            spread = float(np.nanmedian(noise_here)) if np.isfinite(noise_here).any() else 0.0
            was, came, now = (float(np.nanmedian(part)) for part in (old, recent[-5:], new))
            scale = spread + 1e-9 + 1e-3 * abs(came)
            back, ahead = back + abs(now - was) / scale, ahead + abs(now - came) / scale
            moved, noise = moved + abs(came - was) / scale, noise + 2.0
        return bool(noise) and moved > noise and back < 0.5 * ahead

    def walk(self) -> Order:
        """Decide at each fall: another run, a restart from a checkpoint, a row out of place, or the same run counted on."""
        run = np.zeros(len(self.starts), dtype=np.int64)
        offset = np.zeros(len(self.starts))
        barrier = np.full(len(self.starts), np.inf)
        begin, reach, notes = 0, float(self._last[0]), _Tally()
        for k in range(1, len(self.starts)):
            first, began = float(self._first[k]), float(self._first[begin])
            run[k] = run[k - 1]
            if self._near_start(first, began, reach) and self._is_new(begin, k, reach):
                run[k], begin, reach = run[k - 1] + 1, k, float(self._last[k])
                continue
            if self._at_start(first, began):
                offset[k] = reach + self.increment - first
                notes.continued += 1
            elif not self._out_of_place(k):
                barrier[k] = first
                notes.resumed += 1
            reach = max(reach, float(self._last[k]) + offset[k])
        return self._order(run, offset, barrier, notes)

    def _is_new(self, begin: int, k: int, reach: float) -> bool:
        """Whether segment `k`, near the start of the counter, is another run than that of segment `begin`."""
        began = float(self._first[begin])
        covers = self._last[k] - began >= _COVERS * (reach - began)
        return bool(covers) or self._headed(k) or self._jumped(begin, k)

    def _headed(self, k: int) -> bool:
        """Whether the log says that a process began at segment `k`."""
        at = int(self.starts[k])
        return self.restart is not None and bool(self.restart[at] > self.restart[at - 1])

    def _out_of_place(self, k: int) -> bool:
        """Whether the fall is one of a row or two that were written early and are not logged again."""
        before = self.steps[self.starts[k - 1] : self.starts[k]]
        tail = before[np.searchsorted(before, self._first[k]) :]
        again = self.steps[self.starts[k] : self._ends[k]]
        return len(tail) <= 2 and not np.isin(tail, again).any() and len(again) > 1

    def _order(self, run: IntArray, offset: FloatArray, barrier: FloatArray, notes: _Tally) -> Order:
        lengths = self._ends - self.starts
        steps = self.steps + np.repeat(offset, lengths)
        later = np.full(len(run), np.inf)
        for k in range(len(run) - 2, -1, -1):
            if run[k] == run[k + 1]:
                later[k] = min(later[k + 1], barrier[k + 1])
        keep = steps < np.repeat(later, lengths)
        return Order(np.repeat(run, lengths), steps, keep, notes.sentences(int(np.count_nonzero(~keep))))


@dataclass(slots=True)
class _Tally:
    """Counts of what was repaired."""

    resumed: int = 0
    continued: int = 0

    def sentences(self, dropped: int) -> tuple[str, ...]:
        """The repairs in words."""
        said = []
        if self.resumed:
            said.append(f"the log was restarted {self.resumed} time(s) from an earlier step: {dropped} rows that were "
                        "logged again were dropped, the later process wins")
        if self.continued:
            said.append(f"the counter began again {self.continued} time(s) while the losses went on: counted on")
        return tuple(said)
