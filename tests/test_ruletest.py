"""The cases of rule files: every one that ships passes on the engine, and what is not as demanded is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gandoctor.model import Case, Diagnosis, Finding, Rule, Rulebook, Run
from gandoctor.rulebook import load, names
from gandoctor.ruletest import case_run, failures, run_case, run_cases

SHIPPED = [(book, rule, case) for book in map(load, names()) for rule in book.rules for case in rule.cases]


@pytest.mark.parametrize(("book", "rule", "case"), SHIPPED, ids=[f"{r.id}: {c.name}" for _, r, c in SHIPPED])
def test_a_shipped_case_passes_on_the_real_engine(book: Rulebook, rule: Rule, case: Case) -> None:
    assert run_case(book, rule, case).failures == ()


def test_every_shipped_pattern_has_a_case_in_which_it_fires() -> None:
    patterns = {(book.name, rule.id, p.name) for book, rule, _ in SHIPPED for p in rule.patterns}
    assert patterns - {(book.name, rule.id, case.fires) for book, rule, case in SHIPPED} == set()


def test_the_rule_in_the_readme_loads_and_passes_its_own_cases(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[1] / "rules" / "README.md").read_text(encoding="utf-8")
    example = readme.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "loud-generator.toml").write_text(example, encoding="utf-8")
    results = run_cases(load(extra=[tmp_path]), ["loud-generator"])
    assert [result.failures for result in results] == [(), ()]


def finding(**changes: Any) -> Finding:
    made: dict[str, Any] = {
        "rule": "late-collapse",
        "pattern": "jump",
        "title": "",
        "verdict": "convergence_failure",
        "severity": "error",
        "weight": "verdict",
        "since": 100.0,
        "fired": 150.0,
        "until": None,
        "readings": (),
        "evidence": "",
        "confidence": 0.9,
    }
    return Finding(**{**made, **changes})


def diagnosis(*findings: Finding, **weights: tuple[Finding, ...]) -> Diagnosis:
    empty: dict[str, Any] = dict.fromkeys(
        ["limits", "phases", "suspicions", "remarks", "unanswered", "causes", "remedies", "conventions", "bands"], ()
    )
    return Diagnosis(
        run=Run({}),
        verdict="convergence_failure",
        confidence=0.9,
        headline="",
        calibration="",
        findings=findings,
        best=None,
        rulebook="default",
        rulebook_hash="",
        **{**empty, **weights},
    )


FIRES = {"fires": "jump", "by": 200.0, "since": (90.0, 110.0)}
COMPARED: list[tuple[str, dict[str, Any], tuple[Finding, ...], str]] = [
    ("what was demanded", FIRES, (finding(),), ""),
    ("a second finding in time", FIRES, (finding(fired=900.0), finding()), ""),
    ("nothing", FIRES, (), "jump did not fire; of this rule: nothing"),
    ("another rule's pattern", FIRES, (finding(rule="stable"),), "jump did not fire"),
    ("another pattern", FIRES, (finding(pattern="slide"),), "of this rule: late-collapse.slide fired at step 150"),
    ("too late", FIRES, (finding(fired=201.0),), "fired at step 201 (since 100), later than step 200"),
    ("since before the stretch", FIRES, (finding(since=80.0),), "since must lie from 90 to 110"),
    ("silence", {}, (), ""),
    ("another rule during silence", {}, (finding(rule="stable"),), ""),
    ("a finding that healed", {}, (finding(until=300.0),), "silence was demanded, but late-collapse.jump fired"),
    ("the verdict", {"verdict": "convergence_failure"}, (), ""),
    ("another verdict", {"verdict": "stable"}, (), "the verdict is convergence_failure, not stable; fired: nothing"),
]


@pytest.mark.parametrize(
    ("demand", "findings", "told"), [row[1:] for row in COMPARED], ids=[row[0] for row in COMPARED]
)
def test_a_diagnosis_is_compared_with(demand: dict[str, Any], findings: tuple[Finding, ...], told: str) -> None:
    wrong = failures("late-collapse", Case("a case", {}, **demand), diagnosis(*findings))
    assert (told in " ".join(wrong)) if told else wrong == []


@pytest.mark.parametrize("weight", ["suspicions", "remarks"])
def test_a_suspicion_or_a_remark_breaks_silence_and_counts_as_fired(weight: str) -> None:
    told = diagnosis(**{weight: (finding(),)})
    assert failures("late-collapse", Case("silence", {}), told)
    assert not failures("late-collapse", Case("fires", {}, fires="jump"), told)


def test_only_the_cases_of_the_rules_named_are_run() -> None:
    results = run_cases(load(), ["running-mean"])
    assert {result.rule for result in results} == {"running-mean"}
    assert [result.case for result in results] == [case.name for case in load().rule("running-mean").cases]


def test_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="no-such-rule"):
        run_cases(load(), ["no-such-rule"])


def test_a_curve_that_is_not_logged_at_all_is_no_curve_of_the_run() -> None:
    run = case_run(Case("a case", {"d_loss": "_*5", "g_loss": "_*2 1*3"}))
    assert list(run.curves) == ["g_loss"]
    assert run.curves["g_loss"].steps.tolist() == [3, 4, 5]


def test_two_curves_of_one_case_have_noise_of_their_own() -> None:
    run = case_run(Case("a case", {"d_loss_real": "0~1*5", "d_loss_fake": "0~1*5"}))
    assert (run.curves["d_loss_real"].values != run.curves["d_loss_fake"].values).all()
