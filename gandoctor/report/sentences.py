"""What each part of a diagnosis says, in sentences; every string that comes from the log is made safe here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.report.grouping import deciding
from gandoctor.report.words import (
    VERDICTS,
    clean,
    count,
    listed,
    percent,
    span,
    step,
    sureness,
)

if TYPE_CHECKING:
    from gandoctor.model import (
        Diagnosis,
        Unit,
    )
    from gandoctor.report.grouping import Group

ENOUGH = 100
"""Rows that a log should have; the longest fixed window of a failure rule."""

_ROOM = 100
"""Characters within which a cause or a check may take more than its first sentence."""

_NEARLY_EVEN = 0.485
"""From here on the figure is a cap and no estimate."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")
_EXPONENT = re.compile(r"(?<=\d)e([+-])0+(\d)")
_PERCENT = re.compile(r"(\d)%")
_CHOICE = re.compile(r"\d+ (?:logs in this folder|runs in this log)\b")
"""How the note of a reader begins that found several logs or runs and read one."""


def subject(diagnosis: Diagnosis) -> str:
    """Return the run and how much of it there is: "logs.csv: 450 points, steps 1 to 450"."""
    run = diagnosis.run
    if not run.points:
        return f"{clean(run.name)}: no points"
    return f"{clean(run.name)}: {count(run.points, 'point')}, {span(run.unit, run.first_step, run.last_step)}"


def is_choice(note: str) -> bool:
    """Whether a note on reading says that what is reported is one of several, which is to be known before all else."""
    return _CHOICE.match(note) is not None


def since(diagnosis: Diagnosis) -> str:
    """When the present failure began and when it was certain; "" where there is none."""
    group = deciding(diagnosis)
    if group is None:
        return ""
    run = diagnosis.run
    text = f"Since {step(run.unit, group.since)}"
    length = run.last_step - run.first_step
    if group.since <= run.first_step:
        text += ", the first of the log"
    elif length > 0:
        text += f", {percent((group.since - run.first_step) / length)} of the way through"
    if group.fired > group.since:
        text += f"; recognisable from {step(run.unit, group.fired)}"
    return text + "."


def sure(diagnosis: Diagnosis) -> str:
    """How sure the verdict is, and where that number comes from."""
    if diagnosis.verdict == "inconclusive":
        return ""
    told = ended(diagnosis.calibration)
    return f"How sure: {sureness(diagnosis.confidence)}{f': {told}' if told else '.'}"


def undecided(diagnosis: Diagnosis) -> str:
    """What "inconclusive" means here and what to do next; "" for another verdict."""
    if diagnosis.verdict != "inconclusive":
        return ""
    rules = list(dict.fromkeys(clean(finding.rule) for finding in diagnosis.suspicions))
    said = " ".join((diagnosis.headline, *diagnosis.limits))
    if "--family" in said or "--d-loss" in said:
        return (
            "That is: read in one way the run has failed, in the other it has not."
            " Run gandoctor again with the flag that is true."
        )
    if rules:
        return (
            "That is: something speaks for a failure, but it is less likely than not. Do the checks below;"
            f" `gandoctor explain {rules[0]}` says what to log so that the next report can decide."
        )
    if diagnosis.run.points < ENOUGH:
        advice = f"Log every step, at least {ENOUGH} rows, and diagnose again."
        return f"That is: no failure is proved and none excluded. {advice}"
    return "That is: no failure is proved and none excluded."


def sentence(text: str) -> str:
    """Return the text as a sentence: a full stop at the end, a large first letter where it begins with a plain word."""
    text = ended(text)
    return text[:1].upper() + text[1:] if text.split(" ", 1)[0].rstrip(",:;").isalpha() else text


def ended(text: str) -> str:
    """Return the text, made safe, with a full stop at its end."""
    text = " ".join(clean(text).split())
    return text if not text or text[-1] in ".!?" else f"{text}."


