"""The default rulebook beside the documented thresholds taken literally, on labelled runs.

    python tests/benchmarks/rulebooks.py INDEX.csv

INDEX has the columns file, program, verdict and scored. An alarm is a verdict of mode collapse or convergence failure.
Prints recall of failures, false alarms and their balance, by run and as means over programs.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from statistics import fmean

from gandoctor import GandoctorError, diagnose, read
from gandoctor.rulebook import load, names

FAILURES = ("mode_collapse", "convergence_failure")


def alarms(index: Path) -> list[tuple[str, bool, dict[str, bool]]]:
    """Program, whether the run is ill, and whether each rulebook raised an alarm; runs that are refused raise none."""
    books = {name: load(name) for name in names()}
    rows = []
    with index.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["scored"] != "yes":
                continue
            try:
                run = read(index.parent / row["file"])
                said = {name: diagnose(run, rulebook=book).verdict in FAILURES for name, book in books.items()}
            except GandoctorError:
                said = dict.fromkeys(books, False)
            rows.append((row["program"], row["verdict"] != "stable", said))
    return rows


def main() -> None:
    """Print one line a rulebook."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    rows = alarms(parser.parse_args().index)
    print(f"{len(rows)} runs of {len({program for program, _, _ in rows})} programs")
    print(f"{'rulebook':12} {'recall':>7} {'false alarms':>13} {'balanced':>9} {'by program':>11}")
    for book in rows[0][2]:
        ill: dict[str, list[bool]] = defaultdict(list)
        well: dict[str, list[bool]] = defaultdict(list)
        for program, failed, said in rows:
            (ill if failed else well)[program].append(said[book])
        recall, false = (fmean(a for alarmed in side.values() for a in alarmed) for side in (ill, well))
        by = [fmean(map(fmean, side.values())) for side in (ill, well)]
        print(f"{book:12} {recall:7.3f} {false:13.3f} {(recall + 1 - false) / 2:9.3f} {(by[0] + 1 - by[1]) / 2:11.3f}")


if __name__ == "__main__":
    main()
