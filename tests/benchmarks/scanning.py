"""How much faster a scan is with two processes than with one, and whether a Dask cluster makes the same table.

    python tests/benchmarks/scanning.py [--logs 1000] [--from FOLDER] [--rounds 3]

The logs are pieces of the recorded runs, or of the logs in FOLDER, of 100 rows to all of them. One process and two take
turns, each in a fresh interpreter so that both pay for their start; printed are medians over the rounds.

The clock on the wall says how much faster two are only while both cores are idle. So it is printed as well what each
process needs where nobody else wants its core: its processor time, and the time for which it waited for anything but a
core (a disk, another log to judge). One process over the parent and the slower of its workers is what two idle cores
would give. Budget: 1.8 times the speed of one process, by the clock or, on a busy machine, by these times; and the same
rows from one process, from two, and from a Dask cluster of two workers. Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gandoctor.demo import recorded
from gandoctor.scanning import Job, Row, scan

BUDGET = 1.8


@dataclass(frozen=True)
class Took:
    """One scan: seconds by the clock, the parent's processor seconds, the workers' with what they waited; the rows."""

    clock: float
    parent: float
    workers: tuple[tuple[float, float], ...]
    rows: str

    @property
    def longest(self) -> float:
        """Seconds that it would take if every process had a core of its own."""
        return self.parent + max((busy + waited for busy, waited in self.workers), default=0.0)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--logs", type=int, default=1000)
    asked.add_argument("--from", dest="folder", type=Path)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--one-scan", nargs=2, metavar=("ROOT", "PROCESSES"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one_scan:
        return _report(given.one_scan[0], int(given.one_scan[1]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        root.mkdir()
        _make(root, given.logs, given.folder)
        rounds = [(_apart(root, 1), _apart(root, 2)) for _ in range(given.rounds)]
        clustered = _on_dask(root)
    return _judge(given.logs, rounds, clustered)


def _judge(logs: int, rounds: list[tuple[Took, Took]], clustered: str) -> int:
    print(f"{logs} logs, medians of {len(rounds)} rounds, seconds")
    for name, side in (("one process", 0), ("two processes", 1)):
        took = [pair[side] for pair in rounds]
        clock, parent = (statistics.median(getattr(one, what) for one in took) for what in ("clock", "parent"))
        print(f"  {name:14} clock {clock:6.1f}   processor: parent {parent:.1f}{_workers(took)}")
    by_clock = statistics.median(one.clock / two.clock for one, two in rounds)
    alone = statistics.median(one.longest / two.longest for one, two in rounds)
    same = {took.rows for pair in rounds for took in pair} == {clustered}
    print(f"two are {by_clock:.2f} x as fast by the clock; {alone:.2f} x on idle cores ({BUDGET} wanted)")
    print(f"one process, two, and two Dask workers make {'the same rows' if same else 'DIFFERENT ROWS'}")
    return int(max(by_clock, alone) < BUDGET or not same)


def _workers(took: list[Took]) -> str:
    workers = zip(*(sorted(one.workers) for one in took), strict=True)
    medians = ([statistics.median(part) for part in zip(*parts, strict=True)] for parts in workers)
    return "".join(f", worker {busy:.1f} and {waited:.1f} waiting" for busy, waited in medians)


def _make(root: Path, logs: int, folder: Path | None) -> None:
    draw = random.Random(0)
    sources = sorted(p for p in folder.iterdir() if p.is_file()) if folder else [run.log for run in recorded()]
    for at in range(logs):
        source = draw.choice(sources)
        lines = source.read_bytes().splitlines(keepends=True)
        kept = lines[: draw.randint(min(100, len(lines)), len(lines))]
        (root / f"{at:05}-{source.stem}{source.suffix}").write_bytes(b"".join(kept))


def _apart(root: Path, processes: int) -> Took:
    """Scan in an interpreter of its own; it tells the processor time of its workers, this one the clock."""
    command = [sys.executable, __file__, "--one-scan", str(root), str(processes)]
    began = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    clock = time.perf_counter() - began
    answer: dict[str, Any] = json.loads(told)
    return Took(clock, answer["parent"], tuple(map(tuple, answer["workers"])), answer["rows"])


def _report(root: str, processes: int) -> int:
    """Print, for `_apart`, the processor time of this process and of each that it started, and the rows."""
    seen: dict[int, tuple[float, float]] = {}
    count = itertools.count(1)

    def look(_row: Row, total: int) -> None:
        """Look at the workers now and then, and in the end: looking takes the time of a small log."""
        at = next(count)
        if at % 50 == 0 or at == total:
            seen.update(_children())

    rows = scan(Job((root,), processes=processes), look)
    print(json.dumps({"parent": time.process_time(), "workers": list(seen.values()), "rows": _told(rows)}))
    return 0


def _children() -> dict[int, tuple[float, float]]:
    """Of the processes that this one started and that did anything to speak of: busy, and waiting not for a core."""
    found: dict[int, tuple[float, float]] = {}
    for process in map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        busy, delayed = (int(field) / 1e9 for field in Path(f"/proc/{process}/schedstat").read_text().split()[:2])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / ticks
        if busy > 0.3:
            found[process] = busy, max(age - busy - delayed, 0.0)
    return found


def _told(rows: list[Any]) -> str:
    return json.dumps([row.as_dict() for row in rows])


def _on_dask(root: Path) -> str:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]  # distributed has no annotations
        return _told(scan(Job((str(root),), scheduler=str(cluster.scheduler_address))))


if __name__ == "__main__":
    sys.exit(main())
