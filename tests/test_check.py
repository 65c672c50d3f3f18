"""`gandoctor check` on folders of recorded runs, as a user runs it."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from gandoctor.checks import parallel
from gandoctor.cli import main
from gandoctor.demo import recorded

if TYPE_CHECKING:
    Captured = pytest.CaptureFixture[str]

HEALTHY, BROKEN = "ring8-healthy-s1", "ring8-nan-s10"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two recorded runs, one healthy and one that breaks."""
    for one in recorded():
        if one.name in (HEALTHY, BROKEN):
            shutil.copytree(one.log.parent, tmp_path / "runs" / one.name)
    return tmp_path / "runs"


def change(folder: Path, name: str, old: str, new: str) -> Path:
    """Rewrite the lines of an expectation that match, which must be there."""
    path = folder / name / "expect.toml"
    text, count = re.subn(old, new, path.read_text(), flags=re.MULTILINE)
    assert count
    path.write_text(text)
    return path


# --- the report ----------------------------------------------------------------------------------------------------


def test_runs_that_are_as_expected_pass(runs: Path, capsys: Captured) -> None:
    assert run("check", runs) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["run", "expected", "found", "result"]
    assert f"{HEALTHY}" in out
    assert out.endswith("2 runs: all as expected.\n")


def test_one_folder_can_be_checked_alone_and_is_checked_once(runs: Path, capsys: Captured) -> None:
    assert run("check", runs / HEALTHY, runs / HEALTHY) == 0
    assert capsys.readouterr().out.endswith("1 run: all as expected.\n")


def test_a_run_that_changed_fails_and_shows_both_sides(runs: Path, capsys: Captured) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs) == 1
    out = capsys.readouterr().out
    assert "CHANGED" in out
    assert "  - mode collapse\n" in out
    assert "  + stable, which is the truth\n" in out
    assert "2 runs: 1 changed." in out


def test_the_step_of_what_is_not_as_expected_is_named(runs: Path, capsys: Captured) -> None:
    change(runs, BROKEN, r"^since.*", "since = [100, 200]")
    assert run("check", runs) == 1
    assert "where the failure began, step 2,500" in capsys.readouterr().out


def test_a_change_that_is_let_pass_is_visible_with_who_and_why(runs: Path, capsys: Captured) -> None:
    path = change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    path.write_text(path.read_text() + '\n[[bypass]]\nwhat = "verdict"\nwhy = "new data"\nwho = "Ann"\n')
    assert run("check", runs) == 0
    out = capsys.readouterr().out
    assert "let pass by Ann: new data" in out
    assert "of 1 run a change was let pass" in out


FORMATS = ["json", "junit", "github", "terminal"]


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_names_the_run_that_changed(runs: Path, capsys: Captured, format_: str) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs, "--format", format_) == 1
    assert HEALTHY in capsys.readouterr().out


def test_json_holds_what_changed(runs: Path, capsys: Captured) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs, "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == 1
    states = {one["name"]: one["status"] for one in document["runs"]}
    assert states == {HEALTHY: "changed", BROKEN: "ok"}
    changed = next(one for one in document["runs"] if one["status"] == "changed")
    assert [one["key"] for one in changed["differences"]] == ["verdict"]


def test_junit_has_a_case_a_run_and_a_failure_for_what_changed(runs: Path, tmp_path: Path) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs, "-o", tmp_path / "check.xml") == 1
    suite = ElementTree.parse(tmp_path / "check.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    failed = {case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None}
    assert failed == {HEALTHY}


def test_github_gets_an_error_on_the_log_of_what_changed(runs: Path, capsys: Captured) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs, "--format", "github") == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=")
    assert f"{HEALTHY}/run.csv" in lines[0]
    assert "%0A" in lines[0]
    assert lines[1].startswith("::notice ")


# --- updating ------------------------------------------------------------------------------------------------------


def test_an_update_shows_the_difference_keeps_comments_and_makes_the_run_pass(runs: Path, capsys: Captured) -> None:
    path = change(runs, BROKEN, r"^since.*", "since = [100, 200]  # by hand")
    before = path.read_text()
    assert run("check", runs, "--update", "--yes") == 0
    captured = capsys.readouterr()
    assert "-since = [100, 200]" in captured.err
    assert f"wrote {path}" in captured.err
    after = path.read_text()
    assert after.splitlines()[0] == before.splitlines()[0]
    assert "# by hand" in after
    low, high = tomllib.loads(after)["since"]
    assert low <= 2500 <= high
    assert high - low <= 420
    assert run("check", runs) == 0


