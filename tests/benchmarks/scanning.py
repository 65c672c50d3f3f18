"""How much faster a scan is with two processes than with one, and whether a Dask cluster makes the same table.

    python tests/benchmarks/scanning.py [--logs 1000] [--from FOLDER]

The logs are pieces of the recorded runs, or of the logs in FOLDER, of 100 rows to all of them. Budget: 1.8 times the
speed of one process with two, on a machine with two idle cores; the same rows from a cluster of two workers.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from gandoctor.demo import recorded
from gandoctor.scanning import Job, scan

BUDGET = 1.8


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--logs", type=int, default=1000)
    asked.add_argument("--from", dest="folder", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        root.mkdir()
        _make(root, given.logs, given.folder)
        scan(Job((str(root),), processes=1, table=None))  # the first scan pays for cold files and imports
        one, alone = _timed(Job((str(root),), processes=1))
        two, paired = _timed(Job((str(root),), processes=2))
        clustered, spread = _timed_on_dask(root)
    print(f"{given.logs} logs: one process {alone:.1f} s, two {paired:.1f} s, two Dask workers {spread:.1f} s")
    print(f"two processes are {alone / paired:.2f} x as fast as one (budget {BUDGET})")
    same = one == two == clustered
    print(f"the tables are {'the same' if same else 'NOT the same'}")
    return int(alone / paired < BUDGET or not same)


def _make(root: Path, logs: int, folder: Path | None) -> None:
    draw = random.Random(0)
    sources = sorted(p for p in folder.iterdir() if p.is_file()) if folder else [run.log for run in recorded()]
    for at in range(logs):
        source = draw.choice(sources)
        lines = source.read_bytes().splitlines(keepends=True)
        kept = lines[: draw.randint(min(100, len(lines)), len(lines))]
        (root / f"{at:05}-{source.stem}{source.suffix}").write_bytes(b"".join(kept))


def _timed(job: Job) -> tuple[object, float]:
    began = time.perf_counter()
    rows = scan(job)
    return [row.as_dict() for row in rows], time.perf_counter() - began


def _timed_on_dask(root: Path) -> tuple[object, float]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]  # distributed has no annotations
        return _timed(Job((str(root),), scheduler=str(cluster.scheduler_address)))


if __name__ == "__main__":
    sys.exit(main())
