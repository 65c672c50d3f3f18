"""How soon a run that did well, and was then changed on purpose, is reported; and that harmless changes are not.

    python tests/benchmarks/interventions.py [--out DIR] [--steps N] [--seed N] [--alarms]

Trains small GANs (toy/changes.py), changes each at a known random step between 30 and 70 % of the run, and feeds
their losses to a `gandoctor.Monitor` row by row, as a training would. Prints for each change: runs that broke, alarms,
missed, delay from the change to the alarm (steps and share of the run), and how far the onset that the finding names
lies from the change. What is trained is kept in DIR and not trained again. Exit status 1 where a budget is missed:

- an alarm within 100 steps or 5 % of the run, whichever is more (median of a change's broken runs)
- at most 5 % of the broken runs missed
- the onset within 5 % of the run (median)
- no alarm on a run that was changed harmlessly, or before its change

Combined batches do nothing by themselves: D has to find out first, which takes it some hundred steps. Their line counts
from the change like the others, and the line below it from the first look at bad samples, which is what its budget is
for. A frozen D whose loss is logged as one value has a line of its own and no budget: losses cannot show it.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from toy.changes import BENIGN, groups, harmed_at, outcome
from toy.train import Recorded, train
from toy_gan import keep

from gandoctor import Monitor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Finding

FAILURES = ("mode_collapse", "convergence_failure")
NOT_BROKEN = ("withstood", "healed")
ONE_VALUE = "freeze-d, one value"
"""Frozen D in a family whose D loss is a single number: its halves cannot be compared."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A run's row in the table of changes, and the findings that were reported while it ran, each with its step."""

    row: dict[str, str]
    alarms: tuple[tuple[int, Finding], ...]

    @property
    def kind(self) -> str:
        """The change, as the table calls it."""
        single = self.row["intervention"] == "freeze-d" and self.row["family"] == "relativistic"
        return ONE_VALUE if single else self.row["intervention"]

    @property
    def onset(self) -> int:
        """The step of the change; beyond the run where there was none."""
        return int(self.row["onset"]) or int(self.row["steps"]) + 1

    @property
    def first(self) -> tuple[int, Finding] | None:
        """The first alarm after the change."""
        return next((alarm for alarm in self.alarms if alarm[0] >= self.onset), None)

    @property
    def early(self) -> tuple[int, Finding] | None:
        """The first alarm while nothing was wrong: before the change, or ever where the change was harmless."""
        harmless = self.row["intervention"] in BENIGN
        return next((alarm for alarm in self.alarms if harmless or alarm[0] < self.onset), None)


def make(out: Path, steps: int, seed: int) -> list[dict[str, str]]:
    """The table of changes; groups that are not in it yet are trained."""
    index = out / "changes.csv"
    rows: list[dict[str, str]] = list(csv.DictReader(index.open(newline=""))) if index.exists() else []
    seen = {row["file"] for row in rows}
    for plan in groups(steps, seed):
        if f"{plan[0].name}/run.csv" in seen:
            continue
        runs = train(plan)
        for run in runs:
            keep(run, out)
        rows += [_row(run) for run in runs]
        with index.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        print(plan[0].target, plan[0].family, Counter(outcome(run) for run in runs), flush=True)
    return rows


def _row(run: Recorded) -> dict[str, str]:
    facts = run.recipe
    return {
        "file": f"{facts.name}/run.csv",
        "family": facts.family,
        "intervention": facts.intervention,
        "onset": str(facts.onset),
        "steps": str(facts.steps),
        "outcome": outcome(run),
        "label": run.label,
        "harmed_at": str(harmed_at(run) or ""),
    }


def watch(row: dict[str, str], out: Path) -> Watched:
    """Feed the log of a run to a monitor, row by row."""
    log = np.genfromtxt(out / row["file"], delimiter=",", names=True)
    names = (log.dtype.names or ())[1:]
    monitor, alarms = Monitor(), []
    for step, values in zip(log["step"], log[list(names)], strict=True):
        if row["intervention"] == "log-thinned" and step > int(row["onset"]) and step % 2:
            continue
        found = monitor.feed(float(step), dict(zip(names, values.tolist(), strict=True)))
        alarms += [(int(step), f) for f in found if f.weight == "verdict" and f.verdict in FAILURES]
    return Watched(row, tuple(alarms))


