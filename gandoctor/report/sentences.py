"""What each part of a diagnosis says, in sentences; every string that comes from the log is made safe here."""

from __future__ import annotations

import math
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from gandoctor.report.curves import label
from gandoctor.report.words import (
    VERDICTS,
    clean,
    count,
    listed,
    number,
    percent,
    span,
    step,
    sureness,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import (
        Band,
        Convention,
        Diagnosis,
        Finding,
        Reading,
        Unit,
    )

FAMILIES = {
    "bce": "cross-entropy losses",
    "lsgan": "least-squares losses (lsgan)",
    "hinge": "hinge losses",
    "wgan": "Wasserstein losses (wgan)",
    "wgan-gp": "Wasserstein losses with gradient penalty (wgan-gp)",
    "relativistic": "relativistic losses",
    "unknown": "losses of an unknown kind",
}

FORMS = {
    "sum": "D's loss the sum of its halves on real and generated samples",
    "mean": "D's loss the mean of its halves on real and generated samples",
    "separate": "D's losses on real and on generated samples apart",
}

_REASON = 90
"""The most characters of a bound's reason that a report shows; the rule's page has all of it."""

_DECIDED = {
    "user": "as you said",
    "context": "as the log says",
    "log": "inferred from the numbers",
    "default": "the likeliest reading",
}


def subject(diagnosis: Diagnosis) -> str:
    """Return the run and how much of it there is: "logs.csv: 450 points, steps 1 to 450"."""
    run = diagnosis.run
    if not run.points:
        return f"{clean(run.name)}: no points"
    return f"{clean(run.name)}: {count(run.points, 'point')}, {span(run.unit, run.first_step, run.last_step)}"


def since(diagnosis: Diagnosis) -> str:
    """When the present failure began and when it was certain; "" where there is none."""
    run = diagnosis.run
    deciding = next((f for f in diagnosis.findings if f.active and f.verdict == diagnosis.verdict), None)
    if deciding is None:
        return ""
    text = f"Since {step(run.unit, deciding.since)}"
    length = run.last_step - run.first_step
    if length > 0:
        text += f", {percent((deciding.since - run.first_step) / length)} of the way through"
    if deciding.fired > deciding.since:
        text += f"; recognisable from {step(run.unit, deciding.fired)}"
    return text + "."


def sure(diagnosis: Diagnosis) -> str:
    """How sure the verdict is, and where that number comes from."""
    if diagnosis.verdict == "inconclusive":
        return "How sure: no verdict is likely enough to be given."
    return f"How sure: {sureness(diagnosis.confidence)}. {sentence(diagnosis.calibration)}".rstrip()


def sentence(text: str) -> str:
    """Return the text as a sentence: a full stop at the end, a large first letter where it begins with a plain word."""
    text = ended(text)
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].isalpha() else text


def ended(text: str) -> str:
    """Return the text, made safe, with a full stop at its end."""
    text = " ".join(clean(text).split())
    return text if not text or text[-1] in ".!?" else f"{text}."


def reading(reading_: Reading) -> str:
    """Return a measurement against its bound, with the reason for the bound and its source."""
    source = f"; source {clean(reading_.source)}" if reading_.source else ""
    why = shortened(first_thought(reading_.why), _REASON)
    return (
        f"{clean(reading_.signal)} = {number(reading_.value)} {_window(reading_)}, {reading_.direction} the bound"
        f" {number(reading_.bound)} ({reading_.basis}: {why}{source})"
    )


def _window(reading_: Reading) -> str:
    return "at the last point" if reading_.points == 1 else f"over the last {count(reading_.points, 'point')}"


def opening(text: str) -> str:
    """Return the first sentence of the text, without its full stop."""
    text = " ".join(clean(text).split())
    return text.split(". ", 1)[0].rstrip(".")


def first_thought(text: str) -> str:
    """Return the text up to its first full stop or semicolon."""
    return opening(text).split("; ", 1)[0]


def shortened(text: str, most: int) -> str:
    """Return the text, cut after a word where it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[: most - 3].rsplit(' ', 1)[0]}..."


def finding_title(finding: Finding, unit: Unit) -> str:
    """Return a finding's name and when it held: "D has won (discriminator-dominance), since step 96"."""
    return f"{clean(finding.title)} ({finding_time(finding, unit)})"


def finding_time(finding: Finding, unit: Unit) -> str:
    """Return a finding's rule and when it held: "discriminator-dominance, since step 96"."""
    pair = f", pair {clean(finding.pair)}" if finding.pair else ""
    if finding.until is None:
        when = f"since {step(unit, finding.since)}"
    else:
        when = f"{span(unit, finding.since, finding.until)}, over since then"
    return f"{clean(finding.rule)}{pair}, {when}"


def suspicion(finding: Finding, unit: Unit) -> str:
    """Return a finding that is less likely than not, with its probability."""
    odds = "" if math.isnan(finding.confidence) else f", {percent(finding.confidence)} likely"
    return finding_title(finding, unit) + odds


def best(diagnosis: Diagnosis) -> str:
    """Which checkpoints are worth keeping; "" where no stretch was healthy."""
    stretch = diagnosis.best
    if stretch is None:
        return ""
    return f"{span(diagnosis.run.unit, stretch.start, stretch.end).capitalize()}: {first_thought(stretch.why)}."


def band(band_: Band) -> str:
    """Return a documented band beside the run: "D loss, each half, 0.5 to 0.8: 0.62, inside"."""
    verdict = "inside" if band_.inside else "outside"
    after = normalised(band_)
    literal = number(band_.literal)
    value = literal if after in ("", literal) else f"{after} ({literal} as logged)"
    return f"{clean(band_.name)}, {limits(band_)}: {value}, {verdict}"


