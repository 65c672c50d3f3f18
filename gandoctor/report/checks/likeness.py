"""New runs held against references, in words: which curve moved, from when, by how much, and what it means."""

from __future__ import annotations

from math import exp, isnan
from textwrap import fill
from typing import TYPE_CHECKING

from gandoctor.reference.likeness import ENOUGH
from gandoctor.report.terminal import ascii_only, table
from gandoctor.report.words import VERDICTS, clean, count, number, span, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.reference.features import Feature
    from gandoctor.reference.likeness import Failed, Likeness, Moved, Result

MARKS: dict[Result, str] = {"same": "like", "better": "better", "worse": "WORSE", "moved": "CHANGED"}
_MOST = 4
"""Of how many changes the report speaks in full; the table has them all."""

_LEGEND = "visible from: a change of that size is found nine times in ten"

_SECOND = ("spread", "drift")
"""Statistics that say less to a reader than where a curve lies and when it got there."""

_STATES: Mapping[str, str] = dict(VERDICTS.items())  # a reference's verdict is text from a file


def render(likeness: Likeness, colour: bool, width: int = 100, blocks: bool = True) -> str:
    """Return the whole report; ends with a line break."""
    header = ("feature", "references", "new", "visible from", "result")
    rows = [_row(one) for one in likeness.moved]
    compared = f"{table(header, rows, colour, width, blocks)}{_LEGEND}" if rows else ""
    said = [wrapped(part, width) for part in (*_found(likeness), _notes(likeness), conclusion(likeness))]
    text = "\n\n".join(part for part in (wrapped(_head(likeness), width), compared, *said) if part) + "\n"
    return text if blocks else ascii_only(text)


def _found(likeness: Likeness) -> list[str]:
    """What failed and what moved, the clearest first and no more than there is room for."""
    seen = [one for one in likeness.moved if one.result != "same"]
    clearest = sorted(seen, key=lambda one: (one.feature.statistic in _SECOND, -abs(one.change) / one.sight.bound))
    failed = [failure(one, likeness) for one in likeness.failed]
    return [*failed, *(movement(one, likeness) for one in clearest[:_MOST]), _more(clearest[_MOST:])]


def _notes(likeness: Likeness) -> str:
    notes = [f"Note: {clean(text)}." for text in likeness.warnings]
    left = [f"Not compared ({clean(one.why)}): {', '.join(one.features)}." for one in likeness.skipped]
    return "\n".join((*notes, *left))


def wrapped(text: str, width: int) -> str:
    """The lines of a text broken at words, what was broken off indented by two."""
    return "\n".join(_line(line, width) for line in text.splitlines())


