"""What each part of a diagnosis says, in sentences; every string that comes from the log is made safe here."""

from __future__ import annotations

import math
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
    from gandoctor.model import (
        Band,
        Convention,
        Diagnosis,
        Finding,
        Reading,
        Unit,
    )

FAMILIES = {
    "bce": "binary cross-entropy (bce)",
    "lsgan": "least squares (lsgan)",
    "hinge": "hinge",
    "wgan": "Wasserstein (wgan)",
    "wgan-gp": "Wasserstein with gradient penalty (wgan-gp)",
    "relativistic": "relativistic",
    "unknown": "of an unknown kind",
}

FORMS = {
    "sum": "the sum of D's real and fake halves",
    "mean": "the mean of D's real and fake halves",
    "separate": "D's real and fake halves apart",
}

_DECIDED = {
    "user": "as you said",
    "context": "as the log says",
    "log": "inferred from the numbers",
    "default": "assumed, since the log does not decide it",
}


def subject(diagnosis: Diagnosis) -> str:
    """The run and how much of it there is: "logs.csv: 450 points, steps 1 to 450"."""
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
    """The text as a sentence: a full stop at the end, a large first letter where it begins with a plain word."""
    text = ended(text)
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].isalpha() else text


def ended(text: str) -> str:
    """The text, made safe, with a full stop at its end."""
    text = " ".join(clean(text).split())
    return text if not text or text[-1] in ".!?" else f"{text}."


def reading(reading_: Reading) -> str:
    """A measurement against its bound, with the reason for the bound and its source."""
    limit = "must not exceed" if reading_.direction == "above" else "must not fall below"
    source = f"; source {clean(reading_.source)}" if reading_.source else ""
    return (
        f"{clean(reading_.signal)} = {number(reading_.value)} {_window(reading_)}, "
        f"{limit} {number(reading_.bound)} ({reading_.basis}: {first_sentence(reading_.why)}{source})"
    )


def _window(reading_: Reading) -> str:
    return "at the last point" if reading_.points == 1 else f"over the last {count(reading_.points, 'point')}"


def first_sentence(text: str) -> str:
    """The text up to its first full stop or semicolon that ends a thought."""
    text = " ".join(clean(text).split())
    ends = [place_ for mark in (". ", "; ") if (place_ := text.find(mark)) > 0]
    return text[: min(ends)] if ends else text.rstrip(".")


def finding_title(finding: Finding, unit: Unit) -> str:
    """A finding's name and when it held: "D has won (discriminator-dominance), since step 96"."""
    return f"{clean(finding.title)} ({finding_time(finding, unit)})"


def finding_time(finding: Finding, unit: Unit) -> str:
    """A finding's rule and when it held: "discriminator-dominance, since step 96"."""
    pair = f", pair {clean(finding.pair)}" if finding.pair else ""
    if finding.until is None:
        when = f"since {step(unit, finding.since)}"
    else:
        when = f"{span(unit, finding.since, finding.until)}, over since then"
    return f"{clean(finding.rule)}{pair}, {when}"


def suspicion(finding: Finding, unit: Unit) -> str:
    """A finding that is less likely than not, with its probability."""
    odds = "" if math.isnan(finding.confidence) else f", {percent(finding.confidence)} likely"
    return finding_title(finding, unit) + odds


def best(diagnosis: Diagnosis) -> str:
    """Which checkpoints are worth keeping; "" where no stretch was healthy."""
    stretch = diagnosis.best
    if stretch is None:
        return ""
    return f"{span(diagnosis.run.unit, stretch.start, stretch.end).capitalize()}: {first_sentence(stretch.why)}."


def band(band_: Band) -> str:
    """A documented band beside the run: "D loss a half 0.5 to 0.8: 0.62 (inside)"."""
    verdict = "inside" if band_.inside else "outside"
    after = f", {normalised(band_)} normalised" if normalised(band_) else ""
    return f"{clean(band_.name)} {limits(band_)}: {number(band_.literal)}{after} ({verdict})"


def normalised(band_: Band) -> str:
    """The measured value after conventions; "" where the band has no such form."""
    return "" if math.isnan(band_.normalised) else number(band_.normalised)


def limits(band_: Band) -> str:
    """The two ends of a band: "0.5 to 0.8", "at least 0.5"."""
    if math.isinf(band_.high):
        return f"at least {number(band_.low)}"
    if math.isinf(band_.low):
        return f"at most {number(band_.high)}"
    return f"{number(band_.low)} to {number(band_.high)}"


def convention(convention_: Convention) -> str:
    """How the raw losses were read, who decided it, what else is possible and which flag settles it."""
    pair = f"Pair {clean(convention_.pair)}: " if convention_.pair else ""
    text = f"{pair}{FAMILIES[convention_.family]} losses; the log holds {FORMS[convention_.d_form]}"
    text = text[0].upper() + text[1:] + "".join(f"; {part}" for part in _details(convention_))
    reason = f": {clean(convention_.reasons[0])}" if convention_.reasons else ""
    text += f" ({_DECIDED[convention_.decided_by]}{reason})."
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
    others = [f"--family {family} --d-loss {form}" for family, form in convention_.alternatives]
    if not others:
        return f"If that is wrong: {flags('FAMILY', 'FORM')}."
    this = flags(convention_.family, convention_.d_form)
    return f"Also possible: {' or '.join(others)}. To settle it, say which; {this} keeps this reading."


def flags(family: str, form: str) -> str:
    """The flags that fix a convention."""
    return f"--family {family} --d-loss {form}"


def unanswered(diagnosis: Diagnosis) -> list[str]:
    """What could not be judged, why, and what to log; rules with the same answer together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in diagnosis.unanswered:
        groups.setdefault((ended(item.why), ended(item.log_this)), []).append(clean(item.rule))
    return [
        f"{listed(rules, 6)}: {why}" + (f" To find out, log {log}" if log else "")
        for (why, log), rules in groups.items()
    ]


def mapping(diagnosis: Diagnosis) -> str:
    """Which column was read as which metric, where the names differ."""
    pairs = [f"{clean(column)} = {label(metric)}" for column, metric in _renamed(diagnosis)]
    return f"Columns read: {listed(pairs, 8, '; ')}." if pairs else ""


def _renamed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    return [(column, metric) for column, metric in diagnosis.run.columns.items() if column != metric]


def unmapped(diagnosis: Diagnosis) -> str:
    """The columns that were not understood, and how to name them."""
    names = [clean(name) for name in diagnosis.run.unmapped]
    if not names:
        return ""
    return f"Not understood: {listed(names, 8)}. To use one: --map METRIC={names[0]}"


def row(diagnosis: Diagnosis, name: str) -> tuple[str, str, str, str]:
    """One line of a summary of several files: name, verdict with kind, since, how sure."""
    verdict = VERDICTS[diagnosis.verdict] + (f" ({clean(diagnosis.kind)})" if diagnosis.kind else "")
    began = "" if diagnosis.since is None else step(diagnosis.run.unit, diagnosis.since)
    odds = "" if diagnosis.verdict == "inconclusive" else percent(diagnosis.confidence)
    return clean(name), verdict, began, odds
