"""The report as JUnit XML, which CI servers show as test results: a suite a run, a case for the verdict and each rule.

A rule that decided against the run has failed; one that could not be judged was skipped, with what to log; of one that
passed the output says what was suspected or healed. The form is that of Jenkins' xUnit schema (junit-10.xsd).
"""

from __future__ import annotations

import platform
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gandoctor.report import sentences, terminal
from gandoctor.report.notices import notices
from gandoctor.report.words import VERDICTS, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Diagnosis
    from gandoctor.report.notices import Notice

_VERDICT = "verdict"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even as an escape (section 2.2 of the recommendation)."""


def render(diagnosis: Diagnosis, file: str, rules: Sequence[str] = (), seconds: float | None = None) -> str:
    """Return the suite of one run, an element to be put into a document by `joined`.

    `file` is relative to the project's folder, "" where the log is no file; `rules` are the ids of all rules that were
    judged, `seconds` the time that it took.
    """
    name = file or diagnosis.run.name
    cases = [_verdict(diagnosis), *_rules(diagnosis, rules)]
    for case in cases:
        case.set("classname", name)
    suite = ET.Element("testsuite", name=name, tests=str(len(cases)), failures=_count(cases, "failure"))
    suite.set("errors", "0")
    suite.set("skipped", _count(cases, "skipped"))
    if file:
        suite.set("file", file)
    if seconds is not None:
        suite.set("time", f"{seconds:.3f}")
        cases[0].set("time", f"{seconds:.3f}")
    suite.append(_properties(diagnosis))
    suite.extend(cases)
    return as_text(suite)


def joined(suites: Sequence[str]) -> str:
    """Return the document that holds the suites."""
    inside = "".join(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="gandoctor">\n{inside}</testsuites>\n'


def as_text(suite: ET.Element) -> str:
    """Return a suite as XML, without what no document may hold; to be put into a document by `joined`."""
    for element in suite.iter():
        element.text = element.text and _allowed(element.text)
        for key, value in element.items():
            element.set(key, _allowed(clean(value)))
    ET.indent(suite)
    return f"{ET.tostring(suite, encoding='unicode')}\n"


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _count(cases: Sequence[ET.Element], result: str) -> str:
    return str(sum(case.find(result) is not None for case in cases))


def _properties(diagnosis: Diagnosis) -> ET.Element:
    from gandoctor import __version__

    run = diagnosis.run
    values = {
        "gandoctor": __version__,
        "python": platform.python_version(),
        "rulebook": diagnosis.rulebook,
        "rulebook_hash": diagnosis.rulebook_hash,
        "verdict": diagnosis.verdict,
        "confidence": f"{diagnosis.confidence:.2f}",
        "points": str(run.points),
        "unit": run.unit,
        "last_step": f"{run.last_step:.12g}",
    }
    element = ET.Element("properties")
    for name, value in values.items():
        ET.SubElement(element, "property", name=name, value=value)
    return element


def _verdict(diagnosis: Diagnosis) -> ET.Element:
    """Return the case that says how the run ended; it holds the whole report."""
    case = ET.Element("testcase", name=_VERDICT)
    said = f"{VERDICTS[diagnosis.verdict]}: {sentences.ended(diagnosis.headline)}"
    report = terminal.render(diagnosis, colour=False)
    if diagnosis.verdict == "stable":
        ET.SubElement(case, "system-out").text = report
    elif diagnosis.verdict == "inconclusive":
        ET.SubElement(case, "skipped", message=said).text = report
    else:
        ET.SubElement(case, "failure", message=said, type=diagnosis.verdict).text = report
    return case


def _rules(diagnosis: Diagnosis, rules: Sequence[str]) -> list[ET.Element]:
    """Return a case a rule: those that were given, and any that the diagnosis names besides."""
    found: dict[str, list[Notice]] = {}
    for notice in notices(diagnosis):
        if notice.sort != "undecided":
            found.setdefault(notice.rule, []).append(notice)
    skipped = {clean(one.rule): one for one in diagnosis.unanswered}
    cases = []
    for rule in dict.fromkeys((*map(clean, rules), *found, *skipped)):
        case = ET.Element("testcase", name=rule)
        if rule in found:
            _tell(case, found[rule])
        elif rule in skipped:
            why, log = skipped[rule].why, skipped[rule].log_this
            text = f"{sentences.sentence(why)} What to log: {sentences.ended(log)}" if log else sentences.sentence(why)
            ET.SubElement(case, "skipped", message=text)
        cases.append(case)
    return cases


def _tell(case: ET.Element, found: Sequence[Notice]) -> None:
    """Put what was found into the case: proved failures fail it, the rest is its output."""
    failed = [notice for notice in found if notice.sort == "proved"]
    texts = "\n".join(notice.text for notice in failed or found)
    if failed:
        ET.SubElement(case, "failure", message=failed[0].title, type=failed[0].level).text = texts
    else:
        ET.SubElement(case, "system-out").text = texts
