"""Checks as test cases, and what CI servers read: JUnit XML and GitHub's annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree as ET

from gandoctor.report import junit as reports
from gandoctor.report.annotations import command
from gandoctor.report.checks import likeness as words
from gandoctor.report.checks.terminal import detail
from gandoctor.report.location import relative
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.checks.result import CheckResult, Status
    from gandoctor.reference.likeness import Likeness

Ended = Literal["passed", "warned", "failed", "broken"]

_ENDED: dict[Status, Ended] = {"ok": "passed", "bypassed": "warned", "changed": "failed", "unusable": "broken"}


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: how it ended, a line that says why, the details, and the file that it is about."""

    suite: str
    name: str
    ended: Ended
    message: str = ""
    text: str = ""
    file: str = ""
    seconds: float = 0.0


def of_checks(results: Sequence[CheckResult], root: str) -> tuple[Case, ...]:
    """A case for each run that was held against its expectation; files are named relative to the folder `root`."""
    return tuple(_case(result, root) for result in results)


def _case(result: CheckResult, root: str) -> Case:
    ended = _ENDED[result.status]
    message = result.error.partition("\n")[0]
    if result.differences:
        message = f"expected {result.expected}, found {result.found}: {_keys(result)}"
    file = clean(relative(result.log or result.folder, root))
    return Case("gandoctor.check", result.name, ended, message, detail(result), file, result.seconds)


def _keys(result: CheckResult) -> str:
    """What is not as expected, in a line: "fired (low-diversity), since"."""
    named = (f"{one.key} ({one.rule})" if one.rule else one.key for one in result.differences)
    return ", ".join(dict.fromkeys(named))


def of_likeness(likeness: Likeness) -> tuple[Case, ...]:
    """A case for each comparison with the references, and one for each new run's own diagnosis."""
    failed = {one.run: one for one in likeness.failed}
    made = []
    for run in likeness.new:
        one = failed.get(run.name)
        told = "" if one is None else words.failure(one, likeness)
        ended: Ended = "passed" if one is None else "warned" if one.bypass else "failed"
        made.append(Case("gandoctor.check", f"diagnosis of {run.name}", ended, told.partition("\n")[0], told))
    for moved in likeness.moved:
        told = "" if moved.result == "same" else words.movement(moved, likeness)
        worse = moved.result in ("worse", "moved")
        ended = "failed" if worse and moved.bypass is None else "warned" if told else "passed"
        made.append(Case("gandoctor.check", moved.feature.id, ended, told.partition("\n")[0], told))
    if not likeness.moved:
        said = words.conclusion(likeness)
        made.append(Case("gandoctor.check", "comparison", "broken", said, said))
    return tuple(made)


def junit(cases: Sequence[Case]) -> str:
    """Return JUnit XML; a change that was let pass is a passed case with the bypass in its output."""
    return reports.joined([_suite(name, cases) for name in dict.fromkeys(case.suite for case in cases)])


def _suite(name: str, cases: Sequence[Case]) -> str:
    mine = [case for case in cases if case.suite == name]
    suite = ET.Element("testsuite", name=name, tests=str(len(mine)), skipped="0")
    for key, ended in (("failures", "failed"), ("errors", "broken")):
        suite.set(key, str(sum(case.ended == ended for case in mine)))
    suite.set("time", f"{sum(case.seconds for case in mine):.3f}")
    for case in mine:
        element = ET.SubElement(suite, "testcase", classname=name, name=case.name, time=f"{case.seconds:.3f}")
        if case.ended == "warned":
            ET.SubElement(element, "system-out").text = case.text
        elif case.ended != "passed":
            tag = {"failed": "failure", "broken": "error"}[case.ended]
            ET.SubElement(element, tag, message=case.message, type=tag).text = case.text
    return reports.as_text(suite)


def github(cases: Sequence[Case]) -> str:
    """Return GitHub's workflow commands: an error or a warning for each case that did not just pass, and a count."""
    lines = []
    for case in cases:
        if case.ended != "passed":
            place = {"file": case.file, "line": "1"} if case.file else {}
            properties = {**place, "title": clean(f"gandoctor check: {case.name}")}
            lines.append(command("warning" if case.ended == "warned" else "error", properties, case.text))
    passed = sum(case.ended == "passed" for case in cases)
    lines.append(command("note", {"title": "gandoctor check"}, f"{passed} of {len(cases)} as expected"))
    return "\n".join(lines) + "\n"
