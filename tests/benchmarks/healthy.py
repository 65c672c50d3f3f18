"""How often a simulated healthy training is called a failure, and how often an ill one is found, by family and regime.

    python tests/benchmarks/healthy.py [--runs N] [--ill N] [--longest STEPS] [--alarms]

Simulates N healthy logs (tests/simulated_gan.py, tests/simulated_log.py) and N ill ones of each kind. Wanted: at most
0.5 % of the healthy ones called a failure, in no regime above 2 %. --alarms lists what was said wrongly. Exit status 1
where the wish is not met.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from simulated_gan import FAMILIES, ILLS
from simulated_log import FORMS, REGIMES, Plan, plan, simulate

from gandoctor import Diagnosis, diagnose

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILURES = ("mode_collapse", "convergence_failure")
LEAST = 50
"""Runs below which the rate of a cell is not judged."""

Judged = tuple[Plan, Diagnosis]


def judge(seeds: range, ill: str = "", longest: int = 20_000) -> list[Judged]:
    """Simulate and diagnose one run a seed."""
    plans = [plan(seed, ill, longest) for seed in seeds]
    return [(what, diagnose(simulate(what))) for what in plans]


def table(title: str, cells: Sequence[tuple[str, list[Judged]]]) -> float:
    """Print a row for each cell; the largest share of failure verdicts among those with `LEAST` runs."""
    print(f"\n{title:18}{'runs':>6}{'failure':>10}{'inconclusive':>14}{'suspected':>11}")
    worst = 0.0
    for name, cell in cells:
        n = max(len(cell), 1)
        failure, unsure = (sum(d.verdict in said for _, d in cell) / n for said in (FAILURES, ("inconclusive",)))
        suspected = sum(bool(d.suspicions) for _, d in cell) / n
        print(f"{name:18}{len(cell):6}{failure:10.1%}{unsure:14.1%}{suspected:11.1%}")
        worst = max(worst, failure if len(cell) >= LEAST else 0.0)
    return worst


def silence(judged: list[Judged]) -> bool:
    """Print the tables of healthy runs; whether the wish is met."""
    worst = [
        table("family", [(f, [j for j in judged if j[0].game.family == f]) for f in FAMILIES]),
        table("form", [(f, [j for j in judged if j[0].form == f]) for f in FORMS]),
        table("regime", [(r, [j for j in judged if j[0].regime == r]) for r in REGIMES]),
    ]
    overall = table("all", [("healthy", judged)])
    for pick in (FAILURES, ("inconclusive",)):
        said = Counter(_reason(d) for _, d in judged if d.verdict in pick)
        print("\n".join(f"  {n:4} x {reason}" for reason, n in said.most_common(12)))
    suspected = Counter(f"{s.rule}.{s.pattern}" for _, d in judged for s in d.suspicions)
    print("suspected: " + ", ".join(f"{n} x {name}" for name, n in suspected.most_common()))
    return overall <= 0.005 and max(worst) <= 0.02


def _reason(diagnosis: Diagnosis) -> str:
    active = [f"{f.rule}.{f.pattern}" for f in diagnosis.findings if f.active]
    return f"{diagnosis.verdict}: {', '.join(active) or diagnosis.headline}"


def found(ill: str, judged: list[Judged]) -> None:
    """Print the share of ill runs that were found, by family, and in all."""
    cells = []
    for family in FAMILIES:
        cell = [d.verdict in FAILURES for what, d in judged if what.game.family == family]
        cells.append(f"{sum(cell) / len(cell):9.0%}" if cell else f"{'-':>9}")
    share = sum(d.verdict in FAILURES for _, d in judged) / max(len(judged), 1)
    print(f"{ill:16}" + "".join(cells) + f"{share:9.0%}", flush=True)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3000)
    parser.add_argument("--ill", type=int, default=100)
    parser.add_argument("--longest", type=int, default=20_000)
    parser.add_argument("--alarms", action="store_true")
    args = parser.parse_args()
    judged = judge(range(args.runs), "", args.longest)
    kept = silence(judged)
    for what, d in judged if args.alarms else ():
        if d.verdict in FAILURES:
            print(f"{what.name}: {_reason(d)}: {d.findings[0].evidence}")
    print(f"\n{'ill':16}" + "".join(f"{family[:8]:>9}" for family in FAMILIES) + f"{'all':>9}")
    for ill in ILLS:
        found(ill, judge(range(args.ill), ill, args.longest))
    print(f"at most 0.5 % of the healthy runs and 2 % of a cell wanted: {'kept' if kept else 'MISSED'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
