"""How often `gandoctor check --against` is wrong: false regressions, and changes that it claims to see and misses.

    python tests/benchmarks/references.py [--runs N] [--toy N] [--steps N]

Draws N runs of one recipe in each of several populations: simulated games of every loss family (tests/simulated_gan.py)
and, with --toy, small GANs trained in numpy (toy/). Each is diagnosed and measured by the real engine. The runs of a
population are dealt into groups of references and new runs, each run used once in a deal, and compared. A false
regression is a group of which the new runs, drawn as the references were, are called one. Then each comparison is
asked again with one feature of the new runs moved by the change that the report calls visible, and once more with D's
or G's losses themselves moved by as much, so that the whole path from curve to report is tried.

Intervals are 95 %, Clopper and Pearson 1934, on the groups of one deal (which are independent); rates are means over
all deals. Exit status 1 where the false regressions of all populations together exceed 5 %, or a power is below 90 %,
by more than chance explains.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from record import HEALTHY
from reference_runs import RECIPES, game_runs, shifted
from toy.train import Recorded, train

from gandoctor import Curve, Run
from gandoctor.engine import diagnose
from gandoctor.reference.likeness import compare
from gandoctor.reference.measure import Measured, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.reference.likeness import Likeness

SHAPES = ((3, 1), (5, 1), (5, 3), (10, 1), (10, 3), (20, 1), (20, 5))
"""Numbers of references and of new runs."""

DEALS = 20
TOYS = ("bce", "lsgan", "hinge")


@dataclass(slots=True)
class Tally:
    """How often something happened in all deals, and how many independent groups one deal has."""

    hits: int = 0
    asked: int = 0
    independent: int = 0

    def add(self, hit: bool) -> None:
        """Count one group."""
        self.hits += hit
        self.asked += 1

    @property
    def rate(self) -> float:
        """The share of hits."""
        return self.hits / max(self.asked, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Clopper and Pearson on as many groups as are independent."""
        from scipy.stats import beta

        n = max(self.independent, 1)
        k = self.rate * n
        low = float(beta.ppf(0.025, k, n - k + 1)) if k > 0 else 0.0
        return low, float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.rate:6.1%} [{low:5.1%}, {high:5.1%}]"


def deals(runs: Sequence[int], shape: tuple[int, int], seed: int) -> Iterator[list[tuple[list[int], list[int]]]]:
    """Deal the runs into groups of references and new runs, again and again."""
    size = sum(shape)
    for deal in range(DEALS):
        order = [runs[k] for k in np.random.default_rng([seed, deal, *shape]).permutation(len(runs))]
        groups = [order[k : k + size] for k in range(0, len(order) - size + 1, size)]
        yield [(group[: shape[0]], group[shape[0] :]) for group in groups]


def moved(new: Sequence[Measured], feature: str, change: float) -> list[Measured]:
    """The new runs with one feature changed."""
    return [replace(one, features={**one.features, feature: one.features[feature] + change}) for one in new]


def asked(likeness: Likeness, references: Sequence[Measured], turn: int) -> bool:
    """Whether one feature, the next in turn, is found to have moved once it has by what is called visible."""
    one = likeness.moved[turn % len(likeness.moved)]
    way = -1 if one.feature.worse == "lower" or (one.feature.worse == "either" and turn % 2) else 1
    again = compare(moved(likeness.new, one.feature.id, way * one.sight.visible), references)
    return next(m for m in again.moved if m.feature == one.feature).result in ("worse", "moved")


def rates(pool: Sequence[Measured], shape: tuple[int, int], seed: int) -> tuple[Tally, Tally]:
    """False regressions, and the power at the change that is called visible."""
    false, power = Tally(), Tally()
    turn = 0
    for deal in deals(range(len(pool)), shape, seed):
        false.independent = power.independent = len(deal)
        for old, new in deal:
            references = [pool[k] for k in old]
            likeness = compare([pool[k] for k in new], references)
            false.add(bool(likeness.regressions))
            power.add(asked(likeness, references, turn))
            turn += 1
    return false, power


