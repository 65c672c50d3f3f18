from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import jsonschema
import numpy as np
import pytest
import situations

from gandoctor.model import Curve, Diagnosis, Run
from gandoctor.report import json as report

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_COPIED = {"normalised", "rulebook_hash", "rules"}
"""Fields of a diagnosis that the document has elsewhere or, being curves and rules, not at all."""


def strict(text: str) -> Any:
    def refuse(constant: str) -> Never:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(report.schema())
    return jsonschema.Draft202012Validator(report.schema())


def test_every_document_keeps_to_the_published_schema(diagnosis: Diagnosis) -> None:
    validator().validate(strict(report.render(diagnosis, "logs.csv")))


def test_a_line_is_one_line_and_the_same_document(diagnosis: Diagnosis) -> None:
    line = report.render_line(diagnosis, "logs.csv")
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert strict(line) == strict(report.render(diagnosis, "logs.csv"))


def test_everything_in_a_diagnosis_but_its_curves_is_in_the_document() -> None:
    fields = {field.name for field in dataclasses.fields(Diagnosis)} - NOT_COPIED
    assert fields <= set(report.to_dict(situations.stable()))


def test_what_is_not_finite_is_a_string_and_what_is_not_there_is_null() -> None:
    document = report.to_dict(situations.broken())
    assert document["findings"][0]["readings"][0]["value"] == "Infinity"
    assert document["findings"][0]["until"] is None
    assert document["bands"][1]["normalised"] is None
    assert document["run"]["curves"]["g_loss"]["last"] == "NaN"
    assert document["run"]["curves"]["g_loss"]["non_finite"] == 102


def test_a_run_without_points_has_no_steps() -> None:
    run = report.to_dict(situations.empty())["run"]
    assert (run["points"], run["first_step"], run["last_step"]) == (0, None, None)


def test_any_context_becomes_json() -> None:
    context: dict[Any, Any] = {
        "lr": np.float32(2e-4),
        3: {1.5, None},
        "path": Path("x"),
        "nan": float("nan"),
        "n": np.int64(4),
    }
    diagnosis = replace(situations.stable(), run=Run({}, context=context))
    made = strict(report.render(diagnosis))["run"]["context"]
    assert made["lr"] == pytest.approx(2e-4)
    assert sorted(made["3"], key=str) == [1.5, None]
    assert (made["path"], made["nan"], made["n"]) == ("x", "NaN", 4)


def test_an_empty_curve_is_summarised_without_numbers() -> None:
    diagnosis = replace(situations.stable(), run=Run({"fid": Curve(np.empty(0), np.empty(0))}))
    document = report.to_dict(diagnosis)
    validator().validate(document)
    assert document["run"]["curves"]["fid"]["median"] is None


def test_the_schema_refuses_what_it_does_not_know() -> None:
    document = report.to_dict(situations.stable())
    assert not validator().is_valid({**document, "verdict": "fine"})
    assert not validator().is_valid({**document, "surprise": 1})
    assert not validator().is_valid({key: value for key, value in document.items() if key != "phases"})


def test_the_schema_names_the_version_that_is_written() -> None:
    assert report.schema()["$id"].endswith(report.SCHEMA_VERSION)
    assert report.to_dict(situations.stable())["schema_version"] == report.SCHEMA_VERSION


def test_every_key_of_the_schema_is_described() -> None:
    found = []

    def walk(name: str, part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.get("properties", {}).items():
                if "description" not in value and "$ref" not in value:
                    found.append(f"{name}.{key}")
                walk(f"{name}.{key}", value)
            for key, value in part.get("$defs", {}).items():
                walk(key, value)

    walk("", report.schema())
    assert found == []


def test_several_runs_give_an_array_and_one_run_a_document() -> None:
    one = report.render(situations.stable(), "a")
    from gandoctor.commands.formats import joined

    assert strict(joined("json", [one])) == strict(one)
    assert strict(joined("json", [one, one])) == [strict(one)] * 2
    assert strict(joined("json", [])) == []


@pytest.mark.parametrize("name", ["dominance", "broken", "cycle"])
def test_the_document_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    from gandoctor import __version__

    text = report.render(situations.SITUATIONS[name](), "logs.csv")
    golden(f"{name}.json", text.replace(f'"gandoctor": "{__version__}"', '"gandoctor": "VERSION"'))


def test_the_line_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    from gandoctor import __version__

    text = report.render_line(situations.stable(), "logs.csv")
    golden("stable.jsonl", text.replace(f'"gandoctor":"{__version__}"', '"gandoctor":"VERSION"'))
