"""A diagnosis as notices: one for each thing that was found, as short as a CI server shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gandoctor.report import sentences
from gandoctor.report.grouping import deciding, grouped, proved, suspected
from gandoctor.report.words import VERDICTS, clean

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis, Severity
    from gandoctor.report.grouping import Group

Level = Literal["error", "warning", "note"]
Sort = Literal["proved", "healed", "suspected", "remark", "undecided"]

UNDECIDED = "inconclusive"
"""Stands where a rule's id stands, in the notice that no verdict was possible."""

_LEVELS: dict[Severity, Level] = {"error": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell: the rule and the pair of networks that it is about, how bad it is, the step where it began.

    `step` is None where it has no place in the log; `title` is a few words, `sentences` say the rest.
    """

    rule: str
    pair: str
    sort: Sort
    level: Level
    step: float | None
    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """Title and sentences in one paragraph."""
        return " ".join((sentences.ended(self.title), *self.sentences))


def notices(diagnosis: Diagnosis) -> tuple[Notice, ...]:
    """Return what was found, the most important first: what decided the verdict, else that there is none."""
    first = deciding(diagnosis)
    found = [_proved(group, diagnosis, decides=group == first) for group in proved(diagnosis)]
    found += [_suspected(group, diagnosis) for group in suspected(diagnosis)]
    found += [_remark(group, diagnosis) for group in grouped(f for f in diagnosis.remarks if f.verdict is None)]
    return (_undecided(diagnosis), *found) if diagnosis.verdict == "inconclusive" else tuple(found)


def _proved(group: Group, diagnosis: Diagnosis, *, decides: bool) -> Notice:
    first, time = group.first, f"Rule {sentences.finding_time(group, diagnosis.run.unit)}"
    if not first.active:
        return _notice(group, "healed", "note", f"Healed: {clean(first.title)}", time)
    title = f"{VERDICTS[first.verdict]}: {clean(first.title)}" if first.verdict else clean(first.title)
    if not decides:
        return _notice(group, "proved", _LEVELS[first.severity], title, time)
    said = (sentences.since(diagnosis), sentences.sure(diagnosis), _advice(diagnosis))
    return _notice(group, "proved", _LEVELS[first.severity], title, *said)


def _suspected(group: Group, diagnosis: Diagnosis) -> Notice:
    time = f"Rule {sentences.finding_time(group, diagnosis.run.unit)}, {sentences.odds(group)}"
    return _notice(group, "suspected", "note", f"Suspected: {clean(group.first.title)}", time)


def _remark(group: Group, diagnosis: Diagnosis) -> Notice:
    time = f"Rule {sentences.finding_time(group, diagnosis.run.unit)}"
    return _notice(group, "remark", "note", clean(group.first.title), time)


def _notice(group: Group, sort: Sort, level: Level, title: str, *said: str) -> Notice:
    first = group.first
    texts = (sentences.evidence(first.evidence), *map(sentences.sentence, said))
    return Notice(
        clean(first.rule), clean(first.pair), sort, level, group.since, title, tuple(text for text in texts if text)
    )


def _undecided(diagnosis: Diagnosis) -> Notice:
    texts = (sentences.undecided(diagnosis), *map(sentences.sentence, diagnosis.limits))
    title = f"{VERDICTS['inconclusive']}: {clean(diagnosis.headline)}"
    return Notice(UNDECIDED, "", "undecided", "warning", None, title, tuple(text for text in texts if text))


def _advice(diagnosis: Diagnosis) -> str:
    """Return the first remedy, and where the others are."""
    more = f"All of it: gandoctor explain {clean(diagnosis.kind)}"
    if not diagnosis.remedies:
        return f"{more}."
    return f"What to do first: {sentences.sentence(sentences.brief(diagnosis.remedies[0].remedy.do))} {more}."
