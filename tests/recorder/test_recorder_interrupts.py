"""Signals during a recording: wherever they come, no row that was recorded is lost, torn or written twice."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from gandoctor import GandoctorError, Recorder
from gandoctor.recorder.interrupts import Uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to itself that Python would wait for")


class Stopped(BaseException):
    """What a handler raises, as those of clusters do."""


@pytest.fixture
def stopping() -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        raise Stopped(number)

    old = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGUSR1)}
    yield
    for number, handler in old.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Stopped), (signal.SIGUSR1, Stopped)],
)
def test_a_handler_runs_when_the_block_is_over(number: int, error: type[BaseException], stopping: None) -> None:
    def block() -> None:
        with Uninterrupted():
            os.kill(os.getpid(), number)
            done.append(number)

    done: list[int] = []
    before = signal.getsignal(number)
    with pytest.raises(error):
        block()
    assert done == [number]
    assert signal.getsignal(number) is before
    with pytest.raises(error):
        os.kill(os.getpid(), number)


def test_blocks_may_be_nested_and_leave_no_trace() -> None:
    def blocks() -> None:
        with Uninterrupted():
            with Uninterrupted():
                os.kill(os.getpid(), signal.SIGINT)
                done.append("inner")
            done.append("outer")

    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        blocks()
    assert done == ["inner", "outer"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_signal_that_comes_just_before_the_block_leaves_the_handlers_as_they_were(
    stopping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def block() -> None:
        with Uninterrupted():
            pytest.fail("the block must not begin")

    def late(number: int, handler: Any) -> Any:
        if number == signal.SIGTERM and not came:
            came.append(number)
            raise Stopped(number)
        return really(number, handler)

    came: list[int] = []
    really = signal.signal
    with monkeypatch.context() as patched:
        patched.setattr("gandoctor.recorder.interrupts.signal.signal", late)
        with pytest.raises(Stopped):
            block()
    assert came == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_signals_that_are_ignored_or_end_the_process_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    old = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        with Uninterrupted():
            assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, old)


def test_another_thread_leaves_the_handlers_alone(tmp_path: Path) -> None:
    def train() -> None:
        with Recorder(tmp_path / "run.csv") as doctor:
            for step in range(1, 100):
                doctor.record(step, d_loss=1.2, g_loss=0.9)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert pd.read_csv(tmp_path / "run.csv")["step"].tolist() == list(range(1, 100))


@pytest.mark.parametrize(
    "place",
    [
        "lines.write",
        "session.read_history",
        "live.Live.follow",
        "live.Live.understand",
        "logfile.LogFile._put_in_place",
    ],
)
def test_an_interrupt_while_rows_are_on_their_way_reaches_the_training_and_costs_nothing(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a notebook, whose user interrupts a cell and starts the next one with the same recorder."""
    log = tmp_path / "run.csv"
    name = f"gandoctor.recorder.{place}"
    really = _found(name)
    interrupts = 0

    def interrupted(*given: Any) -> Any:
        nonlocal interrupts
        interrupts += 1
        os.kill(os.getpid(), signal.SIGINT)
        return really(*given)

    monkeypatch.setattr(name, interrupted)
    caught = 0
    doctor = Recorder(log)
    for step in range(1, 200):
        row = {"g_loss": 0.9, "loss_D" if step > 60 else "d_accuracy": 1.2, "fid": 30.0 if step % 90 == 0 else None}
        try:
            doctor.record(step, row)
        except KeyboardInterrupt:
            caught += 1
    with contextlib.suppress(KeyboardInterrupt):
        doctor.close()
    doctor.close()
    assert interrupts >= caught > 0
    frame = pd.read_csv(log)
    assert frame["step"].tolist() == list(range(1, 200))
    assert frame["fid"].notna().sum() == 2


def _found(name: str) -> Any:
    parts = name.split(".")
    found: Any = importlib.import_module(".".join(parts[:3]))
    for part in parts[3:]:
        found = getattr(found, part)
    return found


def test_an_interrupt_while_the_user_is_told_loses_no_row_and_no_news(tmp_path: Path) -> None:
    told = []

    def slow(finding: Any) -> None:
        told.append(finding.rule)
        if len(told) == 1:
            raise KeyboardInterrupt

    def train() -> None:
        for step in steps:
            doctor.record(step, d_loss=float("nan") if step > 50 else 1.2, g_loss=0.9)

    steps = iter(range(1, 101))
    doctor = Recorder(tmp_path / "run.csv", on_alert=slow)
    with pytest.raises(KeyboardInterrupt):
        train()
    train()
    doctor.close()
    assert told
    assert set(told) == {"non-finite"}
    assert pd.read_csv(tmp_path / "run.csv")["step"].tolist() == list(range(1, 101))


def test_a_recorder_whose_end_is_interrupted_lets_go_of_its_log(tmp_path: Path) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    log = tmp_path / "run.csv"
    doctor = Recorder(log, report=tmp_path / "report.md")
    doctor.record(1, d_loss=1.2, g_loss=0.9)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gandoctor.recorder.reports.write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            doctor.close()
    with Recorder(log) as again:
        again.record(2, d_loss=1.2, g_loss=0.9)
    assert pd.read_csv(log)["step"].tolist() == [1, 2]


WORKER = """
    import os, sys, time
    from gandoctor import Recorder

    doctor = Recorder(sys.argv[1], flush_rows=1)
    for step in range(1, 100):
        doctor.record(step, d_loss=1.2, g_loss=0.9)
    worker = os.fork()
    if not worker:
        for step in range(100, 120):
            doctor.record(step, d_loss=1.2, g_loss=0.9)
        doctor.close()
        time.sleep(60)
    print(worker, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_worker_that_outlives_a_killed_training_does_not_hold_its_log(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    words = [sys.executable, "-c", textwrap.dedent(WORKER), str(log)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        with pytest.raises(GandoctorError, match="another Recorder"):
            Recorder(log)
        process.kill()
        process.wait()
        try:
            with Recorder(log) as again:
                again.record(100, d_loss=1.2, g_loss=0.9)
        finally:
            os.kill(worker, signal.SIGKILL)
    steps = pd.read_csv(log)["step"].tolist()
    assert steps == [*range(1, len(steps)), 100]
    assert len(steps) >= 95
