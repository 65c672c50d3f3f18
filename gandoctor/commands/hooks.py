"""The webhook that `gandoctor watch` tells of failures, a sink a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.sinks.webhook import Webhook

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.model import Severity
    from gandoctor.watch import Change

_ILL = ("mode_collapse", "convergence_failure")


class Hooks:
    """Tells a webhook of the failures of several logs, each rule of a log once until it is over.

    BadOption for an address that is none; an empty one makes hooks that tell nobody.
    """

    def __init__(self, url: str, level: Severity) -> None:
        self._url, self._level = url, level
        self._of: dict[Path, Webhook] = {}
        if url:
            Webhook(url, level=level)

    def tell(self, change: Change) -> None:
        """Tell of what decides the verdict on a log, where that is a failure."""
        if not self._url or change.diagnosis is None:
            return
        found = change.diagnosis
        if change.log not in self._of:
            self._of[change.log] = Webhook(self._url, level=self._level, name=str(change.log))
        hook = self._of[change.log]
        hook.figures(found)
        for finding in found.findings if found.verdict in _ILL else ():
            if finding.active:
                hook(finding)

    def close(self) -> None:
        """Wait until everything is delivered, as long as a sink waits."""
        for hook in self._of.values():
            hook.close()