def curves_power(runs: Sequence[Run], pool: Sequence[Measured], shape: tuple[int, int], curve: str) -> Tally:
    """The power where the losses themselves are moved in the last 30 % of the new runs; three deals, for their time."""
    tally = Tally()
    feature = f"{curve}.end"
    some = list(islice(deals(range(len(pool)), shape, 1), 3))
    tally.independent = len(some[0])
    for old, new in chain.from_iterable(some):
        references = [pool[k] for k in old]
        likeness = compare([pool[k] for k in new], references)
        visible = next(m for m in likeness.moved if m.feature.id == feature).sight.visible
        changed = [measured(shifted(runs[k], curve, visible), k) for k in new]
        again = compare(changed, references)
        tally.add(any(m.feature.id == feature and m.result == "moved" for m in again.moved))
    return tally


def measured(run: Run, number: int) -> Measured:
    """A run as the real engine diagnoses it."""
    return measure(diagnose(run), f"run-{number}")


def toy_runs(count: int, steps: int) -> Iterator[tuple[str, list[Run]]]:
    """Trained toys: for each loss family a name and `count` runs of one sane recipe, coverage logged every 50 steps."""
    for family in TOYS:
        runs: list[Run] = []
        for first in range(0, count, 12):
            seeds = range(1000 + first, 1000 + min(first + 12, count))
            trained = train([replace(HEALTHY, seed=seed, family=family, steps=steps) for seed in seeds])
            runs += [logged(one) for one in trained]
        yield f"toy {family}", runs


def logged(trained: Recorded) -> Run:
    """The log that a user would have of a trained toy."""
    steps = np.arange(1.0, trained.recipe.steps + 1)
    curves = {name: Curve(steps, x) for name, x in trained.columns.items()}
    curves["coverage"] = Curve(trained.history.steps, trained.history.logged_coverage)
    curves["precision"] = Curve(trained.history.steps, trained.history.logged_precision)
    context = {"family": trained.recipe.family, "d_form": "separate"}
    return Run(curves, name=f"toy-{trained.recipe.seed}", context=context)


def main() -> None:
    """Print both tables; exit 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=240, help="simulated runs in each population")
    parser.add_argument("--toy", type=int, default=0, help="trained runs in each population, in twelves")
    parser.add_argument("--steps", type=int, default=HEALTHY.steps, help="steps of a trained run")
    args = parser.parse_args()
    all_false, all_power = ({shape: Tally() for shape in SHAPES} for _ in range(2))
    plans = [(family, game_runs(family, args.runs)) for family in RECIPES] if args.runs else []
    plans += toy_runs(args.toy, args.steps) if args.toy else []
    print(f"{'population':16}{'refs':>5}{'new':>5}   {'false regressions':24}{'power at the visible change':24}")
    for seed, (name, runs) in enumerate(plans):
        pool = [measured(run, number) for number, run in enumerate(runs)]
        for shape in SHAPES:
            if len(pool) < sum(shape):
                continue
            false, power = rates(pool, shape, seed)
            print(f"{name:16}{shape[0]:5}{shape[1]:5}   {false!s:24}{power!s:24}", flush=True)
            for total, part in ((all_false[shape], false), (all_power[shape], power)):
                total.hits, total.asked = total.hits + part.hits, total.asked + part.asked
                total.independent += part.independent
        if name == "bce":
            for curve in ("d_level", "g_level"):
                print(f"{'':8}{curve} moved in the log, 5 references, 1 new: {curves_power(runs, pool, (5, 1), curve)}")
    kept = True
    for shape in SHAPES:
        false, power = all_false[shape], all_power[shape]
        print(f"{'all':16}{shape[0]:5}{shape[1]:5}   {false!s:24}{power!s:24}")
        kept &= false.interval[0] <= 0.05 and power.interval[1] >= 0.9
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
