"""Rows to runs: which values arrive, what is said about them, and what the caller can decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from gandoctor import readers
from gandoctor.errors import BadOption, NoGanCurve, UnreadableLog
from gandoctor.readers.assemble import assemble
from gandoctor.readers.options import ReadOptions
from gandoctor.readers.raw import RawLog
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAN = float("nan")


def log_of(context: Mapping[str, Any] | None = None, **columns: Any) -> RawLog:
    return RawLog(
        {name: np.array(values, dtype=float) for name, values in columns.items()}, "log", context=context or {}
    )


def csv(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_logged_nan_stays_and_a_missing_value_does_not() -> None:
    values = np.array([1.0, NAN, NAN, 4.0])
    log = RawLog(
        {"step": np.arange(4.0), "d_loss": values, "g_loss": np.ones(4)},
        "log",
        {"d_loss": np.array([True, True, False, True])},
    )
    (run,) = assemble(log)
    assert run.curves["d_loss"].steps.tolist() == [0, 1, 3]
    assert np.isnan(run.curves["d_loss"].values[1])


def test_percent_accuracies_arrive_as_fractions() -> None:
    (run,) = assemble(log_of(step=[1, 2, 3], d_loss=[1, 2, 3], g_loss=[1, 2, 3], acc=[50, 75, 100]))
    assert run.curves["d_accuracy"].values.tolist() == [0.5, 0.75, 1.0]


def test_the_run_says_which_column_became_what() -> None:
    (run,) = assemble(log_of(epoch=[1, 2, 3], lossD=[1, 2, 3], lossG=[4, 5, 6], foo=[7, 8, 9]))
    assert dict(run.columns) == {"d_loss": "lossD", "g_loss": "lossG"}
    assert run.unmapped == ("foo",)


def test_notes_of_the_reader_are_passed_on() -> None:
    log = RawLog({"d_loss": np.ones(3), "g_loss": np.ones(3)}, "log", notes=("3 lines were no rows",))
    assert "3 lines were no rows" in assemble(log)[0].notes


STATED = {
    "hinge": ({"adv_loss": "hinge"}, "hinge"),
    "vanilla": ({"adv_loss": "vanilla"}, "bce"),
    "logistic": ({"adv_loss": "logistic"}, "bce"),
    "least squares": ({"adv_loss": "least_square"}, "lsgan"),
    "Wasserstein": ({"adv_loss": "wasserstein", "apply_gp": "False"}, "wgan"),
    "Wasserstein with a penalty": ({"adv_loss": "wasserstein", "gradient_penalty_for_dis": "True"}, "wgan-gp"),
    "nested": ({"loss_function": {"adv_loss": "hinge"}}, "hinge"),
    "gan_mode": ({"gan_mode": "lsgan"}, "lsgan"),
    "gan_mode wgangp": ({"gan_mode": "wgangp"}, "wgan-gp"),
    "relativistic": ({"gan_type": "RaGAN"}, "relativistic"),
    "unknown": ({"adv_loss": "something new"}, None),
    "nothing": ({"lr": "0.1"}, None),
}


@pytest.mark.parametrize(("context", "family"), STATED.values(), ids=STATED)
def test_the_loss_that_a_log_states_becomes_a_family(context: dict[str, Any], family: str | None) -> None:
    (run,) = assemble(log_of(context, d_loss=[1, 2], g_loss=[1, 2]))
    assert run.context.get("family") == family
    assert run.context.get("family_by") == ("log" if family else None)


def test_sizes_that_a_log_states_become_numbers() -> None:
    stated = {"batch_size": "64", "z_dim": "128", "optimizer": "Adam", "d_steps_per_iter": "5"}
    (run,) = assemble(log_of(stated, d_loss=[1, 2], g_loss=[1, 2]))
    expected = {"batch_size": 64, "latent_dim": 128, "optimiser": "Adam", "d_steps": 5}
    assert {key: run.context.get(key) for key in expected} == expected


@pytest.mark.parametrize("key", ["latent_dim", "latent_size", "z_dim", "nz"])
def test_the_length_of_the_noise_vector_has_one_name_whatever_the_log_calls_it(key: str) -> None:
    (run,) = assemble(log_of({key: 1}, d_loss=[1, 2], g_loss=[1, 2]))
    assert run.context["latent_dim"] == 1


def test_the_rules_ask_for_the_noise_vector_under_that_name() -> None:
    asked = {key for rule in load().rules for cause in rule.causes for key in cause.context}
    assert "latent_dim" in asked
    assert not asked & {"latent_size", "z_dim", "nz"}


def test_words_where_sizes_should_be_are_left_out() -> None:
    (run,) = assemble(log_of({"the batch size": "the"}, d_loss=[1, 2], g_loss=[1, 2]))
    assert "batch_size" not in run.context


def test_the_caller_goes_before_the_log() -> None:
    log = log_of({"adv_loss": "hinge"}, d_loss=[1, 2], g_loss=[1, 2])
    (run,) = assemble(log, ReadOptions(family="wgan", d_form="mean"))
    assert (run.context["family"], run.context["family_by"], run.context["d_form"]) == ("wgan", "user", "mean")


BAD = {
    "family": {"family": "vae"},
    "d_form": {"d_form": "half"},
    "run": {"run": 0},
}


@pytest.mark.parametrize("options", BAD.values(), ids=BAD)
def test_an_option_that_cannot_be_used_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadOption, match=r"--(family|d-loss|run)"):
        ReadOptions(**options)


def test_an_override_holds_in_every_run() -> None:
    log = log_of(epoch=[*range(60), *range(60)], first=range(120), second=range(120))
    runs = assemble(log, ReadOptions(map={"d_loss": "first", "g_loss": "second"}))
    assert [run.points for run in runs] == [60, 60]


# --- files -------------------------------------------------------------------------------------------------------

TWO_RUNS = "epoch,D loss,G loss\n" + "".join(f"{i % 60},{1 + i / 100},{2 + i / 100}\n" for i in range(120))
A_LATE_STUB = "epoch,D loss,G loss\n" + "".join(f"{i},{2 - i / 100},1\n" for i in (*range(100), 0, 1, 2))


def test_the_last_run_of_a_file_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    run = readers.read(csv(tmp_path / "log.csv", TWO_RUNS))
    assert run.curves["d_loss"].values[0] == pytest.approx(1.6)
    assert any("2 runs" in note and "--run N" in note for note in run.notes)


def test_another_run_can_be_asked_for(tmp_path: Path) -> None:
    run = readers.read(csv(tmp_path / "log.csv", TWO_RUNS), run=1)
    assert run.curves["d_loss"].values[0] == 1.0


def test_a_run_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match=r"holds 2 run"):
        readers.read(csv(tmp_path / "log.csv", TWO_RUNS), run=3)


def test_a_stub_after_a_long_run_is_not_the_run_that_is_meant(tmp_path: Path) -> None:
    assert readers.read(csv(tmp_path / "log.csv", A_LATE_STUB)).points == 100


def test_all_runs_can_be_read_at_once(tmp_path: Path) -> None:
    one = csv(tmp_path / "a.csv", TWO_RUNS)
    two = csv(tmp_path / "b.csv", "step,d_loss,g_loss\n1,1,1\n2,1,1\n3,1,2\n")
    assert [run.points for run in readers.read_all(one, two)] == [60, 60, 3]


def test_a_file_without_a_gan_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NoGanCurve, match=r"weather.*--map d_loss"):
        readers.read(csv(tmp_path / "weather.csv", "day,wind,rain\n1,2.5,3\n2,3,4\n3,3,3\n"))


def test_a_map_makes_it_readable(tmp_path: Path) -> None:
    path = csv(tmp_path / "weather.csv", "day,wind,rain\n1,2.5,3\n2,3,4\n3,3,3\n")
    run = readers.read(path, map={"d_loss": "wind", "g_loss": "rain"})
    assert run.curves["g_loss"].values.tolist() == [3, 4, 3]


# --- data frames -------------------------------------------------------------------------------------------------


def test_the_index_of_a_frame_is_the_step() -> None:
    frame = pd.DataFrame({"d_loss": [1.0, 2, 3], "g_loss": [4.0, 5, 6]}, index=[10, 20, 30])
    run = readers.from_frame(frame)
    assert run.unit == "step"
    assert run.curves["d_loss"].steps.tolist() == [10, 20, 30]


def test_a_step_column_of_a_frame_goes_before_its_index() -> None:
    frame = pd.DataFrame({"iteration": [5, 6, 7], "d_loss": [1.0, 2, 3], "g_loss": [4.0, 5, 6]})
    assert readers.from_frame(frame).curves["d_loss"].steps.tolist() == [5, 6, 7]


def test_missing_cells_of_a_frame_were_not_logged() -> None:
    frame = pd.DataFrame({"d_loss": [1.0, 2, 3, 4], "g_loss": [4.0, None, 6, None], "run": ["a", "a", "b", "b"]})
    run = readers.from_frame(frame)
    assert run.curves["g_loss"].steps.tolist() == [0, 2]
    assert "run" not in run.unmapped


def test_numbers_kept_as_text_in_a_frame_are_read() -> None:
    frame = pd.DataFrame({"d_loss": ["1.5", "2.5"], "g_loss": ["1", "x"]})
    assert readers.from_frame(frame).curves["d_loss"].values.tolist() == [1.5, 2.5]


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"d_loss": []}), pd.DataFrame({"a": ["x", "y"]})])
def test_a_frame_without_numbers_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises((UnreadableLog, NoGanCurve)):
        readers.from_frame(frame)


def test_a_frame_takes_the_options_of_read() -> None:
    frame = pd.DataFrame({"first": [1.0, 2], "second": [3.0, 4]})
    run = readers.from_frame(frame, map={"d_loss": "first", "g_loss": "second"}, family="hinge")
    assert run.context["family"] == "hinge"


def test_infinite_values_are_read_without_a_word() -> None:
    inf = float("inf")
    losses = [1.0, inf, inf, -inf, NAN, 2.0] * 10
    (run, *_) = assemble(log_of(step=[*range(30), *range(20, 50)], d_loss=losses, g_loss=losses, FID=losses))
    assert np.isinf(run.curves["d_loss"].values).any()


def test_a_quality_that_the_logger_holds_is_kept_where_it_was_measured() -> None:
    held = np.repeat([310.5, 120.25, 60.125], 10)
    (run,) = assemble(log_of(step=range(30), d_loss=range(30), g_loss=range(30), FID=held))
    assert run.curves["fid"].steps.tolist() == [0, 10, 20]


def test_a_quality_that_is_empty_between_its_measurements_keeps_those_that_repeat() -> None:
    measured = np.where(np.arange(60) % 10 == 9, 0.0, NAN)
    measured[-1] = 0.125
    log = replace(
        log_of(step=range(60), d_loss=range(60), g_loss=range(60), precision=measured),
        logged={"precision": ~np.isnan(measured)},
    )
    (run,) = assemble(log)
    assert run.curves["precision"].values.tolist() == [0, 0, 0, 0, 0, 0.125]


def renamed(first: slice, second: slice, names: tuple[str, str] = ("D_Loss", "loss_d"), rows: int = 100) -> RawLog:
    """D's loss under one name in some rows, under another in others; G's throughout."""
    masks = []
    for part in (first, second):
        mask = np.zeros(rows, bool)
        mask[part] = True
        masks.append(mask)
    columns = {"step": np.arange(float(rows)), "g_loss": np.ones(rows)}
    columns |= {name: np.where(mask, np.arange(rows) / 100, NAN) for name, mask in zip(names, masks, strict=True)}
    return RawLog(columns, "log", dict(zip(names, masks, strict=True)))


@pytest.mark.parametrize("order", [("D_Loss", "loss_d"), ("loss_d", "D_Loss"), ("errD", "discriminator loss")])
def test_a_column_that_goes_on_under_another_name_is_one_curve(order: tuple[str, str]) -> None:
    (run,) = assemble(renamed(slice(0, 60), slice(60, 100), order))
    assert run.curves["d_loss"].values.tolist() == [row / 100 for row in range(100)]
    assert f"'{order[1]}' goes on where '{order[0]}' ends: they were read as one" in run.notes


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (slice(0, 100, 2), slice(1, 100, 2), ("D_Loss", "loss_d")),  # in turns: two things
        (slice(0, 61), slice(60, 100), ("D_Loss", "loss_d")),  # both in one row
        (slice(0, 60), slice(60, 100), ("D_Loss", "val_d_loss")),
        (slice(0, 60), slice(60, 100), ("D_Loss", "d_loss_real")),
    ],
)
def test_other_columns_stay_apart(first: slice, second: slice, names: tuple[str, str]) -> None:
    (run,) = assemble(renamed(first, second, names))
    assert not [note for note in run.notes if "goes on" in note]
    assert len(run.curves["d_loss"]) < 100


def test_a_name_that_the_user_gave_stays_apart() -> None:
    (run,) = assemble(renamed(slice(0, 60), slice(60, 100)), ReadOptions(map={"d_loss": "loss_d"}))
    assert run.curves["d_loss"].steps.tolist() == list(range(60, 100))


def blank(tmp_path: Path, before: str, after: str, rows: int = 40) -> Path:
    """A table whose last rows are others; # is the step."""
    lines = [(before if row < 100 else after).replace("#", str(row)) for row in range(100 + rows)]
    return csv(tmp_path / "run.csv", "step,d_loss,g_loss,lr,fid\n" + "\n".join(lines) + "\n")


