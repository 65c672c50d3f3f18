"""The functions and sinks that want to hear of a training; one that fails disturbs neither it nor the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from gandoctor.errors import BadOption
from gandoctor.model import Finding
from gandoctor.sinks.sink import Sink, flush
from gandoctor.speech import say

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis

T = TypeVar("T")
Listener = Callable[[Finding], object]
OnAlert = Listener | Sequence[Listener] | None

EVERY = 10.0
"""Seconds before the first figures and between them, at least."""
SHARE = 0.005
"""Of the time, the most that making figures may take."""


def listeners_of(on_alert: OnAlert) -> tuple[Listener, ...]:
    """What `on_alert` gives, one function or several; BadOption for what cannot be called."""
    given = () if on_alert is None else tuple(on_alert) if isinstance(on_alert, Sequence) else (on_alert,)
    for one in given:
        if not callable(one):
            raise BadOption(f"on_alert={one!r:.40} is no function; give one that takes a finding, or several in a list")
    return given


class Listeners:
    """Those who listen to one recorder."""

    def __init__(self, functions: Sequence[Listener]) -> None:
        self._functions = functions
        self._sinks = [function for function in functions if isinstance(function, Sink)]
        self._due = monotonic() + EVERY
        self._failed = False

    def tell(self, finding: Finding) -> None:
        """Hand everybody a failure that has become sure."""
        for function in self._functions:
            self._guarded(function, finding)

    def still(self, active: Sequence[Finding]) -> None:
        """Tell sinks what holds now."""
        for sink in self._sinks:
            self._guarded(sink.still, active)

    def look(self, diagnosis: Callable[[], Diagnosis]) -> None:
        """Give sinks the figures of a diagnosis, where there are sinks and it is time."""
        began = monotonic()
        if self._sinks and began >= self._due:
            self._show(diagnosis())
            now = monotonic()
            self._due = now + max(EVERY, (now - began) / SHARE)

    def close(self, diagnosis: Callable[[], Diagnosis]) -> None:
        """Give sinks the last figures and let them deliver what is left, all together within their patience."""
        if not self._sinks:
            return
        self._show(diagnosis())
        self._guarded(flush, self._sinks)

    def _show(self, diagnosis: Diagnosis) -> None:
        for sink in self._sinks:
            self._guarded(sink.figures, diagnosis)

    def _guarded(self, action: Callable[[T], object], given: T) -> None:
        try:
            action(given)
        except Exception as error:  # the user's function must not stop the training either
            if not self._failed:
                self._failed = True
                say(f"gandoctor: on_alert failed ({type(error).__name__}: {error}); the training goes on (said once)")
