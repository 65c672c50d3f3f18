"""What the recipe beside a log says is used; whatever is wrong with it is a note and never a failure."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor import Recorder, diagnose, read
from gandoctor.demo import recorded
from gandoctor.errors import BadOption
from gandoctor.readers.recipe import LIMIT, recipe_of
from gandoctor.recorder import recipe
from gandoctor.report.terminal import render

LOG = "step,d_loss,g_loss\n" + "".join(f"{5 * k},{1.2 + 0.01 * (k % 7)},{0.9 + 0.01 * (k % 5)}\n" for k in range(1, 80))
HINGE = 'log = "run.csv"\n[context]\nfamily = "hinge"\nlatent_dim = 100\n'
FIXTURES = {run.name: run.log for run in recorded()}


def folder(at: Path, text: str | bytes, name: str = "recipe.toml") -> Path:
    (at / "run.csv").write_text(LOG)
    (at / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return at / "run.csv"


@pytest.mark.parametrize("name", ["recipe.toml", "run.recipe.toml"])
def test_the_context_of_a_recipe_that_names_the_log_is_used(name: str, tmp_path: Path) -> None:
    run = read(folder(tmp_path, HINGE, name))
    assert (run.context["family"], run.context["latent_dim"]) == ("hinge", 100)
    assert not run.notes


def test_a_folder_is_read_with_its_recipe(tmp_path: Path) -> None:
    folder(tmp_path, HINGE)
    assert read(tmp_path).context["family"] == "hinge"


def test_the_report_says_that_the_recipe_said_so(tmp_path: Path) -> None:
    report = render(diagnose(folder(tmp_path, HINGE)), colour=False)
    assert "the recipe beside the log says hinge" in " ".join(report.split())


def test_what_the_caller_says_goes_before_the_recipe(tmp_path: Path) -> None:
    diagnosis = diagnose(folder(tmp_path, HINGE), family="lsgan", d_loss="mean")
    assert (diagnosis.conventions[0].family, diagnosis.conventions[0].d_form) == ("lsgan", "mean")
    assert diagnosis.conventions[0].decided_by == "user"
    assert diagnosis.run.context["latent_dim"] == 100


def test_the_recipe_of_the_log_alone_goes_before_the_folders(tmp_path: Path) -> None:
    log = folder(tmp_path, HINGE)
    (tmp_path / "run.recipe.toml").write_text('log = "run.csv"\n[context]\nfamily = "bce"\n')
    context = read(log).context
    assert (context["family"], context["latent_dim"]) == ("bce", 100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HINGE.replace("run.csv", "other.csv"),
        "[context]\nfamily = 'hinge'\n",
        'log = "run.csv"\n',
        'log = ["run.csv"]\n',
    ],
)
def test_a_recipe_of_another_log_or_of_none_changes_nothing(text: str, tmp_path: Path) -> None:
    run = read(folder(tmp_path, text))
    assert not run.context
    assert not run.notes


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (HINGE + "[context", "cannot be read"),
        (b"\xff\xfe\0", "cannot be read"),
        (b"#" * (LIMIT + 1), "more than 64 KiB"),
        ('log = "run.csv"\ncontext = 3\n', "is no table"),
        (HINGE.replace("hinge", "dcgan"), "'family'"),
        (HINGE + 'd_form = "half"\n', "'d_form'"),
        (HINGE + 'real_target = "high"\n', "'real_target'"),
        (HINGE + "fake_target = nan\n", "'fake_target'"),
        (HINGE + "shape = { a = 1 }\nfilters = [[1], [2]]\n", "'shape', 'filters'"),
    ],
)
def test_what_cannot_be_used_is_a_note(text: str | bytes, word: str, tmp_path: Path) -> None:
    diagnosis = diagnose(folder(tmp_path, text))
    (note,) = diagnosis.run.notes
    assert word in note
    assert "recipe.toml" in note
    assert diagnosis.verdict == "stable"


def test_a_recipe_that_is_a_folder_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text(LOG)
    (tmp_path / "recipe.toml").mkdir()
    (note,) = read(tmp_path / "run.csv").notes
    assert "cannot be read" in note


@pytest.mark.parametrize("name", FIXTURES)
def test_a_shipped_run_gets_the_same_verdict_with_its_recipe_and_without(name: str, tmp_path: Path) -> None:
    alone = Path(shutil.copy(FIXTURES[name], tmp_path))
    with_recipe, without = diagnose(FIXTURES[name]), diagnose(alone)
    assert recipe_of(FIXTURES[name]).context
    assert not recipe_of(alone).context
    if without.verdict == "inconclusive":  # of few rows the losses do not tell their family: the report asks for it
        without = diagnose(alone, family=recipe_of(FIXTURES[name]).context["family"])
    assert (with_recipe.verdict, with_recipe.kind) == (without.verdict, without.kind)


# --- what a recorder writes ----------------------------------------------------------------------------------------


def record(log: Path, **context: object) -> None:
    with Recorder(log, context=context) as doctor:
        for step in range(1, 20):
            doctor.record(step, d_loss=1.2, g_loss=0.9)


def test_a_recorded_context_is_read_back(tmp_path: Path) -> None:
    given = {
        "framework": "keras", "batch_size": 64, "g_lr": np.float32(2e-4), "d_lr": float(np.float32(2e-4)),
        "d_beta1": 0.5, "combined_batch": False, "g_hidden": (64, 64), "data": 'C:\\mnist "train"\n', "note": None,
        "shape": np.array([28, 28]), "a key": "ü\x7f\0", "path": Path("data"),
    }  # fmt: skip
    record(tmp_path / "run.csv", **given)
    context = recipe_of(tmp_path / "run.csv").context
    assert context == {
        "framework": "keras", "batch_size": 64, "g_lr": 0.0002, "d_lr": 0.0002, "d_beta1": 0.5, "combined_batch": False,
        "g_hidden": [64, 64], "data": 'C:\\mnist "train"\n', "shape": [28, 28], "a key": "ü\x7f\0", "path": "data",
    }  # fmt: skip


simple = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.booleans())


@settings(max_examples=50, deadline=None)
@given(given_=st.dictionaries(st.text(), st.one_of(simple, st.lists(simple))))
def test_any_context_survives_the_file(tmp_path_factory: pytest.TempPathFactory, given_: dict[str, object]) -> None:
    log = tmp_path_factory.mktemp("run") / "run.csv"
    try:
        context = recipe.checked(given_)
    except BadOption:
        return
    recipe.write(log, context, {"d_loss": "loss, D"})
    assert recipe_of(log).context == {key.encode(errors="replace").decode(): _replaced(v) for key, v in context.items()}
    assert recipe_of(log).columns == {"d_loss": "loss, D"}


def _replaced(value: object) -> object:
    """A text as UTF-8 can hold it."""
    if isinstance(value, list):
        return [_replaced(each) for each in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def test_somebody_elses_recipe_is_kept_and_ours_stands_beside_it(tmp_path: Path) -> None:
    theirs = '# by hand\nlog = "run.csv"\nsource = "me"\n[context]\nfamily = "hinge"\n'
    (tmp_path / "recipe.toml").write_text(theirs)
    record(tmp_path / "run.csv", latent_dim=64)
    record(tmp_path / "other.csv", latent_dim=32)
    assert (tmp_path / "recipe.toml").read_text() == theirs
    assert (read(tmp_path / "run.csv").context["family"], read(tmp_path / "run.csv").context["latent_dim"]) == (
        "hinge",
        64,
    )
    assert read(tmp_path / "other.csv").context["latent_dim"] == 32


def test_recipes_of_others_in_both_places_are_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("recipe.toml", "run.recipe.toml"):
        (tmp_path / name).write_text("not = toml = at all")
    record(tmp_path / "run.csv", latent_dim=64)
    assert {path.read_text() for path in tmp_path.glob("*.toml")} == {"not = toml = at all"}
    assert "context is not kept" in caplog.text


def test_a_recorded_log_is_taken_at_its_word(tmp_path: Path) -> None:
    """Values that repeat were measured again; a usual log is repaired where it looks as if a logger held them."""
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 41):
            doctor.record(step, d_loss=1.2 + step // 2, g_loss=0.9 + step // 2, coverage=0.5 if step > 9 else 0.25)
    (tmp_path / "moved").mkdir()
    moved = Path(shutil.copy(tmp_path / "run.csv", tmp_path / "moved"))
    assert {metric: len(curve) for metric, curve in read(tmp_path / "run.csv").curves.items()} == {
        "d_loss": 40, "g_loss": 40, "coverage": 40,
    }  # fmt: skip
    assert len(read(moved).curves["coverage"]) < 40


def test_a_map_of_the_callers_goes_before_the_recorders(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 41):
            doctor.record(step, d_loss=1.2, g_loss=0.9, wobble=0.1 * step)
    assert "fid" not in read(tmp_path / "run.csv").curves
    assert "fid" in read(tmp_path / "run.csv", map={"fid": "wobble"}).curves
