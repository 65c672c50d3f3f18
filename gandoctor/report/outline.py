"""A diagnosis as titled sections of plain sentences: what the terminal, Markdown and HTML reports lay out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from gandoctor.report import bands, measured, reading, sentences
from gandoctor.report.curves import losses
from gandoctor.report.glossary import explained
from gandoctor.report.grouping import deciding, proved, suspected
from gandoctor.report.words import VERDICTS, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gandoctor.model import Advice, Diagnosis, Finding, LikelyCause
    from gandoctor.report.grouping import Group

_BRIEF = {"findings": 2, "readings": 2, "causes": 2, "remedies": 2, "notes": 2}
"""How much of each a report of one screen shows."""

_DO, _IF_SO = "What to do", "What to do, if so"


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
    wholly = diagnosis.verdict != "inconclusive"
    evidence = (_evidence(diagnosis, brief), _suspected(diagnosis, brief))
    rest = (
        _capped("Likely causes" if wholly else "Likely causes, if so", "causes", _causes(diagnosis, brief), brief),
        replace(_capped(_DO if wholly else _IF_SO, "remedies", _remedies(diagnosis, brief), brief), form="numbered"),
        _aside("Worth keeping", [sentences.best(diagnosis)]),
        _aside("Worth knowing", [_remark(remark) for remark in _remarks(diagnosis)][: 1 if brief else None]),
        _aside("Usual bands", [bands.briefly(diagnosis)]),
        _reading(diagnosis),
        _aside("Not judged", (sentences.unanswered_briefly if brief else sentences.unanswered)(diagnosis)),
        _aside("Log notes", _notes(diagnosis, brief)),
    )
    headline = _headline(diagnosis)
    said = headline.lower().startswith(VERDICTS[diagnosis.verdict].lower())
    chosen = tuple(sentences.sentence(note) for note in diagnosis.run.notes if sentences.is_choice(note))
    lead = (*chosen, *_deciding(diagnosis), sentences.since(diagnosis), sentences.sure(diagnosis), *_limits(diagnosis))
    filled = tuple(section for section in (*evidence, *rest) if section.items)
    spoken = [*lead, *(text for section in filled for item in section.items for text in (item.text, *item.details))]
    return Outline(
        sentences.subject(diagnosis),
        "" if said else VERDICTS[diagnosis.verdict],
        headline,
        tuple(text for text in lead if text),
        (*filled, _words(spoken, brief)),
    )


def _headline(diagnosis: Diagnosis) -> str:
    """Return the headline, with the pair of networks that it is about unless it says so itself."""
    group = deciding(diagnosis)
    pair = clean(group.first.pair) if group is not None else ""
    text = sentences.ended(diagnosis.headline).removesuffix(".")
    return sentences.sentence(text if not pair or f"pair {pair}" in text else f"{text} in pair {pair}")


def _deciding(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the measurement that decided the verdict, in a sentence."""
    group = deciding(diagnosis)
    return () if group is None else (sentences.evidence(group.first.evidence),)


