"""Runs held against their expectations, for a terminal: a table, what changed in each run, and one line to end with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.report.terminal import ascii_only, table
from gandoctor.report.words import clean, count, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.checks.differences import Difference
    from gandoctor.checks.result import CheckResult, Status

MARKS: dict[Status, str] = {"ok": "ok", "bypassed": "let pass", "changed": "CHANGED", "unusable": "NOT JUDGED"}
_KEYS = {
    "verdict": "the verdict",
    "kind": "the kind of failure",
    "fired": "a rule that should fire",
    "silent": "a rule that should be silent",
    "suspicion": "the suspicion",
    "since": "where the failure began",
    "fired_at": "where the failure was sure",
    "window": "when a rule held",
}


def render(results: Sequence[CheckResult], colour: bool, width: int = 100, blocks: bool = True) -> str:
    """Return the whole report; ends with a line break."""
    rows = [(clean(r.name), _short(r.expected), _short(r.found), MARKS[r.status]) for r in results]
    text = table(("run", "expected", "found", "result"), rows, colour, width, blocks)
    details = "".join(f"\n{part}\n" for part in map(detail, results) if part)
    end = f"{text}{details}\n{conclusion(results)}\n"
    return end if blocks else ascii_only(end)


def detail(result: CheckResult) -> str:
    """What changed in one run, line by line, and what was let pass by whom; "" where there is nothing to say."""
    lines = [*map(clean, result.error.splitlines())]
    for one in result.differences:
        lines += _difference(one, result)
    for bypass in result.idle:
        lines.append(f"bypass of {clean(bypass.what)} ({clean(bypass.who)}): {_idle(bypass.until, result)}")
    if result.status == "changed":
        lines.append(f"the whole report: gandoctor diagnose {clean(result.log)}")
    return "\n".join((clean(result.name), *(f"  {line}" for line in lines))) if lines else ""


def _difference(one: Difference, result: CheckResult) -> Iterator[str]:
    """The demand, then what was wanted and what was found as the two sides of a diff."""
    where = "" if one.step is None or result.outcome is None else f", {step(result.outcome.unit, one.step)}"
    yield f"{_KEYS[one.key]}{where}"
    yield f"  - {_words(one.expected)}"
    yield f"  + {_words(one.found)}"
    if one.bypass is not None:
        until = f", until {one.bypass.until}" if one.bypass.until else ""
        yield f"  let pass by {clean(one.bypass.who)}{until}: {clean(one.bypass.why)}"


def _idle(until: object, result: CheckResult) -> str:
    if result.differences and until is not None:
        return f"has run out ({until}) or is about something else"
    return "lets nothing pass any more; take it out"


def _short(answer: str) -> str:
    """The rule behind a verdict, which tells the verdict too; the verdict where there is none."""
    return _words(answer.partition(" (")[2].rstrip(")") or answer)


def _words(text: str) -> str:
    """A verdict as prose, and text from a log made safe."""
    return clean(text.replace("_", " "))


def conclusion(results: Sequence[CheckResult]) -> str:
    """Return the one line that a tired reader needs."""
    number = {status: sum(r.status == status for r in results) for status in MARKS}
    total = count(len(results), "run")
    passed = f"; of {count(number['bypassed'], 'run')} a change was let pass" if number["bypassed"] else ""
    if number["unusable"]:
        changed = f", {number['changed']} changed" if number["changed"] else ""
        return f"{total}: {number['unusable']} could not be judged{changed}{passed}."
    if number["changed"]:
        return f"{total}: {number['changed']} changed{passed}. If that is meant: gandoctor check ... --update"
    return f"{total}: all as expected{passed}."
