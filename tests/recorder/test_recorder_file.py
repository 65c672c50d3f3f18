"""The log of a Recorder: what is in it after a kill, a restart, a full disk; whose file is never touched."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from gandoctor import Recorder, diagnose, read

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = {"d_loss_real": 0.6, "d_loss_fake": 0.6, "g_loss": 0.9}


def fill(log: Path, first: int, last: int, value: float = 0.6, **more: Any) -> None:
    with Recorder(log) as doctor:
        for step in range(first, last + 1):
            doctor.record(step, {**HEALTHY, "d_loss_real": value + step / 1e4, **more})


def steps(log: Path) -> list[int]:
    return [int(step) for step in pd.read_csv(log)["step"]]


# --- killed --------------------------------------------------------------------------------------------------------

VICTIM = """
    import sys, time
    from gandoctor import Recorder

    doctor = Recorder(sys.argv[1], flush_rows=int(sys.argv[2]), flush_seconds=1000)
    step = int(sys.argv[3])
    while True:
        step += 1
        doctor.record(step, d_loss_real=0.6 + step / 1e6, d_loss_fake=0.6, g_loss=step if step % 9 else None)
        print(step, flush=True)
"""


def recorded_until_killed(log: Path, flush_rows: int, after: int, start: int = 0) -> int:
    """Record in another process that is killed with signal 9 after so many steps; the last step that it spoke of."""
    words = [sys.executable, "-c", textwrap.dedent(VICTIM), str(log), str(flush_rows), str(start)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        seen = process.stdout.read().split()
    return int(seen[-1]) if seen else start + after


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no signal 9")
def test_a_killed_recording_loses_the_last_flush_interval_at_most(tmp_path: Path) -> None:
    chance = random.Random(11)
    log, flush_rows, told = tmp_path / "run.csv", 50, 0
    for _ in range(6):
        told = recorded_until_killed(log, flush_rows, chance.randint(60, 1500), told)
        content = log.read_bytes()
        assert content.endswith(b"\n")
        frame = pd.read_csv(log)
        assert frame["step"].is_monotonic_increasing
        assert frame["step"].is_unique
        assert told - flush_rows - 1 <= frame["step"].iloc[-1] <= told + 1
        assert (frame["d_loss_real"] == 0.6 + frame["step"] / 1e6).all()
        assert not frame["d_loss_fake"].isna().any()
        assert read(log).points == len(frame)


# --- continued -----------------------------------------------------------------------------------------------------


def test_a_log_is_continued_without_a_step_twice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 100)
    fill(log, 101, 200)
    assert steps(log) == list(range(1, 201))
    assert not caplog.records


def test_steps_that_are_recorded_again_replace_the_old_ones(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 950, value=0.6)
    fill(log, 901, 920, value=0.3)
    frame = pd.read_csv(log)
    assert frame["step"].tolist() == list(range(1, 921))
    assert (frame["d_loss_real"] < 0.5).sum() == 20
    assert "goes on at step 901" in caplog.text


def test_a_training_that_begins_anew_leaves_the_old_log_beside_the_new(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "run.csv"
    for life in range(3):
        fill(log, 1, 50 + life)
    assert steps(log) == list(range(1, 53))
    assert steps(tmp_path / "run-1.csv") == list(range(1, 51))
    assert steps(tmp_path / "run-2.csv") == list(range(1, 52))
    assert "is kept as run-2.csv" in caplog.text
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("torn", ["101,0.6", "1", "101,0.61,0.6,0.", ","])
def test_half_a_line_is_cut_off_and_read_by_nobody(torn: str, tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 100)
    with log.open("a") as file:
        file.write(torn)
    assert read(log).last_step == 100
    fill(log, 101, 110)
    assert steps(log) == list(range(1, 111))


@pytest.mark.parametrize(
    "start", ["", "s", "step", "step,d_lo", "step,d_loss_real,d_loss_fake,g_loss\n", "step,g_loss\n1,0."]
)
def test_a_log_that_was_hardly_begun_is_begun_again(start: str, tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    log.write_text(start)
    fill(log, 1, 20)
    assert steps(log) == list(range(1, 21))


def test_metrics_that_come_late_get_a_column_and_the_rows_before_empty_cells(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    with Recorder(log) as doctor:
        for step in range(1, 301):
            doctor.record(step, **HEALTHY, coverage=0.97 if step % 50 == 0 else None)
            if step in (10, 60, 120):
                doctor.flush()
                assert len(pd.read_csv(log)) == step
        doctor.record(301, **HEALTHY, fid=33.0)
    header, *lines = log.read_text().splitlines()
    assert header == "step,d_loss_real,d_loss_fake,g_loss,coverage,fid"
    assert {line.count(",") for line in lines} == {5}
    run = read(log)
    assert run.curves["coverage"].steps.tolist() == [50, 100, 150, 200, 250, 300]
    assert run.curves["fid"].steps.tolist() == [301]
    assert not list(tmp_path.glob(".*"))


def test_a_continued_log_may_bring_other_metrics(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 10)
    fill(log, 11, 20, coverage=0.9)
    with Recorder(log) as doctor:
        doctor.record(21, g_loss=0.5)
    frame = pd.read_csv(log)
    assert list(frame.columns) == ["step", *HEALTHY, "coverage"]
    assert frame["coverage"].notna().sum() == 10
    assert frame["g_loss"].iloc[-1] == 0.5


def test_the_log_is_read_by_the_command_line_while_it_is_written(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    with Recorder(log) as doctor:
        for step in range(1, 200):
            doctor.record(step, **HEALTHY)
            if step > 20 and step % 37 == 0:
                assert diagnose(log).run.last_step >= step - max(4, step // 40) - 1


def test_a_slow_training_is_flushed_by_the_clock(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 4000)
    with Recorder(log, flush_seconds=0.05) as doctor:
        for step in range(4001, 4004):
            doctor.record(step, **HEALTHY)
            time.sleep(0.06)
        assert steps(log)[-1] == 4002


def test_a_training_that_dies_of_an_exception_keeps_its_last_row_and_the_exception(tmp_path: Path) -> None:
    def train() -> None:
        with Recorder(log) as doctor:
            for step in range(1, 100):
                doctor.record(step, d_loss=1.2, g_loss=1 / (42 - step))

    log = tmp_path / "run.csv"
    with pytest.raises(ZeroDivisionError):
        train()
    assert steps(log)[-1] == 41


def test_a_recorder_that_is_forgotten_is_closed_when_python_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from gandoctor import Recorder; doctor = Recorder(sys.argv[1])\n"
        "for step in range(1, 1003): doctor.record(step, d_loss=1.2, g_loss=0.9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "run.csv"], capture_output=True, text=True, check=True
    )
    assert steps(tmp_path / "run.csv")[-1] == 1002
    assert done.stderr == ""
