"""How long gandoctor takes beside what a user would pick instead, and how much memory: one table.

    python tests/benchmarks/speed.py [--repeats N] [--peers DIR]

Needs gandoctor in the Python that runs it. losslint and runmedic are installed from PyPI into a virtual environment of
their own (--peers, kept between runs). Every comparison takes turns between its sides, so that a change in the
machine's load falls on both, and reports the ratio of the medians. Exit status 1 where a budget is missed.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COLUMNS = ("step", "d_loss", "g_loss", "d_accuracy_real", "d_accuracy_fake", "learning_rate")
PEERS = ("losslint==0.4.1", "runmedic==0.1.1")
LAUNCHER = """import os, resource, subprocess, sys, time
with open(sys.argv[1], "wb") as out:
    began = time.perf_counter()
    env = {**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(sys.argv[2:], stdout=out, stderr=subprocess.STDOUT, env=env)
    wall = time.perf_counter() - began
print(wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode)"""
"""Starts a command from a process of 10 MB: the kernel counts the memory of whoever starts it as the child's own.

Bytecode may be written, as pip does for what it installs.
"""
TIMED = """import time
from {module} import {call}
{call}({path!r})
began = time.perf_counter()
{call}({path!r})
print(time.perf_counter() - began)"""


@dataclass(frozen=True, slots=True)
class Took:
    """What one child process took: seconds by the wall, MB of memory at its peak, seconds that it printed itself."""

    wall: float
    peak: float
    inner: float


def child(command: Sequence[str]) -> Took:
    """Run a command to its end; a status above 1 is an error, the tools use 1 for what they found."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said")
        launch = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(said), *command]
        wall, peak, status = subprocess.run(launch, check=True, capture_output=True, text=True).stdout.split()
        text = said.read_text(errors="replace").strip()
    if int(status) not in (0, 1):
        raise SystemExit(f"{' '.join(command)[:200]}\nended with {status}:\n{text[-2000:]}")
    last = text.rpartition("\n")[2]
    return Took(float(wall), float(peak) / 1024, float(last) if re.fullmatch(r"\d+\.\d+", last) else float("nan"))


def write_log(path: Path, rows: int) -> Path:
    """A healthy run of so many rows and six columns, with the digits that loggers print."""
    rng = np.random.default_rng(rows)
    d, g = 1.2 + 0.05 * rng.standard_normal(rows), 0.9 + 0.08 * rng.standard_normal(rows)
    accuracies = rng.binomial(64, 0.65, (rows, 2)) / 64
    table = np.column_stack([np.arange(1, rows + 1), d, g, accuracies, np.full(rows, 2e-4)])
    formats = ["%d", "%.6f", "%.6f", "%.4f", "%.4f", "%.6f"]
    np.savetxt(path, table, delimiter=",", header=",".join(COLUMNS), comments="", fmt=formats)
    return path


def peers(home: Path) -> Mapping[str, Callable[[Path], list[str]]]:
    """The other tools, installed where they are not yet: name -> the command for a log."""
    if not (home / "bin" / "losslint").exists():
        venv.create(home, with_pip=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", *PEERS], check=True)
    losslint, runmedic = (str(home / "bin" / name) for name in ("losslint", "runmedic"))
    return {
        "losslint check": lambda log: [losslint, "check", "--loss-col", "d_loss", str(log)],
        "runmedic diagnose": lambda log: [runmedic, "diagnose", "--train-loss", "d_loss", str(log)],
    }


def in_turns(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, list[Took]]:
    """Run every command once unmeasured, then `repeats` rounds of all of them, in turns."""
    took: dict[str, list[Took]] = {name: [] for name in commands}
    for command in commands.values():
        child(command)
    for _ in range(repeats):
        for name, command in commands.items():
            took[name].append(child(command))
    return took


def median(took: Sequence[Took], what: str) -> float:
    """Median over the repeats of one figure."""
    return float(statistics.median(getattr(t, what) for t in took))


def show(title: str, took: Mapping[str, Sequence[Took]], what: str = "wall") -> None:
    """Print the medians of one comparison."""
    print(f"\n{title}")
    for name, runs in took.items():
        values = [getattr(t, what) for t in runs]
        print(
            f"  {name:32} {statistics.median(values):8.3f} s   ({min(values):.3f} to {max(values):.3f})"
            f"  {median(runs, 'peak'):6.0f} MB"
        )


def verdict(what: str, value: float, bound: float, unit: str = "x") -> bool:
    """Print one budget beside what was measured."""
    kept = value <= bound
    print(f"  -> {what}: {value:.2f} {unit}, at most {bound:g} {unit} wanted: {'kept' if kept else 'MISSED'}")
    return kept


def timed(call: str, path: Path, module: str = "gandoctor") -> list[str]:
    """A fresh Python that prints how long a second call took, the first having done all the importing."""
    return [sys.executable, "-c", TIMED.format(module=module, call=call, path=str(path))]


def measure(folder: Path, repeats: int, others: Mapping[str, Callable[[Path], list[str]]]) -> list[bool]:
    """All comparisons; True for each budget kept."""
    logs = {rows: write_log(folder / f"log{rows}.csv", rows) for rows in (450, 100_000, 1_000_000)}
    ours = {rows: [sys.executable, "-m", "gandoctor", "diagnose", str(log)] for rows, log in logs.items()}
    kept = []

    pandas = [sys.executable, "-c", "import pandas"]
    took = in_turns({"gandoctor diagnose": ours[450], 'python -c "import pandas"': pandas}, 3 * repeats)
    show("450 rows, cold, whole process", took)
    first, second = (median(t, "wall") for t in took.values())
    kept.append(verdict("time over that of importing pandas", first / second, 1.3))

    commands = {name: make(logs[100_000]) for name, make in others.items()}
    took = in_turns({"gandoctor diagnose": ours[100_000], **commands}, repeats)
    show("100 000 rows x 6 columns, whole process", took)
    for name in commands:
        ratio = median(took["gandoctor diagnose"], "wall") / median(took[name], "wall")
        kept.append(verdict(f"time over that of {name}", ratio, 1))
    kept.append(verdict("peak memory", median(took["gandoctor diagnose"], "peak"), 120, "MB"))

    big = logs[1_000_000]
    only_reads = [sys.executable, "-c", f"import pandas; pandas.read_csv({str(big)!r})"]
    took = in_turns({"gandoctor diagnose": ours[1_000_000], 'python -c "pandas.read_csv"': only_reads}, repeats)
    show("1 000 000 rows x 6 columns, whole process", took)
    first, second = (median(t, "wall") for t in took.values())
    kept.append(verdict("time over that of a process that only reads", first / second, 3))

    calls = {
        "gandoctor.diagnose": timed("diagnose", big),
        "pandas.read_csv": timed("read_csv", big, "pandas"),
        "gandoctor.diagnose, 100 000 rows": timed("diagnose", logs[100_000]),
    }
    took = in_turns(calls, repeats)
    show("1 000 000 rows x 6 columns, the call alone", took, "inner")
    whole, pandas_alone, tenth = (median(t, "inner") for t in took.values())
    kept.append(verdict("time over that of pandas.read_csv", whole / pandas_alone, 3))
    kept.append(verdict("time over that of a tenth of the rows", whole / tenth, 11))
    return kept


def main() -> int:
    """Print the table; status 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peers", type=Path, default=Path(tempfile.gettempdir()) / "gandoctor-peers")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = measure(Path(folder), args.repeats, peers(args.peers))
    print(f"\n{sum(kept)} of {len(kept)} budgets kept")
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