NAN = 'verdict = "convergence_failure"\nkind = "non-finite"\n'
UPDATED = {
    "the verdict": (BROKEN, 'verdict = "stable"\nkind = ""'),
    "a verdict with windows that have nothing to hold": (
        HEALTHY,
        'verdict = "convergence_failure"\nalso = ["inconclusive"]\nsince = [1, 9]\nfired_at = [1, 9]',
    ),
    "the kind": (BROKEN, 'verdict = "convergence_failure"\nkind = "divergence"'),
    "a rule that does not fire": (BROKEN, f'{NAN}fired = ["low-diversity", "non-finite"]'),
    "a rule that is not silent": (BROKEN, f'{NAN}silent = ["divergence", "non-finite"]'),
    "when it was sure": (BROKEN, f"{NAN}fired_at = [1, 2]"),
    "a suspicion": (BROKEN, f'{NAN}suspicion = "mode_collapse"'),
    "the windows of a rule": (
        BROKEN,
        f'{NAN}[[window]]\nrule = "non-finite"\nsince = [1, 9]\nfired_at = [2, 3]\n'
        '[[window]]\nrule = "low-diversity"\nsince = [1, 9]',
    ),
    "the window of a rule that never fires": (
        HEALTHY,
        'verdict = "stable"\n[[window]]\nrule = "low-diversity"\nsince = [1, 9]',
    ),
}


@pytest.mark.parametrize("case", UPDATED)
def test_whatever_changed_an_update_makes_it_pass(runs: Path, case: str) -> None:
    name, text = UPDATED[case]
    (runs / name / "expect.toml").write_text(f"{text}\n")
    assert run("check", runs) == 1
    assert run("check", runs, "--update", "--yes") == 0
    assert run("check", runs) == 0


def test_a_run_without_an_expectation_gets_one(runs: Path, capsys: Captured) -> None:
    (runs / BROKEN / "expect.toml").unlink()
    assert run("check", runs) == 2
    assert "--update` writes one" in capsys.readouterr().out
    assert run("check", runs, "--update", "--yes") == 0
    made = tomllib.loads((runs / BROKEN / "expect.toml").read_text())
    assert (made["verdict"], made["kind"], made["fired"]) == ("convergence_failure", "non-finite", ["non-finite"])
    assert "mode-hopping" in made["silent"]
    assert made["since"][0] <= 2500 <= made["since"][1]
    assert run("check", runs) == 0


def test_nothing_is_written_where_nobody_agrees(runs: Path, capsys: Captured) -> None:
    path = change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    before = path.read_text()
    assert run("check", runs, "--update") == 2
    assert "give --yes" in capsys.readouterr().err
    assert path.read_text() == before


@pytest.mark.parametrize(("answer", "status"), [(True, 0), (False, 1)])
def test_on_a_terminal_the_answer_decides(
    runs: Path, monkeypatch: pytest.MonkeyPatch, answer: bool, status: int
) -> None:
    path = change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    before = path.read_text()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: answer)
    assert run("check", runs, "--update") == status
    assert (path.read_text() != before) == answer


def test_an_update_writes_nothing_where_nothing_changed(runs: Path) -> None:
    before = {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()}
    assert run("check", runs, "--update", "--yes") == 0
    assert {path: path.read_bytes() for path in runs.rglob("*") if path.is_file()} == before


def test_an_expectation_with_a_fault_is_not_overwritten(runs: Path) -> None:
    path = change(runs, HEALTHY, "^verdict = .*", 'verdict = "fine"')
    before = path.read_text()
    assert run("check", runs, "--update", "--yes") == 2
    assert path.read_text() == before


# --- bad input -----------------------------------------------------------------------------------------------------