def evidence(text: str) -> str:
    """Return what a rule says it measured as a sentence, numbers and percentages written as everywhere else."""
    text = _EXPONENT.sub(r"e\1\2", _PERCENT.sub(r"\1 %", sentence(text)))
    return text.replace("e+", "e")


def opening(text: str) -> str:
    """Return the first sentence of the text, without its full stop."""
    text = " ".join(clean(text).split())
    return text.split(". ", 1)[0].rstrip(".")


def first_thought(text: str) -> str:
    """Return the text up to its first full stop or semicolon."""
    return opening(text).split("; ", 1)[0]


def brief(text: str) -> str:
    """Return the first sentence, and those after it for as long as there is room."""
    first, *rest = _SENTENCE.split(" ".join(clean(text).split()))
    for more in rest:
        if len(first) + len(more) >= _ROOM:
            break
        first += f" {more}"
    return first


def finding_title(group: Group, unit: Unit) -> str:
    """Return a finding's name and when it held: "D has won (discriminator-dominance, since step 96)"."""
    return f"{clean(group.first.title)} ({finding_time(group, unit)})"


def finding_time(group: Group, unit: Unit) -> str:
    """Return a finding's rule and when it held: "discriminator-dominance, since step 96"."""
    first = group.first
    pair = f", pair {clean(first.pair)}" if first.pair else ""
    tried = ", a rule tried on few runs" if first.status == "experimental" else ""
    if first.active:
        return f"{clean(first.rule)}{tried}{pair}, since {step(unit, group.since)}"
    spells = [span(unit, start, end) for start, end in group.spells]
    return f"{clean(first.rule)}{tried}{pair}, {listed(spells, 2)}; it has ended"


def suspicion(group: Group, unit: Unit) -> str:
    """Return a finding that is less likely than not."""
    return f"{finding_title(group, unit)}, {odds(group)}"


def odds(group: Group) -> str:
    """Return how likely a suspicion is: "42 % likely"."""
    likely = group.first.confidence
    return f"{percent(likely)} likely" if likely < _NEARLY_EVEN else "less likely than not"


def best(diagnosis: Diagnosis) -> str:
    """Which checkpoints are worth keeping; "" where no stretch was healthy."""
    stretch = diagnosis.best
    if stretch is None:
        return ""
    return f"{span(diagnosis.run.unit, stretch.start, stretch.end).capitalize()}: {first_thought(stretch.why)}."


def unanswered(diagnosis: Diagnosis) -> list[str]:
    """Return what could not be judged, why, and what to log; rules with the same answer together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for item in diagnosis.unanswered:
        groups.setdefault((ended(item.why), ended(item.log_this)), []).append(clean(item.rule))
    return [
        f"{listed(rules, 6)}: {why}" + (f" What to log: {log}" if log else "") for (why, log), rules in groups.items()
    ]


def unanswered_briefly(diagnosis: Diagnosis) -> list[str]:
    """Return what could not be judged in a line: "low-diversity (not logged), late-collapse (too short)"."""
    groups: dict[str, list[str]] = {}
    for item in diagnosis.unanswered:
        groups.setdefault(clean(item.why).partition(":")[0], []).append(clean(item.rule))
    said = [f"{listed(rules, 8)} ({why})" for why, rules in groups.items()]
    return [f"{'; '.join(said)}. What to log: gandoctor explain RULE"] if said else []


def row(diagnosis: Diagnosis, name: str) -> tuple[str, str, str, str]:
    """One line of a summary of several files: name, verdict with kind, since, how sure."""
    verdict = VERDICTS[diagnosis.verdict] + (f" ({clean(diagnosis.kind)})" if diagnosis.kind else "")
    began = "" if diagnosis.since is None else step(diagnosis.run.unit, diagnosis.since)
    odds = "" if diagnosis.verdict == "inconclusive" else percent(diagnosis.confidence)
    return clean(name), verdict, began, odds
