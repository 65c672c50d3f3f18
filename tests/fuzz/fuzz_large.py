"""What inputs of 1 and of 10 MB take to be read and diagnosed: seconds, memory, and how both grow.

    python tests/fuzz/fuzz_large.py [PART OF A NAME]

Each is judged in a process of its own; memory is that process's peak beyond what it held before. Ends with status 1 for
a traceback, for more than 1 GB, and for a time that grows more than thirty-fold: tenfold and what a busy machine adds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parents[1]), *(str(_HERE.parent / part) for part in ("", "readers", "fuzz"))]

import fuzz_limits
import fuzz_replay

SIZES = (1_000_000, 10_000_000)
MEMORY = 1 << 30
GROWTH = 30.0
_LEAST = 0.2
"""Seconds below which a ratio says nothing."""
_WALL = 300


def judged(path: Path) -> None:
    """Read and diagnose a file, and say what came of it and what it took."""
    from gandoctor.engine import diagnose
    from gandoctor.errors import GandoctorError
    from gandoctor.readers import read
    from gandoctor.rulebook import load

    warnings.simplefilter("error")
    rulebook = load()
    began = time.process_time()
    with fuzz_limits.measured(_WALL) as cost:
        try:
            run = read(path)
            reading = time.process_time() - began
            end = str(diagnose(run, rulebook=rulebook).verdict)
        except GandoctorError as error:
            reading, end = time.process_time() - began, f"refused: {str(error).replace(path.name, '', 1)[:60]}"
        except Exception as error:
            reading, end = 0.0, f"FIND {type(error).__name__}: {str(error)[:60]}"
    print(f"{reading:.2f}\t{cost.seconds:.2f}\t{cost.memory}\t{end!r}")


def measured(path: Path) -> tuple[float, float, int, str]:
    """Seconds to read, seconds in all, bytes and end of one file."""
    command = [sys.executable, __file__, "--one", str(path)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=2 * _WALL, check=False, env=fuzz_replay.environment()
        )
    except subprocess.TimeoutExpired:
        return 2.0 * _WALL, 2.0 * _WALL, 0, "FIND: no end"
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"FIND: signal {-done.returncode}"]
        return 0.0, 0.0, 0, f"FIND: {told[-1][:80]}"
    reading, total, memory, end = done.stdout.rstrip("\n").split("\t")
    return float(reading), float(total), int(memory), end.strip("'\"")


def main(wanted: str = "") -> int:
    """Print a line an input; 1 where one is beyond the limits."""
    import fuzz_sizes

    status = 0
    print(f"{'':30}{'bytes':>12}{'read':>9}{'in all':>9}{'growth':>8}{'memory':>9}  end")
    with tempfile.TemporaryDirectory() as folder:
        for name, (file, make) in fuzz_sizes.LOGS.items():
            if wanted not in name:
                continue
            path, before = Path(folder) / file, 0.0
            for size in SIZES:
                path.write_bytes(make(size))
                reading, total, memory, end = measured(path)
                growth = total / max(before, _LEAST) if before else 0.0
                wrong = end.startswith("FIND") or memory > MEMORY or growth > GROWTH
                status |= wrong
                print(
                    f"{name:30}{path.stat().st_size:>12,}{reading:>7.2f} s{total:>7.2f} s{growth:>8.1f}"
                    f"{memory >> 20:>6} MB  {end}{'  <<<' if wrong else ''}",
                    flush=True,
                )
                before = total
                path.unlink()
    return status


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        judged(Path(sys.argv[2]))
    else:
        sys.exit(main(*sys.argv[1:]))
