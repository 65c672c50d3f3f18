"""Bad input that only a process of its own can meet: streams, encodings, pipes, memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import bad_logs as logs
import pytest

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 150 << 20
MEMORY = 3 << 18
"""In kilobytes what reading a log of 150 MB may take at its peak: its rows as numbers and not as text."""


def process(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings.pop("env", {})}
    command = [sys.executable, "-m", "gandoctor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60, **settings)


def weighed(*arguments: object) -> tuple[bytes, int]:
    """What a process prints, and its peak in kilobytes: its own, and not that of another child of the tests."""
    code = (
        "import resource, subprocess, sys; print(subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode,"
        " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, sys.executable, "-m", "gandoctor", *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, check=True, env=environment, timeout=60)
    status, peak = map(int, ended.stdout.split())
    assert status == 0
    return ended.stderr, peak


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(logs.WHOLE)
    return path


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 2, b"<stdin> is empty"),
        (logs.BYTES, 2, b"<stdin> is binary"),
        (logs.REFUSED["pickle-4.pkl"][0], 2, b"<stdin> is a pickle"),
        (logs.REFUSED["other-metrics.csv"][0].encode(), 2, b"--map d_loss=val_mae"),  # type: ignore[union-attr]  # a str
        (logs.WHOLE.encode("utf-16"), 0, b""),
        (logs.text().replace("\n", "\r\n").encode(), 0, b""),
    ],
)
def test_standard_input_is_judged_like_a_file(content: bytes, status: int, said: bytes) -> None:
    ended = process("diagnose", "-", "--format", "json", input=content)
    assert ended.returncode == status
    assert said in ended.stderr
    assert bool(ended.stdout) == (status == 0)
    assert b"Traceback" not in ended.stderr


def test_a_named_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(logs.WHOLE))
    writer.start()
    ended = process("diagnose", pipe, "--format", "json")
    writer.join(timeout=10)
    assert json.loads(ended.stdout)["run"]["points"] == 450


def test_a_pipe_in_a_folder_does_not_make_it_wait(tmp_path: Path, log: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("log", "events.out.tfevents.1", "loss.csv"):
        os.mkfifo(tmp_path / "sub" / name)
    log.rename(tmp_path / "sub" / "train.csv")
    assert process("diagnose", tmp_path, "--format", "json").returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_json_is_json_in_every_encoding_of_the_terminal(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "läuft \N{SNOWMAN}\N{GRINNING FACE}.csv"
    path.write_text(logs.csv("étape,d_loss,g_loss"))
    for format_ in ("json", "jsonl"):
        environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        ended = process("diagnose", path, "--format", format_, env=environment)
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout.decode(encoding))["path"] == str(path)


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_goes_into_a_pipe(log: Path, environment: dict[str, str]) -> None:
    ended = process("diagnose", log, env=environment)
    assert ended.returncode == 0
    assert b"\x1b" not in ended.stdout + ended.stderr


def test_a_large_file_fits_into_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    block = "".join(f"{logs.D[i]},{logs.G[i]},0.50000,0.00020\n" for i in range(450)).encode() * 100
    with path.open("wb") as file:
        file.write(b"d_loss,g_loss,d_acc,lr\n")
        for _ in range(LARGE // len(block)):
            file.write(block)
    rows = 450 * 100 * (LARGE // len(block))
    ended, peak = weighed("diagnose", path, "--format", "json")
    assert json.loads(ended)["run"]["points"] == rows
    assert peak < MEMORY


def test_a_bomb_is_stopped_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(logs.bomb())
    code = "import resource as r, sys; r.setrlimit(r.RLIMIT_AS, (1 << 30, 1 << 30)); from gandoctor.cli import main; "
    command = [sys.executable, "-c", code + "main(['diagnose', sys.argv[1]])", str(path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=60)
    assert ended.returncode == 2
    assert b"300 times its size" in ended.stderr
