"""What an expect.toml may say, what its faults are called, and what is not as it demands."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from gandoctor.checks.differences import differences
from gandoctor.checks.expectation import load, parse
from gandoctor.checks.outcome import Outcome
from gandoctor.checks.result import CheckResult, exit_status, judge
from gandoctor.errors import BadExpectation
from gandoctor.model import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.checks.expectation import Expectation
    from gandoctor.model import VerdictName

RULES = {"non-finite", "low-diversity", "stagnation", "divergence"}
TODAY = date(2026, 1, 15)
BLANK = CheckResult("run", "runs/run", "runs/run/run.csv", "", "")


def finding(rule: str, verdict: VerdictName, since: float, fired: float, until: float | None = None) -> Finding:
    weight = "verdict" if until is None or rule else "suspicion"
    about = (f"{rule} holds", verdict, "error", weight)
    return Finding(rule, "pattern", *about, since, fired, until, (), f"{rule} was seen", 0.9)  # type: ignore[arg-type]


NAN = finding("non-finite", "convergence_failure", 200, 205)
HEALED = finding("divergence", "convergence_failure", 50, 60, until=90)
SUSPECTED = finding("low-diversity", "mode_collapse", 120, 150)

FAILED = Outcome(
    "convergence_failure", "non-finite", "D is NaN", 0.9, 200, 205, (NAN, HEALED), (SUSPECTED,), "step", 1, 400
)
HEALTHY = Outcome("stable", "", "Stable dynamics", 0.9, None, None, (), (), "step", 1, 400)


def expectation(text: str) -> Expectation:
    made, faults = parse(tomllib.loads(text), RULES)
    assert not faults
    assert made is not None
    return made


MET = {
    "nothing but the verdict": ('verdict = "stable"', HEALTHY),
    "verdict and kind": ('verdict = "convergence_failure"\nkind = "non-finite"', FAILED),
    "another verdict that is as good": ('verdict = "stable"\nalso = ["convergence_failure"]', FAILED),
    "another kind that is as good": (
        'verdict = "convergence_failure"\nkind = "divergence"\nalso_kind = ["non-finite"]',
        FAILED,
    ),
    "rules that fired, a healed one too": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nfired = ["non-finite", "divergence"]',
        FAILED,
    ),
    "silence of a rule that healed": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nsilent = ["divergence", "stagnation"]',
        FAILED,
    ),
    "a suspicion": ('verdict = "convergence_failure"\nkind = "non-finite"\nsuspicion = "mode_collapse"', FAILED),
    "a suspicion that was proved": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nsuspicion = "convergence_failure"',
        FAILED,
    ),
    "windows, their ends included": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nsince = [200, 200]\nfired_at = [1, 205]',
        FAILED,
    ),
    "windows of a rule that healed": (
        'verdict = "convergence_failure"\nkind = "non-finite"\n'
        '[[window]]\nrule = "divergence"\nsince = [40, 60]\nfired_at = [60, 70]',
        FAILED,
    ),
    "tables that are left to others": (
        'verdict = "stable"\ntruth = "mode_collapse"\n[golden]\nany = [1, "x"]',
        HEALTHY,
    ),
}

NOT_MET = {
    "verdict": ('verdict = "mode_collapse"', FAILED, ["verdict"]),
    "verdict, which is what the run really is": (
        'verdict = "mode_collapse"\ntruth = "convergence_failure"',
        FAILED,
        ["verdict"],
    ),
    "kind": ('verdict = "convergence_failure"\nkind = "divergence"', FAILED, ["kind"]),
    "no kind": ('verdict = "convergence_failure"', FAILED, ["kind"]),
    "a rule that should fire": ('verdict = "stable"\nfired = ["low-diversity"]', HEALTHY, ["fired"]),
    "a rule that is only suspected": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nfired = ["low-diversity"]',
        FAILED,
        ["fired"],
    ),
    "a rule that should be silent and is suspected": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nsilent = ["low-diversity"]',
        FAILED,
        ["silent"],
    ),
    "a suspicion": ('verdict = "stable"\nsuspicion = "mode_collapse"', HEALTHY, ["suspicion"]),
    "both windows": (
        'verdict = "convergence_failure"\nkind = "non-finite"\nsince = [1, 199]\nfired_at = [206, 300]',
        FAILED,
        ["since", "fired_at"],
    ),
    "a window without a failure in it": ('verdict = "stable"\nsince = [1, 400]', HEALTHY, ["since"]),
    "a window of another rule": (
        'verdict = "convergence_failure"\nkind = "non-finite"\n[[window]]\nrule = "divergence"\nsince = [51, 60]',
        FAILED,
        ["window"],
    ),
    "several": ('verdict = "mode_collapse"\nsilent = ["non-finite"]', FAILED, ["verdict", "silent"]),
}


@pytest.mark.parametrize("case", MET)
def test_what_is_demanded_and_found_is_no_difference(case: str) -> None:
    text, found = MET[case]
    assert list(differences(expectation(text), found)) == []


@pytest.mark.parametrize("case", NOT_MET)
def test_what_is_demanded_and_not_found_is_named_by_its_key(case: str) -> None:
    text, found, keys = NOT_MET[case]
    assert [one.key for one in differences(expectation(text), found)] == keys


def test_a_difference_says_what_was_wanted_found_and_where() -> None:
    (one,) = differences(expectation('verdict = "mode_collapse"\ntruth = "convergence_failure"'), FAILED)
    assert (one.expected, one.found, one.step) == (
        "mode_collapse",
        "convergence_failure, which is the truth",
        200,
    )
    (silent,) = differences(
        expectation('verdict = "stable"\nalso = ["convergence_failure"]\nsilent = ["low-diversity"]'), FAILED
    )
    assert (silent.rule, silent.step) == ("low-diversity", 120)
    assert "suspected: low-diversity was seen" in silent.found


FAULTS = {
    "verdict": ("", "is missing"),
    "verdit": ('verdict = "stable"\nverdit = "stable"', "is no key of an expectation"),
    "kind": ('verdict = "stable"\nkind = "non-finit"', "is no rule"),
    "also": ('verdict = "stable"\nalso = "inconclusive"', "is no list"),
    "also_kind": ('verdict = "stable"\nalso_kind = [1]', "1 is no rule"),
    "truth": ('verdict = "stable"\ntruth = "good"', "'good' is no verdict"),
    "fired": ('verdict = "stable"\nfired = ["non-finite", "typo"]', "'typo' is no rule"),
    "silent": ('verdict = "stable"\nfired = ["non-finite"]\nsilent = ["non-finite"]', "is in fired as well"),
    "since": ('verdict = "stable"\nsince = [20, 10]', "ends before it begins"),
    "fired_at": ('verdict = "stable"\nfired_at = 3', "is no window of steps"),
    "window": ('verdict = "stable"\n[window]\nrule = "non-finite"', "two brackets"),
    "bypass": ('verdict = "stable"\n[[bypass]]\nwhat = "since"\nwho = "Ann"', "has no why"),
}


@pytest.mark.parametrize("key", FAULTS)
def test_a_fault_in_an_expectation_is_named_with_its_file_and_key(key: str, tmp_path: Path) -> None:
    text, said = FAULTS[key]
    path = tmp_path / "expect.toml"
    path.write_text(text)
    with pytest.raises(BadExpectation) as raised:
        load(path, RULES)
    assert f"{path}: {key}: " in str(raised.value)
    assert said in str(raised.value)


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "expect.toml").write_text('verdict = "fine"\nsince = []\nnonsense = 1')
    with pytest.raises(BadExpectation) as raised:
        load(tmp_path / "expect.toml", RULES)
    assert str(raised.value).count("\n") == 2


@pytest.mark.parametrize("content", [b"verdict = ", b"\xff\xfe", b'verdict = "stable"\nverdict = "stable"'])
def test_a_file_that_is_no_toml_is_called_that(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "expect.toml").write_bytes(content)
    with pytest.raises(BadExpectation, match="is no TOML"):
        load(tmp_path / "expect.toml", RULES)


UNUSABLE = {
    "a long key": (b"a." * 20_000 + b"a = 1", "more than 40 parts"),
    "a huge number": (b'verdict = "stable"\nsince = [1, ' + b"9" * 400 + b"]", "beyond 64 bits"),
    "a number of thousands of digits": (b"verdict = " + b"9" * 5000, "thousands of digits"),
    "a huge hexadecimal number": (b"verdict = 0x" + b"f" * 5000, "beyond 64 bits"),
    "a deep list": (b"verdict = " + b"[" * 200 + b"]" * 200, "nested deeper"),
    "a list that breaks the parser": (b"verdict = " + b"[" * 100_000, "nested deeper"),
    "a deep bypass": (b"[[bypass]]\nwhy = " + b"{a=" * 90 + b"1" + b"}" * 90, "nested deeper"),
    "two megabytes": (b"#" * 2_000_000, "holds more than"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_beyond_what_tables_can_hold_is_refused(case: str, tmp_path: Path) -> None:
    content, said = UNUSABLE[case]
    (tmp_path / "expect.toml").write_bytes(content)
    with pytest.raises(BadExpectation, match=said):
        load(tmp_path / "expect.toml", RULES)


BYPASSES = [
    ('what = "verdict"\nwhy = "w"\nwho = "Ann"', "bypassed"),
    ('what = "non-finite"\nwhy = "w"\nwho = "Ann"', "bypassed"),
    ('what = "verdict"\nwhy = "w"\nwho = "Ann"\nuntil = 2026-01-15', "bypassed"),
    ('what = "verdict"\nwhy = "w"\nwho = "Ann"\nuntil = 2026-01-14', "changed"),
    ('what = "since"\nwhy = "w"\nwho = "Ann"', "changed"),
]


@pytest.mark.parametrize(("table", "status"), BYPASSES)
def test_a_bypass_lets_pass_what_it_names_until_its_day(table: str, status: str) -> None:
    result = judge(BLANK, expectation(f'verdict = "stable"\n[[bypass]]\n{table}'), FAILED, TODAY)
    assert result.status == status
    assert len(result.idle) == (status == "changed")


def test_a_bypass_that_lets_nothing_pass_is_named() -> None:
    text = 'verdict = "stable"\n[[bypass]]\nwhat = "since"\nwhy = "w"\nwho = "Ann"'
    result = judge(BLANK, expectation(text), HEALTHY, TODAY)
    assert result.status == "ok"
    assert [one.who for one in result.idle] == ["Ann"]


def test_the_exit_status_is_that_of_the_worst_run() -> None:
    fine = judge(BLANK, expectation('verdict = "stable"'), HEALTHY, TODAY)
    changed = judge(BLANK, expectation('verdict = "stable"'), FAILED, TODAY)
    broken = replace(BLANK, error="unreadable")
    assert [exit_status(results) for results in ([fine], [fine, changed], [fine, changed, broken])] == [0, 1, 2]
