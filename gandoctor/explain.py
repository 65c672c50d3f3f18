"""Rule -> the page of a rule: made from its TOML file, and from the runs on which its remedies were tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.metrics import DERIVED, METRICS
from gandoctor.report import measured
from gandoctor.report.glossary import explained
from gandoctor.report.outline import Item, Section
from gandoctor.report.sentences import ended, sentence
from gandoctor.report.words import BASES, PHRASES, STATISTICS, STRENGTHS, VERDICTS, clean, count, number
from gandoctor.trials import sentences as outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gandoctor.model import Case, Cause, Condition, Pattern, Remedy, Rule, Window
    from gandoctor.trials import Trial

_WEIGHTS = {
    "verdict": "decides the verdict",
    "suspicion": "is reported as a suspicion and never decides",
    "remark": "is a remark, no failure",
}

_STATUS = {
    "stable": "tried: right on three runs of known outcome or more, wrong on no healthy one",
    "experimental": "experimental: not yet right on three runs of known outcome, or not always silent on healthy ones",
}

_FAMILIES = {
    "bce": "cross-entropy (bce)",
    "lsgan": "least-squares (lsgan)",
    "wgan": "Wasserstein (wgan)",
    "wgan-gp": "wgan-gp",
}
"""A loss family as a page says it; the others are called by their names."""

_NETWORKS = "D is the discriminator, G the generator; other terms are explained under Words."

_EXAMPLES = 2

_NEVER = 1e6
"""A `clear` beyond this is written to say that the row never ends a finding by itself."""


def page(rule: Rule, colour: bool = False, width: int = 100, blocks: bool = True, tried: Sequence[Trial] = ()) -> str:
    """Return the page for a terminal, at most `width` columns wide, ending with a line break."""
    from gandoctor.report.terminal import lay_out

    verdict = VERDICTS[rule.verdict] if rule.verdict else "A remark, no failure"
    head = (
        f"{clean(rule.id)}: {sentence(rule.title)}",
        f"{verdict}; {rule.severity}; {_STATUS[rule.status]}.",
        _NETWORKS,
    )
    return lay_out((*head, *paragraphs(rule.summary)), sections(rule, tried), colour, width, blocks)


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text whose lines were broken by hand; an empty line comes before each."""
    whole = (" ".join(clean(part).split()) for part in text.split("\n\n"))
    return tuple(line for part in whole if part for line in ("", part))


def sections(rule: Rule, tried: Sequence[Trial] = ()) -> tuple[Section, ...]:
    """Return the page below its summary, without the parts on which the rule says nothing.

    `tried` are the trials of remedies that may be told, of this rule and of others.
    """
    advice = (
        Section("What to do", tuple(_remedy(rule, one, tried) for one in rule.remedies), "numbered"),
        Section("Likely causes", tuple(map(_cause, rule.causes))),
        Section("What it is confused with", tuple(Item(sentence(text)) for text in rule.false_positives)),
        Section("What to log", (Item(sentence(rule.log_this)),) if rule.log_this else ()),
    )
    grounds = (
        Section("How it is recognised", tuple(item for pattern in rule.patterns for item in _pattern(rule, pattern))),
        Section("Examples", tuple(map(_case, rule.cases[:_EXAMPLES]))),
        Section("Sources", tuple(Item(_source(s.key, s.cite, s.url)) for s in rule.sources)),
    )
    spoken = [rule.title, rule.summary, *_texts((*advice, grounds[0]))]
    made = (*advice, Section("Words", tuple(_words(spoken))), grounds[0], _measures(rule), *grounds[1:])
    return tuple(section for section in made if section.items)


def _texts(sections_: Iterable[Section]) -> Iterator[str]:
    """Yield everything that the sections say."""
    for section in sections_:
        for item in section.items:
            yield from (item.text, *item.details)


def _pattern(rule: Rule, pattern: Pattern) -> Iterator[Item]:
    """Yield the pattern and beneath it its rows, all of which must hold."""
    rows = "this holds" if len(pattern.when) == 1 else "all of this holds"
    families = f", for {_either([_FAMILIES.get(name, name) for name in pattern.families])}" if pattern.families else ""
    warm = "after warm-up" if pattern.warm else "from the first step"
    yield Item(
        f'Pattern "{clean(pattern.name)}" {_WEIGHTS[pattern.weight]}{families}, when {rows}'
        f" for {_window(pattern.hold)}, {warm}:",
        tuple(_row(condition, f"{rule.id}.{pattern.name}.{condition.name}") for condition in pattern.when),
    )


