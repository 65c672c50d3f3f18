"""Train small GANs on known densities and keep their logs and labels, outside the repository.

    python tests/benchmarks/toy_gan.py [--out DIR] [--groups N] [--steps N]

Writes DIR/<target>-<family>-s<seed>/run.csv (the log) and looks.npz (what the samples showed), and DIR/truth.csv with a
label for each run, taken from its samples alone. Prints a table of the labels. A group is 12 runs of one target and
one loss family; 21 groups make one of each. A group that is there already is not trained again.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
from toy.losses import FAMILIES
from toy.plan import Recipe, recipe
from toy.targets import TARGETS
from toy.train import LOOK_EVERY, Recorded, train

GROUP = 12


def groups(count: int, steps: int) -> list[list[Recipe]]:
    """The recipes of `count` groups; target and family change from group to group."""
    pairs = [(target, family) for family in FAMILIES for target in TARGETS]
    return [
        [recipe(GROUP * number + k, *pairs[number % len(pairs)], steps) for k in range(GROUP)]
        for number in range(count)
    ]


def keep(run: Recorded, out: Path) -> None:
    """Write the log and the looks of one run."""
    folder = out / run.recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["step", *run.columns])
        for step, row in enumerate(zip(*run.columns.values(), strict=True), 1):
            writer.writerow([step, *(f"{value:.6g}" for value in row)])
    arrays = {name: getattr(run.history, name) for name in run.history.__dataclass_fields__}
    np.savez_compressed(folder / "looks.npz", allow_pickle=False, **arrays)


def facts(run: Recorded) -> dict[str, object]:
    """The row of the table of truths: label, measurements behind it, hyper-parameters."""
    late = {name: float(np.median(getattr(run.history, name)[-5:])) for name in ("coverage", "precision", "distance")}
    onset = run.recipe.onset if run.recipe.intervention else ""
    return {
        "file": f"{run.recipe.name}/run.csv",
        "label": run.label,
        "hop": round(run.history.hop, 4),
        **{name: round(value, 4) for name, value in late.items()},
        **asdict(run.recipe),
        "onset": onset,
    }


def table(rows: list[dict[str, object]]) -> str:
    """Labels by loss family, and by intervention."""
    lines = []
    for key in ("family", "intervention"):
        counts = Counter((str(row[key]) or "-", str(row["label"])) for row in rows)
        labels = sorted({label for _, label in counts})
        lines.append(f"{key:14}" + "".join(f"{label:>18}" for label in labels))
        names = sorted({name for name, _ in counts})
        lines += [f"{name:14}" + "".join(f"{counts[name, label]:18}" for label in labels) for name in names]
        totals = [sum(n for (_, of), n in counts.items() if of == label) for label in labels]
        lines += [f"{'all':14}" + "".join(f"{n:18}" for n in totals), ""]
    return "\n".join(lines)


def main() -> None:
    """Train what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "gandoctor-toy")
    parser.add_argument("--groups", type=int, default=42)
    parser.add_argument("--steps", type=int, default=4000)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    index = args.out / "truth.csv"
    rows: list[dict[str, object]] = list(csv.DictReader(index.open(newline=""))) if index.exists() else []
    seen = {row["file"] for row in rows}
    for plan in groups(args.groups, args.steps):
        if f"{plan[0].name}/run.csv" in seen:
            continue
        runs = train(plan)
        for run in runs:
            keep(run, args.out)
        rows += [facts(run) for run in runs]
        with index.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        print(plan[0].target, plan[0].family, Counter(run.label for run in runs), flush=True)
    print(f"\n{len(rows)} runs in {args.out}, samples looked at every {LOOK_EVERY} steps\n\n{table(rows)}")


if __name__ == "__main__":
    main()
