"""An hour of fuzzing on one core, by the clock: every reader, the rulebook, and the tables beside a run.

    python tests/fuzz/fuzz_hour.py OUT [MINUTES] [SEED]

Half of the time goes to logs under atheris, the rest to logs without it, rules and tables. Prints a summary, judges
each find again in a process of its own without instrumentation, and ends with status 1 where one is real.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import fuzz_replay

HERE = Path(__file__).resolve().parent
LEGS = (
    ("logs", "target", 0.5),
    ("logs", "plain", 0.3),
    ("rules", "target", 0.1),
    ("tables", "target", 0.1),
)
"""What is fuzzed, by which script, and for which share of the time."""
WIDTHS = (10, 10, 8, 7, 10, 13, 8)
_LEAST = 5.0
"""Seconds of a leg that are not worth another start, after a process that ended early."""
_EDGES = re.compile(r"cov: (\d+) ft: (\d+)")


@dataclass(slots=True)
class Leg:
    """What came of one leg; the edges are those of Python code that atheris counts."""

    name: str
    inputs: int = 0
    runs: int = 0
    edges: int = 0
    seconds: float = 0.0
    memory: int = 0
    finds: int = 0
    deaths: int = 0


def leg(out: Path, target: str, way: str, seconds: float, seed: int) -> Leg:
    """Run one script for so long; one that libFuzzer ended is started again."""
    made = Leg(f"{target} ({'atheris' if way == 'target' else way})")
    end = time.monotonic() + seconds
    numbers = out / f"{target}-{'atheris' if way == 'target' else way}.json"
    while (left := end - time.monotonic()) > _LEAST:
        numbers.unlink(missing_ok=True)
        log = out / f"{target}-{way}-{made.deaths}.log"
        with log.open("wb") as stream:
            command = [sys.executable, str(HERE / f"fuzz_{way}.py"), target, str(out), str(int(left)), str(seed)]
            done = subprocess.run(
                command, stdout=stream, stderr=subprocess.STDOUT, check=False, env=fuzz_replay.environment()
            )
        _count(made, numbers, log)
        if done.returncode == 0 or not numbers.exists():
            break
        made.deaths += 1
        seed += 1
    return made


def _count(made: Leg, numbers: Path, log: Path) -> None:
    if numbers.exists():
        told = json.loads(numbers.read_text(encoding="utf-8"))
        made.inputs += told["ends"].get("all", 0)
        made.runs += sum(told["ends"].get(end, 0) for end in ("run", "rules", "used"))
        made.finds += sum(told["finds"].values())
        made.seconds = max(made.seconds, told["seconds"])
        made.memory = max(made.memory, told["memory"])
    found = _EDGES.findall(log.read_text(encoding="utf-8", errors="replace"))
    made.edges = max([made.edges, *(int(edges) for edges, _ in found)])


def main(out: str, minutes: str = "60", seed: str = "1") -> int:
    """Fuzz, print the table, and judge the finds again; 1 where one is real."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    titles = zip(("inputs", "accepted", "edges", "finds", "slowest", "memory", "deaths"), WIDTHS, strict=True)
    print(f"{'':18}" + "".join(f"{title:>{width}}" for title, width in titles))
    for target, way, share in LEGS:
        one = leg(folder, target, way, 60 * float(minutes) * share, int(seed))
        print(
            f"{one.name:18}{one.inputs:>10,}{one.runs:>10,}{one.edges:>8,}{one.finds:>7}"
            f"{one.seconds:>8.2f} s{one.memory >> 20:>10} MB{one.deaths:>8}",
            flush=True,
        )
    status = 0
    for target in dict.fromkeys(target for target, _, _ in LEGS):
        kept = sorted(str(path) for path in (folder / "finds").glob(f"{target}-*") if path.suffix != ".txt")
        kept += sorted(str(path) for path in (folder / "artifacts").glob(f"{target}-*"))
        status |= fuzz_replay.main([target, *kept]) if kept else 0
    print("real finds: see above" if status else "no real find")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
