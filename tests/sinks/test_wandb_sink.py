"""The W&B sink, in W&B's offline mode: its run file is read back."""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest
from sink_material import finding, train

from gandoctor import Recorder
from gandoctor.recorder import listeners
from gandoctor.sinks import WandB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("default")  # what W&B itself warns of
wandb = pytest.importorskip("wandb")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    with wandb.init(project="gan", dir=str(tmp_path), settings={"console": "off"}) as run:
        yield run


def records(folder: Path) -> dict[str, list[Any]]:
    """What the run file holds, by kind; `finish` returns before W&B has written the last of it."""
    [file] = folder.glob("wandb/offline-run-*/*.wandb")
    end = time.monotonic() + 20
    while "exit" not in (found := parsed(file.read_bytes())) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def parsed(data: bytes) -> dict[str, list[Any]]:
    """The records of a log of LevelDB: blocks of 32 KiB, records in parts."""
    from wandb.proto import wandb_internal_pb2

    at, whole = 7, b""
    found: dict[str, list[Any]] = {}
    while at + 7 <= len(data):
        if (room := -at % 32768) < 7 and room:
            at += room
            continue
        size, kind = struct.unpack_from("<HB", data, at + 4)
        whole += data[at + 7 : at + 7 + size]
        at += 7 + size
        if kind in (1, 4):
            record = wandb_internal_pb2.Record.FromString(whole)
            what, whole = record.WhichOneof("record_type"), b""
            found.setdefault(what, []).append(getattr(record, what))
    return found


def rows(history: list[Any]) -> list[dict[str, Any]]:
    return [
        {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in one.item} for one in history
    ]


def test_a_failure_becomes_an_alert_and_figures_join_the_rows_of_the_training(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "EVERY", 0.0)
    with Recorder(on_alert=WandB()) as doctor:
        for step in range(1, 601):
            train(doctor, step, step, ill=step > 300)
            if step % 100 == 0:
                run.log({"loss": step})
    assert run.step == 6
    run.finish()
    found = records(tmp_path)
    [alert] = found["alert"]
    assert (alert.title, alert.level) == ("The discriminator has won", "ERROR")
    assert alert.text.startswith("Since step 301, certain from step")
    history = rows(found["history"])
    assert [row["loss"] for row in history if "loss" in row] == [100, 200, 300, 400, 500, 600]
    figures = [row for row in history if "gandoctor/step" in row]
    assert figures[-1]["gandoctor/step"] == 600
    assert figures[-1]["gandoctor/failing"] == 1
    assert figures[-1]["gandoctor/d_level"] < 0.01
    assert figures[0]["gandoctor/step"] < 300
    axes = {metric.name or metric.glob_name: metric.step_metric for metric in found["metric"]}
    assert axes["gandoctor/*"] == "gandoctor/step"
    summary = {i.key or "/".join(i.nested_key): json.loads(i.value_json) for s in found["summary"] for i in s.update}
    assert summary["gandoctor/verdict"] == "convergence_failure"
    assert summary["gandoctor/kind"] == "discriminator-dominance"


def test_a_title_is_as_short_as_the_service_wants_it(run: Any, tmp_path: Path) -> None:
    with WandB(run) as sink:
        sink(finding(title="x" * 100, severity="warning"))
    run.finish()
    [alert] = records(tmp_path)["alert"]
    assert (len(alert.title), alert.level) == (63, "WARN")


def test_a_run_that_is_over_stops_nothing(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    run.finish()
    with WandB(run) as sink:
        sink(finding())
    assert caplog.text.count("W&B: something could not be delivered") == 1


def test_no_run_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with WandB() as sink:
        sink(finding("a"))
        sink(finding("b"))
    assert caplog.text.count("no run is open: call wandb.init() first, or give run=") == 1
