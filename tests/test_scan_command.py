"""`gandoctor scan` as a user runs it, on this machine and on a Dask cluster."""

from __future__ import annotations

import contextlib
import html
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.cli import main
from gandoctor.scanning import Job, scan
from gandoctor.scanning.work import judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gandoctor.scanning import Row
    from gandoctor.scanning.work import Task


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
    assert lines[0] == "21 logs: 5 failed, 1 not readable, 15 stable"
    assert "Convergence failure (non-finite)" in lines[3]
    assert lines[-1] == "and 1 more"


def test_table_and_page_are_written_and_the_page_is_the_same_from_the_kept_rows(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "<script>alert(1)<script>.csv"
    write(runs / evil, *ROWS)
    (runs / "empty.csv").write_bytes(b"")
    table, page = tmp_path / "table.csv", tmp_path / "page.html"
    assert run("scan", runs, "--jobs", 2, "-o", table, "-o", page) == 0
    assert capsys.readouterr().err.endswith(f"wrote {table}\nwrote {page}\n")
    first = page.read_text(encoding="utf-8")
    assert "22 logs: 5 failed, 1 not readable, 16 stable" in first
    assert first.count("<tr><th") == len(list(runs.iterdir())) + 1 + 4  # the kind of failure, and the heads of tables
    assert evil not in first
    assert html.escape(evil) in first
    page.unlink()
    assert run("scan", runs, "--jobs", 1, "-o", table, "-o", page) == 0
    assert page.read_text(encoding="utf-8") == first


def test_a_page_needs_no_table(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("scan", runs / "00.csv", "-o", tmp_path / "page.html") == 0
    assert "1 log: 1 failed" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "runs"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gone",), "no such file"),
        ((".", "-o", "table.xlsx"), "give .csv or .parquet or .html"),
        ((".", "-o", "no/such/folder/table.csv"), "cannot be written"),
        ((".", "-o", "no/such/folder/page.html"), "there is no folder"),
        ((".", "-o", "a.html", "-o", "b.html"), "one page at a time"),
        ((".", "-o", "a.csv", "-o", "b.parquet"), "one table at a time"),
        (("run.html", "-o", "run.html"), "is part of the log"),
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
    write(tmp_path / "run.html", *ROWS)
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


def test_a_dask_cluster_of_two_workers_makes_the_same_table_and_page(runs: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with cluster(tmp_path) as address:
        for arguments in ((str(here), "--jobs", "1"), (str(there), "--scheduler", address)):
            page = str(arguments[0]).replace(".csv", ".html")
            command = [sys.executable, "-m", "gandoctor", "scan", str(runs), "-o", page, "-o", *arguments]
            subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
    assert here.read_bytes() == there.read_bytes()
    assert here.with_suffix(".html").read_bytes() == there.with_suffix(".html").read_bytes()


@pytest.fixture
def small_cluster() -> Iterator[str]:
    """A scheduler and a worker of Dask in this process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as made:
        yield made.scheduler_address


def test_a_log_that_dask_gives_up_is_a_row(runs: Path, small_cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import KilledWorker

    last: Any = SimpleNamespace(address="tcp://gone:1")

    def judge_or_die(task: Task) -> Row:
        if task.place.name.endswith("03.csv"):
            raise KilledWorker("task", last, 4)
        return judged(task)

    monkeypatch.setattr("gandoctor.scanning.cluster.judged", judge_or_die)
    rows = scan(Job((str(runs),), scheduler=small_cluster))
    assert [row.log for row in rows if "was killed" in row.error] == [str(runs / "03.csv")]
    assert [row.verdict for row in rows].count("convergence_failure") == 5


def test_a_cluster_without_the_same_gandoctor_is_said_to_be_one(
    runs: Path, small_cluster: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(task: Task) -> Row:
        raise ModuleNotFoundError("No module named 'gandoctor'")

    monkeypatch.setattr("gandoctor.scanning.cluster.judged", absent)
    assert run("scan", runs, "--scheduler", small_cluster) == 2
    assert "is the same gandoctor on its workers? ModuleNotFoundError" in capsys.readouterr().err
