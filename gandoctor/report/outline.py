"""A diagnosis as titled sections of plain sentences: what the terminal, Markdown and notebook reports lay out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gandoctor.metrics import DERIVED
from gandoctor.report import sentences
from gandoctor.report.words import BASES, STATISTICS, VERDICTS, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Advice, Diagnosis, Finding, LikelyCause

_BRIEF = {"findings": 2, "readings": 3, "causes": 3, "remedies": 3, "notes": 4}
"""How much of each a report of one screen shows."""


@dataclass(frozen=True, slots=True)
class Item:
    """One statement and what belongs beneath it."""

    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Statements under a title: an argument, numbered steps, or an aside that needs no room of its own."""

    title: str
    items: tuple[Item, ...]
    form: Literal["list", "numbered", "aside"] = "list"


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole report: `lead` follows the headline, `sections` holds only those that have something to say."""

    subject: str
    verdict: str
    headline: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]


def outline(diagnosis: Diagnosis, brief: bool) -> Outline:
    """The report's text; `brief` keeps it to one screen and says what was left out."""
    sections = (
        _evidence(diagnosis, brief),
        _suspected(diagnosis, brief),
        Section("Likely causes", _capped((_cause(c) for c in diagnosis.causes), "causes", brief)),
        Section("What to do", _capped((_remedy(a, brief) for a in diagnosis.remedies), "remedies", brief), "numbered"),
        _aside("Worth keeping", [sentences.best(diagnosis)]),
        _aside("Worth knowing", [_remark(remark) for remark in diagnosis.remarks]),
        _bands(diagnosis),
        _reading(diagnosis),
        _aside("Not judged", sentences.unanswered(diagnosis)),
        Section("Log repairs", _capped((Item(n) for n in _notes(diagnosis)), "notes", brief), "aside"),
    )
    lead = (sentences.since(diagnosis), sentences.sure(diagnosis), *map(sentences.sentence, diagnosis.limits))
    filled = tuple(section for section in sections if section.items)
    return Outline(
        sentences.subject(diagnosis),
        VERDICTS[diagnosis.verdict],
        sentences.sentence(diagnosis.headline),
        tuple(text for text in lead if text),
        (*filled, _words(diagnosis)),
    )


def _capped(items: Iterable[Item], kind: str, brief: bool) -> tuple[Item, ...]:
    """The items, or the first few of them and how many more there are."""
    everything = tuple(items)
    most = _BRIEF[kind]
    if not brief or len(everything) <= most:
        return everything
    more = len(everything) - most
    *kept, last = everything[:most]
    return (*kept, Item(last.text, (*last.details, f"({more} more: --format markdown shows all)")))


def _aside(title: str, texts: Iterable[str]) -> Section:
    return Section(title, tuple(Item(text) for text in texts if text), "aside")


def _evidence(diagnosis: Diagnosis, brief: bool) -> Section:
    """What fired: the one that decided the verdict first, then what holds, then what healed."""
    order = sorted(diagnosis.findings, key=lambda f: (not f.active, f.verdict != diagnosis.verdict))
    items = (Item(_name(f, diagnosis), _measured(f, brief)) for f in order)
    return Section("Evidence", _capped(items, "findings", brief))


def _name(finding: Finding, diagnosis: Diagnosis) -> str:
    """The finding's name and time; without the title where the headline said it."""
    if finding.title == diagnosis.headline:
        return sentences.finding_time(finding, diagnosis.run.unit)
    return sentences.finding_title(finding, diagnosis.run.unit)


def _suspected(diagnosis: Diagnosis, brief: bool) -> Section:
    items = (Item(sentences.suspicion(f, diagnosis.run.unit), _measured(f, brief)) for f in diagnosis.suspicions)
    return Section("Suspected, not certain enough for a verdict", _capped(items, "findings", brief))


def _measured(finding: Finding, brief: bool) -> tuple[str, ...]:
    readings = finding.readings[: _BRIEF["readings"]] if brief else finding.readings
    return (*filter(None, [sentences.sentence(finding.evidence)]), *map(sentences.reading, readings))


def _remark(remark: Finding) -> str:
    return f"{clean(remark.title)}. {sentences.sentence(remark.evidence)}".rstrip()


def _cause(cause: LikelyCause) -> Item:
    support = "; ".join(clean(text) for text in cause.supported_by)
    details = [f"Would confirm it: {sentences.ended(cause.confirm)}"] if cause.confirm else []
    return Item(sentences.sentence(cause.text), tuple(details + ([f"Speaks for it: {support}"] if support else [])))


def _remedy(advice: Advice, brief: bool) -> Item:
    """What to do and what follows if it was right; the reason too where there is room."""
    remedy = advice.remedy
    do = sentences.sentence(remedy.do)
    expect = f"If it works: {sentences.ended(remedy.expect)}"
    return Item(do if brief else f"{do} {sentences.sentence(remedy.why)}".rstrip(), (expect,) if remedy.expect else ())


def _bands(diagnosis: Diagnosis) -> Section:
    text = "; ".join(sentences.band(band) for band in diagnosis.bands)
    sources = ", ".join(dict.fromkeys(clean(band.source) for band in diagnosis.bands if band.source))
    return _aside("Usual bands", [text + (f". Source: {sources}." if sources else "")] if text else [])


def _reading(diagnosis: Diagnosis) -> Section:
    conventions = [sentences.convention(convention) for convention in diagnosis.conventions]
    return _aside("Read as", [*conventions, sentences.mapping(diagnosis), sentences.unmapped(diagnosis)])


def _notes(diagnosis: Diagnosis) -> list[str]:
    return [sentences.sentence(note) for note in diagnosis.run.notes]


def _words(diagnosis: Diagnosis) -> Section:
    """The terms that this report uses, each explained."""
    readings = [r for finding in (*diagnosis.findings, *diagnosis.suspicions) for r in finding.readings]
    used = set(re.findall(r"\w+", " ".join(reading.signal for reading in readings)))
    terms = [f"{name} ({metric.meaning})." for name, metric in DERIVED.items() if name in used]
    terms += [f"{name} ({meaning})." for name, meaning in STATISTICS.items() if name in used]
    bases = {reading.basis for reading in readings}
    terms += [f"{name} ({meaning})." for name, meaning in BASES.items() if name in bases]
    return _aside("Words", [" ".join(("D is the discriminator, G the generator.", *terms))])
