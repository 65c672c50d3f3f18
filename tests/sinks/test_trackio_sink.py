"""The Trackio sink, with a store on this machine."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from sink_material import finding, train

from gandoctor import Recorder
from gandoctor.recorder import listeners
from gandoctor.sinks import Trackio

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("default")  # what Trackio itself warns of
trackio = pytest.importorskip("trackio")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in a store of its own; Trackio looks for its place once, when it is imported."""
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path))
    for name in ("trackio.utils", "trackio.sqlite_storage"):
        module = importlib.import_module(name)
        if hasattr(module, "TRACKIO_DIR"):
            monkeypatch.setattr(module, "TRACKIO_DIR", tmp_path)
    return "gan"


def rows(project: str) -> list[dict[str, Any]]:
    from trackio.sqlite_storage import SQLiteStorage

    return list(SQLiteStorage.get_logs(project, "r"))


def alerts(project: str) -> list[dict[str, Any]]:
    [run] = trackio.Api().runs(project)
    return list(run.alerts())


def test_a_failure_becomes_an_alert_and_figures_leave_the_count_of_steps_alone(
    project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "EVERY", 0.0)
    trackio.init(project=project, name="r")
    trackio.log({"loss": 0})
    with Recorder(on_alert=Trackio()) as doctor:
        for step in range(1, 601):
            train(doctor, step, step, ill=step > 300)
            if step % 100 == 0:
                trackio.log({"loss": step})
    trackio.finish()
    [alert] = alerts(project)
    assert (alert["title"], alert["level"]) == ("The discriminator has won", "error")
    assert alert["text"].startswith("Since step 301, certain from step")
    found = rows(project)
    assert [(row["step"], row["loss"]) for row in found if "loss" in row] == [(n, 100 * n) for n in range(7)]
    figures = [row for row in found if "gandoctor/step" in row]
    assert len(figures) >= 2
    assert figures[-1]["gandoctor/step"] == 600
    assert figures[-1]["gandoctor/verdict"] == "convergence_failure"
    assert figures[-1]["gandoctor/failing"] == 1
    assert figures[-1]["gandoctor/d_level"] < 0.01


def test_a_run_that_logs_nothing_else_counts_the_steps_of_the_training(project: str) -> None:
    run = trackio.init(project=project, name="r")
    sink = Trackio(run)
    for last in (300, 600):
        with Recorder(on_alert=sink) as doctor:
            train(doctor, 1, last, ill=False)
    trackio.finish()
    assert [row["step"] for row in rows(project)] == [300, 600]


def test_a_warning_is_a_warning(project: str) -> None:
    run = trackio.init(project=project, name="r")
    run.log({"loss": 1.0})
    with Trackio(run) as sink:
        sink(finding(severity="warning"))
    trackio.finish()
    assert [alert["level"] for alert in alerts(project)] == ["warn"]


def test_no_run_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with Trackio() as sink:
        sink(finding("a"))
        sink(finding("b"))
    assert caplog.text.count("no run is open: call trackio.init() first, or give run=") == 1
