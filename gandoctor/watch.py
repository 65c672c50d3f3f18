"""Follows logs that others write: each is diagnosed anew when it has grown, and what changed is told.

A log is read as a whole each time, by the reader and the engine of `diagnose`: so a verdict while watching is that of
`diagnose` on the same file, whatever the format, and a file that is cut, replaced or begun again needs no special care.
The price is bounded by waiting: after a diagnosis that took t seconds the next one of that log comes no sooner than t
divided by the share of a core that watching may cost, though no later than `PATIENCE` says.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from gandoctor.discover import files_of, logs
from gandoctor.engine import diagnose
from gandoctor.errors import GandoctorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gandoctor.model import Diagnosis, Rulebook

SHARE = 0.005
"""Of a core, the most that diagnosing may cost; looking for files comes on top, and is less."""

NO_LIMIT = inf
"""The share with which a log is diagnosed at every poll that finds it changed."""

PATIENCE = 60.0
"""Seconds after which a log that has grown is diagnosed whatever that costs, or ten times what it took if it took more
than a tenth of that: a failure should be told within the minute, and a core not be spent on one log."""

_Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What is told of a log: verdict, kind and what holds, be it a failure or a suspicion; or why it is unreadable."""

    verdict: str = ""
    kind: str = ""
    holds: frozenset[tuple[str, str]] = frozenset()
    trouble: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A log whose state is no longer what it was; `before` is None at the first look.

    `diagnosis` is None where the log cannot be read, or is gone.
    """

    log: Path
    before: State | None
    after: State
    diagnosis: Diagnosis | None

    @property
    def alarming(self) -> bool:
        """Whether a failure is diagnosed now that was not diagnosed before."""
        ill = self.after.verdict in ("mode_collapse", "convergence_failure")
        return ill and (self.before is None or self.before.verdict != self.after.verdict)


@dataclass(slots=True)
class _Followed:
    stamp: _Stamp = ()
    state: State | None = None
    diagnosis: Diagnosis | None = None
    due: float = 0.0


@dataclass(slots=True)
class Watch:
    """The logs below `paths`; `poll` looks at those that changed and returns what is new.

    `options` are those of `readers.read`, `share` is the share of a core that diagnosing may cost, the first look at
    each log apart; `clock` and `cost` give seconds and are there to be replaced in tests.
    """

    paths: Sequence[str | Path]
    rulebook: Rulebook | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    share: float = SHARE
    clock: Callable[[], float] = time.monotonic
    cost: Callable[[], float] = time.process_time
    _followed: dict[Path, _Followed] = field(default_factory=dict)

    @property
    def diagnoses(self) -> dict[Path, Diagnosis]:
        """The last diagnosis of each log that could be read."""
        return {log: one.diagnosis for log, one in self._followed.items() if one.diagnosis is not None}

    def poll(self, everything: bool = False) -> list[Change]:
        """Diagnose the logs that changed and are due, all that changed where `everything` is asked for."""
        found = logs(self.paths, known=self.diagnoses)
        gone = [log for log, one in self._followed.items() if log not in found and one.stamp]
        changes = [self._look(log, everything) for log in (*found, *gone)]
        return [change for change in changes if change is not None]

    def _look(self, log: Path, at_once: bool) -> Change | None:
        one = self._followed.setdefault(log, _Followed())
        stamp = _stamp(log)
        if (stamp == one.stamp and one.state is not None) or not (at_once or self.clock() >= one.due):
            return None
        began = self.cost()
        diagnosis, trouble = self._diagnosed(log) if stamp else (None, "there is no such file")
        one.due = self.clock() + (self._wait(self.cost() - began) if one.stamp else 0.0)
        before, one.stamp = one.state, stamp
        one.diagnosis, one.state = diagnosis, _state(diagnosis, trouble)
        return Change(log, before, one.state, diagnosis) if one.state != before else None

    def _wait(self, took: float) -> float:
        """Return the seconds until a log may be diagnosed again; the first look at one costs more than any other."""
        return min(took / self.share, max(PATIENCE, 10 * took))

    def _diagnosed(self, log: Path) -> tuple[Diagnosis | None, str]:
        try:
            return diagnose(log, rulebook=self.rulebook, **self.options), ""
        except (GandoctorError, OSError) as error:
            return None, str(error)
        except Exception as error:  # one log that gandoctor fails on must not end the watch over the others
            return (
                None,
                f"gandoctor failed on this log, which is a fault in gandoctor ({type(error).__name__}: {error})",
            )


def _state(diagnosis: Diagnosis | None, trouble: str) -> State:
    if diagnosis is None:
        return State(trouble=trouble)
    found = (*diagnosis.findings, *diagnosis.suspicions)
    holds = frozenset((finding.rule, finding.pair) for finding in found if finding.active)
    return State(diagnosis.verdict, diagnosis.kind or "", holds)


def _stamp(log: Path) -> _Stamp:
    """What tells one content from the next unread: name, inode, size and time of each file; empty if it is gone."""
    found = []
    for file in files_of(log):
        try:
            at = file.stat()
        except OSError:
            continue
        found.append((file.name, at.st_ino, at.st_size, at.st_mtime_ns))
    return tuple(found)
