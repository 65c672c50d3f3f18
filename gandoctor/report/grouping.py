"""Findings as a reader counts them: several patterns of one rule on one pair of networks are one finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Diagnosis, Finding


@dataclass(frozen=True, slots=True)
class Group:
    """`first` is the strongest of the findings of one rule and pair; `others` are the rest, present ones first."""

    first: Finding
    others: tuple[Finding, ...] = ()

    @property
    def same_state(self) -> tuple[Finding, ...]:
        """Those that hold, if the first does; those that are over, if it is."""
        return (self.first, *(f for f in self.others if f.active == self.first.active))

    @property
    def since(self) -> float:
        """The earliest onset of what holds; for a failure that is over, of the first."""
        return min(f.since for f in self.same_state) if self.first.active else self.first.since

    @property
    def fired(self) -> float:
        """Where the first of them was sure; never before `since`."""
        return min(f.fired for f in self.same_state) if self.first.active else self.first.fired

    @property
    def spells(self) -> tuple[tuple[float, float], ...]:
        """From when to when it held where it is over, in order; spells that overlap or touch are one."""
        made: list[tuple[float, float]] = []
        for start, end in sorted((f.since, f.until) for f in self.same_state if f.until is not None):
            if made and start <= made[-1][1]:
                made[-1] = (made[-1][0], max(end, made[-1][1]))
            else:
                made.append((start, end))
        return tuple(made)


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the findings by rule and pair; the order is that of each group's first finding."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.rule, finding.pair), []).append(finding)
    ordered = (sorted(members, key=lambda finding: not finding.active) for members in found.values())
    return tuple(Group(first, tuple(others)) for first, *others in ordered)


def proved(diagnosis: Diagnosis) -> tuple[Group, ...]:
    """Return what fired: what decided the verdict first, then what holds, then what healed."""
    return grouped(sorted(diagnosis.findings, key=lambda f: (not f.active, f.verdict != diagnosis.verdict)))


def suspected(diagnosis: Diagnosis) -> tuple[Group, ...]:
    """Return what is less likely than not, without the rules that have been proved for the same pair anyway."""
    known = {(finding.rule, finding.pair) for finding in diagnosis.findings if finding.active}
    return grouped(f for f in diagnosis.suspicions if (f.rule, f.pair) not in known)


def deciding(diagnosis: Diagnosis) -> Group | None:
    """Return what decided the verdict; None where no finding did."""
    first = next(iter(proved(diagnosis)), None)
    if first is None or not first.first.active or first.first.verdict != diagnosis.verdict:
        return None
    return first
