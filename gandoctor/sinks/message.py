"""A finding in the words of an alert, and how severe findings are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, get_args

from gandoctor.errors import BadOption
from gandoctor.model import Severity
from gandoctor.report.sentences import evidence
from gandoctor.report.words import clean, percent, place

if TYPE_CHECKING:
    from gandoctor.model import Finding

LEVELS: tuple[Severity, ...] = get_args(Severity)
"""From the least severe to the most."""

_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/@]*@)?([^\s/?#'\"]*)[^\s'\")]*", re.IGNORECASE)
_PATH = re.compile(r"\b((?:url|path)\s*[:=]\s*)/\S*", re.IGNORECASE)
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Alert:
    """What is told of a failure: a title of a few words, and the rest in some sentences, safe to print."""

    title: str
    text: str
    finding: Finding


def alert_of(finding: Finding) -> Alert:
    """The alert for a finding: what, and since when, how sure, why and where there is help."""
    title = clean(finding.title) + (f" (pair {clean(finding.pair)})" if finding.pair else "")
    when = f"Since step {place(finding.since)}"
    if finding.fired > finding.since:
        when += f", certain from step {place(finding.fired)}"
    if isfinite(finding.confidence):
        when += f" ({percent(finding.confidence)} sure)"
    return Alert(title, f"{when}: {evidence(finding.evidence)} Help: gandoctor explain {clean(finding.rule)}", finding)


def checked_level(level: Severity) -> Severity:
    """The level itself; BadOption for a word that is none."""
    if level not in LEVELS:
        raise BadOption(f"level={level!r:.40} is none of {', '.join(LEVELS)}")
    return level


def is_severe(finding: Finding, level: Severity) -> bool:
    """Whether the finding is of that level or a more severe one."""
    return LEVELS.index(finding.severity) >= LEVELS.index(level)


def reason(error: BaseException) -> str:
    """An exception in one line without the paths, queries and passwords of addresses: they can be secrets."""
    first = str(error).strip().partition("\n")[0]
    told = _PATH.sub(r"\1...", _ADDRESS.sub(r"\1\2", first))
    name = type(error).__name__
    return f"{name}: {clean(told):.{_LONGEST}}" if told else name
