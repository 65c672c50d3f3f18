"""How long `gandoctor check` takes on 100 recorded runs, in one process and in two.

    python tests/benchmarks/check.py [--runs N] [--repeats N]

Copies the fixtures into N folders and runs the command as a user does, start-up included, the two ways in turn. Prints
the medians. Exit status 1 where the better of them is above 20 s for 100 runs.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gandoctor.demo import recorded

BUDGET = 20.0
"""Seconds for 100 runs on two cores."""


def spread(runs: int, folder: Path) -> None:
    """Fill the folder with copies of the recorded runs, as many of each as divide evenly."""
    sources = [one.log.parent for one in recorded()]
    for number in range(runs):
        source = sources[number % len(sources)]
        shutil.copytree(source, folder / f"{number:03}-{source.name}")


def seconds(folder: Path, jobs: int) -> tuple[float, float]:
    """The time of one command from its start to its end, and the processor time of it and its processes."""
    command = [sys.executable, "-m", "gandoctor", "check", str(folder), "--jobs", str(jobs)]
    began, used = time.perf_counter(), processor()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"check ended with {ended.returncode}:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")
    return time.perf_counter() - began, processor() - used


def processor() -> float:
    """The processor time of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the times; exit 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        spread(args.runs, folder)
        times: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
        for _ in range(args.repeats):
            for jobs, taken in times.items():
                taken.append(seconds(folder, jobs))
    best = min(statistics.median(wall for wall, _ in taken) for taken in times.values())
    for jobs, taken in times.items():
        walls, used = zip(*taken, strict=True)
        told = f"{statistics.median(walls):.1f} s ({min(walls):.1f} to {max(walls):.1f})"
        processes = f"{jobs} process{'es' * (jobs > 1)}"
        print(f"{args.runs} runs, {processes}: {told}, {statistics.median(used):.1f} s of processor time")
    budget = BUDGET * args.runs / 100
    print(f"budget {budget:.0f} s: {'kept' if best <= budget else 'MISSED'}")
    sys.exit(0 if best <= budget else 1)


if __name__ == "__main__":
    main()
