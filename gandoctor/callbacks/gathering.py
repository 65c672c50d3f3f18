"""What the ranks of one training do with their rows: rank 0 puts together what the others hand over."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.ranks import Block, Merge
from gandoctor.engine import Monitor
from gandoctor.recorder.alerts import Voice, say
from gandoctor.recorder.listeners import Listeners
from gandoctor.recorder.rows import chunk_of, settle
from gandoctor.recorder.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.callbacks.mailbox import Inbox, Outbox
    from gandoctor.model import Diagnosis
    from gandoctor.recorder.rows import Deferred
    from gandoctor.recorder.setup import Setup

SILENCE = 30.0
"""Seconds without a word after which a rank is not awaited any more, once rank 0 has handed in `_MISSED` times."""
_MISSED = 3
PARTING = 10.0
"""Seconds that rank 0 waits at the end for the last rows of others."""
_FEWEST, _SHARE = 4, 40


def room(rows: int) -> int:
    """How many rows more until the next are handed over: by the count of rows alone, so the same on all ranks."""
    return max(_FEWEST, rows // _SHARE)


class Sending:
    """What a rank other than 0 does with rows: it hands them over."""

    def __init__(self, setup: Setup, outbox: Outbox | None) -> None:
        self.voice = Voice(Listeners(()))
        self._setup, self._outbox = setup, outbox
        self._rows = 0

    def take(self, steps: Sequence[float], rows: Sequence[dict[str, Any]], deferred: Sequence[Deferred]) -> int:
        """Hand over rows whose steps rise; returns how many there may be until the next time."""
        if self._outbox is not None and self._outbox.is_open:
            _settle(self.voice, deferred)
            self._outbox.send(Block.of(chunk_of(steps, rows)))
        self._rows += len(rows)
        return room(self._rows)

    def tell(self) -> None:
        """Nothing: rank 0 does."""

    def know(self, context: Mapping[str, Any]) -> None:
        """Nothing: rank 0 knows it too."""

    def diagnosis(self) -> Diagnosis:
        """One that says where the training is judged."""
        nothing = Monitor(self._setup.rulebook, unit=self._setup.unit).diagnosis()
        return replace(nothing, headline="Judged on rank 0")

    def close(self) -> None:
        """Tell rank 0 that no more rows will come."""
        if self._outbox is not None:
            self._outbox.end()


class Gathering:
    """What rank 0 does with rows: it puts those of all ranks together, for a session that writes and judges."""

    def __init__(self, setup: Setup, inbox: Inbox, ranks: int) -> None:
        self._session = Session(setup)
        self._inbox: Inbox | None = inbox
        self._merge = Merge(ranks)
        self._rows = 0
        self._missed = dict.fromkeys(range(1, ranks), 0)
        self._heard = dict.fromkeys(range(1, ranks), time.monotonic())
        self._silent: set[int] = set()
        self._parting = PARTING

    @property
    def voice(self) -> Voice:
        """What speaks for this recorder."""
        return self._session.voice

    def take(self, steps: Sequence[float], rows: Sequence[dict[str, Any]], deferred: Sequence[Deferred]) -> int:
        """Add rank 0's own rows, and write and judge what is complete."""
        _settle(self.voice, deferred)
        self._rows += len(rows)
        self._merge.add(0, Block.of(chunk_of(steps, rows)))
        for rank in self._missed:
            self._missed[rank] += 1
        self._collect()
        self._leave_the_silent()
        self._hand_on()
        return room(self._rows)

    def tell(self) -> None:
        """Tell what was found in the rows that are complete."""
        self._session.tell()

    def know(self, context: Mapping[str, Any]) -> None:
        """Add to the context."""
        self._session.know(context)

    def diagnosis(self) -> Diagnosis:
        """The diagnosis of what all ranks have handed over so far."""
        self._collect()
        self._hand_on()
        self.tell()
        return self._session.diagnosis()

    def hurry(self) -> None:
        """Wait for nobody at the end: this rank has failed."""
        self._parting = 0.0

    def close(self) -> None:
        """Wait a moment for the last rows of the others, write the reports and let go of the log."""
        until = time.monotonic() + self._parting
        self._collect()
        while self._missed.keys() - self._silent and self._inbox is not None and time.monotonic() < until:
            time.sleep(0.01)
            self._collect()
        for rank in self._missed:
            self._merge.leave(rank)
        self._merge.leave(0)
        self._hand_on()
        self.tell()
        if self._inbox is not None:
            self._inbox.close()
            self._inbox = None
        self._session.close()

    def _collect(self) -> None:
        """Take in what the others have sent."""
        if self._inbox is None:
            return
        try:
            for rank, block in self._inbox.take():
                self._hear(rank, block)
        except Exception as error:  # the store is gone: rank 0's own values are better than none
            self._inbox = None
            say(f"gandoctor records rank 0 alone from here on ({type(error).__name__}: {str(error)[:80]})")
            for rank in self._missed:
                self._merge.leave(rank)
            self._missed.clear()

    def _hear(self, rank: int, block: Block | None) -> None:
        if block is None:
            self._merge.leave(rank)
            del self._missed[rank]
            return
        self._merge.add(rank, block)
        self._missed[rank], self._heard[rank] = 0, time.monotonic()
        self._silent.discard(rank)

    def _leave_the_silent(self) -> None:
        now = time.monotonic()
        for rank in self._merge.awaited():
            if rank and self._missed.get(rank, 0) >= _MISSED and now - self._heard[rank] > SILENCE:
                self._merge.leave(rank)
                self._silent.add(rank)
                self.voice.once(f"rank {rank}", f"rank {rank} has recorded nothing for {SILENCE:.0f} s: left out")

    def _hand_on(self) -> None:
        steps, rows = self._merge.ready()
        if steps:
            self._session.take(steps, rows, ())


def _settle(voice: Voice, deferred: Sequence[Deferred]) -> None:
    for name, why in settle(deferred).items():
        voice.once(f"value {name}", f"{name} is not recorded: {why}")