@pytest.mark.parametrize(("before", "after"), [("#,1.5,0.5,,", "#,,,,"), ("#,1.5,0.5,1e-4,", "#,,,1e-4,")])
def test_losses_that_are_blank_to_the_end_were_nan(tmp_path: Path, before: str, after: str) -> None:
    run = readers.read(blank(tmp_path, before, after))
    for metric in ("d_loss", "g_loss"):
        assert run.curves[metric].steps.tolist() == list(range(140))
        assert np.isnan(run.curves[metric].values).tolist() == [False] * 100 + [True] * 40
    assert "the last 40 rows hold no loss, as NaN is written by some programs: it was taken for NaN" in run.notes


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ("#,1.5,0.5,1e-4,", "#,,,,25.5", 40),  # evaluations at the end
        ("#,1.5,0.5,1e-4,", "#,,,1e-4,25.5", 40),
        ("#,1.5,0.5,1e-4,", "#,,,1e-4,", 2),  # rows that were cut off
        ("#,1.5,,1e-4,", "#,,0.5,1e-4,", 40),  # the other network's turn
        ("#,1.5,0.5,1e-4,", "#,1.5,,1e-4,", 40),
    ],
)
def test_other_blanks_are_no_nan(tmp_path: Path, before: str, after: str, rows: int) -> None:
    run = readers.read(blank(tmp_path, before, after, rows))
    assert all(np.isfinite(curve.values).all() for curve in run.curves.values())
