"""How often a healthy run that only wanders is called a failure: at most 1 % of 200 runs in every cell.

    python tests/benchmarks/null_runs.py [--runs N] [--points 450 2000 20000]

Runs come from tests/red_noise.py: D's outputs are AR(1) noise around a level of equilibrium, or of a D that is ahead;
loss families and the forms of D's loss take turns. Exit status 1 where a cell is above 1 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from red_noise import run

from gandoctor import diagnose

PHI = (0.0, 0.3, 0.6, 0.9)
FAILURES = ("mode_collapse", "convergence_failure")


def main() -> int:
    """Print the table of false alarms by autocorrelation and length, and what was said wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--points", type=int, nargs="+", default=[450, 2000, 20_000])
    args = parser.parse_args()
    wrong: Counter[tuple[str, str]] = Counter()
    worst, inconclusive = 0.0, 0
    print(f"{'points':>8}" + "".join(f"{f'phi {phi}':>10}" for phi in PHI))
    for points in args.points:
        rates = []
        for phi in PHI:
            found = [(seed, diagnose(run(seed, phi, points))) for seed in range(args.runs)]
            alarms = [(seed, d) for seed, d in found if d.verdict in FAILURES]
            wrong.update((d.run.name.rpartition("-")[0], d.kind) for _, d in alarms)
            inconclusive += sum(d.verdict == "inconclusive" for _, d in found)
            rates.append(len(alarms) / args.runs)
        worst = max(worst, *rates)
        print(f"{points:8}" + "".join(f"{rate:10.1%}" for rate in rates), flush=True)
    for (form, kind), count in wrong.most_common():
        print(f"  {count:4} x {kind} on {form}")
    print(f"{inconclusive} of {args.runs * len(PHI) * len(args.points)} inconclusive")
    print(f"worst cell {worst:.1%}, at most 1 % wanted: {'kept' if worst <= 0.01 else 'MISSED'}")
    return int(worst > 0.01)


if __name__ == "__main__":
    sys.exit(main())