def broken(folder: Path, what: str) -> None:
    """Spoil one run in one way."""
    one = folder / HEALTHY
    if what == "log gone":
        (one / "run.csv").unlink()
    elif what == "empty log":
        (one / "run.csv").write_text("")
    elif what == "binary log":
        (one / "run.csv").write_bytes(bytes(range(256)) * 40)
    elif what == "recipe names nothing":
        (one / "recipe.toml").write_text('source = "me"')
    elif what == "recipe no toml":
        (one / "recipe.toml").write_text("log = ")
    elif what == "recipe leads outside":
        (one / "recipe.toml").write_text('log = "../outside.csv"')
        (folder / "outside.csv").write_text((one / "run.csv").read_text())
    elif what == "recipe leads anywhere":
        (folder / "outside.csv").write_text((one / "run.csv").read_text())
        (one / "recipe.toml").write_text(f"log = '{folder / 'outside.csv'}'")
    elif what == "no recipe, two logs":
        (one / "recipe.toml").unlink()
        (one / "run.txt").write_text("x")
    elif what == "unknown key":
        change(folder, HEALTHY, "^truth .*", 'truht = "stable"')
    elif what == "unknown rule":
        change(folder, HEALTHY, "^fired .*", 'fired = ["nonfinite"]')


SPOILT = {
    "log gone": "is not there",
    "empty log": "run.csv",
    "binary log": "run.csv",
    "recipe names nothing": "recipe.toml: log is None",
    "recipe no toml": "recipe.toml: is no TOML",
    "recipe leads outside": "lies outside of the folder",
    "recipe leads anywhere": "lies outside of the folder",
    "no recipe, two logs": "there is no recipe.toml",
    "unknown key": "expect.toml: truht: is no key",
    "unknown rule": "'nonfinite' is no rule",
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_run_that_cannot_be_judged_is_named_and_the_others_are_judged(
    runs: Path, capsys: Captured, what: str
) -> None:
    broken(runs, what)
    assert run("check", runs) == 2
    out = " ".join(capsys.readouterr().out.split())
    assert SPOILT[what] in out
    assert "NOT JUDGED" in out
    assert "Traceback" not in out
    assert re.search(rf"{BROKEN} +non-finite +non-finite +ok", out)


def test_a_log_without_a_recipe_is_found_by_its_name(runs: Path) -> None:
    (runs / HEALTHY / "recipe.toml").rename(runs / HEALTHY / "run.recipe.toml")
    assert run("check", runs) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "there is no such folder"),
        (("runs/ring8-healthy-s1/run.csv",), "is a file"),
        (("empty",), "no run folder in it"),
        (("runs", "--yes"), "--yes answers the question"),
        (("runs", "--update", "--against", "empty"), "--update rewrites expectations"),
        (("runs", "-o", "report.pdf"), "the suffix says the format"),
        (("runs", "-o", "no/report.xml"), "there is no folder"),
        (("runs", "--format", "yaml"), "yaml"),
        (("runs", "--jobs", "0"), "0"),
        (("runs", "--rulebook", "folklore"), "folklore"),
        ((), "PATH..."),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(runs.parent)
    Path("empty").mkdir()
    assert run("check", *arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_a_report_never_replaces_a_log(runs: Path, capsys: Captured) -> None:
    log = runs / HEALTHY / "run.txt"
    (runs / HEALTHY / "run.csv").rename(log)
    recipe = runs / HEALTHY / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("run.csv", "run.txt"))
    before = log.read_bytes()
    assert run("check", runs, "-o", log) == 2
    assert "is part of the log" in capsys.readouterr().err
    assert log.read_bytes() == before


def test_names_from_files_cannot_steer_a_terminal_or_break_xml(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    (runs / HEALTHY).rename(runs / "bad\x1b[31m<name>")
    (runs / "bad\x1b[31m<name>" / "expect.toml").write_text('verdict = "mode_collapse"')
    for format_ in FORMATS:
        assert run("check", runs, "--format", format_) == 1
        assert "\x1b" not in capsys.readouterr().out
    assert run("check", runs, "-o", tmp_path / "check.xml") == 1
    assert ElementTree.parse(tmp_path / "check.xml").getroot().tag == "testsuites"


def test_several_processes_find_what_one_finds(runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    change(runs, HEALTHY, "^verdict = .*", 'verdict = "mode_collapse"')
    assert run("check", runs, "--jobs", "1") == 1
    alone = capsys.readouterr().out
    monkeypatch.setattr(parallel, "WORTH_IT", 2)
    assert run("check", runs, "--jobs", "2") == 1
    assert capsys.readouterr().out == alone
