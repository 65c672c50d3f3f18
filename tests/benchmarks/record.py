"""Train the small runs on a ring of eight Gaussians that ship as fixtures, and write their log and recipe.

    python tests/benchmarks/record.py [--out fixtures]

Writes <name>/run.csv and <name>/recipe.toml. What must be said about a run stands in its expect.toml, which is written
by hand and not touched. Stops where the samples of a run do not show what the run is meant to show.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from toy.plan import Recipe
from toy.targets import TARGETS
from toy.train import LOOK_EVERY, Recorded, train

EVERY = 5
"""Every so many steps a row is logged."""
HEALTHY = Recipe(
    seed=1,
    target="ring8",
    family="bce",
    steps=4000,
    batch=64,
    n_critic=1,
    g_rate=1e-3,
    d_rate=1e-3,
    beta1=0.5,
    sgd=False,
    latent=8,
    g_width=64,
    d_width=64,
    noise=0.0,
    penalty=0.05,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run to record: what is special about it, its recipe, the label that its samples must get, what is logged."""

    what: str
    recipe: Recipe
    label: str
    diversity: bool = False


PLANS = {
    "ring8-healthy-s1": Plan("A GAN that learns all eight modes.", HEALTHY, "stable", diversity=True),
    "ring8-discriminator-dominance-s2": Plan(
        "G's step is a thousand times too small, so D separates everything and G never moves.",
        replace(HEALTHY, seed=2, g_rate=1e-6, d_rate=5e-3, penalty=0.0),
        "garbage",
    ),
    "ring8-frozen-d-s3": Plan(
        "D was never given to its optimiser: G runs away to wherever the untrained D is happiest.",
        replace(HEALTHY, seed=3, g_rate=1e-4, d_rate=0.0),
        "diverged",
    ),
    "ring8-latent-1-s5": Plan(
        "A latent space of one dimension and a narrow G: half of the modes are never made.",
        replace(HEALTHY, seed=5, g_rate=2e-3, d_rate=4e-3, beta1=0.0, penalty=0.0, latent=1, g_width=8),
        "collapse.partial",
        diversity=True,
    ),
    "ring8-nan-s10": Plan(
        "The healthy GAN, until one weight of D becomes NaN.",
        replace(HEALTHY, seed=10, intervention="nan", onset=2500),
        "diverged",
    ),
}


def write_log(run: Recorded, path: Path, *, diversity: bool) -> None:
    """The log: every fifth step, and what was measured on samples in the rows at which it was."""
    names = [*run.columns, *(["coverage", "precision"] if diversity else [])]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["step", *names])
        for step in range(EVERY, run.recipe.steps + 1, EVERY):
            row = [f"{column[step - 1]:.5g}" for column in run.columns.values()]
            if diversity and step % LOOK_EVERY == 0:
                look = step // LOOK_EVERY - 1
                row += [f"{x[look]:.4f}" for x in (run.history.logged_coverage, run.history.logged_precision)]
            writer.writerow([step, *row, *[""] * (len(names) - len(row))])


def recipe_text(plan: Plan, run: Recorded) -> str:
    """The recipe as TOML: hyper-parameters, and what the samples showed at the end."""
    r, target = plan.recipe, TARGETS[plan.recipe.target]
    late = {name: float(np.median(getattr(run.history, name)[-5:])) for name in ("coverage", "precision")}
    context = {
        "family": r.family,
        "d_form": "separate",
        "framework": "numpy",
        "dataset": f"{len(target.means)} Gaussians on a ring of radius {target.reach:g}, sigma {target.sigma:g}",
        "batch_size": r.batch,
        "steps": r.steps,
        "latent_dim": r.latent,
        "g_hidden": [r.g_width, r.g_width],
        "d_hidden": [r.d_width, r.d_width],
        "leaky_slope": 0.2,
        "g_optimiser": "adam",
        "g_lr": r.g_rate,
        "g_beta1": r.beta1,
        "d_optimiser": "adam",
        "d_lr": r.d_rate,
        "d_beta1": r.beta1,
        "r1": r.penalty,
        "instance_noise": r.noise,
        "seed": r.seed,
    }
    if r.intervention:
        context |= {"intervention": r.intervention, "onset": r.onset}
    head = [f"# {plan.what}", 'log    = "run.csv"', 'rows   = "trained"', 'source = "tests/benchmarks/record.py"']
    samples = {"label": run.label, "modes_covered": round(late["coverage"], 3), "on_modes": round(late["precision"], 3)}
    samples["histogram_change_in_200_steps"] = round(run.history.hop, 3)
    parts = ["\n".join(head), *(f"[{name}]\n{_pairs(of)}" for name, of in (("context", context), ("samples", samples)))]
    return "\n\n".join(parts) + "\n"


def _pairs(table: dict[str, object]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in table.items())


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def main() -> None:
    """Train and write all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "fixtures")
    args = parser.parse_args()
    for name, plan in PLANS.items():
        (run,) = train([plan.recipe])
        print(f"{name}: {run.label}, coverage {np.round(run.history.logged_coverage[-3:], 2)}", flush=True)
        if run.label != plan.label:
            raise SystemExit(f"{name}: the samples show {run.label}, not {plan.label}; choose another recipe")
        folder = args.out / name
        folder.mkdir(parents=True, exist_ok=True)
        write_log(run, folder / "run.csv", diversity=plan.diversity)
        (folder / "recipe.toml").write_text(recipe_text(plan, run), encoding="utf-8")


if __name__ == "__main__":
    main()
