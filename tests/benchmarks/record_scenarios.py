"""Train the scenarios, narrow, and write what ships as fixtures: log, recipe, and what their samples show.

    python tests/benchmarks/record_scenarios.py --mnist mnist.npz [--cifar10 cifar.npz] [--runs DIR] [--only TEXT]

Each scenario is recorded in both modes from three seeds, the two that were printed without D's first convolution
without it as well, and each one that fails once more with the first remedy of its rule that the trainer can apply. The
truth comes from the samples alone; where the engine says otherwise the run is a miss of the engine, never a reason to
write another truth. Runs are kept in --runs and not trained again, so that an interrupted recording goes on.

Prints a line a run: truth by the samples, verdict, verdict on the losses alone, since and fired. Exit status 1 where
a verdict is not the truth.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import time
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.checks.folders import check
from gandoctor.engine import diagnose
from gandoctor.errors import BadOption
from gandoctor.readers import read
from gandoctor.rulebook import load as rulebook
from gandoctor.trainer import data, recipe
from gandoctor.trainer.plan import Plan
from gandoctor.trainer.registry import SCENARIOS
from gandoctor.trainer.remedies import applied
from gandoctor.trainer.scenario import Evaluation, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gandoctor.model import Diagnosis, Run
    from gandoctor.trainer.data import Images
    from gandoctor.trainer.scenario import Scenario

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SEEDS = (1, 2, 3)
MODES: tuple[Mode, ...] = ("consistent", "as-written")
DIGITS = 5
"""Significant digits in a fixture's log."""

SMALL: dict[str, dict[str, Any]] = {
    "mnist-dcgan": {"width": 0.125},
    "dense": {"steps": 9400, "evaluation": Evaluation(every=94, samples=16)},
    "cifar-dcgan": {"width": 0.0625, "steps": 400},
    "cards": {"width": 0.125, "steps": 200, "batch": 64, "g_batch": 64},
}
"""How the networks of each family are cut down to be recorded within a minute on one core."""

KINDS = {
    ("mnist-dcgan-combined-batch", "consistent"): "evaluation-mismatch",
    **{(name, "as-written"): "dead-discriminator" for name, s in SCENARIOS.items() if s.freezing == "before"},
}
"""The rule that must name a failure, where the mistake that was made leaves no doubt: D is frozen, D sees one batch."""

RULES = {
    "mnist-dcgan-latent-1": "low-diversity",
    "mnist-dcgan-default-adam": "discriminator-dominance",
    "cifar-dcgan-sgd": "dead-discriminator",
    "trading-cards": "discriminator-dominance",
}
"""The rule whose remedies are tried, where the source's story and not a proof says what is wrong."""

UNKNOWABLE = {
    "cifar-dcgan-adam-s2": "a quarter of the samples near the data, and ever more of it covered: the run may be young",
    "cifar-dcgan-adam-s3": "no samples near the data, in 400 steps beside a D that learns: the run may be young",
    "trading-cards-remedy-dcgan-optimiser-s1": "no sample near the data, in 200 steps: the run may be young",
}
"""Why the log of a run cannot show what its samples are in the end: `inconclusive` is all that can be said there."""

WITHOUT_CONVOLUTION = ("mnist-dcgan-combined-batch", "mnist-dcgan-default-adam")
SAMPLE_COLUMNS = ("coverage", "density", "precision", "recall", "vendi", "pairwise_distance", "duplicates")
KEPT_COLUMNS = ("coverage", "precision", "vendi", "pairwise_distance")


@dataclass(frozen=True, slots=True)
class Recording:
    """A run to record: the name of its fixture and its plan."""

    name: str
    plan: Plan


def recordings(args: argparse.Namespace) -> Iterator[Recording]:
    """All runs but those with remedies, in the order of their worth should the time run out."""
    for seed in SEEDS:
        for mode in MODES:
            for scenario in SCENARIOS.values():
                small = cut_down(scenario)
                yield recording(scenario.name, small, mode, seed, args)
                if scenario.name in WITHOUT_CONVOLUTION:
                    bare = small.without_first_convolution()
                    yield recording(f"{scenario.name}-no-first-conv", bare, mode, seed, args)


