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


SHORT = {"learning_rate": "lr", "beta_1": "beta1", "latent_dim": "latent_size", "batch_normalisation": "batch_norm"}
"""What people call the same thing in a recipe or a Recorder's context, with `d_` or `g_` before it too."""


def _support(run: Run, cause: Cause) -> tuple[str, ...]:
    """What in the context speaks for a cause: `key = value` of every key whose value is among the cause's."""
    held = []
    for key, values in cause.context.items():
        for name in _names(key):
            known = run.context.get(name)
            if known is not None and any(_same(known, value) for value in values):
                held.append(f"{name} = {known}")
                break
    return tuple(held)


def _names(key: str) -> tuple[str, ...]:
    """A key and what else it may be called: `d_learning_rate`, `d_lr`."""
    side = key[:2] if key.startswith(("d_", "g_")) else ""
    short = SHORT.get(key.removeprefix(side))
    return (key,) if short is None else (key, side + short)


def _same(known: object, value: object) -> bool:
    """Whether two settings are equal: numbers as numbers, so that 1e-3 is .001, all else by its text."""
    numbers = [x for x in (known, value) if isinstance(x, int | float) and not isinstance(x, bool)]
    return known == value if len(numbers) == 2 else str(known).lower() == str(value).lower()
