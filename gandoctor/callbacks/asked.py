"""What the user of a callback asks of it, checked before the training begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import BadOption
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gandoctor.model import Finding, Rulebook


def checked_names(names: Mapping[str, str]) -> dict[str, str]:
    """The user's names of logs; BadOption where one stands for no metric."""
    for name, metric in names.items():
        if metric.partition(PAIR)[0] not in METRICS:
            raise BadOption(f"names: {metric!r}, given for {name!r}, is no metric; they are {', '.join(METRICS)}")
    return dict(names)


def checked_stops(stop_on: Iterable[str], rulebook: Rulebook) -> frozenset[str]:
    """What to stop on; BadOption for a word that is neither a failure's verdict nor a rule."""
    wanted = frozenset({stop_on} if isinstance(stop_on, str) else stop_on)
    known = {"mode_collapse", "convergence_failure", *(rule.id for rule in rulebook.rules)}
    if strange := wanted - known:
        raise BadOption(f"stop_on: {', '.join(sorted(strange))} is none of {', '.join(sorted(known))}")
    return wanted


def asks_to_stop(finding: Finding, stop_on: frozenset[str]) -> bool:
    """Whether the user wants the training to end for this finding: an active one that decides the verdict."""
    return finding.weight == "verdict" and finding.active and bool(stop_on & {finding.rule, finding.verdict})
