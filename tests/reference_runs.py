"""Populations of runs of one recipe, to draw references and new runs from: simulated games."""

from __future__ import annotations

from math import log

import numpy as np
from simulated_gan import Game, play

from gandoctor.model import Curve, Run

RECIPES = {
    "bce": Game("bce", 800, 64, 0.6, wander=0.15, memory=30, transient=12),
    "bce-smooth": Game("bce-smooth", 800, 32, 0.75, wander=0.1, memory=15, transient=20),
    "lsgan": Game("lsgan", 800, 64, 0.5, wander=0.2, memory=60, transient=8),
    "hinge": Game("hinge", 800, 64, 0.7, wander=0.15, memory=200, transient=12),
    "ragan": Game("ragan", 800, 64, 0.6, wander=0.2, memory=30, transient=30),
    "wgan-gp": Game("wgan-gp", 800, 64, 0.6, wander=0.2, memory=50, transient=12),
}
"""One training recipe a population: what differs between its runs is chance alone."""

CONTEXT = {
    "bce": {"family": "bce", "d_form": "separate"},
    "bce-smooth": {"family": "bce", "d_form": "separate"},
    "lsgan": {"family": "lsgan", "d_form": "separate"},
    "hinge": {"family": "hinge", "d_form": "separate"},
    "ragan": {"family": "relativistic"},
    "wgan-gp": {"family": "wgan-gp"},
}


def game_run(recipe: str, seed: int) -> Run:
    """One simulated training of a recipe."""
    game = RECIPES[recipe]
    made = play(np.random.default_rng([seed, 4711]), game)
    steps = np.arange(1.0, game.steps + 1)
    return Run({name: Curve(steps, x) for name, x in made.items()}, name=f"{recipe}-{seed}", context=CONTEXT[recipe])


def game_runs(recipe: str, count: int) -> list[Run]:
    """Simulated trainings of one recipe, of different seeds."""
    return [game_run(recipe, seed) for seed in range(count)]


def shifted(run: Run, curve: str, change: float) -> Run:
    """The run with the losses of a cross-entropy GAN moved in its last 30 %, so that a level moves by `change`.

    D's level is the sum of the halves over 2 ln 2, so each half moves by ln 2 times the change; G's level is its loss
    less ln 2.
    """
    names = {"d_level": ("d_loss_real", "d_loss_fake"), "g_level": ("g_loss",)}[curve]
    scale = log(2) if curve == "d_level" else 1.0
    made = dict(run.curves)
    for name in names:
        one = made[name]
        late = one.steps >= one.steps[0] + 0.7 * (one.steps[-1] - one.steps[0])
        made[name] = Curve(one.steps, one.values + np.where(late, scale * change, 0.0))
    return Run(made, name=run.name, unit=run.unit, context=run.context)