@dataclass(frozen=True, slots=True)
class Found:
    """The alarms on the broken runs of one kind: steps from the change, and these and the onset's error as shares."""

    broken: int
    delays: tuple[float, ...]
    shares: tuple[float, ...]
    errors: tuple[float, ...]

    @classmethod
    def of(cls, runs: Sequence[Watched], *, from_harm: bool = False) -> Found:
        """Counted from the change, or from the first look at bad samples."""
        broken = [run for run in runs if run.row["outcome"] == "broken"]
        found = [(run, alarm) for run in broken if (alarm := run.first)]
        begins = [float(run.row["harmed_at"] or run.onset) if from_harm else run.onset for run, _ in found]
        lengths = [int(run.row["steps"]) for run, _ in found]
        delays = [at - begin for (_, (at, _)), begin in zip(found, begins, strict=True)]
        errors = [abs(finding.since - begin) for (_, (_, finding)), begin in zip(found, begins, strict=True)]
        return cls(
            len(broken),
            tuple(delays),
            tuple(delay / n for delay, n in zip(delays, lengths, strict=True)),
            tuple(error / n for error, n in zip(errors, lengths, strict=True)),
        )

    @property
    def kept(self) -> bool:
        """Whether delay and onset keep their budgets; nothing found keeps none."""
        if not self.delays:
            return not self.broken
        middle = statistics.median
        return (middle(self.delays) <= 100 or middle(self.shares) <= 0.05) and middle(self.errors) <= 0.05

    def line(self, kind: str, runs: int) -> str:
        """A line of the table."""
        missed = self.broken - len(self.delays)
        line = f"{kind:22}{runs:6}{self.broken:8}{len(self.delays):8}{missed:8}"
        if not self.delays:
            return line
        late, share, error = (np.quantile(x, (0.5, 0.9)) for x in (self.delays, self.shares, self.errors))
        line += f"{late[0]:8.0f}{late[1]:8.0f}{share[0]:8.1%}{share[1]:8.1%}{error[0]:8.1%}{error[1]:8.1%}"
        return line


def harmful(kind: str, runs: Sequence[Watched]) -> bool:
    """Print the line of a change that breaks runs; whether its budgets are kept."""
    found = Found.of(runs)
    print(found.line(kind, len(runs)))
    if kind == "combined":
        found = Found.of(runs, from_harm=True)
        print(found.line("  from bad samples on", len(runs)))
    return kind == ONE_VALUE or found.kept


def others(runs: Sequence[Watched]) -> None:
    """Print what was said of the runs that did not break, and by which rules those that broke were found."""
    print("\nchanged and not broken, where an alarm is neither right nor wrong:")
    for kind, what in sorted({(run.kind, run.row["outcome"]) for run in runs if run.row["outcome"] in NOT_BROKEN}):
        part = [run for run in runs if (run.kind, run.row["outcome"]) == (kind, what)]
        print(f"  {kind}: {len(part)} {what}, {sum(run.first is not None for run in part)} alarms")
    print("found by:")
    broken = [(run.kind, alarm[1]) for run in runs if run.row["outcome"] == "broken" and (alarm := run.first)]
    names = Counter((kind, f"{finding.rule}.{finding.pattern}") for kind, finding in broken)
    print("\n".join(f"  {count:3} x {name} on {kind}" for (kind, name), count in names.most_common()))


def table(runs: Sequence[Watched]) -> bool:
    """Print the tables; whether all budgets are kept."""
    changed = [run for run in runs if run.row["outcome"] != "ill before"]
    heads = ("broken", "alarms", "missed", "median", "p90", "share", "p90", "onset", "p90")
    print(f"\n{'change':22}{'runs':>6}" + "".join(f"{head:>8}" for head in heads))
    kinds = sorted({run.kind for run in changed if run.row["intervention"] not in BENIGN})
    kept = [harmful(kind, [run for run in changed if run.kind == kind]) for kind in kinds]
    broken = [run for run in changed if run.row["outcome"] == "broken" and run.kind != ONE_VALUE]
    missed = sum(run.first is None for run in broken)
    others(changed)
    print(f"\n{'harmless':22}{'runs':>6}{'alarms':>8}")
    for kind in BENIGN:
        part = [run for run in changed if run.kind == kind]
        print(f"{kind:22}{len(part):6}{sum(run.early is not None for run in part):8}")
    early = sum(run.early is not None for run in runs)
    print(f"{early} false alarms in {len(runs)} runs, those before a change among them")
    well = all(kept) and missed <= 0.05 * len(broken) and not early
    print(f"missed {missed} of {len(broken)} broken runs; budgets {'kept' if well else 'MISSED'}")
    return well


def main() -> int:
    """Train what is missing, watch all and print the tables; 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "gandoctor-interventions")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=20_000)
    parser.add_argument("--alarms", action="store_true", help="list every alarm")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    runs = [watch(row, args.out) for row in make(args.out, args.steps, args.seed)]
    kept = table(runs)
    for run in runs if args.alarms else ():
        for at, finding in run.alarms:
            name = f"{finding.rule}.{finding.pattern}"
            print(f"  {run.row['file']} {run.kind} at {run.onset}: {name} at {at} since {finding.since:g}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