def _limits(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return what qualifies the verdict, and what to do where there is none."""
    early = diagnosis.verdict == "stable" and {phase.state for phase in diagnosis.phases} == {"warm-up"}
    warm = "The whole log counts as warm-up: it says little about what follows." if early else ""
    return (sentences.undecided(diagnosis), *map(sentences.sentence, diagnosis.limits), warm)


def _capped(title: str, kind: str, items: Sequence[Item], brief: bool) -> Section:
    """Return the items, or the first few of them and in the title how many there are."""
    most = _BRIEF[kind]
    if not brief or len(items) <= most:
        return Section(title, tuple(items))
    return Section(f"{title} ({most} of {len(items)}; all: --format markdown)", tuple(items[:most]))


def _aside(title: str, texts: Iterable[str]) -> Section:
    return Section(title, tuple(Item(text) for text in texts if text), "aside")


def _evidence(diagnosis: Diagnosis, brief: bool) -> Section:
    """Return what fired: the one that decided the verdict first, then what holds, then what healed."""
    first, unit = deciding(diagnosis), diagnosis.run.unit
    items = []
    for group in proved(diagnosis):
        if group == first:
            items.append(Item(sentences.finding_time(group, unit), _measured(group, brief, told=True)))
        else:
            items.append(Item(sentences.finding_title(group, unit), _measured(group, brief)))
    return _capped("Evidence", "findings", items, brief)


def _suspected(diagnosis: Diagnosis, brief: bool) -> Section:
    """Return what is less likely than not; its names only where a failure is certain and there is little room."""
    groups, unit = suspected(diagnosis), diagnosis.run.unit
    if brief and deciding(diagnosis) is not None:
        return _aside("Suspected", [f"{sentences.suspicion(group, unit)}." for group in groups[:1]])
    items = [Item(sentences.suspicion(group, unit), _measured(group, brief)) for group in groups]
    return _capped("Suspected, not certain enough for a verdict", "findings", items, brief)


def _measured(group: Group, brief: bool, told: bool = False) -> tuple[str, ...]:
    """Return what was measured; of what is over, and where there is little room, the sentence without its rows."""
    said = () if told else (sentences.evidence(group.first.evidence),)
    if brief and not told:
        return tuple(filter(None, said))
    rows = group.first.readings[: _BRIEF["readings"]] if brief else group.first.readings
    also = () if brief else tuple(f"Also: {sentences.evidence(f.evidence)}" for f in group.others if f.evidence)
    return (*filter(None, said), *(measured.reading(row, brief) for row in rows), *dict.fromkeys(also))


def _remarks(diagnosis: Diagnosis) -> list[Finding]:
    """Return the remarks, one a rule; what speaks for health is left out where something else was diagnosed."""
    found: dict[tuple[str, str], Finding] = {}
    for remark in diagnosis.remarks:
        told = remark.verdict == "stable" and remark.evidence in diagnosis.headline
        if not told and (remark.verdict is None or remark.verdict == diagnosis.verdict):
            found.setdefault((remark.rule, remark.pair), remark)
    return list(found.values())


def _remark(remark: Finding) -> str:
    pair = f" (pair {clean(remark.pair)})" if remark.pair else ""
    return f"{clean(remark.title)}{pair}. {sentences.evidence(remark.evidence)}".rstrip()


def _causes(diagnosis: Diagnosis, brief: bool) -> list[Item]:
    return [_cause(cause, brief) for cause in diagnosis.causes]


def _cause(cause: LikelyCause, brief: bool) -> Item:
    """Return a cause, what would confirm it and what speaks for it; first sentences where there is little room."""
    support = "; ".join(clean(text) for text in cause.supported_by)
    text, confirm = (sentences.brief(part) if brief else part for part in (cause.text, cause.confirm))
    details = [f"Check: {sentences.ended(confirm)}"] if confirm else []
    return Item(sentences.sentence(text), tuple(details + ([f"Speaks for it: {support}"] if support else [])))


def _remedies(diagnosis: Diagnosis, brief: bool) -> list[Item]:
    return [_remedy(advice, brief) for advice in diagnosis.remedies]


def _remedy(advice: Advice, brief: bool) -> Item:
    """Return what to do and what follows if it was right; the reason too where there is room."""
    remedy = advice.remedy
    do = sentences.sentence(sentences.brief(remedy.do) if brief else remedy.do)
    expect = f"If it works: {sentences.ended(sentences.opening(remedy.expect) if brief else remedy.expect)}"
    return Item(do if brief else f"{do} {sentences.sentence(remedy.why)}".rstrip(), (expect,) if remedy.expect else ())


def _reading(diagnosis: Diagnosis) -> Section:
    conventions = reading.conventions([one for one in diagnosis.conventions if losses(diagnosis, one.pair)])
    columns = f"{reading.mapping(diagnosis)} {reading.unmapped(diagnosis)}"
    return _aside("Read as", [*conventions, columns.strip()])


def _notes(diagnosis: Diagnosis, brief: bool) -> list[str]:
    """Return what was repaired on reading; with how many more there are where there is little room."""
    every = [sentences.sentence(note) for note in diagnosis.run.notes if not sentences.is_choice(note)]
    most = _BRIEF["notes"]
    return [*every[:most], f"({len(every) - most} more)"] if brief and len(every) > most + 1 else every


def _words(spoken: Sequence[str], brief: bool) -> Section:
    """Return the terms that this report uses, each explained; only those of our own where there is little room."""
    if brief:
        return _aside("Words", [". ".join(("D: discriminator, G: generator", *measured.terms(spoken))) + "."])
    return _aside("Words", [f"{term}: {meaning}." for term, meaning in explained(spoken)])