def _line(line: str, width: int) -> str:
    lead = " " * (len(line) - len(line.lstrip()))
    return fill(
        line.strip(), width, initial_indent=lead, subsequent_indent=f"{lead}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _more(rest: Sequence[Moved]) -> str:
    """What there was no room for, by name."""
    return f"Also: {', '.join(one.feature.id for one in rest)} (all of it: --format json)." if rest else ""


def _head(likeness: Likeness) -> str:
    new = ", ".join(clean(one.name) for one in likeness.new)
    references = count(len(likeness.references), "reference")
    return f"{count(len(likeness.new), 'new run')} ({new}) against {references}."


def _row(one: Moved) -> tuple[str, str, str, str, str]:
    """A line of the table: `visible from` is the smallest change that would have been found nine times in ten."""
    feature = one.feature
    between = f"{value(feature, one.low)} to {value(feature, one.high)}"
    mark = MARKS[one.result] + (" (let pass)" if one.bypass else "")
    return feature.id, between, value(feature, one.found), size(feature, one.sight.visible), mark


def value(feature: Feature, measured: float) -> str:
    """What was measured, in the unit of the curve, or in steps."""
    return number(exp(measured) if feature.factor else measured)


def size(feature: Feature, change: float) -> str:
    """How large a change is: a difference, or a factor."""
    return f"a factor of {number(exp(abs(change)))}" if feature.factor else number(abs(change))


def movement(one: Moved, likeness: Likeness) -> str:
    """What moved, as sentences that can be acted on."""
    feature = one.feature
    verb = "rose" if one.change > 0 else "fell"
    unit, (low, high) = likeness.references[0].unit, _steps(feature, likeness)
    lines = [
        f"{MARKS[one.result]}: {feature.name} {verb} from {value(feature, one.references)} to"
        f" {value(feature, one.found)}, by {size(feature, one.change)} ({span(unit, low, high)}).",
        f"It means: {feature.higher if one.change > 0 else feature.lower}.",
        f"The references lie between {value(feature, one.low)} and {value(feature, one.high)}; chance alone does this"
        f" in less than {_chance(one.p)} of checks.",
    ]
    if not isnan(one.since):
        lines.append(f"Outside of every reference {_from(one, likeness)}.")
    if len(one.values) > 1:
        each = zip(likeness.new, one.values, strict=True)
        lines.append("Run by run: " + ", ".join(f"{clean(run.name)} {value(feature, x)}" for run, x in each) + ".")
    if one.bypass:
        lines.append(f"Let pass by {clean(one.bypass.who)}: {clean(one.bypass.why)}")
    return "\n  ".join(lines)


def _from(one: Moved, likeness: Likeness) -> str:
    """From when on the curve differs, as exactly as the stretches allow that it was looked at in."""
    if one.since <= likeness.references[0].first_step:
        return "from the start"
    return f"from about {step(likeness.references[0].unit, float(round(one.since)))} on"


def failure(one: Failed, likeness: Likeness) -> str:
    """A failure that no reference has."""
    unit = likeness.references[0].unit
    since = "" if one.since is None else f" since {step(unit, one.since)}"
    kind = f" ({clean(one.kind)})" if one.kind else ""
    lines = [
        f"WORSE: {clean(one.run)} is diagnosed as {_STATES[one.verdict].lower()}{kind}{since}; no reference is.",
        f"What to do is in its own report: gandoctor diagnose {clean(one.run)}",
    ]
    if one.bypass:
        lines.append(f"Let pass by {clean(one.bypass.who)}: {clean(one.bypass.why)}")
    return "\n  ".join(lines)


def _steps(feature: Feature, likeness: Likeness) -> tuple[float, float]:
    """The steps over which the feature was measured, as whole numbers."""
    first = likeness.references[0].first_step
    length = min(one.last_step for one in likeness.references) - first
    low, high = (float(round(first + share * length)) for share in feature.part)
    return low, high


def _chance(p: float) -> str:
    """An upper bound of a probability as percent."""
    for bound in (0.0001, 0.001, 0.01):
        if p < bound:
            return f"{100 * bound:g} %"
    return f"{100 * max(p, 0.01):.0f} %" if p > 0.01 else "1 %"


def conclusion(likeness: Likeness) -> str:
    """Return the one line that a tired reader needs."""
    found = likeness.regressions
    passed = sum(one.bypass is not None for one in likeness.moved)
    passed += sum(one.bypass is not None for one in likeness.failed)
    more = f" {count(passed, 'change')} let pass." if passed else ""
    better = sum(one.result == "better" for one in likeness.moved)
    more += f" {count(better, 'feature')} better than in the references." if better else ""
    left = sum(len(one.features) for one in likeness.skipped)
    more += f" {count(left, 'feature')} could not be compared." if left else ""
    if not likeness.moved and not likeness.failed:
        return "Nothing could be compared: the new runs and the references have no curve in common." + more
    if found:
        ill = sum(one.bypass is None for one in likeness.failed)
        failed = f" {count(ill, 'new run')} failed as no reference did." if ill else ""
        return f"Not like the references: {len(found) - ill} of {_compared(likeness)} changed.{failed}{more}"
    few = (
        f" With {ENOUGH} references or more it would see smaller changes." if len(likeness.references) < ENOUGH else ""
    )
    return f"Like the references, as far as {_compared(likeness)} can show.{few}{more}"


def _compared(likeness: Likeness) -> str:
    return count(len(likeness.moved), "comparison")