def _row(condition: Condition, name: str) -> str:
    side = "above" if condition.above is not None else "below"
    back = "falls below" if condition.above is not None else "rises above"
    over = f" (it ends when this {back} {number(condition.clear)})" if _can_end(condition) else ""
    source = f"; source {clean(condition.source)}" if condition.source else ""
    where = "Where it is logged: " if condition.optional else ""
    what = f"{where}{measured.signal(str(condition.signal))} over {_window(condition.window)}"
    return (
        f"{what} is {side} {number(condition.bound)}{over}. "
        f"{condition.basis.capitalize()} ({BASES[condition.basis]}{source}). {sentence(condition.why)} "
        f"To change it: --set {clean(name)}=VALUE"
    )


def _can_end(condition: Condition) -> bool:
    """Whether the row has a value of its own at which it ends, and one that can be reached."""
    return condition.clear != condition.bound and abs(condition.clear) < _NEVER


def _either(names: Sequence[str]) -> str:
    """Return the names as a list of a sentence: "hinge and cross-entropy (bce) losses"."""
    return f"{', '.join(names[:-1])} and {names[-1]} losses" if len(names) > 1 else f"{names[0]} losses"


def _words(spoken: Iterable[str]) -> Iterator[Item]:
    """Yield the terms that the page uses, each in a line."""
    for term, meaning in explained(spoken):
        yield Item(f"{term}: {meaning}")


def _measures(rule: Rule) -> Section:
    """Return what the rows of the rule measure and by which statistic, each in a line."""
    return Section("What is measured", tuple(_measured(rule)))


def _measured(rule: Rule) -> Iterator[Item]:
    signals = [condition.signal for pattern in rule.patterns for condition in pattern.when]
    metrics = {metric for signal in signals for metric in signal.metrics}
    for name, metric in (METRICS | DERIVED).items():
        if name in metrics:
            yield Item(f"{measured.name(name)} ({name}): {metric.meaning}")
    for statistic in dict.fromkeys(signal.statistic for signal in signals):
        if statistic in STATISTICS:
            yield Item(f"{PHRASES[statistic].format('...')} ({statistic}): {STATISTICS[statistic]}")


def _window(window: Window) -> str:
    """Return the length of a window: "20 points", "the longer of 50 points and 5 % of the run so far"."""
    if not window.share:
        return count(window.points, "point")
    if window.share >= 1:
        return f"the whole run so far, at least {count(window.points, 'point')}"
    return f"the longer of {count(window.points, 'point')} and {100 * window.share:g} % of the run so far"


def _cause(cause: Cause) -> Item:
    return Item(sentence(cause.text), (f"Check: {ended(cause.confirm)}",) if cause.confirm else ())


def _remedy(rule: Rule, remedy: Remedy, tried: Sequence[Trial]) -> Item:
    source = f"; source {clean(remedy.source)}" if remedy.source else ""
    return Item(
        f"{sentence(remedy.do)} {sentence(remedy.why)}".rstrip(),
        (
            f"If it works: {ended(remedy.expect)}",
            *outcomes(tried, rule.id, remedy.id),
            f"Strength {remedy.strength}: {STRENGTHS[remedy.strength]}{source}.",
        ),
    )


def _case(case: Case) -> Item:
    """Return a test of the rule: the curves in its notation and what they must lead to."""
    curves = tuple(f"{clean(metric)}: {clean(text)}" for metric, text in case.curves.items())
    if not case.fires:
        return Item(f"{sentence(case.name)} The rule stays silent.", curves)
    by = f" by point {number(case.by)}" if case.by is not None else ""
    return Item(f"{sentence(case.name)} The pattern {clean(case.fires)} fires{by}.", curves)


def _source(key: str, cite: str, url: str) -> str:
    return f"{clean(key)}: {ended(cite)} {clean(url)}".rstrip()
