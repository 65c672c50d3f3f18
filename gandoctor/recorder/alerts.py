"""Speaks to whoever watches a training: short lines that a progress bar does not tear, through `logging`."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING

from gandoctor.recorder.rows import step_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gandoctor.model import Diagnosis, Finding

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
LOGGER = logging.getLogger("gandoctor")


class Aside(logging.Handler):
    """Writes to standard error beside progress bars; silent where the program has set up logging of its own.

    tqdm's bars are cleared and drawn again, rich moves its own; any other bar on the last line of a terminal is left
    there, whole, and the message begins on the next.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message, unless a handler of the program gets it as well."""
        if logging.getLogger().handlers:
            return
        try:
            _write(self.format(record))
        except Exception:  # a closed or foreign stderr; an alert must not stop a training
            self.handleError(record)


def alert(finding: Finding, diagnosis: Diagnosis, now: float) -> str:
    """A failure in two lines: what, since when and why; below it the first sentence of what to try first."""
    where = f" of pair {finding.pair}" if finding.pair else ""
    first = next((advice.remedy.do for advice in diagnosis.remedies if advice.rule == finding.rule), "")
    text = (
        f"gandoctor at step {step_text(now)}: {finding.title}{where}, since step {step_text(finding.since)}"
        f" ({finding.confidence:.0%} sure): {finding.evidence}"
    )
    return f"{text}\n  Try first: {_SENTENCE_END.split(first, maxsplit=1)[0]}" if first else text


def say(text: str) -> None:
    """Give the user a warning."""
    if not any(isinstance(handler, Aside) for handler in LOGGER.handlers):
        LOGGER.addHandler(Aside())
    LOGGER.warning(text)


def _write(text: str) -> None:
    stream = sys.stderr
    if stream is None:
        return
    bars = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if bars is not None and getattr(bars, "_instances", None):
        bars.write(text, file=stream)
        return
    redirected = type(stream).__module__.partition(".")[0] == "rich"
    stream.write(("\n" if stream.isatty() and not redirected else "") + text + "\n")
    stream.flush()


class Voice:
    """What one recorder says: every warning once, a rule's failure once for all the signs that show it."""

    def __init__(self, on_alert: Callable[[Finding], object] | None) -> None:
        self._on_alert = on_alert
        self._said: set[str] = set()
        self._told: set[tuple[str, str]] = set()

    def once(self, what: str, text: str) -> None:
        """Warn the user, the first time of each kind."""
        if what not in self._said:
            self._said.add(what)
            say(f"gandoctor: {text} (said once)")

    def tell(self, news: Sequence[Finding], active: Iterable[Finding], diagnosis: Diagnosis, now: float) -> None:
        """Speak of failures that have become sure, and hand each to the user's function."""
        self._told &= {(finding.rule, finding.pair) for finding in active}
        for finding in news:
            if (finding.rule, finding.pair) not in self._told:
                self._told.add((finding.rule, finding.pair))
                say(alert(finding, diagnosis, now))
            self._call(finding)

    def _call(self, finding: Finding) -> None:
        if self._on_alert is None:
            return
        try:
            self._on_alert(finding)
        except Exception as error:  # the user's function must not stop the training either
            self.once("on_alert", f"on_alert failed ({type(error).__name__}: {error}); the training goes on")
