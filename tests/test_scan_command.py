"""`gandoctor scan` as a user runs it, on this machine and on a Dask cluster."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    root = tmp_path / "runs"
    root.mkdir()
    for at in range(20):
        write(root / f"{at:02}.csv", *ROWS[: 200 + 10 * at], *(BROKEN if at % 4 == 0 else []))
    return root


def test_the_worst_runs_are_listed_first(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "empty.csv").write_bytes(b"")
    assert run("scan", runs, "--jobs", 1) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "21 logs: 15 stable, 5 convergence failure, 1 not readable"
    assert "Convergence failure (non-finite)" in lines[3]
    assert lines[-1] == "and 1 more"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gone",), "no such file"),
        ((".", "-o", "table.xlsx"), "give .csv or .parquet"),
        ((".", "-o", "no/such/folder/table.csv"), "cannot be written"),
        ((".", "--scheduler", "tcp://127.0.0.1:1"), "no cluster answers"),
    ],
)
def test_wrong_use_is_said_and_ends_with_two(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    if "--scheduler" in arguments:
        distributed = pytest.importorskip("distributed")
        monkeypatch.setattr(distributed, "Client", _refuse)
    write(tmp_path / "run.csv", *ROWS)
    monkeypatch.chdir(tmp_path)
    assert run("scan", *arguments) == 2
    assert said in capsys.readouterr().err


def _refuse(address: str) -> None:
    raise OSError(f"timed out trying to connect to {address}")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers of Dask, each a process of its own."""
    pytest.importorskip("distributed")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DASK_LOGGING__DISTRIBUTED": "error"}
    ready = folder / "scheduler.json"
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-dashboard"]
    commands = [
        [*scheduler, "--host", "127.0.0.1", "--scheduler-file", str(ready)],
        *([[*worker, "--no-nanny", "--scheduler-file", str(ready), "--local-directory", str(folder)]] * 2),
    ]
    with contextlib.ExitStack() as stack:
        for command in commands:
            process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        yield _address(ready)


def _address(ready: Path) -> str:
    import json
    import time

    for _ in range(300):
        with contextlib.suppress(OSError, ValueError):
            return str(json.loads(ready.read_text())["address"])
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


def test_a_dask_cluster_of_two_workers_makes_the_same_table(runs: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with cluster(tmp_path) as address:
        for arguments in ((str(here), "--jobs", "1"), (str(there), "--scheduler", address)):
            command = [sys.executable, "-m", "gandoctor", "scan", str(runs), "-o", *arguments]
            subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
    assert here.read_bytes() == there.read_bytes()