def cut_down(scenario: Scenario) -> Scenario:
    """The scenario at the size at which it is recorded."""
    return replace(scenario, **SMALL[scenario.networks])


def recording(name: str, scenario: Scenario, mode: Mode, seed: int, args: argparse.Namespace) -> Recording:
    """The run of a scenario under its fixture's name."""
    path = {"mnist": args.mnist, "cifar10": args.cifar10}.get(scenario.data)
    full = f"{name}{'-as-written' if mode == 'as-written' else ''}-s{seed}"
    look = 50 if scenario.evaluation is None else 10 * scenario.evaluation.every
    return Recording(full, Plan(scenario=scenario, mode=mode, seed=seed, data=path, look_every=look))


def train_into(one: Recording, runs: Path) -> None:
    """Train a run into a folder of `runs`, unless a whole one is there."""
    from gandoctor.trainer.loop import train

    folder = runs / one.name
    if "samples" in load(folder / "recipe.toml"):
        return
    shutil.rmtree(folder, ignore_errors=True)
    images = data.load(one.plan.data, one.plan.scenario)
    if "remedy" in one.plan.about and (twin := same_training(one, images, runs)) is not None:
        shutil.copytree(twin, folder)
        shown = {"samples": load(twin / "recipe.toml")["samples"]}
        (folder / "recipe.toml").write_text(recipe.text(one.plan, images, shown), encoding="utf-8")
        return
    began, cpu = time.perf_counter(), time.process_time()
    train(one.plan, folder)
    print(
        f"# {one.name}: {time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of processor", flush=True
    )


def same_training(one: Recording, images: Images, runs: Path) -> Path | None:
    """A run that is there already and was trained with the very same settings: a remedy may lead back to another one.

    The same settings and seed give the same run, so it need not be trained twice.
    """
    mine = tomllib.loads(recipe.pairs(recipe.context(one.plan, images)))
    for folder in sorted(runs.iterdir()):
        other = load(folder / "recipe.toml")
        if "samples" in other and (other["context"], other["mode"]) == (mine, one.plan.mode):
            return folder
    return None


