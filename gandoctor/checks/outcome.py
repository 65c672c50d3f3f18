"""What a diagnosis says that an expectation can speak of, as plain data that can travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis, Finding, Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one run, where it began and was sure (None for no failure), and everything that spoke."""

    verdict: str
    kind: str
    headline: str
    confidence: float
    since: float | None
    fired_at: float | None
    findings: tuple[Finding, ...]
    suspicions: tuple[Finding, ...]
    unit: Unit
    first_step: float
    last_step: float


def outcome(diagnosis: Diagnosis) -> Outcome:
    """What of the diagnosis can be held against an expectation."""
    deciding = [f for f in diagnosis.findings if f.active and f.rule == diagnosis.kind]
    return Outcome(
        verdict=diagnosis.verdict,
        kind=diagnosis.kind,
        headline=diagnosis.headline,
        confidence=diagnosis.confidence,
        since=diagnosis.since,
        fired_at=min((f.fired for f in deciding), default=None),
        findings=diagnosis.findings,
        suspicions=diagnosis.suspicions,
        unit=diagnosis.run.unit,
        first_step=diagnosis.run.first_step,
        last_step=diagnosis.run.last_step,
    )
