from __future__ import annotations

import platform
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import junitparser
import pytest
import situations
import xmlschema

from gandoctor import __version__
from gandoctor.report.junit import joined, render
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

SCHEMA = Path(__file__).parents[1] / "schemas" / "junit-10.xsd"
RULES = ("discriminator-dominance", "evaluation-mismatch", "low-diversity")


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMA)


def cases(diagnosis: Diagnosis) -> dict[str, ET.Element]:
    suite = ET.fromstring(render(diagnosis, "runs/a.csv", RULES, 0.25))
    return {case.get("name", ""): case for case in suite.iter("testcase")}


def results(diagnosis: Diagnosis) -> dict[str, str]:
    """The result of each case: the tag of its first child, "" where it has none."""
    return {name: case[0].tag if len(case) else "" for name, case in cases(diagnosis).items()}


@pytest.mark.parametrize("file", ["runs/a.csv", "", situations.EVIL])
def test_every_document_keeps_to_jenkins_schema(diagnosis: Diagnosis, file: str, schema: xmlschema.XMLSchema) -> None:
    schema.validate(ET.fromstring(joined([render(diagnosis, file, RULES, 12.3456)])))
    schema.validate(ET.fromstring(joined([render(diagnosis, file)])))


def test_a_document_of_no_run_and_of_many_keeps_to_the_schema(schema: xmlschema.XMLSchema) -> None:
    schema.validate(ET.fromstring(joined([])))
    document = joined([render(make(), name) for name, make in situations.SITUATIONS.items()])
    schema.validate(ET.fromstring(document))
    assert [suite.get("name") for suite in ET.fromstring(document)] == list(situations.SITUATIONS)


def test_the_counts_are_those_that_another_reader_finds(diagnosis: Diagnosis) -> None:
    document = joined([render(diagnosis, "a.csv", RULES, 0.5)])
    (suite,) = junitparser.JUnitXml.fromfile(BytesIO(document.encode()))
    told = (suite.tests, suite.failures, suite.errors, suite.skipped)
    suite.update_statistics()  # type: ignore[no-untyped-call]  # junitparser has no types for it
    assert told == (suite.tests, suite.failures, suite.errors, suite.skipped)
    assert suite.time == pytest.approx(0.5)


def test_a_failed_run_fails_its_verdict_and_the_rule_behind_it() -> None:
    found = results(situations.dominance())
    assert found["verdict"] == found["discriminator-dominance"] == "failure"
    assert found["evaluation-mismatch"] == ""


def test_the_verdict_holds_the_whole_report() -> None:
    failure = cases(situations.dominance())["verdict"][0]
    assert failure.get("type") == "convergence_failure"
    assert "The discriminator has won" in failure.get("message", "")
    assert "What to do" in (failure.text or "")


def test_a_rule_that_could_not_be_judged_is_skipped_and_says_what_to_log() -> None:
    skipped = cases(situations.stable())["low-diversity"][0]
    assert skipped.tag == "skipped"
    assert skipped.get("message") == (
        "Not logged: coverage. What to log: coverage of 256 generated samples every few hundred steps."
    )


def test_a_run_without_a_verdict_is_skipped_and_neither_passed_nor_failed() -> None:
    assert results(situations.undecided())["verdict"] == "skipped"


@pytest.mark.parametrize(
    ("make", "rule", "said"),
    [
        (situations.healed, "discriminator-dominance", "Healed"),
        (situations.healed, "smoothed-log", "smoothed"),
        (situations.suspected_collapse, "implied-low-coverage", "42 % likely"),
    ],
)
def test_what_is_no_proved_failure_passes_and_is_told(make: Callable[[], Diagnosis], rule: str, said: str) -> None:
    case = cases(make())[rule]
    assert [child.tag for child in case] == ["system-out"]
    assert said in (case[0].text or "")


def test_characters_that_xml_forbids_become_escapes() -> None:
    evil = "a\x00b\x0b\ufffe\uffff\ud800\x85\u202e<&>]]>\"'"
    diagnosis = replace(situations.dominance(), headline=evil, run=replace(situations.healthy_run(), name=evil))
    suite = ET.fromstring(joined([render(diagnosis, evil)]))[0]
    assert suite.get("name") == r"a\x00b\x0b\ufffe\uffff\ud800\x85\u202e<&>]]>" + "\"'"


def test_all_rules_that_ship_have_a_case() -> None:
    rules = [rule.id for rule in load().rules]
    suite = ET.fromstring(render(situations.stable(), "a.csv", rules))
    assert [case.get("name") for case in suite.iter("testcase")][1 : len(rules) + 1] == rules


@pytest.mark.parametrize("name", ["dominance", "hostile", "undecided"])
def test_the_document_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    text = joined([render(situations.SITUATIONS[name](), "runs/a.csv", RULES, 0.25)])
    for key, value in (("gandoctor", __version__), ("python", platform.python_version())):
        text = text.replace(f'name="{key}" value="{value}"', f'name="{key}" value="VERSION"')
    golden(f"{name}.junit.xml", text)
