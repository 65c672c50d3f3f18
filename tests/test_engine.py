"""One code path: what is known live at a step is what `diagnose` says of the log cut there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.engine import WAITING, Monitor, diagnose
from gandoctor.model import Curve, Diagnosis, FloatArray, Run

METRICS = ("d_loss_real", "d_loss_fake", "g_loss", "d_accuracy_fake")


def random_run(n: int, seed: int) -> dict[str, FloatArray]:
    """A run that wanders through healthy and ill levels, with holes."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.choice([0.7, 0.3, 0.0005, 3.0], size=8), -(-n // 8))[:n]
    g = np.repeat(rng.choice([0.8, 2.0, 9.0, 0.001, 16.118096], size=8), -(-n // 8))[:n]
    noise = rng.standard_normal((3, n)) * 0.05 + 1
    values = {"d_loss_real": level * noise[0], "d_loss_fake": level * noise[1], "g_loss": g * noise[2]}
    values["d_accuracy_fake"] = np.clip(1 - level / 2, 0, 1)
    if seed % 3 == 0:
        values["g_loss"][n // 2 : n // 2 + seed % 7] = np.nan
    return values


def cut(values: dict[str, FloatArray], n: int) -> Run:
    steps = np.arange(1.0, n + 1)
    return Run({name: Curve(steps, x[:n]) for name, x in values.items()})


def state(diagnosis: Diagnosis) -> tuple[Any, ...]:
    """All that a report shows of a diagnosis; NaN compares equal."""
    return (
        diagnosis.verdict,
        repr(diagnosis.findings),
        repr(diagnosis.suspicions),
        repr(diagnosis.remarks),
        repr(diagnosis.phases),
        repr(diagnosis.conventions),
        repr(diagnosis.unanswered),
    )


@settings(max_examples=12, deadline=None)
@given(st.integers(20, 700), st.integers(0, 1000))
def test_live_equals_post_hoc_at_every_step_that_is_asked(n: int, seed: int) -> None:
    values = random_run(n, seed)
    monitor = Monitor()
    asked = set(np.random.default_rng(seed).integers(1, n + 1, size=4)) | {n}
    for i in range(n):
        monitor.feed(i + 1.0, {name: float(x[i]) for name, x in values.items()})
        if i + 1 in asked:
            run = cut(values, i + 1)
            assert state(monitor.diagnosis(run)) == state(diagnose(run))


@pytest.mark.parametrize("n", [9000, 20_000])
def test_live_equals_post_hoc_beyond_the_memory_of_single_points(n: int) -> None:
    values = random_run(n, 4)
    monitor = Monitor()
    for i in range(n):
        monitor.feed(i + 1.0, {name: float(x[i]) for name, x in values.items()})
    run = cut(values, n)
    assert state(monitor.diagnosis(run)) == state(diagnose(run))


def test_asking_changes_nothing() -> None:
    values = random_run(400, 11)
    asked, left = Monitor(), Monitor()
    for i in range(400):
        row = {name: float(x[i]) for name, x in values.items()}
        asked.feed(i + 1.0, row)
        left.feed(i + 1.0, row)
        if i % 50 == 0:
            asked.diagnosis()
    run = cut(values, 400)
    assert state(asked.diagnosis(run)) == state(left.diagnosis(run))


def test_the_future_does_not_change_the_past() -> None:
    values = random_run(600, 21)
    early = diagnose(cut(values, 300))
    late = diagnose(cut(values, 600))
    fired = {(f.rule, f.pattern, f.since, f.fired) for f in early.findings if f.until is not None}
    if early.conventions == late.conventions:
        assert fired <= {(f.rule, f.pattern, f.since, f.fired) for f in late.findings}


def test_an_unknown_metric_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="generator_badness"):
        Monitor().feed(1, {"generator_badness": 0.5})


def test_a_finding_is_returned_by_the_row_that_makes_it_sure() -> None:
    monitor = Monitor()
    fired = []
    for step in range(1, 60):
        bad = step >= 50
        fired += [(step, f.rule) for f in monitor.feed(step, {"d_loss": float("nan") if bad else 1.2, "g_loss": 0.9})]
    assert fired[0] == (50, "non-finite")


def test_metrics_of_different_lengths_are_judged_each_on_its_own_steps() -> None:
    run = Run(
        {
            "d_loss": Curve(np.arange(1.0, 1001), np.full(1000, 1.2) + 0.01 * np.sin(np.arange(1000))),
            "g_loss": Curve(np.arange(5.0, 1001, 5), np.full(200, 0.9) + 0.01 * np.sin(np.arange(200))),
            "fid": Curve(np.arange(100.0, 1001, 100), np.array([200.0, 90, 50, 40, 35, 33, 32, 32, 31, 31])),
        }
    )
    diagnosis = diagnose(run)
    assert diagnosis.verdict == "stable"
    assert diagnosis.best is not None
    assert diagnosis.best.start >= 700


def test_rows_at_one_step_are_rows_in_a_log_as_they_are_live() -> None:
    rng = np.random.default_rng(1)
    epochs = np.repeat(np.arange(30.0), 10)
    run = Run(
        {
            "d_loss": Curve(epochs, 1.2 + 0.05 * rng.standard_normal(300)),
            "g_loss": Curve(epochs, 0.9 + 0.05 * rng.standard_normal(300)),
            "fid": Curve(np.arange(0, 30, 3.0), np.linspace(100, 20, 10)),
        },
        unit="epoch",
    )
    monitor = Monitor(unit="epoch")
    for i, epoch in enumerate(epochs):
        row = {name: float(run.curves[name].values[i]) for name in ("d_loss", "g_loss")}
        if i % 30 == 0:
            row["fid"] = float(run.curves["fid"].values[i // 30])
        monitor.feed(epoch, row)
    assert state(monitor.diagnosis(run)) == state(diagnose(run))


def test_asking_does_not_move_the_end_of_warm_up() -> None:
    asked, left = Monitor(), Monitor()
    for step in range(1, 303):
        row = {"d_loss": 1.2 + 0.01 * (step % 7), "g_loss": 0.9 + 0.01 * (step % 5)}
        asked.feed(step, row)
        left.feed(step, row)
        if step == 101:
            asked.diagnosis()
    assert asked.diagnosis().phases == left.diagnosis().phases


def test_a_generator_that_is_updated_every_fifth_row_raises_no_alarm() -> None:
    monitor = Monitor()
    fired = []
    for step in range(1, 200):
        g = 0.9 if step % 5 == 1 else float("nan")
        fired += [f.rule for f in monitor.feed(step, {"d_loss": 1.2 + 0.01 * (step % 7), "g_loss": g})]
    assert "non-finite" not in fired


def test_losses_logged_at_different_steps_are_compared_over_as_many_points_as_asked() -> None:
    rng = np.random.default_rng(2)
    run = Run(
        {
            "d_loss_real": Curve(np.arange(1.0, 501), 0.5 + 0.02 * rng.standard_normal(500)),
            "d_loss_fake": Curve(np.arange(1.0, 501), 0.5 + 0.02 * rng.standard_normal(500)),
            "g_loss": Curve(np.arange(5.0, 501, 5), 1.1 + 0.02 * rng.standard_normal(100)),
        },
        context={"family": "bce"},
    )
    monitor = Monitor(context=run.context)
    monitor.feed_run(run)
    now, _ = monitor._tracks[""].present()  # the window is no part of a report
    steps, values = now.tail("consistency", 20)
    assert len(values) == 20
    assert (steps[0], steps[-1]) == (405, 500)


@pytest.mark.parametrize("step", [3.0, float("nan"), float("inf")])
def test_a_step_that_falls_or_is_no_number_is_refused(step: float) -> None:
    monitor = Monitor()
    monitor.feed(7, {"d_loss": 1.2})
    with pytest.raises(ValueError, match="steps must be finite and must not fall"):
        monitor.feed(step, {"d_loss": 1.2})


def test_a_run_may_be_fed_in_stretches_and_not_backwards() -> None:
    values = random_run(400, 5)
    whole, stretched = Monitor(), Monitor()
    whole.feed_run(cut(values, 400))
    stretched.feed_run(cut(values, 150))
    rest = {name: Curve(np.arange(151.0, 401), x[150:]) for name, x in values.items()}
    stretched.feed_run(Run(rest))
    assert repr(stretched.findings()) == repr(whole.findings())
    assert stretched.findings()
    with pytest.raises(ValueError, match="must not fall"):
        stretched.feed_run(cut(values, 10))


def test_a_monitor_knows_how_many_rows_make_the_next_look_due() -> None:
    monitor = Monitor()
    for step in range(1, 200):
        due = monitor.due
        monitor.feed(step, {"d_loss": 1.2, "g_loss": 0.9})
        assert due >= 1
        assert monitor.due == due - 1 or due == 1


def test_a_data_frame_is_diagnosed_like_the_run_in_it() -> None:
    import pandas as pd

    values = random_run(300, 3)
    frame = pd.DataFrame({"step": np.arange(1, 301), **values})
    framed, direct = diagnose(frame), diagnose(cut(values, 300))
    assert (framed.verdict, framed.kind, framed.since) == (direct.verdict, direct.kind, direct.since)


def test_a_run_that_never_leaves_warm_up_is_not_called_stable() -> None:
    run = cut(random_run(60, 3), 60)
    assert diagnose(Run({"d_loss": run.curves["d_loss_real"], "g_loss": run.curves["g_loss"]})).verdict != "stable"


@pytest.mark.parametrize("size", [1e-310, 1e150, 1e300])
def test_numbers_at_the_edges_of_float64_raise_no_warning(size: float) -> None:
    noise = 1 + 0.1 * np.random.default_rng(1).random((2, 300))
    steps = np.arange(1.0, 301)
    curves = {name: Curve(steps, size * x) for name, x in zip(("d_loss", "g_loss"), noise, strict=True)}
    assert diagnose(Run(curves)).run.points == 300


def test_rows_that_wait_for_an_evaluation_do_not_pile_up_in_a_long_run() -> None:
    monitor = Monitor()
    most = 0
    for step in range(1, 80 * WAITING):
        monitor.feed(step, {"d_loss": 1.2, "g_loss": 0.9})
        most = max(most, *(len(rows) for rows in monitor._waiting.values()))
    assert monitor.due > WAITING / 2, "the run is too short to show it"
    assert most < WAITING
