"""What `gandoctor watch` costs while a log grows by 100 lines a second: at most 1 % of a core, start-up apart.

    python tests/benchmarks/watching.py [--seconds 120] [--rows 200000]

The log begins with `--rows` lines, so that a late look at a long run is measured too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RATE = 100
BUDGET = 0.01


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=120)
    asked.add_argument("--rows", type=int, nargs="*", default=[0, 200_000])
    given = asked.parse_args()
    print(f"{'rows at the start':>18} {'seconds':>8} {'of a core':>10}")
    shares = [_share(rows, given.seconds) for rows in given.rows]
    for rows, share in zip(given.rows, shares, strict=True):
        print(f"{rows:>18,} {given.seconds:>8g} {share:>10.2%}")
    return int(max(shares) > BUDGET)


def _share(rows: int, seconds: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "run.csv"
        noise = np.random.default_rng(0).standard_normal((rows + int(seconds * RATE) + RATE, 2))
        lines = [f"{step},{1.2 + 0.1 * d:.5f},{1.1 + 0.2 * g:.5f}\n" for step, (d, g) in enumerate(noise)]
        with log.open("w", encoding="utf-8") as file:
            file.write("step,d_loss,g_loss\n" + "".join(lines[: rows + RATE]))
            file.flush()
            command = [sys.executable, "-m", "gandoctor", "watch", str(log)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                process.stdout.readline()  # started up, and the first look is done
                before, began, at = _used(process.pid), time.monotonic(), rows + RATE
                while (gone := time.monotonic() - began) < seconds:
                    due = rows + RATE + int(gone * RATE)
                    file.writelines(lines[at:due])
                    file.flush()
                    at = due
                    time.sleep(0.1)
                used = _used(process.pid) - before
                process.terminate()
        return used / seconds


def _used(pid: int) -> float:
    """Processor seconds of a process so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # clock ticks of Linux


if __name__ == "__main__":
    sys.exit(main())
