"""What gandoctor says about the runs of toy_gan.py, beside what their samples showed.

    python tests/benchmarks/score_toy.py DIR [--alarms]

Prints the verdicts by label and by loss family, the false alarms on stable runs, and for the runs that were changed at
a known step whether, and how many steps later, a failure was found. --alarms lists every false alarm.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor import Diagnosis, diagnose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERDICTS = ("stable", "inconclusive", "mode_collapse", "convergence_failure")
BENIGN = ("", "rates-half")


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's row in the table of truths, and what was said about it."""

    truth: dict[str, str]
    diagnosis: Diagnosis

    @property
    def alarm(self) -> bool:
        """Whether a failure was diagnosed."""
        return self.diagnosis.verdict in VERDICTS[2:]

    @property
    def delay(self) -> float | None:
        """Steps from the change to the first finding that was sure after it; None where there was none."""
        onset = float(self.truth["onset"])
        fired = [f.fired - onset for f in self.diagnosis.findings if f.verdict in VERDICTS[2:] and f.fired >= onset]
        return min(fired, default=None)


def judge(folder: Path) -> list[Judged]:
    """Diagnose every run of the table of truths, from its losses alone."""
    with (folder / "truth.csv").open(newline="") as handle:
        return [Judged(row, diagnose(folder / row["file"])) for row in csv.DictReader(handle)]


def cross(title: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Print how often each verdict was given, by the first of each pair."""
    counts = Counter(pairs)
    print(f"\n{title:22}" + "".join(f"{verdict:>21}" for verdict in VERDICTS))
    for name in sorted({name for name, _ in counts}):
        print(f"{name:22}" + "".join(f"{counts[name, verdict]:21}" for verdict in VERDICTS))


def suspicions(judged: Sequence[Judged]) -> None:
    """Print how often a run that was not called a failure is at least suspected of one, by label and rule."""
    counts = Counter((j.truth["label"], s.rule) for j in judged if not j.alarm for s in j.diagnosis.suspicions)
    print("\nsuspected only" + "".join(f"\n  {n:4} x {rule} on {label}" for (label, rule), n in counts.most_common()))


def changes(judged: Sequence[Judged]) -> None:
    """Print what became of the runs that were changed on purpose."""
    print(f"\n{'changed':16}{'runs':>6}{'found':>7}{'median delay':>14}{'of them, samples bad':>22}{'found':>7}")
    for kind in sorted({j.truth["intervention"] for j in judged} - {""}):
        runs = [j for j in judged if j.truth["intervention"] == kind]
        bad = [j for j in runs if j.truth["label"] not in ("stable", "unclear")]
        delays = [j.delay for j in runs if j.delay is not None]
        delay = f"{statistics.median(delays):.0f}" if delays else "-"
        found = sum(j.alarm for j in bad)
        print(f"{kind:16}{len(runs):6}{len(delays):7}{delay:>14}{len(bad):22}{found:7}")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--alarms", action="store_true")
    args = parser.parse_args()
    judged = judge(args.folder)
    healthy = [j for j in judged if j.truth["label"] == "stable" and j.truth["intervention"] in BENIGN]
    cross("label", ((j.truth["label"], j.diagnosis.verdict) for j in judged))
    cross("stable, by family", ((j.truth["family"], j.diagnosis.verdict) for j in healthy))
    starved = [j for j in judged if j.truth["starved"] and j.truth["label"] not in ("stable", "unclear")]
    cross(
        "starved, samples bad", ((f"{j.truth['starved']}, {j.truth['family']}", j.diagnosis.verdict) for j in starved)
    )
    cross(
        "diverged, by family",
        ((j.truth["family"], j.diagnosis.verdict) for j in judged if j.truth["label"] == "diverged"),
    )
    suspicions(judged)
    changes(judged)
    alarms = [j for j in healthy if j.alarm]
    print(f"\n{len(alarms)} false alarms on {len(healthy)} stable runs")
    for (kind, family), count in Counter((j.diagnosis.kind, j.truth["family"]) for j in alarms).most_common():
        print(f"  {count:3} x {kind} on {family}")
    for j in alarms if args.alarms else ():
        print(f"{j.truth['file']}: {j.diagnosis.headline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
