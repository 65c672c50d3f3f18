"""Runs the cases that rule files carry, on the engine that diagnoses real logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.model import Run
from gandoctor.notation import draw

if TYPE_CHECKING:
    from collections.abc import Collection

    from gandoctor.model import Case, Diagnosis, Finding, Rule, Rulebook


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case that was run: `failures` are sentences, none where everything was as the case demands."""

    rule: str
    case: str
    path: str
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything was as the case demands."""
        return not self.failures


def run_cases(rulebook: Rulebook, rules: Collection[str] | None = None) -> tuple[CaseResult, ...]:
    """Diagnose the curves of every case with the whole rulebook and compare; of the rules named, where some are.

    KeyError where a name is no rule of the rulebook.
    """
    chosen = rulebook.rules if rules is None else tuple(rulebook.rule(name) for name in rules)
    return tuple(run_case(rulebook, rule, case) for rule in chosen for case in rule.cases)


def run_case(rulebook: Rulebook, rule: Rule, case: Case) -> CaseResult:
    """Diagnose the curves of one case and compare."""
    from gandoctor.engine import diagnose  # heavier than the nouns, and rules are listed without it

    diagnosis = diagnose(case_run(case), rulebook=rulebook)
    return CaseResult(rule.id, case.name, rule.path, tuple(failures(rule.id, case, diagnosis)))


def case_run(case: Case) -> Run:
    """Draw the run that a case describes, at steps 1, 2, ..., n; each curve has noise of its own."""
    curves = {metric: draw(text, f"{case.name}/{metric}") for metric, text in case.curves.items()}
    return Run({metric: curve for metric, curve in curves.items() if len(curve)}, case.name, context=case.context)


def failures(rule: str, case: Case, diagnosis: Diagnosis) -> list[str]:
    """Say what of a diagnosis is not as the case demands."""
    findings = [*diagnosis.findings, *diagnosis.suspicions, *diagnosis.remarks]
    own = [finding for finding in findings if finding.rule == rule]
    wrong = _firing_failures(case, own) if case.fires else [f"silence was demanded, but {_told(f)}" for f in own]
    if case.verdict and diagnosis.verdict != case.verdict:
        wrong.append(f"the verdict is {diagnosis.verdict}, not {case.verdict}; fired: {_all_told(findings)}")
    return wrong


def _firing_failures(case: Case, own: list[Finding]) -> list[str]:
    fired = [finding for finding in own if finding.pattern == case.fires]
    if not fired:
        return [f"{case.fires} did not fire; of this rule: {_all_told(own)}"]
    missed = [_time_failure(case, finding) for finding in fired]
    return [] if "" in missed else [f"{_told(f)}, {why}" for f, why in zip(fired, missed, strict=True)]


def _time_failure(case: Case, finding: Finding) -> str:
    if case.by is not None and finding.fired > case.by:
        return f"later than step {case.by:g}"
    if case.since is not None and not case.since[0] <= finding.since <= case.since[1]:
        return f"but since must lie from {case.since[0]:g} to {case.since[1]:g}"
    return ""


def _told(finding: Finding) -> str:
    return f"{finding.rule}.{finding.pattern} fired at step {finding.fired:g} (since {finding.since:g})"


def _all_told(findings: list[Finding]) -> str:
    return "; ".join(_told(finding) for finding in findings) or "nothing"
