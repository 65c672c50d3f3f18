"""`Sink`, what all receivers of alerts share: a level, one alert a failure, and that nothing reaches the training."""

from __future__ import annotations

import atexit
import weakref
from abc import ABC, abstractmethod
from time import monotonic
from typing import TYPE_CHECKING, Any

from gandoctor.sinks.courier import Courier
from gandoctor.sinks.message import alert_of, checked_level, is_severe, reason
from gandoctor.speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Self

    from gandoctor.model import Diagnosis, Finding, Severity
    from gandoctor.sinks.message import Alert

PATIENCE = 10.0
"""Seconds that the end of a training waits for what is still to be delivered, by all sinks together."""


class Sink(ABC):
    """Takes findings and tells somebody: called with one, it is an `on_alert`; it can serve several trainings in turn.

    A rule is told once for a pair of networks, whichever of its patterns fire, until it is over. What is less severe
    than `level` is left out. Delivery is in a background thread; what fails there is warned of once and dropped.
    Nothing is raised but by the constructor.
    """

    def __init__(self, place: str, level: Severity) -> None:
        """`place` is what warnings call the receiver; BadOption for a level that is none."""
        self._place, self._level = place, checked_level(level)
        self._told: set[tuple[str, str]] = set()
        self._warned: set[str] = set()
        self._courier = Courier(self._failed)
        self._awaited = 0
        _ALIVE[id(self)] = self
        atexit.register(_close_forgotten, weakref.ref(self))

    def __call__(self, finding: Finding) -> None:
        """Tell of a finding, unless it is told already or not severe enough."""
        key = finding.rule, finding.pair
        if key not in self._told and is_severe(finding, self._level):
            self._told.add(key)
            self._send(lambda to: self._tell(alert_of(finding), to))

    def still(self, active: Iterable[Finding]) -> None:
        """Learn what holds now: a rule that is not among it is over, and is told again when it comes back."""
        self._told &= {(finding.rule, finding.pair) for finding in active}

    def figures(self, diagnosis: Diagnosis) -> None:
        """Learn the state of the training; a `Tracker` shows it."""
        self.still(f for f in (*diagnosis.findings, *diagnosis.suspicions) if f.active)

    def flush(self, seconds: float = PATIENCE) -> bool:
        """Wait until all is delivered, but not longer than that; False, with a warning, where it is not."""
        return flush([self], seconds)

    def close(self) -> None:
        """Deliver what is left, unless that was waited for in vain already; the sink can be used again."""
        if self._courier.taken > self._awaited:
            self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _finish(self) -> None:  # noqa: B027 - most sinks have nothing to do here
        """In the thread of the training: what is to be done before the sink is waited for."""

    def _wait(self, end: float, seconds: float) -> bool:
        """Wait until a time of the clock, `seconds` after the waiting began; returns whether all is delivered."""
        done = self._courier.flush(max(end - monotonic(), 0.0))
        if not done:
            self._warn("late", f"{self._courier.waiting} not delivered within {seconds:.3g} s")
        return done

    def _receiver(self) -> Any:
        """In the thread of the training: what a task is delivered to, where only that thread knows it."""
        return None

    @abstractmethod
    def _tell(self, alert: Alert, to: Any) -> None:
        """In the background: deliver an alert to what `_receiver` returned; what is raised is warned of."""

    def _reason(self, error: BaseException) -> str:
        """An exception in words that are fit to be shown."""
        return reason(error)

    def _send(self, task: Callable[[Any], None]) -> None:
        try:
            to = self._receiver()
        except Exception as error:  # no run is open yet, or any more; the training goes on
            self._failed(error)
            return
        if not self._courier.send(lambda: task(to)):
            self._warn("full", "it is too far behind, and something is left out")

    def _failed(self, error: BaseException) -> None:
        self._warn("failed", f"something could not be delivered ({self._reason(error)})")

    def _warn(self, kind: str, text: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            say(f"gandoctor: {self._place}: {text}; the training goes on (said once)")


_ALIVE: weakref.WeakValueDictionary[int, Sink] = weakref.WeakValueDictionary()


def flush(sinks: Iterable[Sink], seconds: float = PATIENCE) -> bool:
    """Wait until all these have delivered what they have, together no longer than that; False where one has not.

    Each delivers in a thread of its own, so that one that hangs takes nothing of the others' time.
    """
    waited_for = list(sinks)
    end = monotonic() + seconds
    for sink in waited_for:
        sink._finish()
        sink._awaited = sink._courier.taken  # a Ctrl-C that ends the waiting ends it for good
    late = [sink for sink in waited_for if not sink._wait(end, seconds)]
    return not late


def _close_forgotten(sink: weakref.ref[Sink]) -> None:
    """At exit: the first sink whose turn it is has all wait together, which leaves nothing for the turns of others."""
    if sink() is not None:
        flush([one for one in list(_ALIVE.values()) if one._courier.taken > one._awaited])
