"""What gandoctor says about the runs of toy_gan.py, beside what their samples showed.

    python tests/benchmarks/score_toy.py DIR [--alarms] [--tables]

Every run is diagnosed three times: from all columns of its log, from D's whole loss and G's alone, and from means over
epochs of 50 steps. Printed for each, with the grid of 25 apart, on which nothing was tuned:

- found: the share of failures that were called one, and stable: the share of stable runs that were called so
- balanced: the mean of the two; kind: the mean share of right verdicts over stable, collapse and other failures
- false alarms per 10 000 steps on which the samples were good, with the exact 95 % Poisson interval
- ECE of the verdict's confidence, over ten bins of equal mass, and how often the verdict was inconclusive

Labels are from samples alone. Runs between two labels ("unclear"), those that may still be learning ("undertrained")
and those whose D was frozen while the samples are still good count for nothing. --tables prints the verdicts by label
and family, --alarms every false alarm.
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

import numpy as np

from gandoctor import Curve, Diagnosis, Run, diagnose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[np.float64]]

VERDICTS = ("stable", "inconclusive", "mode_collapse", "convergence_failure")
BENIGN = ("", "rates-half")
EPOCH = 50
KINDS = {
    "stable": "stable",
    "collapse.full": "mode_collapse",
    "collapse.partial": "mode_collapse",
    "hopping": "mode_collapse",
    "garbage": "convergence_failure",
    "diverged": "convergence_failure",
}
"""Label -> the verdict that is right; the other labels count for nothing."""


def _full(log: Columns) -> Run:
    return _run({name: log[name] for name in log if name != "step"}, log["step"])


def _two(log: Columns) -> Run:
    whole = log["d_loss"] if "d_loss" in log else log["d_loss_real"] + log["d_loss_fake"]
    return _run({"d_loss": whole, "g_loss": log["g_loss"]}, log["step"])


def _epochs(log: Columns) -> Run:
    epochs = len(log["step"]) // EPOCH
    means = {name: x[: EPOCH * epochs].reshape(epochs, EPOCH).mean(axis=1) for name, x in log.items() if name != "step"}
    return _run(means, np.arange(1.0, epochs + 1), epochs=True)


def _run(columns: Columns, steps: NDArray[np.float64], *, epochs: bool = False) -> Run:
    return Run({name: Curve(steps, x) for name, x in columns.items()}, unit="epoch" if epochs else "step")


REGIMES: dict[str, tuple[Callable[[Columns], Run], int]] = {
    "full columns": (_full, 1),
    "d and g only": (_two, 1),
    "epoch means": (_epochs, EPOCH),
}
"""Name -> how a log is turned into the run that is diagnosed, and the steps to one of its rows."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's row in the table of truths, the steps at which its samples were good, and what was said about it."""

    truth: dict[str, str]
    good: NDArray[np.float64]
    diagnosis: Diagnosis
    unit: int

    @property
    def right(self) -> str | None:
        """The verdict that the samples speak for; None where they speak for none."""
        label, change = self.truth["label"], self.truth["intervention"]
        return None if label == "stable" and change not in BENIGN else KINDS.get(label)

    @property
    def alarm(self) -> bool:
        """Whether a failure was diagnosed."""
        return self.diagnosis.verdict in VERDICTS[2:]

    @property
    def false_alarms(self) -> int:
        """How many findings of a failure became sure while the samples were good."""
        harmful = self.truth["intervention"] not in BENIGN
        end = float(self.truth["onset"]) if harmful else float("inf")
        fired = [self.unit * f.fired for f in self.diagnosis.findings if f.verdict in VERDICTS[2:]]
        fired = [at for at in fired if at < end]
        return sum(bool((np.abs(self.good - at) <= EPOCH).any()) for at in fired)

    @property
    def delay(self) -> float | None:
        """Steps from the change to the first finding that was sure after it; None where there was none."""
        onset = float(self.truth["onset"])
        fired = [self.unit * f.fired - onset for f in self.diagnosis.findings if f.verdict in VERDICTS[2:]]
        return min((late for late in fired if late >= 0), default=None)


