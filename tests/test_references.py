"""`gandoctor reference` and `gandoctor check NEW --against REFERENCES`, as a user runs them."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
from simulated_gan import Game, play

from gandoctor.cli import main
from gandoctor.engine import diagnose
from gandoctor.errors import BadReference
from gandoctor.reference import store
from gandoctor.reference.measure import measure
from gandoctor.reference.runs import against

if TYPE_CHECKING:
    from collections.abc import Callable

    Captured = pytest.CaptureFixture[str]

GAME = Game("bce", 500, 64, 0.6, wander=0.15, memory=20, transient=10)
SEEDS = range(6)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def log(path: Path, seed: int, game: Game = GAME) -> Path:
    made = play(np.random.default_rng([seed, 99]), game)
    rows = zip(*made.values(), strict=True)
    lines = [f"{step}," + ",".join(f"{value:.5g}" for value in row) for step, row in enumerate(rows, 1)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([",".join(["step", *made]), *lines]) + "\n")
    return path


def recipe(folder: Path, **context: object) -> None:
    pairs = "\n".join(f"{key} = {json.dumps(value)}" for key, value in context.items())
    (folder / "recipe.toml").write_text(f'log = "run.csv"\nrows = "trained"\n\n[context]\n{pairs}\n')


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with references of six seeds, a new run like them, one that moved, and one that failed."""
    place = tmp_path_factory.mktemp("home")
    for seed in SEEDS:
        log(place / "old" / f"seed-{seed}" / "run.csv", seed)
        recipe(place / "old" / f"seed-{seed}", family="bce", d_form="separate", d_lr=2e-4, seed=seed)
        assert run("reference", "add", place / "old" / f"seed-{seed}", "--in", place / "references") == 0
    log(place / "like.csv", 50)
    log(place / "moved.csv", 51, replace(GAME, level=0.25))
    log(place / "failed.csv", 52, replace(GAME, ill="d-wins", onset=250))
    return place


@pytest.fixture
def references(home: Path, tmp_path: Path) -> Path:
    """The references alone, to be spoilt."""
    return Path(shutil.copytree(home / "references", tmp_path / "references"))


# --- comparing -----------------------------------------------------------------------------------------------------


def test_a_run_like_the_references_passes(home: Path, capsys: Captured) -> None:
    assert run("check", home / "like.csv", "--against", home / "references") == 0
    out = capsys.readouterr().out
    assert "against 6 references" in out
    assert "Like the references, as far as 9 comparisons can show." in out


def test_a_run_that_moved_fails_and_says_what_when_and_by_how_much(home: Path, capsys: Captured) -> None:
    assert run("check", home / "moved.csv", "--against", home / "references") == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "CHANGED: D's level at the end fell from 0.6" in out
    assert "It means: D tells generated from real samples more easily" in out
    assert "(steps 350 to 500)" in out
    assert "Outside of every reference" in out
    assert "Not like the references:" in out


def test_a_run_that_failed_is_named_with_its_failure_and_step(home: Path, capsys: Captured) -> None:
    assert run("check", home / "failed.csv", "--against", home / "references") == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "is diagnosed as convergence failure (discriminator-dominance) since step" in out
    assert "1 new run failed as no reference did" in out


def test_several_new_runs_are_listed_one_by_one(home: Path, capsys: Captured) -> None:
    new = [home / "moved.csv", home / "failed.csv"]
    assert run("check", *new, "--against", home / "references") == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "2 new runs" in out
    assert "Run by run: " in out


def test_a_run_that_stopped_early_because_it_failed_is_compared_all_the_same(
    home: Path, tmp_path: Path, capsys: Captured
) -> None:
    rows = (home / "failed.csv").read_text().splitlines()[:401]
    (tmp_path / "short.csv").write_text("\n".join(rows))
    assert run("check", tmp_path / "short.csv", "--against", home / "references") == 1
    assert "diagnosed as convergence failure" in " ".join(capsys.readouterr().out.split())


