"""What the page of one run says, part by part: the sentences of the other reports, kept apart where a page has room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.report import bands, measured, reading, sentences
from gandoctor.report.curves import label, losses
from gandoctor.report.glossary import explained
from gandoctor.report.grouping import proved, suspected
from gandoctor.report.html.sources import Link, link
from gandoctor.report.outline import outline
from gandoctor.report.words import BASES, STRENGTHS, VERDICTS, clean, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gandoctor.model import Advice, Diagnosis, Finding, Reading
    from gandoctor.report.grouping import Group
    from gandoctor.report.outline import Section

MEANINGS = {
    "stable": "The two networks keep each other in balance, as far as this log can show.",
    "mode_collapse": "G makes too few kinds of samples: the same thing again and again, whatever noise it is given.",
    "convergence_failure": "The two networks no longer teach each other anything. More epochs will not mend that.",
    "inconclusive": "This log cannot decide between health and failure.",
}
"""A verdict for somebody who has never heard its name."""

SIGNS = {"stable": "\u2713", "mode_collapse": "!", "convergence_failure": "!", "inconclusive": "?"}


@dataclass(frozen=True, slots=True)
class Row:
    """A measurement: what, the value, the alarm's bound, what that rests on, why, and its source."""

    what: str
    value: str
    bound: str
    basis: str
    why: str
    source: Link | None


@dataclass(frozen=True, slots=True)
class Case:
    """A finding: its title, rule and time, the sentence of its evidence, its measurements, and other signs of it.

    `meaning` and `doubts` are the rule's summary and what it is confused with.
    """

    title: str
    time: str
    evidence: str
    rows: tuple[Row, ...]
    also: tuple[str, ...]
    meaning: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A remedy: what to do, why, what the curves do if it was right, where it was tried, how strong the evidence is."""

    do: str
    why: str
    expect: str
    tried: tuple[str, ...]
    strength: str
    source: Link | None


@dataclass(frozen=True, slots=True)
class View:
    """The page; the texts are plain, `code` stands between backticks."""

    name: str
    verdict: str
    sign: str
    word: str
    title: str
    meaning: str
    subject: str
    lead: tuple[str, ...]
    cases: tuple[Case, ...]
    suspected: tuple[Case, ...]
    causes: tuple[tuple[str, str, str], ...]
    steps: tuple[Step, ...]
    sure: bool
    sections: dict[str, Section]
    bands: tuple[tuple[str, ...], ...]
    conventions: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    unmapped: str
    words: tuple[tuple[str, str], ...]
    rulebook: str


def view(diagnosis: Diagnosis, tried: Callable[[str, str], Sequence[str]]) -> View:
    """Return what the page says; `tried` gives the sentences on where a remedy of a rule was tried."""
    text = outline(diagnosis, brief=False)
    cases = tuple(_case(diagnosis, group) for group in proved(diagnosis))
    doubtful = tuple(_case(diagnosis, group, doubted=True) for group in suspected(diagnosis))
    steps = tuple(_step(diagnosis, advice, tried) for advice in diagnosis.remedies)
    causes = tuple(
        (sentences.sentence(c.text), sentences.ended(c.confirm), "; ".join(map(clean, c.supported_by)))
        for c in diagnosis.causes
    )
    shown = {section.title: section for section in text.sections}
    said = [text.title, *text.lead, *_spoken(cases), *_spoken(doubtful), *(" ".join(cause) for cause in causes)]
    said += [" ".join((step.do, step.why, step.expect)) for step in steps]
    said += [item.text for section in text.sections if section.title != "Words" for item in section.items]
    said += [f"{label(name).replace(',', '')} " for name in (*diagnosis.run.curves, *diagnosis.normalised)]
    return View(
        name=clean(diagnosis.run.name),
        verdict=diagnosis.verdict,
        sign=SIGNS[diagnosis.verdict],
        word=VERDICTS[diagnosis.verdict],
        title=text.headline,
        meaning=MEANINGS[diagnosis.verdict],
        subject=text.subject,
        lead=text.lead,
        cases=cases,
        suspected=doubtful,
        causes=causes,
        steps=steps,
        sure=diagnosis.verdict != "inconclusive",
        sections=shown,
        bands=tuple(bands.row(band) for band in diagnosis.bands),
        conventions=tuple(reading.conventions([c for c in diagnosis.conventions if losses(diagnosis, c.pair)])),
        columns=tuple(reading.columns(diagnosis)),
        unmapped=reading.unmapped(diagnosis),
        words=explained(said),
        rulebook=f"{clean(diagnosis.rulebook)} {diagnosis.rulebook_hash}",
    )


def _spoken(cases: Iterable[Case]) -> Iterable[str]:
    for case in cases:
        rows = (f"{row.what} {row.why}" for row in case.rows)
        yield " ".join((case.title, case.evidence, *case.also, *case.meaning, *rows))


def _case(diagnosis: Diagnosis, group: Group, doubted: bool = False) -> Case:
    finding, unit = group.first, diagnosis.run.unit
    rule = next((rule for rule in diagnosis.rules if rule.id == finding.rule), None)
    also = dict.fromkeys(sentences.evidence(other.evidence) for other in group.others if other.evidence)
    time = sentences.suspicion(group, unit) if doubted else sentences.finding_title(group, unit)
    title = clean(finding.title)
    return Case(
        title,
        time.removeprefix(title).strip(),
        sentences.evidence(finding.evidence),
        tuple(_row(diagnosis, finding, one) for one in finding.readings),
        tuple(also),
        () if rule is None else tuple(paragraphs(rule.summary)),
        () if rule is None else tuple(map(sentences.sentence, rule.false_positives)),
    )


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text whose lines were broken by hand."""
    return [" ".join(clean(part).split()) for part in text.split("\n\n") if part.strip()]


def _row(diagnosis: Diagnosis, finding: Finding, one: Reading) -> Row:
    bound = f"{one.direction} {number(one.bound)}"
    return Row(
        measured.what(one),
        measured.value(one),
        bound if measured.crossed(one) else f"fired {bound}; not by now",
        BASES[one.basis],
        sentences.sentence(one.why),
        link(diagnosis.rules, finding.rule, one.source),
    )


def _step(diagnosis: Diagnosis, advice: Advice, tried: Callable[[str, str], Sequence[str]]) -> Step:
    remedy = advice.remedy
    return Step(
        sentences.sentence(remedy.do),
        sentences.sentence(remedy.why),
        sentences.sentence(remedy.expect),
        tuple(tried(advice.rule, remedy.id)),
        STRENGTHS[remedy.strength],
        link(diagnosis.rules, advice.rule, remedy.source),
    )