def load(path: Path) -> dict[str, Any]:
    """A TOML file; empty where there is none."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def remedied(args: argparse.Namespace) -> Iterator[Recording]:
    """For each recorded failure the same training with the first remedy of its rule that the trainer can apply."""
    for one in recordings(args):
        shown = load(args.runs / one.name / "recipe.toml").get("samples", {})
        rule = KINDS.get(_known(one)) or RULES.get(one.plan.scenario.name, "")
        found = first_remedy(rule, one.plan) if shown.get("verdict", "stable") != "stable" else None
        if found is None:
            continue
        remedy, scenario = found
        name, _, seed = one.name.rpartition("-s")
        about = {"before": one.name, "remedy": remedy, "rule": rule}
        yield Recording(f"{name}-remedy-{remedy}-s{seed}", replace(one.plan, scenario=scenario, about=about))


def first_remedy(rule: str, plan: Plan) -> tuple[str, Scenario] | None:
    """The first remedy of a rule that changes something in the scenario, and what it makes of it."""
    for remedy in rulebook().rule(rule).remedies if rule else ():
        try:
            return remedy.id, applied(remedy.id, plan.scenario, plan.mode)
        except BadOption:
            continue
    return None


def _known(one: Recording) -> tuple[str, str]:
    return one.plan.scenario.name, one.plan.mode


def distil(one: Recording, runs: Path, out: Path) -> None:
    """Write the fixture of a trained run: a short log, its recipe, and the truth as what must be said."""
    source, folder = runs / one.name, out / one.name
    folder.mkdir(parents=True, exist_ok=True)
    with (source / "run.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    names = [name for name in rows[0] if name not in SAMPLE_COLUMNS or name in KEPT_COLUMNS]
    with (folder / "run.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row["step"], *(_short(row[name]) for name in names[1:])] for row in rows)
    (folder / "recipe.toml").write_text((source / "recipe.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "expect.toml").write_text(expectation(one, load(source / "recipe.toml")["samples"]), encoding="utf-8")


def _short(cell: str) -> str:
    return f"{float(cell):.{DIGITS}g}" if cell else ""


def expectation(one: Recording, samples: dict[str, Any]) -> str:
    """expect.toml: the truth, and what the engine must therefore say; both verdicts of a label that is on a bound."""
    verdict = samples["verdict"]
    kind = KINDS.get(_known(one), "") if verdict == "convergence_failure" and "remedy" not in one.plan.about else ""
    found: dict[str, Any] = {"truth": verdict, "verdict": verdict}
    if samples["also"]:
        found["also"] = [samples["also"]]
    if kind or verdict == "stable":
        found["kind"] = kind
    else:
        found["also_kind"] = sorted(rule.id for rule in rulebook().rules if rule.verdict == verdict)
    found |= {"fired": [kind] if kind else [], "silent": ["non-finite"] if samples["label"] != "diverged" else []}
    return f"# By the samples: {samples['label']}, at step {samples['step']}.\n" + recipe.pairs(found)


def let_pass(folder: Path) -> None:
    """Say in the expectation what the engine does not meet, so that the miss stays visible where it is checked."""
    missed = check(folder, rulebook()).differences
    with (folder / "expect.toml").open("a", encoding="utf-8") as handle:
        for one in missed:
            why = UNKNOWABLE.get(folder.name, "the engine missed it when this was recorded") + f": {one.found}"
            handle.write("\n[[bypass]]\n" + recipe.pairs({"what": one.key, "why": why, "who": "record_scenarios.py"}))


def without_samples(run: Run) -> Run:
    """The run as if no samples had been measured."""
    return replace(run, curves={name: curve for name, curve in run.curves.items() if name not in SAMPLE_COLUMNS})


def line(name: str, folder: Path) -> tuple[bool, str]:
    """Whether the diagnosis of a fixture is the truth, and the row of the table."""
    expect = load(folder / "expect.toml")
    run = read(folder / "run.csv")
    found, bare = diagnose(run), diagnose(without_samples(run))
    fired = min((f.fired for f in found.findings if f.rule == found.kind), default=None)
    right = found.verdict in (expect["verdict"], *expect.get("also", ()))
    cells = [expect["truth"] + ("?" if "also" in expect else ""), _said(found), _said(bare), found.since, fired]
    return right, f"{'  ' if right else 'X '}{name:74}" + "".join(f"{_cell(cell):40}" for cell in cells[:3]) + "".join(
        f"{_cell(cell):>8}" for cell in cells[3:]
    )


def _said(found: Diagnosis) -> str:
    return f"{found.verdict} {found.kind}".strip()


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def main() -> None:
    """Train what is missing, write the fixtures, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mnist", default="mnist", help="an .npz file with MNIST, or mnist to download it")
    parser.add_argument("--cifar10", help="an .npz file with CIFAR-10; patches of photographs without it")
    parser.add_argument("--runs", type=Path, default=Path("recorded-runs"), help="where whole runs are kept")
    parser.add_argument("--out", type=Path, default=FIXTURES)
    parser.add_argument("--only", default="", help="only runs whose name contains this")
    parser.add_argument("--no-training", action="store_true", help="write and judge only what was trained before")
    args = parser.parse_args()
    right = 0
    done = []
    for some in (recordings, remedied):
        for one in some(args):
            if args.only not in one.name:
                continue
            if not args.no_training:
                train_into(one, args.runs)
            if "samples" in load(args.runs / one.name / "recipe.toml"):
                distil(one, args.runs, args.out)
                let_pass(args.out / one.name)
                done.append(one.name)
    print(f"  {'run':74}{'by the samples':40}{'verdict':40}{'on the losses alone':40}{'since':>8}{'fired':>8}")
    for name in done:
        good, text = line(name, args.out / name)
        right += good
        print(text)
    print(f"{right} of {len(done)} as the samples show")
    raise SystemExit(right < len(done))


if __name__ == "__main__":
    main()
