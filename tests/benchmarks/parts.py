"""Where the time goes: start-up by package, and the diagnosis of a long log by part.

    python tests/benchmarks/parts.py [--rows 1000000] [--repeats N]

Each repeat is a process of its own. Start-up is what Python says with -X importtime, own time by package; the parts of
a diagnosis are timed as wholes, without a profiler; what judging consists of is then shown by module, in shares of a
profile, which overstates small functions. Judging must take less than reading, and start-up less than importing
pandas: exit status 1 where it does not.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from speed import child, median, verdict, write_log

if TYPE_CHECKING:
    from collections.abc import Sequence

PARTS = """import json, sys, time
marks = [("", time.perf_counter())]
def mark(name): marks.append((name, time.perf_counter()))
import numpy
mark("import numpy")
from gandoctor.engine import Monitor
from gandoctor.readers import read
mark("import gandoctor")
from gandoctor.rulebook import load
book = load()
mark("load the rulebook")
import pandas
mark("import pandas, for a long log")
run = read(sys.argv[1])
mark("read")
monitor = Monitor(book, unit=run.unit, context=run.context, columns=run.columns)
monitor.feed_run(run)
mark("judge")
diagnosis = monitor.diagnosis(run)
mark("conclude")
from gandoctor.report import terminal
terminal.render(diagnosis, colour=False)
mark("print the report")
print(json.dumps([[name, after - before] for (_, before), (name, after) in zip(marks, marks[1:])]))"""

PROFILE = """import cProfile, io, json, pstats, sys
from pathlib import Path
from gandoctor.engine import diagnose
from gandoctor.readers import read
run = read(sys.argv[1])
diagnose(run)
profile = cProfile.Profile()
profile.runcall(diagnose, run)
own = {}
for (file, _, function), (_, _, seconds, _, _) in pstats.Stats(profile).stats.items():
    place = "gandoctor/" + Path(file).name if "gandoctor" in file else "numpy and Python"
    own[place] = own.get(place, 0.0) + seconds
print(json.dumps(own))"""


def printed(script: str, *arguments: str) -> str:
    """What a fresh Python prints that runs a script."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def start_up(log: Path) -> Counter[str]:
    """Milliseconds of own import time by package, for `gandoctor diagnose` of a short log."""
    command = [sys.executable, "-X", "importtime", "-m", "gandoctor", "diagnose", str(log)]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    lines = subprocess.run(command, check=True, capture_output=True, text=True, env=env).stderr.splitlines()
    took: Counter[str] = Counter()
    for line in lines:
        cells = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and cells[0].strip().isdigit():
            package = cells[2].strip().partition(".")[0]
            took[package if package in ("gandoctor", "numpy", "click", "rich") else "Python's own"] += int(cells[0])
    return Counter({package: micro / 1000 for package, micro in took.items()})


def medians(found: Sequence[Counter[str]]) -> dict[str, float]:
    """The median of each name over the repeats, in the order of the first."""
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def main() -> int:
    """Print the tables; 1 where judging takes longer than reading, or start-up longer than importing pandas."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        short, long = (write_log(Path(folder, f"{rows}.csv"), rows) for rows in (450, args.rows))
        imports = medians([start_up(short) for _ in range(args.repeats)])
        whole = [child([sys.executable, "-m", "gandoctor", "diagnose", str(short)]) for _ in range(args.repeats)]
        pandas = [child([sys.executable, "-c", "import pandas"]) for _ in range(args.repeats)]
        parts = medians([Counter(dict(json.loads(printed(PARTS, str(long))))) for _ in range(args.repeats)])
        modules = json.loads(printed(PROFILE, str(long)))
    print(f"start-up: gandoctor diagnose of 450 rows, {median(whole, 'wall') * 1000:.0f} ms, of which importing")
    for name, took in sorted(imports.items(), key=lambda item: -item[1]):
        print(f"  {name:34}{took:8.0f} ms")
    print(f"\n{args.rows:,} rows")
    for name, took in parts.items():
        print(f"  {name:34}{took * 1000:8.0f} ms")
    print("\njudging by module, own time")
    total = sum(modules.values())
    for name, took in sorted(modules.items(), key=lambda item: -item[1])[:14]:
        print(f"  {name:34}{took / total:8.0%}")
    print()
    kept = [
        verdict("judging over reading", parts["judge"] / parts["read"], 1),
        verdict("start-up over importing pandas", median(whole, "wall") / median(pandas, "wall"), 1),
    ]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
