"""What a killed training leaves of its log: a process that records is killed with signal 9 at random times.

    python tests/benchmarks/kills.py [--kills N]

After each kill the log is read with pandas and with gandoctor, and the next life goes on where it ended or, every third
time, at an earlier checkpoint. Exit status 1 where a row is broken, stands twice or is lost beyond the flush interval.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pandas as pd

from gandoctor import read

FLUSH_ROWS = 100
VICTIM = """
    import sys
    from gandoctor import Recorder

    doctor = Recorder(sys.argv[1], flush_rows=int(sys.argv[2]), flush_seconds=1000)
    print("ready", flush=True)
    step = int(sys.argv[3])
    while True:
        step += 1
        doctor.record(step, d_loss=1.2 + step / 1e7, g_loss=0.9, fid=30.0 if step % 50 == 0 else None)
        print(step, flush=True)
"""


def life(log: Path, start: int, seconds: float) -> int:
    """Record from a step on for so long, then die; the last step that was recorded for certain."""
    words = [sys.executable, "-c", textwrap.dedent(VICTIM), str(log), str(FLUSH_ROWS), str(start)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().split()
    return int(said[-1]) if said else start


def faults(log: Path, told: int) -> tuple[list[str], int, bool]:
    """What is wrong with the log, how many recorded steps it lacks, and whether its last line was torn."""
    torn = not log.read_bytes().endswith(b"\n")
    frame = pd.read_csv(log)
    whole = frame.iloc[:-1] if torn else frame
    found = []
    if whole["step"].tolist() != list(range(1, len(whole) + 1)):
        found.append("the steps do not follow one another")
    if not (whole["d_loss"] == 1.2 + whole["step"] / 1e7).all():
        found.append("a number is wrong")
    if read(log).curves["d_loss"].steps.tolist() != whole["step"].tolist():
        found.append("gandoctor reads other rows than pandas")
    return found, told - len(whole), torn


def main() -> int:
    """Print what was found; status 1 where anything was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    args = parser.parse_args()
    chance, told, torn, bad = random.Random(3), 0, 0, 0
    lost: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "run.csv"
        for kill in range(args.kills):
            start = told - lost[-1] if lost else 0
            start = max(start - chance.randint(0, 500), 1) if kill % 3 == 2 else start
            told = life(log, start, chance.uniform(0.0, 0.3))
            found, missing, was_torn = faults(log, told)
            lost.append(missing)
            torn += was_torn
            bad += bool(found) or missing > FLUSH_ROWS + 1
            for fault in found:
                print(f"kill {kill}: {fault}")
        rows = len(pd.read_csv(log))
    print(f"{args.kills} kills, {rows} rows at the end, flushed every {FLUSH_ROWS} rows")
    print(f"rows lost in a kill: {max(lost)} at most; last lines torn: {torn}; broken logs: {bad}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
