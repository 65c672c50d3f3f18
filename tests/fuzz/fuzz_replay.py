"""Judges kept inputs again, each in a process of its own, without instrumentation: which finds are real.

    python tests/fuzz/fuzz_replay.py logs|rules|tables FILE...

Prints a line an input: what came of it, seconds and memory. Ends with status 1 where one is a find.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parents[1]), *(str(_HERE.parent / part) for part in ("", "readers", "fuzz"))]

import fuzz_limits

_WALL = 60


def judged(target: str, path: Path) -> int:
    """Judge one input here and say what came of it; 1 for a find."""
    import fuzz_judges

    judge = {"logs": fuzz_judges.log, "rules": fuzz_judges.rule, "tables": fuzz_judges.tables}[target]
    warnings.simplefilter("error")
    fuzz_limits.cap_memory()
    with tempfile.TemporaryDirectory() as folder, fuzz_limits.measured() as cost:
        end = judge(path.read_bytes(), Path(folder))
    print(f"{path.name}: {end}, {cost.seconds:.2f} s, {cost.memory >> 20} MB")
    return 0


def environment() -> dict[str, str]:
    """That of this process with one thread for linear algebra, whose stacks would count as memory."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def main(arguments: list[str]) -> int:
    """Judge each file in a process of its own; 1 where any is a find."""
    target, *paths = arguments
    if target.startswith("one-"):
        return judged(target.removeprefix("one-"), Path(paths[0]))
    status = 0
    for path in paths:
        command = [sys.executable, __file__, f"one-{target}", path]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_WALL, check=False, env=environment()
            )
        except subprocess.TimeoutExpired:
            print(f"{path}: FIND, no end after {_WALL} s on the clock")
            status = 1
            continue
        if done.returncode == 0:
            print(done.stdout, end="")
            continue
        status = 1
        told = done.stderr.strip().splitlines() or [f"ended by signal {-done.returncode}"]
        places = [line.strip() for line in told if line.strip().startswith("File") and "/gandoctor/" in line]
        print(f"{path}: FIND, {told[-1][:300]} at {places[-1] if places else 'the judge'}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
