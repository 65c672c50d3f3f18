"""From findings to what a person can do: likely causes, ranked by evidence, and remedies in the order to try them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.model import Advice, Cause, Finding, LikelyCause, Rulebook, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def causes(run: Run, findings: Sequence[Finding], rulebook: Rulebook) -> tuple[LikelyCause, ...]:
    """The causes of the findings: those for which the context speaks first, then in the order of their rank."""
    ranked = [
        (-len(support), order, cause.rank, LikelyCause(finding.rule, cause.text, cause.confirm, support))
        for order, finding in enumerate(_one_a_rule(findings))
        for cause in rulebook.rule(finding.rule).causes
        if not cause.patterns or finding.pattern in cause.patterns
        for support in [_support(run, cause)]
    ]
    return tuple(likely for *_, likely in sorted(ranked, key=lambda row: row[:3]))


def remedies(findings: Sequence[Finding], rulebook: Rulebook) -> tuple[Advice, ...]:
    """The remedies of the findings, the most probable finding's first, each once, in the order of the rule file."""
    found: dict[str, Advice] = {}
    for finding in _one_a_rule(findings):
        for remedy in rulebook.rule(finding.rule).remedies:
            if not remedy.patterns or finding.pattern in remedy.patterns:
                found.setdefault(remedy.id, Advice(finding.rule, remedy))
    return tuple(found.values())


def _one_a_rule(findings: Sequence[Finding]) -> Iterable[Finding]:
    """The first finding of each rule."""
    found: dict[str, Finding] = {}
    for finding in findings:
        found.setdefault(finding.rule, finding)
    return found.values()


def _support(run: Run, cause: Cause) -> tuple[str, ...]:
    """What in the context speaks for a cause: `key = value` of every key whose value is among the cause's."""
    held = []
    for key, values in cause.context.items():
        known = run.context.get(key)
        if known is not None and str(known).lower() in {str(value).lower() for value in values}:
            held.append(f"{key} = {known}")
    return tuple(held)
