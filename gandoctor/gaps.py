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
    """Why no pattern of a rule could be judged; "" where one could."""
    reasons = [_why_not(pattern, now) for pattern in rule.patterns]
    if not all(reasons):
        return ""
    return min(reasons, key=lambda reason: reason.startswith("not defined"))


def _why_not(pattern: Pattern, now: Snapshot) -> str:
    if pattern.families and now.convention.family not in pattern.families:
        return f"not defined for {now.convention.family} losses"
    missing, short = [], []
    for condition in pattern.when:
        for metric in condition.signal.metrics:
            have = now.count(metric)
            if not have:
                missing.append(metric)
            elif have < condition.window.points and condition.signal.statistic != NONFINITE:
                short.append(f"{have} of {condition.window.points} points of {metric}")
    if missing:
        return "not logged: " + ", ".join(dict.fromkeys(missing))
    return "too short: " + ", ".join(dict.fromkeys(short)) if short else ""