BAND_COLUMNS = ("Documented", "Band", "This run, as logged", "Normalised", "", "Source")
"""The header of `band_row`."""


def band_row(band_: Band) -> tuple[str, ...]:
    """Return a documented band as a row of a table."""
    verdict = "inside" if band_.inside else "outside"
    return (clean(band_.name), limits(band_), number(band_.literal), normalised(band_), verdict, clean(band_.source))


def normalised(band_: Band) -> str:
    """Return the measured value after conventions; "" where the band has no such form."""
    return "" if math.isnan(band_.normalised) else number(band_.normalised)


def limits(band_: Band) -> str:
    """Return the two ends of a band: "0.5 to 0.8", "at least 0.5"."""
    if math.isinf(band_.high):
        return f"at least {number(band_.low)}"
    if math.isinf(band_.low):
        return f"at most {number(band_.high)}"
    return f"{number(band_.low)} to {number(band_.high)}"


def conventions(every: Sequence[Convention]) -> list[str]:
    """Return how the raw losses were read, pairs of networks that were read alike together."""
    pairs: dict[Convention, list[str]] = {}
    for one in every:
        pairs.setdefault(replace(one, pair=""), []).append(clean(one.pair))
    return [convention(one, names) for one, names in pairs.items()]


def convention(convention_: Convention, pairs: Sequence[str] = ()) -> str:
    """Return how the raw losses were read, who decided it, what else is possible and which flag settles it."""
    named = [pair for pair in pairs if pair]
    whose = f"Pair{'s' if len(named) > 1 else ''} {', '.join(named)}: " if named else ""
    parts = [FAMILIES[convention_.family], FORMS[convention_.d_form], *_details(convention_)]
    reason = f": {clean(convention_.reasons[0])}" if convention_.reasons else ""
    text = whose + ", ".join(parts)
    text = f"{text[0].upper()}{text[1:]} ({_DECIDED[convention_.decided_by]}{reason})."
    if convention_.decided_by in ("user", "context"):
        return text
    return f"{text} {_override(convention_)}"


def _details(convention_: Convention) -> list[str]:
    details = []
    if convention_.sign < 0:
        details.append("signs turned, since the log holds what D maximises")
    if (convention_.real_target, convention_.fake_target) != (1.0, 0.0):
        details.append(f"labels {number(convention_.real_target)} for real, {number(convention_.fake_target)} for fake")
    if convention_.d_scale != 1.0:
        details.append(f"D's loss multiplied by {number(convention_.d_scale)} before it was logged")
    return details


def _override(convention_: Convention) -> str:
    """Return what else is possible and the flags that settle it."""
    family, form = convention_.family, convention_.d_form
    if not convention_.alternatives:
        return "If that is wrong: --family and --d-loss."
    others = [_flags(other, family, form) for other in convention_.alternatives]
    return f"Also possible: {' or '.join(others)}; --family {family} --d-loss {form} keeps this reading."


def _flags(other: tuple[str, str], family: str, form: str) -> str:
    """Return the flags by which another reading differs from this one."""
    new_family = f"--family {other[0]}" if other[0] != family else ""
    new_form = f"--d-loss {other[1]}" if other[1] != form else ""
    return f"{new_family} {new_form}".strip()


def unanswered(diagnosis: Diagnosis) -> list[str]:
    """Return what could not be judged, why, and what to log; rules with the same answer together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in diagnosis.unanswered:
        groups.setdefault((ended(item.why), ended(item.log_this)), []).append(clean(item.rule))
    return [
        f"{listed(rules, 6)}: {why}" + (f" What to log: {log}" if log else "") for (why, log), rules in groups.items()
    ]


def unanswered_briefly(diagnosis: Diagnosis) -> list[str]:
    """Return what could not be judged, a line for each kind of reason: "Not logged: low-diversity (coverage)"."""
    groups: dict[str, list[str]] = {}
    for item in diagnosis.unanswered:
        kind, _, detail = clean(item.why).partition(":")
        detail = detail.split(",")[0].strip()
        short = f" ({detail})" if detail and " " not in detail else ""
        groups.setdefault(kind, []).append(f"{clean(item.rule)}{short}")
    lines = [f"{kind[:1].upper()}{kind[1:]}: {listed(rules, 8)}." for kind, rules in groups.items()]
    return [*lines[:-1], f"{lines[-1]} What to log: gandoctor explain RULE"] if lines else []


def mapping(diagnosis: Diagnosis) -> str:
    """Which column was read as which metric, where the names differ."""
    pairs = [f"{clean(column)} = {label(metric)}" for column, metric in _renamed(diagnosis)]
    return f"Columns read: {listed(pairs, 8, '; ')}." if pairs else ""


def _renamed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(column, metric) for metric, column in diagnosis.run.columns.items() if column != metric]


def unmapped(diagnosis: Diagnosis) -> str:
    """Return the columns that were not understood, and how to name them."""
    names = [clean(name) for name in diagnosis.run.unmapped]
    if not names:
        return ""
    return f"Not understood: {listed(names, 8)}. To use one: --map METRIC={quote(names[0])}"


def row(diagnosis: Diagnosis, name: str) -> tuple[str, str, str, str]:
    """One line of a summary of several files: name, verdict with kind, since, how sure."""
    verdict = VERDICTS[diagnosis.verdict] + (f" ({clean(diagnosis.kind)})" if diagnosis.kind else "")
    began = "" if diagnosis.since is None else step(diagnosis.run.unit, diagnosis.since)
    odds = "" if diagnosis.verdict == "inconclusive" else percent(diagnosis.confidence)
    return clean(name), verdict, began, odds
