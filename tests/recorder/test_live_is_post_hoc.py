"""What a Recorder knows at a step is what `diagnose` says of its file cut there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor import Recorder, diagnose, read
from gandoctor.demo import recorded

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis

FIXTURES = {run.name: run.log for run in recorded() if run.log.name == "run.csv"}
RARE = ("coverage", "fid", "learning_rate")

Row = dict[str, Any]


def told(diagnosis: Diagnosis) -> tuple[Any, ...]:
    """All that the verdict and the findings say; NaN compares equal."""
    return (
        diagnosis.verdict,
        diagnosis.headline,
        repr(diagnosis.confidence),
        repr(diagnosis.findings),
        repr(diagnosis.suspicions),
        repr(diagnosis.remarks),
        repr(diagnosis.conventions),
        repr(diagnosis.unanswered),
        repr(diagnosis.causes),
    )


def random_rows(n: int, seed: int) -> list[Row]:
    """A run that wanders through healthy and ill levels: ragged, with NaN, repeated values and late metrics."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.choice([0.7, 0.3, 0.0005, 3.0], size=8), -(-n // 8))
    g = np.repeat(rng.choice([0.8, 2.0, 9.0, 0.001, 16.118096], size=8), -(-n // 8))
    bad = set(rng.integers(0, n, size=int(rng.integers(0, 3))).tolist())
    percent = 100.0 if seed % 4 == 1 else 1.0
    rows: list[Row] = []
    for i in range(n):
        row: Row = {"d_loss_real": level[i] * rng.normal(1, 0.05), "g_loss": np.float32(g[i] * rng.normal(1, 0.05))}
        row["d_loss_fake"] = float("nan") if i in bad else level[i] * rng.normal(1, 0.05)
        row["d_accuracy_fake"] = percent * rng.binomial(16, min(max(1 - level[i] / 2, 0.0), 1.0)) / 16
        row |= {name: rng.choice([0.25, 0.5, 1.0]) for name in RARE if rng.random() < 0.05}
        if rng.random() < 0.1:
            row["g_loss"] = None
        rows.append(row)
    return rows


def cut(log: Path, rows: int, to: Path) -> Path:
    """The first rows of a log in another folder, with its recipe."""
    to.mkdir(exist_ok=True)
    lines = log.read_text().splitlines(keepends=True)
    (to / log.name).write_text("".join(lines[: rows + 1]))
    shutil.copy(log.with_name("recipe.toml"), to)
    return to / log.name


@settings(max_examples=12, deadline=None)
@given(st.integers(20, 500), st.integers(0, 10_000))
def test_the_state_at_random_steps_is_that_of_the_file_cut_there(n: int, seed: int) -> None:
    rows, rng = random_rows(n, seed), np.random.default_rng(seed)
    asked = {*rng.integers(1, n + 1, size=3).tolist(), n}
    restarted = {*rng.integers(1, n + 1, size=2).tolist()} if seed % 2 else set()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "run.csv"
        doctor = Recorder(log, context={"family": "bce", "g_lr": np.float32(2e-4)})
        live = {}
        for i, row in enumerate(rows, 1):
            doctor.record(3 * i, row)
            if i in asked:
                live[i] = told(doctor.diagnosis())
            if i in restarted:
                doctor.close()
                doctor = Recorder(log, context={"family": "bce", "g_lr": np.float32(2e-4)})
        doctor.close()
        for i, said in live.items():
            assert said == told(diagnose(cut(log, i, Path(folder) / "cut"))), f"after {i} of {n} rows"


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000))
def test_a_crash_and_a_restart_from_a_checkpoint_leave_the_state_of_one_run(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = random_rows(300, seed)
    died, checkpoint = 200, int(rng.integers(20, 190))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "run.csv"
        with Recorder(log) as first:
            for i, row in enumerate(random_rows(died, seed + 1), 1):
                first.record(i, rows[i - 1] if i < checkpoint else row)
        with Recorder(log) as second:
            for i in range(checkpoint, 301):
                second.record(i, rows[i - 1])
            live = told(second.diagnosis())
        whole = Path(folder) / "whole" / "run.csv"
        whole.parent.mkdir()
        with Recorder(whole) as one:
            for i, row in enumerate(rows, 1):
                one.record(i, row)
        assert sorted(read(log).curves) == sorted(read(whole).curves)
        assert live == told(diagnose(log)) == told(diagnose(whole))


@pytest.mark.parametrize("name", FIXTURES)
def test_a_recorded_run_gets_live_what_its_file_gets(name: str, tmp_path: Path) -> None:
    original = read(FIXTURES[name])
    steps = sorted({step for curve in original.curves.values() for step in curve.steps.tolist()})
    rows: dict[float, Row] = {step: {} for step in steps}
    for metric, curve in original.curves.items():
        for step, value in zip(curve.steps.tolist(), curve.values.tolist(), strict=True):
            rows[step][metric] = value
    context = {key: value for key, value in original.context.items() if key != "family_by"}
    at = {steps[len(steps) * k // 5 - 1] for k in range(1, 5)}
    live = {}
    with Recorder(tmp_path / "run.csv", context=context) as doctor:
        for i, (step, row) in enumerate(rows.items(), 1):
            doctor.record(step, row)
            if step in at:
                live[i] = told(doctor.diagnosis())
        end = doctor.diagnosis()
    assert told(end)[:6] == told(diagnose(original))[:6]
    for i, said in live.items():
        assert said == told(diagnose(cut(tmp_path / "run.csv", i, tmp_path / "cut")))


PAIRS = ("G_A", "G_B", "D_A", "D_B", "cycle_A", "cycle_B")
"""A CycleGAN's: whose discriminators and generators these are is known only when all of them were seen."""


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from([1, 1, 5, 10, 40]), min_size=6, max_size=6),
    st.lists(st.integers(1, 80), min_size=6, max_size=6),
    st.integers(0, 1000),
)
def test_columns_that_begin_at_different_rows_are_judged_as_soon_as_they_mean_something(
    every: list[int], since: list[int], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    level = {name: (0.0005 if seed % 3 == 0 else 0.3) if name[0] == "D" else 0.7 for name in PAIRS}
    context = {"family": "lsgan"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "run.csv"
        doctor = Recorder(log, context=context)
        for step in range(1, 301):
            logged = [
                n for n, each, first in zip(PAIRS, every, since, strict=True) if step >= first and step % each == 0
            ]
            doctor.record(step, {name: level[name] * rng.normal(1, 0.05) for name in logged})
            if step == 100 and seed % 2:
                doctor.close()
                doctor = Recorder(log, context=context)
        live = doctor.diagnosis()
        doctor.close()
        assert "gandoctor failed" not in live.headline
        assert told(live) == told(diagnose(log))


def test_names_of_other_logs_mean_live_what_they_mean_in_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 200):
            d, g = rng.normal(1.3, 0.05), rng.normal(0.9, 0.05)
            doctor.record(step, {"loss_D": d, "loss_G": g, "D acc": 50 + step % 7, "g_l1": 4.0, "epoch": step // 50})
        live = doctor.diagnosis()
    (tmp_path / "recipe.toml").unlink()
    alone = diagnose(tmp_path / "run.csv")
    assert set(live.run.curves) == {"d_loss", "g_loss", "d_accuracy"} == set(alone.run.curves)
    assert float(live.run.curves["d_accuracy"].values.max()) == 0.56
    assert (live.verdict, repr(live.findings)) == (alone.verdict, repr(alone.findings))


@pytest.mark.parametrize("late", ["loss_D", "d_accuracy"])
def test_a_name_that_changes_the_meaning_of_earlier_rows_has_them_judged_again(late: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    log = tmp_path / "run.csv"
    with Recorder(log) as doctor:
        for step in range(1, 400):
            row: Row = {"g_loss": rng.normal(8, 0.1), "d_accuracy": 1.0 if step < 200 else 99.0}
            if step > 150:
                row["loss_D"] = abs(rng.normal(0.001, 0.0001))
            doctor.record(step, {name: row[name] for name in row if name != late or step > 150})
        live = told(doctor.diagnosis())
    assert live == told(diagnose(log))


def test_rows_without_a_loss_at_the_end_of_a_recording_are_no_nan(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    with Recorder(log) as doctor:
        for step in range(1, 340):
            losses = {"d_loss": 1.3 + 0.01 * (step % 7), "g_loss": 0.8 + 0.01 * (step % 5)} if step < 300 else {}
            doctor.record(step, learning_rate=1e-4, **losses)
        live = doctor.diagnosis()
    assert live.verdict == "stable"
    assert diagnose(log).verdict == "stable"
