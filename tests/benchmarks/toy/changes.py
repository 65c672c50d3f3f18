"""Runs that do well and are then changed on purpose at a known step: which, and what became of their samples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from toy import truth
from toy.plan import Recipe, sane
from toy.targets import TARGETS

if TYPE_CHECKING:
    from toy.train import Recorded

HARMFUL = ("d-rate-x20", "freeze-d", "combined", "nan", "rates-x20")
BENIGN = ("rates-half", "batch-half", "batch-double", "reshuffle", "log-thinned", "nothing")
MIXED = (*("d-rate-x20", "freeze-d", "rates-x20", "rates-half") * 2, "nan", "reshuffle", "log-thinned", "nothing")
"""The changes within a group of twelve runs."""

BY_NATURE = ("freeze-d", "nan")
"""Changes after which a run is broken whatever its samples look like: D never learns again."""
WELL = ("stable", "unclear")
BN_RATES = (2e-3, 3e-3)
"""G's and D's learning rate where D has BatchNorm."""
PAIRS = (
    ("bce", "ring8"),
    ("bce-smooth", "line3"),
    ("lsgan", "ring8"),
    ("hinge", "line3"),
    ("relativistic", "ring8"),
)


def groups(steps: int, seed: int) -> list[list[Recipe]]:
    """The recipes of all groups; the runs of one are trained together."""
    made = []
    for number, (family, target) in enumerate(PAIRS):
        made.append([changed(seed + 100 * number + k, target, family, steps, what) for k, what in enumerate(MIXED)])
    for number, (family, target) in enumerate(PAIRS[1:3]):
        first = seed + 1000 + 100 * number
        what = ("batch-half", "batch-double")[number]
        runs = [changed(first + k, target, family, steps, what) for k in range(5)]
        made.append([replace(run, onset=runs[0].onset) for run in runs])
    made.append([_normalised(seed + 2000 + k, steps) for k in range(8)])
    return made


def changed(seed: int, target: str, family: str, steps: int, what: str) -> Recipe:
    """A sane recipe that is changed at a random step between 30 and 70 % of the run."""
    return replace(sane(seed, target, family, steps), intervention=what, onset=_onset(seed, steps))


def _onset(seed: int, steps: int) -> int:
    return int(np.random.default_rng([seed, steps]).uniform(0.3, 0.7) * steps)


def _normalised(seed: int, steps: int) -> Recipe:
    """A run with BatchNorm in D that gets real and generated samples in one batch from the onset on."""
    plan = changed(seed, "ring8", "bce", steps, "combined")
    return replace(plan, normalised=True, penalty=0.0, noise=0.0, d_rate=BN_RATES[1], g_rate=BN_RATES[0], batch=128)


def outcome(run: Recorded) -> str:
    """broken, withstood, healed or benign, or "ill before": what the samples of a run did.

    A run counts as broken by its nature (`BY_NATURE`) or where its samples are bad at the end; as healed where they
    were bad after the change and recovered; as withstood where they stayed good.
    """
    plan = run.recipe
    if not plan.intervention:
        return "ill before"
    if plan.intervention in BENIGN:
        return "benign"
    if plan.intervention in BY_NATURE or run.label not in WELL:
        return "broken"
    return "withstood" if harmed_at(run) is None else "healed"


def harmed_at(run: Recorded) -> float | None:
    """The first look after the change from which on the samples of five looks are bad; None where there is none."""
    history, reach = run.history, TARGETS[run.recipe.target].reach
    after = [step for step in history.steps if step >= run.recipe.onset]
    for first, last in zip(after, after[4:], strict=False):
        if truth.label(history.until(last), reach) not in WELL:
            return float(first)
    return None