def test_a_longer_run_is_compared_up_to_the_end_of_the_references(home: Path, tmp_path: Path) -> None:
    long = log(tmp_path / "long.csv", 60, replace(GAME, steps=1000, ill="d-wins", onset=800))
    likeness = against([long], home / "references")
    assert [one.result for one in likeness.moved] == ["same"] * 9
    assert [one.verdict for one in likeness.failed] == ["convergence_failure"]


def test_references_of_another_version_are_named(home: Path, references: Path, capsys: Captured) -> None:
    path = references / "seed-1" / "reference.toml"
    path.write_text(path.read_text().replace('gandoctor = "', 'gandoctor = "0.0.'))
    assert run("check", home / "like.csv", "--against", references) == 0
    assert "Note: the references were measured by gandoctor 0.0." in capsys.readouterr().out


def test_a_changed_recipe_is_said_before_the_conclusion(home: Path, tmp_path: Path, capsys: Captured) -> None:
    shutil.copy(home / "like.csv", tmp_path / "run.csv")
    recipe(tmp_path, family="bce", d_form="separate", d_lr=4e-4, seed=7)
    assert run("check", tmp_path, "--against", home / "references") == 0
    assert "Note: d_lr is 0.0004; in the references it is 0.0002." in capsys.readouterr().out


