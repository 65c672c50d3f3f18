"""Estimate the probabilities behind the verdicts from labelled runs, and write `gandoctor/calibration.json`.

    python tests/benchmarks/calibrate.py INDEX.csv [INDEX.csv ...] [--write]

Each INDEX has one row a run: file, program, verdict, also, scored (columns as in the corpus index; rows with scored
other than yes are left out). A program counts once however many runs it has: its weight is shared by its runs. Prints
the table, and the calibration left one program out at a time: Brier score and expected calibration error.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor import GandoctorError, diagnose
from gandoctor.confidence import Calibration
from gandoctor.verdict import group_of

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis

OTHER_NAMES = {
    "convergence_failure_d_wins": "convergence_failure",
    "convergence_failure_both_zero": "convergence_failure",
    "generator_wins": "convergence_failure",
    "divergence_nan": "convergence_failure",
    "oscillating/unstable": "convergence_failure",
}
TARGET = Path(__file__).resolve().parents[2] / "gandoctor" / "calibration.json"


@dataclass(frozen=True)
class Labelled:
    """A run, what it is, and what the rules say of it."""

    program: str
    right: frozenset[str]
    patterns: tuple[tuple[str, str], ...]
    group: str | None


def labelled(index: Path) -> list[Labelled]:
    """The scored runs of an index; those that are refused are left out."""
    runs = []
    with index.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row.get("scored", "yes") != "yes":
                continue
            right = {row["verdict"], *(OTHER_NAMES.get(a, a) for a in row.get("also", "").split(";") if a)}
            try:
                found = diagnose(index.parent / row["file"])
            except GandoctorError:
                continue
            runs.append(Labelled(row["program"], frozenset(right), _patterns(found), group_of(found)))
    return runs


def _patterns(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """The patterns with the weight of a verdict that hold at the end, each with its verdict."""
    every = (*diagnosis.findings, *diagnosis.suspicions)
    return tuple({(f"{f.rule}.{f.pattern}", str(f.verdict)) for f in every if f.active and f.weight == "verdict"})


def count(runs: list[Labelled]) -> Calibration:
    """Counts in programs: each program adds the share of its runs on which a pattern was right."""
    failures: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    stable: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        for pattern, verdict in run.patterns:
            failures[pattern][run.program].append(verdict in run.right)
        if not run.patterns and run.group is not None:
            stable[run.group][run.program].append("stable" in run.right)

    def table(counts: dict[str, dict[str, list[bool]]]) -> dict[str, tuple[float, float]]:
        return {
            key: (round(sum(sum(r) / len(r) for r in programs.values()), 3), float(len(programs)))
            for key, programs in sorted(counts.items())
        }

    return Calibration(table(failures), table(stable), len(runs), len({run.program for run in runs}))


def held_out(runs: list[Labelled]) -> list[tuple[float, bool]]:
    """The probability of each verdict, estimated without the program it belongs to, and whether it was right."""
    made = []
    for program in sorted({run.program for run in runs}):
        known = count([run for run in runs if run.program != program])
        for run in (run for run in runs if run.program == program):
            if run.patterns:
                best = max(run.patterns, key=lambda p: known.failure(*p[0].split(".")))
                made.append((known.failure(*best[0].split(".")), best[1] in run.right))
            elif run.group is not None:
                made.append((known.healthy(run.group), "stable" in run.right))
    return made


def main() -> None:
    """Print the calibration; with --write, put it into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    runs = [run for index in args.index for run in labelled(index)]
    known = count(runs)
    for name, table in (("failures", known.failures), ("stable", known.stable)):
        for key, (right, said) in table.items():
            chance = known.failure(*key.split(".")) if name == "failures" else known.healthy(key)
            print(f"{name:9} {key:45} right {right:5.2f} of {said:3.0f} programs, probability {chance:.2f}")
    pairs = held_out(runs)
    brier = sum((p - right) ** 2 for p, right in pairs) / len(pairs)
    edges = sorted({round(p, 1) for p, _ in pairs})
    bins = [[pair for pair in pairs if round(pair[0], 1) == edge] for edge in edges]
    error = sum(abs(sum(p for p, _ in b) - sum(r for _, r in b)) for b in bins) / len(pairs)
    print(f"left one program out: {len(pairs)} verdicts, Brier {brier:.3f}, expected calibration error {error:.3f}")
    if args.write:
        data = {"runs": known.runs, "programs": known.programs, "failures": known.failures, "stable": known.stable}
        TARGET.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
