"""What a Recorder says during a training, to whom, and how often."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor import Finding, Recorder, read
from gandoctor.speech import Aside

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = {"d_loss_real": 0.6, "d_loss_fake": 0.6, "g_loss": 0.9}


def train(doctor: Recorder, first: int, last: int, *, ill: bool, seed: int = 0) -> None:
    """Steps of a healthy GAN, or of one whose discriminator has won."""
    rng = np.random.default_rng(seed + first)
    for step in range(first, last + 1):
        d, g = (0.0005, 9.0) if ill else (0.6, 0.9)
        noise = rng.normal(1, 0.05, 3)
        doctor.record(step, d_loss_real=d * noise[0], d_loss_fake=d * noise[1], g_loss=g * noise[2])


def test_a_failure_is_told_once_with_what_since_when_why_and_the_first_remedy(caplog: pytest.LogCaptureFixture) -> None:
    found: list[Finding] = []
    with Recorder(on_alert=found.append) as doctor:
        train(doctor, 1, 400, ill=False)
        assert not found
        train(doctor, 401, 900, ill=True)
        assert doctor.findings
    assert len(set(map(repr, found))) == len({(f.rule, f.pattern) for f in found}) == len(found)
    assert {f.rule for f in found} == {"discriminator-dominance"}
    assert all(395 <= f.since <= 410 and f.active and f.confidence > 0.5 for f in found)
    (said,) = (record.getMessage() for record in caplog.records)
    assert said.count("\n") == 1
    assert "The discriminator has won, since step 40" in said
    assert "Try first: " in said


def test_a_failure_that_healed_is_told_again_when_it_comes_back() -> None:
    found: list[Finding] = []
    with Recorder(on_alert=found.append) as doctor:
        train(doctor, 1, 300, ill=True)
        first = len(found)
        train(doctor, 301, 1500, ill=False)
        assert len(found) == first > 0
        train(doctor, 1501, 2200, ill=True)
        assert len(found) > first


def test_a_restarted_training_is_not_stopped_again_for_what_was_told(tmp_path: Path) -> None:
    found: list[Finding] = []
    for life in range(3):
        with Recorder(tmp_path / "run.csv", on_alert=found.append) as doctor:
            train(doctor, 1 + 300 * life, 300 + 300 * life, ill=True)
        if not life:
            told = len(found)
    assert len([f for f in found if f.rule == "discriminator-dominance"]) == told > 0


@pytest.mark.parametrize("error", [ValueError("no mail today"), RuntimeError()])
def test_an_alert_function_that_fails_stops_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def failing(finding: Finding) -> None:
        calls.append(finding)
        raise error

    with Recorder(on_alert=failing) as doctor:
        train(doctor, 1, 500, ill=True)
        assert doctor.diagnosis().verdict == "convergence_failure"
    assert calls
    assert sum("on_alert failed" in record.getMessage() for record in caplog.records) == 1


def test_what_is_not_sure_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    found: list[Finding] = []
    with Recorder(on_alert=found.append) as doctor:
        train(doctor, 1, 2000, ill=False)
        assert doctor.diagnosis().verdict == "stable"
    assert not found
    assert not caplog.records


def test_nan_is_told_within_the_flush_interval_though_no_evaluation_is_due() -> None:
    found: list[Finding] = []
    with Recorder(on_alert=found.append, flush_rows=20) as doctor:
        train(doctor, 1, 4000, ill=False)
        for step in range(4001, 4025):
            doctor.record(step, d_loss_real=float("nan"), d_loss_fake=0.6, g_loss=0.9)
        assert [(f.rule, f.since) for f in found] == [("non-finite", 4001)]


def test_a_name_that_means_nothing_is_recorded_and_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 50):
            doctor.record(step, **HEALTHY, wobble=step, epoch=step // 10, seconds=0.1)
    assert [record.getMessage().partition(" is")[0] for record in caplog.records] == ["gandoctor: wobble"]
    run = read(tmp_path / "run.csv")
    assert "wobble" in run.unmapped
    assert run.unit == "step"


def test_pairs_of_networks_are_told_apart(tmp_path: Path) -> None:
    found: list[Finding] = []
    rng = np.random.default_rng(3)
    with Recorder(tmp_path / "run.csv", on_alert=found.append) as doctor:
        for step in range(1, 400):
            d, g = rng.normal(1.2, 0.05), rng.normal(0.9, 0.05)
            doctor.record(step, {"d_loss@A": d, "g_loss@A": g, "d_loss@B": float("nan"), "g_loss@B": float("nan")})
        assert doctor.diagnosis().run.pairs == ("A", "B")
    assert {f.pair for f in found} == {"B"}
    assert read(tmp_path / "run.csv").pairs == ("A", "B")


def test_the_report_at_the_end_is_written_in_every_format_asked_for(tmp_path: Path) -> None:
    names = ["report.md", "report.json", "report.txt", "curves.png"]
    with Recorder(tmp_path / "run.csv", report=[tmp_path / name for name in names]) as doctor:
        train(doctor, 1, 400, ill=True)
    for name in names:
        assert (tmp_path / name).stat().st_size > 500
    assert "discriminator has won" in (tmp_path / "report.md").read_text()


# --- beside progress bars ------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


def said_to(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the handler writes to standard error where the program has set up no logging."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    Aside().handle(logging.LogRecord("gandoctor", logging.WARNING, "", 0, "D has won", (), None))
    return stream.getvalue()


def test_a_bar_on_the_last_line_of_a_terminal_is_not_torn(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = Terminal()
    bar.write("\r 42/100 [=====>    ]")
    assert said_to(bar, monkeypatch) == "\r 42/100 [=====>    ]\nD has won\n"


def test_a_file_gets_the_plain_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_to(io.StringIO(), monkeypatch) == "D has won\n"


def test_a_program_that_logs_gets_the_message_once(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    Aside().handle(logging.LogRecord("gandoctor", logging.WARNING, "", 0, "D has won", (), None))
    assert stream.getvalue() == ""


@pytest.mark.parametrize("broken", [None, "closed"])
def test_a_standard_error_that_is_gone_stops_nothing(broken: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", None if broken is None else stream)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging, "raiseExceptions", False)
    Aside().handle(logging.LogRecord("gandoctor", logging.WARNING, "", 0, "D has won", (), None))


BARS = {
    "tqdm": """
        from tqdm import tqdm
        for step in tqdm(range(1, 120), mininterval=0):
            record(step)
    """,
    "rich": """
        from rich.console import Console
        from rich.progress import Progress
        with Progress(console=Console(force_terminal=True)) as progress:
            task = progress.add_task("training", total=119)
            for step in range(1, 120):
                record(step)
                progress.advance(task)
    """,
}


@pytest.mark.parametrize("kind", BARS)
def test_a_message_has_a_line_of_its_own_beside_a_real_progress_bar(kind: str) -> None:
    pytest.importorskip(kind)
    begin = """
        from gandoctor import Recorder
        doctor = Recorder()
        def record(step):
            doctor.record(step, d_loss=float("nan") if step > 60 else 1.2, g_loss=0.9)
    """
    code = textwrap.dedent(begin) + textwrap.dedent(BARS[kind])
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    lines = done.stdout.decode().replace("\x1b[2K", "").replace("\r", "\n").split("\n")
    assert [line for line in lines if "gandoctor at step" in line and line.startswith("gandoctor")]