def test_json_and_junit_and_github_say_the_same(home: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ("check", home / "failed.csv", "--against", home / "references")
    assert run(*words, "--format", "json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == 1
    changed = {one["feature"] for one in document["comparisons"] if one["result"] == "moved"}
    assert "d_level.end" in changed
    assert [one["kind"] for one in document["failed"]] == ["discriminator-dominance"]
    assert run(*words, "-o", tmp_path / "like.xml") == 1
    cases = list(ElementTree.parse(tmp_path / "like.xml").getroot().iter("testcase"))
    failed = {case.get("name", "") for case in cases if case.find("failure") is not None}
    assert {name for name in failed if not name.startswith("diagnosis of")} == changed
    assert len(failed) == len(changed) + 1
    assert run(*words, "--format", "github") == 1
    out = capsys.readouterr().out
    assert out.count("::error ") == len(failed)


def test_a_bypass_file_lets_pass_what_it_names_and_is_visible(home: Path, references: Path, capsys: Captured) -> None:
    assert run("check", home / "moved.csv", "--against", references, "--format", "json") == 1
    changed = [one["feature"] for one in json.loads(capsys.readouterr().out)["comparisons"] if one["result"] == "moved"]
    tables = [f'[[bypass]]\nwhat = "{what}"\nwhy = "new D"\nwho = "Ann"\n' for what in changed]
    (references / "bypass.toml").write_text("\n".join(tables))
    assert run("check", home / "moved.csv", "--against", references) == 0
    out = capsys.readouterr().out
    assert "Let pass by Ann: new D" in out
    assert f"{len(changed)} changes let pass" in out
    (references / "bypass.toml").write_text("\n".join(tables).replace('Ann"', 'Ann"\nuntil = 2020-01-01'))
    assert run("check", home / "moved.csv", "--against", references) == 1


# --- the files -----------------------------------------------------------------------------------------------------


def test_a_reference_is_a_small_text_file_with_all_that_is_known(home: Path) -> None:
    path = home / "references" / "seed-2" / "reference.toml"
    assert path.stat().st_size < 6000
    made = tomllib.loads(path.read_text())
    assert made["creator"]
    assert made["date"]
    assert made["platform"]
    assert made["context"]["d_lr"] == 2e-4
    assert made["versions"]["gandoctor"]
    assert len(made["log_hash"]) == 64
    assert set(made["course"]) == {"d_level", "g_level", "d_accuracy_real", "d_accuracy_fake"}


def test_a_reference_reads_back_as_it_was_measured(home: Path) -> None:
    kept = next(one.measured for one in store.load(home / "references") if one.measured.name == "seed-3")
    folder = home / "old" / "seed-3"
    now = measure(diagnose(folder / "run.csv"), "seed-3", log_hash=store.hash_of(folder / "run.csv"))
    assert kept.features == pytest.approx(now.features, rel=1e-5)
    assert {name: list(values) for name, values in kept.course.items()} == {
        name: pytest.approx(values, rel=1e-5, nan_ok=True) for name, values in now.course.items()
    }
    assert (kept.unit, kept.first_step, kept.last_step, kept.rows) == (
        now.unit,
        now.first_step,
        now.last_step,
        now.rows,
    )
    assert (kept.verdict, kept.reading, kept.log_hash) == (now.verdict, now.reading, now.log_hash)


def test_references_are_listed_and_shown(home: Path, capsys: Captured) -> None:
    assert run("reference", "list", "--in", home / "references") == 0
    out = capsys.readouterr().out
    assert all(f"seed-{seed}" in out for seed in SEEDS)
    assert "6 references." in out
    assert run("reference", "show", "seed-1", "--in", home / "references") == 0
    out = capsys.readouterr().out
    assert "D's level at the end" in out
    assert "500 rows, steps 1 to 500" in out


def test_what_was_said_about_a_reference_is_kept(home: Path, tmp_path: Path) -> None:
    words = ("--name", "special", "--creator", "Ann", "--platform", "a TPU", "--note", 'says "hi"\nand more')
    assert run("reference", "add", home / "like.csv", "--in", tmp_path, *words) == 0
    made = tomllib.loads((tmp_path / "special" / "reference.toml").read_text())
    assert [made[key] for key in ("creator", "platform", "note")] == ["Ann", "a TPU", 'says "hi"\nand more']


def test_a_failed_run_becomes_a_reference_only_with_a_reason(home: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ("reference", "add", home / "failed.csv", "--in", tmp_path / "refs")
    assert run(*words) == 2
    assert "is diagnosed as convergence failure" in capsys.readouterr().err
    assert not (tmp_path / "refs").exists()
    assert run(*words, "--allow", "it is what the paper did") == 0
    made = tomllib.loads((tmp_path / "refs" / "failed" / "reference.toml").read_text())
    assert made["allowed"] == "it is what the paper did"


# --- bad input -----------------------------------------------------------------------------------------------------


def test_a_reference_is_never_overwritten(home: Path, references: Path, capsys: Captured) -> None:
    before = (references / "seed-0" / "reference.toml").read_bytes()
    assert run("reference", "add", home / "like.csv", "--in", references, "--name", "seed-0") == 2
    assert "is there already" in capsys.readouterr().err
    assert (references / "seed-0" / "reference.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "x" * 101, "new\nline"])
def test_a_name_that_is_no_file_name_is_refused(home: Path, tmp_path: Path, capsys: Captured, name: str) -> None:
    assert run("reference", "add", home / "like.csv", "--in", tmp_path / "refs", "--name", name) == 2
    assert "--name" in capsys.readouterr().err
    assert not (tmp_path / "refs").exists()


def test_the_same_log_is_not_added_twice(home: Path, references: Path, capsys: Captured) -> None:
    assert run("reference", "add", home / "old" / "seed-0", "--in", references, "--name", "again") == 2
    assert "they are the same log" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("game", "said"),
    [
        (replace(GAME, steps=300), "they end at step 300 and 500"),
        (replace(GAME, family="hinge"), "read differently"),
    ],
)
def test_a_run_that_does_not_fit_to_the_others_is_refused(
    references: Path, tmp_path: Path, capsys: Captured, game: Game, said: str
) -> None:
    other = log(tmp_path / "run.csv", 70, game)
    recipe(tmp_path, family=game.family, d_form="separate")
    assert run("reference", "add", other, "--in", references, "--name", "other") == 2
    assert said in capsys.readouterr().err


def test_a_log_too_short_to_compare_becomes_no_reference(home: Path, tmp_path: Path, capsys: Captured) -> None:
    rows = (home / "like.csv").read_text().splitlines()[:6]
    (tmp_path / "tiny.csv").write_text("\n".join(rows))
    assert run("reference", "add", tmp_path / "tiny.csv", "--in", tmp_path / "refs", "--allow", "for a test") == 2
    assert "long enough to compare" in capsys.readouterr().err


DAMAGED: dict[str, tuple[Callable[[str], str], str]] = {
    "no toml": (lambda text: text + "\n[[[", "is no TOML"),
    "another version": (lambda text: text.replace("features_version = 1", "features_version = 0"), "another version"),
    "no features": (lambda text: text.replace("[features]", "[featurez]"), "is damaged"),
    "unknown feature": (lambda text: text.replace('"d_level.end"', '"d_level.ende"'), "there is no d_level.ende"),
    "not finite": (lambda text: text.replace('"d_level.end" = ', '"d_level.end" = nan #'), "is not finite"),
    "no number": (lambda text: text.replace("rows = 500", 'rows = "many"'), "is damaged"),
    "endless": (lambda text: re.sub("(?m)^last_step = .*", "last_step = inf", text), "last_step is not finite"),
    "a huge number": (lambda text: text.replace("rows = 500", f"rows = {'9' * 400}"), "run.rows is a whole number"),
    "nested": (lambda text: text.replace("rows = 500", f"rows = {'[' * 99}{']' * 99}"), "is nested deeper"),
    "no course": (lambda text: text.replace("g_level = [", "h_level = ["), "has no g_level"),
    "short course": (lambda text: text.replace("d_level = [", "d_level = [] # ["), "needs 20 values"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_reference_is_named(home: Path, references: Path, capsys: Captured, what: str) -> None:
    spoil, said = DAMAGED[what]
    path = references / "seed-1" / "reference.toml"
    path.write_text(spoil(path.read_text()))
    assert run("check", home / "like.csv", "--against", references) == 2
    captured = capsys.readouterr()
    assert str(path) in captured.err
    assert said in captured.err
    assert captured.out == ""


def test_too_few_references_are_refused_and_few_bring_a_warning(home: Path, references: Path, capsys: Captured) -> None:
    for name in ("seed-4", "seed-5"):
        shutil.rmtree(references / name)
    assert run("check", home / "like.csv", "--against", references) in (0, 1)
    assert "only 4 references" in capsys.readouterr().out
    for name in ("seed-2", "seed-3"):
        shutil.rmtree(references / name)
    assert run("check", home / "like.csv", "--against", references) == 2
    assert "2 of the 3 references" in capsys.readouterr().err


BYPASSES = {
    'what = "d_level.end"': "holds [[bypass]] tables",
    '[[bypass]]\nwhat = "d_level.end"\nwho = "Ann"': "bypass 1: has no why",
    '[[bypass]]\nwhat = "everything"\nwhy = "w"\nwho = "Ann"': "'everything' is no thing that can be let pass",
    '[[bypass]]\nwhat = "verdict"\nwhy = "w"\nwho = "Ann"\nuntil = "soon"': "is no date",
}


@pytest.mark.parametrize("text", BYPASSES)
def test_a_fault_in_the_bypass_file_is_named(home: Path, references: Path, capsys: Captured, text: str) -> None:
    (references / "bypass.toml").write_text(text)
    assert run("check", home / "like.csv", "--against", references) == 2
    err = capsys.readouterr().err
    assert str(references / "bypass.toml") in err
    assert BYPASSES[text] in err


def test_a_run_that_is_not_done_is_not_compared(home: Path, tmp_path: Path, capsys: Captured) -> None:
    rows = (home / "like.csv").read_text().splitlines()[:301]
    (tmp_path / "short.csv").write_text("\n".join(rows))
    assert run("check", tmp_path / "short.csv", "--against", home / "references") == 2
    assert "ends at step 300, the references at 500" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "like.csv", "--against", "nowhere"), "there is no such folder"),
        (("check", "like.csv", "--against", "old"), "holds no <name>/reference.toml"),
        (("check", "nowhere.csv", "--against", "references"), "nowhere.csv"),
        (("reference", "add", "nowhere.csv"), "nowhere.csv"),
        (("reference", "list", "--in", "nowhere"), "there is no such folder"),
        (("reference", "show", "seed-77"), "there is no reference 'seed-77'; there are seed-0"),
        (("reference", "show"), "NAME"),
    ],
)
def test_wrong_use_is_a_sentence_and_status_2(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(home)
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_the_python_call_refuses_as_the_command_does(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match="no such folder"):
        against([home / "like.csv"], tmp_path / "nowhere")
