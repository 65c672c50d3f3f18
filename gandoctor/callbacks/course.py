"""Where a training stands: batches over all epochs, calls of `fit` and restarts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TAIL = 1 << 16


@dataclass(slots=True)
class Course:
    """Counts batches from the first of the training on; `step` is the last one, `batches` its number in its epoch.

    A new call of `fit` goes on where the last one ended. A first epoch that does not follow on the last one seen is a
    restart from a checkpoint: the epochs before it are taken to be as long as this one. Where their length is unknown,
    `step` is where the log ends.
    """

    step: int = 0
    batches: int = 0
    length: int | None = None
    _last: int | None = None
    _each: int = 1
    _start: int = 0
    _next_epoch: int | None = None
    _fresh: bool = True

    @property
    def is_new(self) -> bool:
        """Whether no batch was seen yet."""
        return self.step == 0

    def begin_fit(self, length: int | None, each: int = 1) -> None:
        """A call of `fit` begins: `length` batches an epoch, if that is known, `each` of them an execution."""
        self._fresh, self._each, self._last, self.length = True, each, length, length or self.length

    def begin_epoch(self, epoch: int) -> None:
        """An epoch begins."""
        restarted = self._fresh and epoch > 0 and epoch != self._next_epoch
        self._start = epoch * self.length if restarted and self.length else self.step
        self._fresh, self._next_epoch, self.batches, self.step = False, epoch + 1, 0, self._start

    def end_batch(self) -> int:
        """An execution is over; returns its step, from 1.

        Counted here: of several batches Keras 3.10 names the first one, and 3.15 the last one, if there is one or not.
        """
        done = self.batches + self._each
        self.batches = min(done, self._last or done)
        self.step = self._start + self.batches
        return self.step

    def end_epoch(self) -> None:
        """An epoch is over: if nobody knew its length, it is known now."""
        self.length = self.length or self.batches

    def context(self) -> dict[str, int]:
        """What is known of the training's course, for a report."""
        return {} if self.length is None else {"steps_per_epoch": self.length}


def last_step(log: Path) -> int:
    """The step of the last whole line of a log; 0 where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            *lines, _ = file.read().split(b"\n")
        return int(float(lines[-1].partition(b",")[0]))
    except (OSError, ValueError, IndexError):
        return 0
