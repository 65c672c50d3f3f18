"""What could not be judged: rules that found no data to answer them, and what to log so that they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.model import Pattern, Rule, Rulebook, Unanswered
from gandoctor.snapshot import NONFINITE, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence


def unanswered(views: Sequence[Snapshot], rulebook: Rulebook) -> tuple[Unanswered, ...]:
    """The rules that can give a failure verdict and none of whose patterns could be judged on any pair of networks."""
    found = []
    for rule in rulebook.rules:
        if rule.verdict in (None, "stable") or not views:
            continue
        reasons = [_reason(rule, now) for now in views]
        if all(reasons):
            found.append(Unanswered(rule.id, reasons[0], rule.log_this))
    return tuple(found)


def _reason(rule: Rule, now: Snapshot) -> str:
    """Why no pattern of a rule could be judged, and of what was not logged what would do; "" where one could."""
    reasons = [_why_not(pattern, now) for pattern in rule.patterns]
    if not all(reasons):
        return ""
    if short := [reason for reason in reasons if reason.startswith("too short")]:
        return short[0]
    if missing := _enough([_missing(pattern, now) for pattern in rule.patterns if _defined(pattern, now)]):
        return "not logged: " + _either([" and ".join(metrics) for metrics in missing])
    return reasons[0]


def _enough(missing: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return what each pattern lacks, without those that lack all of what another one does and more; none twice."""
    wanted = list(dict.fromkeys(metrics for metrics in missing if metrics))
    return [metrics for metrics in wanted if not any(set(other) < set(metrics) for other in wanted)]


def _either(names: Sequence[str]) -> str:
    """Return the choices as one: "fid or recall", "d_sign_real and fid, or d_loss_validation"."""
    if any(" and " in name for name in names):
        return ", or ".join(names)
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 2 else names)


def _defined(pattern: Pattern, now: Snapshot) -> bool:
    """Whether the pattern has a meaning for the losses that are looked at."""
    return not pattern.families or now.convention.family in pattern.families


def _missing(pattern: Pattern, now: Snapshot) -> tuple[str, ...]:
    """Return the metrics that the pattern looks at and that were not logged."""
    asked = (metric for condition in pattern.when if not condition.optional for metric in condition.signal.metrics)
    return tuple(dict.fromkeys(metric for metric in asked if not now.count(metric)))


def _why_not(pattern: Pattern, now: Snapshot) -> str:
    if not _defined(pattern, now):
        return f"not defined for {now.convention.family} losses"
    if _missing(pattern, now):
        return "not logged"
    short = []
    for condition in pattern.when:
        for metric in condition.signal.metrics:
            have = now.count(metric)
            if condition.optional and not have:
                continue
            if have < condition.window.points and condition.signal.statistic != NONFINITE:
                short.append(f"{have} of {condition.window.points} points of {metric}")
    return "too short: " + ", ".join(dict.fromkeys(short)) if short else ""
