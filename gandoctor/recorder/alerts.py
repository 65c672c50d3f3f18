"""What a recorder says to whoever watches a training, and to the functions and sinks that want to hear of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.recorder.rows import step_text
from gandoctor.speech import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Diagnosis, Finding
    from gandoctor.recorder.listeners import Listeners

__all__ = ["Voice", "alert", "say"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def alert(finding: Finding, diagnosis: Diagnosis, now: float) -> str:
    """A failure in two lines: what, since when and why; below it the first sentence of what to try first."""
    where = f" of pair {finding.pair}" if finding.pair else ""
    first = next((advice.remedy.do for advice in diagnosis.remedies if advice.rule == finding.rule), "")
    text = (
        f"gandoctor at step {step_text(now)}: {finding.title}{where}, since step {step_text(finding.since)}"
        f" ({finding.confidence:.0%} sure): {finding.evidence}"
    )
    return f"{text}\n  Try first: {_SENTENCE_END.split(first, maxsplit=1)[0]}" if first else text


class Voice:
    """What one recorder says: every warning once, a rule's failure once for all the signs that show it."""

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners
        self._said: set[str] = set()
        self._told: set[tuple[str, str]] = set()

    def once(self, what: str, text: str) -> None:
        """Warn the user, the first time of each kind."""
        if what not in self._said:
            self._said.add(what)
            say(f"gandoctor: {text} (said once)")

    def still(self, active: Sequence[Finding]) -> None:
        """Learn what holds now: what is over is told again when it comes back."""
        self._told &= {(finding.rule, finding.pair) for finding in active}
        self._listeners.still(active)

    def tell(self, news: Sequence[Finding], diagnosis: Diagnosis, now: float) -> None:
        """Speak of failures that have become sure, and hand each to the user's functions."""
        for finding in news:
            if (finding.rule, finding.pair) not in self._told:
                self._told.add((finding.rule, finding.pair))
                say(alert(finding, diagnosis, now))
            self._listeners.tell(finding)
