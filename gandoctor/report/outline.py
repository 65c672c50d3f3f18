"""A diagnosis as titled sections of plain sentences: what the terminal, Markdown and notebook reports lay out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gandoctor.metrics import DERIVED
from gandoctor.report import sentences
from gandoctor.report.curves import losses
from gandoctor.report.words import BASES, STATISTICS, VERDICTS, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Advice, Diagnosis, Finding, LikelyCause

_BRIEF = {"findings": 2, "readings": 2, "causes": 2, "remedies": 2, "notes": 4}
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
    """A whole report: `lead` follows the headline, `sections` holds only those that have something to say.

    `verdict` is empty where the headline begins with it.
    """

    subject: str
    verdict: str
    headline: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        """Verdict and headline in a line."""
        return f"{self.verdict}. {self.headline}" if self.verdict else self.headline


def outline(diagnosis: Diagnosis, brief: bool) -> Outline:
    """Return the report's text; `brief` keeps it to one screen and says what was left out."""
    sections = (
        _evidence(diagnosis, brief),
        _suspected(diagnosis, brief),
        Section("Likely causes", _capped((_cause(c, brief) for c in diagnosis.causes), "causes", brief)),
        Section("What to do", _capped((_remedy(a, brief) for a in diagnosis.remedies), "remedies", brief), "numbered"),
        _aside("Worth keeping", [sentences.best(diagnosis)]),
        _aside("Worth knowing", [_remark(remark) for remark in diagnosis.remarks]),
        _bands(diagnosis, brief),
        _reading(diagnosis),
        _aside("Not judged", (sentences.unanswered_briefly if brief else sentences.unanswered)(diagnosis)),
        Section("Log notes", _capped((Item(n) for n in _notes(diagnosis)), "notes", brief), "aside"),
    )
    headline = sentences.sentence(diagnosis.headline)
    said = headline.lower().startswith(VERDICTS[diagnosis.verdict].lower())
    lead = (sentences.since(diagnosis), sentences.sure(diagnosis), *map(sentences.sentence, diagnosis.limits))
    filled = tuple(section for section in sections if section.items)
    return Outline(
        sentences.subject(diagnosis),
        "" if said else VERDICTS[diagnosis.verdict],
        headline,
        tuple(text for text in lead if text),
        (*filled, _words(diagnosis)),
    )


def _capped(items: Iterable[Item], kind: str, brief: bool) -> tuple[Item, ...]:
    """Return the items, or the first few of them and how many more there are."""
    everything = tuple(items)
    most = _BRIEF[kind]
    if not brief or len(everything) <= most:
        return everything
    more = len(everything) - most
    *kept, last = everything[:most]
    return (*kept, Item(last.text, (*last.details, f"({more} more; --format markdown shows all)")))


def _aside(title: str, texts: Iterable[str]) -> Section:
    return Section(title, tuple(Item(text) for text in texts if text), "aside")


def _evidence(diagnosis: Diagnosis, brief: bool) -> Section:
    """Return what fired: the one that decided the verdict first, then what holds, then what healed."""
    order = sorted(diagnosis.findings, key=lambda f: (not f.active, f.verdict != diagnosis.verdict))
    items = (Item(_name(f, diagnosis), _measured(f, brief)) for f in order)
    return Section("Evidence", _capped(items, "findings", brief))


def _name(finding: Finding, diagnosis: Diagnosis) -> str:
    """Return the finding's name and time; without the title where the headline said it."""
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


def _cause(cause: LikelyCause, brief: bool) -> Item:
    """Return a cause, what would confirm it and what speaks for it; first sentences where there is little room."""
    support = "; ".join(clean(text) for text in cause.supported_by)
    text, confirm = (sentences.opening(part) if brief else part for part in (cause.text, cause.confirm))
    details = [f"Would confirm it: {sentences.ended(confirm)}"] if confirm else []
    return Item(sentences.sentence(text), tuple(details + ([f"Speaks for it: {support}"] if support else [])))


def _remedy(advice: Advice, brief: bool) -> Item:
    """Return what to do and what follows if it was right; the reason too where there is room."""
    remedy = advice.remedy
    do = sentences.sentence(remedy.do)
    expect = f"If it works: {sentences.ended(sentences.opening(remedy.expect) if brief else remedy.expect)}"
    return Item(do if brief else f"{do} {sentences.sentence(remedy.why)}".rstrip(), (expect,) if remedy.expect else ())


def _bands(diagnosis: Diagnosis, brief: bool) -> Section:
    """Return the documented bands in a sentence; the sources' first words where there is little room."""
    text = "; ".join(sentences.band(band) for band in diagnosis.bands)
    sources = [clean(band.source) for band in diagnosis.bands if band.source]
    cited = "; ".join(dict.fromkeys(source.split(",")[0] if brief else source for source in sources))
    return _aside("Usual bands", [text + (f" ({cited})." if cited else ".")] if text else [])


def _reading(diagnosis: Diagnosis) -> Section:
    conventions = sentences.conventions([one for one in diagnosis.conventions if losses(diagnosis, one.pair)])
    columns = f"{sentences.mapping(diagnosis)} {sentences.unmapped(diagnosis)}"
    return _aside("Read as", [*conventions, columns.strip()])


def _notes(diagnosis: Diagnosis) -> list[str]:
    return [sentences.sentence(note) for note in diagnosis.run.notes]


def _words(diagnosis: Diagnosis) -> Section:
    """Return the terms that this report uses, each explained."""
    readings = [r for finding in (*diagnosis.findings, *diagnosis.suspicions) for r in finding.readings]
    used = set(re.findall(r"\w+", " ".join(reading.signal for reading in readings)))
    terms = [f"{name} ({metric.meaning})." for name, metric in DERIVED.items() if name in used]
    terms += [f"{name} ({meaning})." for name, meaning in STATISTICS.items() if name in used]
    bases = {reading.basis for reading in readings}
    terms += [f"{name} ({meaning})." for name, meaning in BASES.items() if name in bases]
    return _aside("Words", [" ".join(("D is the discriminator, G the generator.", *terms))])
