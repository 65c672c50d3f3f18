"""How time and memory grow with the length of a log, from 1,000 to 10,000,000 rows: a table, and a plot of it.

    python tests/benchmarks/scaling.py [--most 7] [--repeats N] [-o scaling.png]

Each point is a process of its own: `gandoctor diagnose` of a CSV of six columns, `gandoctor diagnose` of a line a step
as training loops print them (a decade less), a watched training loop that writes no file, and `pandas.read_csv` alone.
Ten times the rows may take at most eleven times the time; a watched loop may not take more memory when it is longer.
Exit status 1 where that is missed. Needs 2 GB of disk for the longest log.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from speed import Took, child, in_turns, median, write_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIVE = """import sys
import numpy as np
from gandoctor import Monitor
rng, monitor, done, rows = np.random.default_rng(0), Monitor(), 0, int(sys.argv[1])
while done < rows:
    block = rng.normal(1.0, 0.05, (min(rows - done, 10_000), 5)).tolist()
    for k, (d, g, grad, *_) in enumerate(block, done + 1):
        monitor.feed(k, {"d_loss": d + .2, "g_loss": g, "g_grad_norm": grad, "d_accuracy": .6, "learning_rate": 2e-4})
    done += len(block)
print(monitor.diagnosis().verdict)"""
DECADE = 11.0
"""What ten times the rows may cost at most, as a multiple."""
FLAT = 1.1
"""By what the memory of a watched loop may grow over a decade, once its curves are full."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way to go through a log: the command for a number of rows, and the most rows that it is tried with."""

    name: str
    most: int
    grows: bool
    marker: str


LINES = (
    Line("diagnose, a CSV of six columns", 7, True, "o"),
    Line("diagnose, a line of text a step", 6, True, "s"),
    Line("a watched training loop", 7, False, "^"),
    Line("pandas.read_csv alone", 7, True, "x"),
)


def write_text(path: Path, rows: int) -> Path:
    """The log of `write_log` as a training loop prints it."""
    rng = np.random.default_rng(rows)
    values = np.column_stack([1.2 + 0.05 * rng.standard_normal(rows), 0.9 + 0.08 * rng.standard_normal(rows)])
    with path.open("w", encoding="utf-8") as file:
        for step, (d, g) in enumerate(values.tolist(), 1):
            file.write(f"[{step // 400}/9999][{step % 400}/400] Loss_D: {d:.4f} Loss_G: {g:.4f}\n")
    return path


def commands(folder: Path, rows: int, decade: int) -> Mapping[str, list[str]]:
    """Line -> what to run for so many rows; writes the logs that it needs."""
    doctor = [sys.executable, "-m", "gandoctor", "diagnose"]
    table = write_log(folder / "table.csv", rows)
    run = {
        LINES[0].name: [*doctor, str(table)],
        LINES[2].name: [sys.executable, "-c", LIVE, str(rows)],
        LINES[3].name: [sys.executable, "-c", f"import pandas; pandas.read_csv({str(table)!r})"],
    }
    if decade <= LINES[1].most:
        run[LINES[1].name] = [*doctor, str(write_text(folder / "text.log", rows))]
    return run


def measured(most: int, repeats: int) -> dict[str, dict[int, list[Took]]]:
    """Line -> rows -> what each repeat took."""
    found: dict[str, dict[int, list[Took]]] = {line.name: {} for line in LINES}
    with tempfile.TemporaryDirectory() as folder:
        nothing = [child([sys.executable, "-c", "import gandoctor.engine"]) for _ in range(3)]
        print(f"start-up, no log: {median(nothing, 'wall'):.2f} s, {median(nothing, 'peak'):.0f} MB\n")
        for decade in range(3, most + 1):
            for name, took in in_turns(commands(Path(folder), 10**decade, decade), repeats).items():
                found[name][10**decade] = took
                print(f"{10**decade:>11,} rows  {name:34} {median(took, 'wall'):8.2f} s {median(took, 'peak'):7.0f} MB")
    return found


def misses(found: Mapping[str, Mapping[int, Sequence[Took]]]) -> list[str]:
    """What grew faster than it may, over the decades in which start-up no longer counts."""
    wrong = []
    for line in LINES:
        points = sorted(found[line.name].items())
        for (rows, less), (_, more) in pairwise(points[2:]):
            time, memory = (median(more, what) / median(less, what) for what in ("wall", "peak"))
            print(f"{line.name:34} from {rows:>9,} rows to ten times that: time x {time:.1f}, memory x {memory:.2f}")
            if time > DECADE or (not line.grows and memory > FLAT):
                wrong.append(f"{line.name}, from {rows:,} rows on")
    return wrong


def plot(found: Mapping[str, Mapping[int, Sequence[Took]]], path: Path) -> None:
    """Time and memory over rows, both axes logarithmic."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    for axis, what, title in zip(axes, ("wall", "peak"), ("seconds, whole process", "MB at the peak"), strict=True):
        for line in LINES:
            points = sorted(found[line.name].items())
            axis.loglog(
                [rows for rows, _ in points], [median(took, what) for _, took in points],
                marker=line.marker, label=line.name,
            )  # fmt: skip
        axis.set(xlabel="rows", title=title)
        axis.grid(visible=True, alpha=0.3)
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=130)


def main() -> int:
    """Print the table, write the plot; 1 where something grows faster than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=7, help="the longest log has 10 to the power of this rows")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path, default=Path(tempfile.gettempdir()) / "scaling.png")
    args = parser.parse_args()
    found = measured(args.most, args.repeats)
    print()
    wrong = misses(found)
    plot(found, args.output)
    print(f"\n{args.output}: time and memory over rows")
    for one in wrong:
        print(f"MISSED: {one}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