def judge(folder: Path, rows: Sequence[dict[str, str]], regime: str) -> list[Judged]:
    """Diagnose every run under one regime."""
    made, unit = REGIMES[regime]
    judged = []
    for row in rows:
        table = np.genfromtxt(folder / row["file"], delimiter=",", names=True)
        log = {name: table[name] for name in table.dtype.names or ()}
        looks = np.load(folder / row["file"].replace("run.csv", "looks.npz"))
        good = looks["steps"][(looks["coverage"] >= 0.85) & (looks["precision"] >= 0.8)]
        if row["intervention"] not in BENIGN:
            good = good[good < float(row["onset"])]
        judged.append(Judged(row, good, diagnose(made(log)), unit))
    return judged


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one regime on one part of the runs."""

    runs: int
    found: float
    stable: float
    kind: float
    false_alarms: int
    good_steps: float
    error: float
    inconclusive: float

    @classmethod
    def of(cls, judged: Sequence[Judged]) -> Score:
        """From the runs whose samples speak for a verdict; false alarms on the good steps of all runs."""
        scored = [j for j in judged if j.right]
        by = {kind: [j for j in scored if j.right == kind] for kind in dict.fromkeys(KINDS.values())}
        ill = [j for j in scored if j.right != "stable"]
        return cls(
            runs=len(scored),
            found=_share(j.alarm for j in ill),
            stable=_share(j.diagnosis.verdict == "stable" for j in by["stable"]),
            kind=float(
                np.mean([_share(j.diagnosis.verdict == kind for j in part) for kind, part in by.items() if part])
            ),
            false_alarms=sum(j.false_alarms for j in judged),
            good_steps=float(EPOCH * sum(len(j.good) for j in judged)),
            error=calibration_error(scored),
            inconclusive=_share(j.diagnosis.verdict == "inconclusive" for j in scored),
        )

    def line(self, name: str) -> str:
        """A line of the table."""
        low, high = poisson_interval(self.false_alarms)
        per = 10_000 / max(self.good_steps, 1)
        alarms = f"{self.false_alarms * per:6.2f} [{low * per:.2f}, {high * per:.2f}]"
        balanced = 0.5 * (self.found + self.stable)
        return (
            f"{name:24}{self.runs:5}{self.found:8.3f}{self.stable:8.3f}{balanced:10.3f}{self.kind:8.3f}"
            f"{alarms:>22}{self.good_steps:9.0f}{self.error:7.3f}{self.inconclusive:8.3f}"
        )


def _share(hits: Iterable[bool]) -> float:
    hits = list(hits)
    return sum(hits) / len(hits) if hits else float("nan")


def poisson_interval(count: int) -> tuple[float, float]:
    """The exact 95 % interval of a Poisson mean (Garwood 1936)."""
    from scipy.stats import chi2

    return (float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0, float(chi2.ppf(0.975, 2 * count + 2)) / 2)


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """The expected calibration error of the verdicts' confidences, bins of equal mass; inconclusive ones have none."""
    pairs = sorted((j.diagnosis.confidence, j.diagnosis.verdict == j.right) for j in judged if _sure(j))
    parts = np.array_split(np.array(pairs, dtype=np.float64), min(bins, len(pairs)) or 1)
    return sum(abs(float(np.sum(part[:, 0] - part[:, 1]))) for part in parts if len(part)) / max(len(pairs), 1)


def _sure(j: Judged) -> bool:
    return j.diagnosis.verdict != "inconclusive"


def cross(title: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Print how often each verdict was given, by the first of each pair."""
    counts = Counter(pairs)
    print(f"\n{title:22}" + "".join(f"{verdict:>21}" for verdict in VERDICTS))
    for name in sorted({name for name, _ in counts}):
        print(f"{name:22}" + "".join(f"{counts[name, verdict]:21}" for verdict in VERDICTS))


def tables(judged: Sequence[Judged]) -> None:
    """Print verdicts by label and family, what was only suspected, and what became of runs that were changed."""
    cross("label", ((j.truth["label"], j.diagnosis.verdict) for j in judged))
    ill = [j for j in judged if j.right not in (None, "stable")]
    cross("failed, by family", ((j.truth["family"], j.diagnosis.verdict) for j in ill))
    starved = [j for j in ill if j.truth["starved"]]
    cross(
        "starved, samples bad", ((f"{j.truth['starved']}, {j.truth['family']}", j.diagnosis.verdict) for j in starved)
    )
    counts = Counter((j.truth["label"], s.rule) for j in judged if not j.alarm for s in j.diagnosis.suspicions)
    print("\nsuspected only" + "".join(f"\n  {n:4} x {rule} on {label}" for (label, rule), n in counts.most_common()))
    print(f"\n{'changed':16}{'runs':>6}{'found':>7}{'median delay':>14}")
    for kind in sorted({j.truth["intervention"] for j in judged} - {""}):
        runs = [j for j in judged if j.truth["intervention"] == kind]
        delays = [j.delay for j in runs if j.delay is not None]
        print(f"{kind:16}{len(runs):6}{len(delays):7}{f'{statistics.median(delays):.0f}' if delays else '-':>14}")


def main() -> int:
    """Print the figures of each regime."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--alarms", action="store_true", help="list every false alarm")
    parser.add_argument("--tables", action="store_true", help="verdicts by label, family and change")
    args = parser.parse_args()
    with (args.folder / "truth.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    print(
        f"{len(rows)} runs: "
        + ", ".join(f"{n} {label}" for label, n in Counter(r["label"] for r in rows).most_common())
    )
    heads = f"{'runs':>5}{'found':>8}{'stable':>8}{'balanced':>10}{'kind':>8}{'false alarms / 10 000':>22}{'steps':>9}"
    print(f"{'':24}{heads}{'ECE':>7}{'unsure':>8}")
    for regime in REGIMES:
        judged = judge(args.folder, rows, regime)
        held_out = [j for j in judged if j.truth["target"] == "grid25"]
        print(Score.of([j for j in judged if j not in held_out]).line(regime), flush=True)
        print(Score.of(held_out).line("  grid of 25, held out"), flush=True)
        if args.tables:
            tables(judged)
        for j in judged if args.alarms else ():
            if j.false_alarms or (j.right == "stable" and j.alarm):
                print(f"  {j.truth['file']} ({j.truth['label']}): {j.diagnosis.headline}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
