"""Losses of simulated GANs, from first principles: D's outputs drawn batch by batch.

A healthy D is a calibrated classifier of two distributions that G brings together and D tells apart again: its level
wanders (Ornstein-Uhlenbeck), after a start at which it says nothing and a transient in which it runs ahead. An ill one
follows the same path until the failure sets in. The batches of the D step and of the G step are drawn apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FAMILIES = (
    "bce",
    "bce-smooth",
    "bce-flip",
    "lsgan",
    "lsgan-pm1",
    "hinge",
    "wgan",
    "wgan-gp",
    "r1",
    "ragan",
)
ILLS = ("d-wins", "d-wins-at-once", "g-wins", "both-to-zero", "nan", "saturated", "frozen")
WIDTHS = np.concatenate([np.linspace(0, 6, 121), np.linspace(6.5, 12, 12)])
"""Spreads of the logits of a calibrated D, whose outputs are N(+-s^2/2, s^2)."""
LARGEST = 1_500_000


@dataclass(frozen=True, slots=True)
class Game:
    """One training: its family, its length in steps, its batch, the usual level of D's loss and what goes wrong."""

    family: str
    steps: int
    batch: int
    level: float
    wander: float
    memory: float
    transient: int
    resets: tuple[int, ...] = ()
    growths: tuple[int, ...] = ()
    halved: bool = False
    ill: str = ""
    onset: int = 0


@dataclass(frozen=True, slots=True)
class Outputs:
    """D's outputs: a row a step, a column a sample. `fake` is the batch of the D step, `fool` that of the G step."""

    real: Floats
    fake: Floats
    fool: Floats
    gap: Floats


def play(rng: np.random.Generator, game: Game) -> dict[str, Floats]:
    """The metrics of one training at every step: halves and sum of D's loss, G's loss, accuracies, scores, penalty."""
    game = replace(game, batch=max(4, min(game.batch, LARGEST // game.steps)))
    level = _path(rng, game)
    seen = _outputs(rng, game, level, 0.25 * game.wander * _ou(rng, game.steps, game.memory))
    if game.ill == "g-wins":
        seen = _fooled(seen, game)
    made = LOSSES[game.family](rng, game, seen)
    _spoil(made, game)
    return made


def _ou(rng: np.random.Generator, steps: int, memory: float) -> Floats:
    """Stationary Ornstein-Uhlenbeck noise of unit variance with a correlation time of `memory` steps."""
    from scipy.signal import lfilter

    phi = np.exp(-1 / memory)
    shocks = rng.standard_normal(steps) * np.sqrt(1 - phi**2)
    shocks[0] = rng.standard_normal()
    return np.asarray(lfilter([1.0], [1.0, -phi], shocks), np.float64)


def _ramp(game: Game, share: float) -> Floats:
    """0 before the onset, then linear up to 1 within `share` of the run."""
    t = np.arange(game.steps, dtype=np.float64)
    return np.clip((t - game.onset) / max(share * game.steps, 1.0), 0, 1)


def _path(rng: np.random.Generator, game: Game) -> Floats:
    """The level of D's loss without smoothing: 1 at the start, down in the transient, then wandering."""
    t = np.arange(game.steps, dtype=np.float64)
    swing = game.wander * _ou(rng, game.steps, game.memory)
    if game.halved:
        swing = np.where(t > game.steps / 2, 0.5 * swing, swing)
    log_level = np.log(game.level) + swing
    for start in (0, *game.resets):
        age = np.maximum(t - start, 0) / game.transient
        log_level -= np.where(t >= start, rng.uniform(0.5, 3.0) * np.exp(1) * age * np.exp(-age), 0)
    for start in game.growths:
        age = np.maximum(t - start, 0) / game.transient
        log_level += np.where(t >= start, np.log(rng.choice([0.7, 1.3])) * np.exp(-age), 0)
    if game.ill == "d-wins":
        log_level -= 12 * _ramp(game, 0.2)
    if game.ill in ("d-wins-at-once", "both-to-zero"):
        log_level -= 12 * _ramp(game, 0.01)
    untrained = np.exp(-t / max(game.transient / 10, 1.0))
    return np.asarray(np.clip(untrained + (1 - untrained) * np.exp(log_level), 1e-6, 0.999), np.float64)


def _outputs(rng: np.random.Generator, game: Game, level: Floats, shift: Floats) -> Outputs:
    """Batches of D's outputs, in the units of the family's own targets."""
    if game.family.startswith("lsgan"):
        v = (1 - level) / 4  # variance of the posterior p; E p(1-p) = 1/4 - v is half of D's loss
        centre, gap, spread = 0.5 + 0.25 * shift, 2 * v, np.sqrt(v * level)
    elif game.family == "hinge":
        grid = np.linspace(0, 5, 101)
        gap = _reach(level, grid, lambda x: np.maximum(0, 1 - x), lambda a: (a, 0.6 * np.minimum(a, 1)))
        centre, spread = 0.5 * shift, 0.6 * np.minimum(gap, 1)
    elif game.family in ("wgan", "wgan-gp"):
        scale = 3.0 if game.family == "wgan-gp" else 0.05
        centre = scale * np.cumsum(rng.standard_normal(game.steps)) / np.sqrt(game.memory)
        gap, spread = scale * (0.3 - np.log(level)), np.full(game.steps, scale)
    else:
        of = 1.0 if game.family == "ragan" else 2.0
        width = _reach(level, WIDTHS, lambda x: np.logaddexp(0, -x) / np.log(2), lambda s: (s**2 / of, s))
        centre, gap, spread = shift, width**2 / 2, width + 0.05

    def drawn(mean: Floats) -> Floats:
        return np.asarray(mean[:, None] + spread[:, None] * rng.standard_normal((game.steps, game.batch)), np.float64)

    return Outputs(drawn(centre + gap), drawn(centre - gap), drawn(centre - gap), gap)


def _fooled(seen: Outputs, game: Game) -> Outputs:
    """D's outputs on generated samples drift to where real ones should be, and beyond; those on real ones stay."""
    family = game.family
    up = {"lsgan": 1.0, "lsgan-pm1": 1.0, "hinge": 4.0, "wgan": 0.5, "wgan-gp": 20.0}.get(family, 8.0)
    drift = _ramp(game, 0.15)[:, None]
    if family.startswith("lsgan"):
        fake, fool = ((1 - drift) * x + drift * (1 + 0.05 * x) for x in (seen.fake, seen.fool))
        return replace(seen, fake=fake, fool=fool)
    return replace(seen, fake=seen.fake + up * drift, fool=seen.fool + up * drift)


def _reach(
    level: Floats,
    grid: Floats,
    loss: Callable[[Floats], Floats],
    outputs: Callable[[Floats], tuple[Floats, Floats]],
) -> Floats:
    """Where on the grid the mean of `loss` over normal outputs (mean, spread) is `level` of what it is at the start."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    mean, spread = outputs(grid)
    reached = loss(mean[:, None] + spread[:, None] * nodes) @ (weights / weights.sum())
    return np.asarray(np.interp(-np.log(level), -np.log(np.maximum(reached, 1e-12)), grid), np.float64)


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, x), np.float64)


def _named(seen: Outputs, real: Floats, fake: Floats, g: Floats, border: float = 0.0) -> dict[str, Floats]:
    return {
        "d_loss_real": real.mean(axis=1),
        "d_loss_fake": fake.mean(axis=1),
        "g_loss": g.mean(axis=1),
        "d_accuracy_real": (seen.real > border).mean(axis=1),
        "d_accuracy_fake": (seen.fake <= border).mean(axis=1),
    }


def _cross_entropy(alpha: float, beta: float) -> Callable[[np.random.Generator, Game, Outputs], dict[str, Floats]]:
    """Cross-entropy with labels alpha and beta; a D trained on them outputs the smoothed posterior."""

    def made(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
        del rng, game
        p, q, f = (beta + (alpha - beta) / (1 + np.exp(-x)) for x in (seen.real, seen.fake, seen.fool))
        clip = 1e-12
        logs = [(-np.log(np.maximum(x, clip)), -np.log(np.maximum(1 - x, clip))) for x in (p, q, f)]
        if beta == 0:
            logs[2] = (_softplus(-seen.fool) - np.log(alpha), logs[2][1])
        if (alpha, beta) == (1.0, 0.0):
            logs[:2] = [(_softplus(-x), _softplus(x)) for x in (seen.real, seen.fake)]
        real = alpha * logs[0][0] + (1 - alpha) * logs[0][1]
        fake = beta * logs[1][0] + (1 - beta) * logs[1][1]
        values = _named(seen, real, fake, logs[2][0])
        return {**values, "d_score_real": p.mean(axis=1), "d_score_fake": q.mean(axis=1)}

    return made


def _lsgan(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    del rng, game
    return _named(seen, (seen.real - 1) ** 2, seen.fake**2, (seen.fool - 1) ** 2, 0.5)


def _lsgan_pm1(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    """Targets -1 and 1 for D, 0 for G (Mao et al. 2017, the Pearson coding)."""
    del rng, game
    real, fake, fool = (2 * x - 1 for x in (seen.real, seen.fake, seen.fool))
    return _named(seen, (real - 1) ** 2, (fake + 1) ** 2, fool**2, 0.5)


def _hinge(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    del rng, game
    return _named(seen, np.maximum(0, 1 - seen.real), np.maximum(0, 1 + seen.fake), -seen.fool)


def _wgan(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    del rng, game
    return {"d_loss": (seen.fake - seen.real).mean(axis=1), "g_loss": -seen.fool.mean(axis=1)}


def _wgan_gp(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    """The penalty starts at 10, that of a critic without a gradient, and decays to some tenths."""
    t = np.arange(game.steps)
    penalty = rng.uniform(0.05, 1.0) + 10 * np.exp(-t / max(game.transient, 5))
    penalty = penalty * np.exp(0.2 * rng.standard_normal(game.steps))
    values = _wgan(rng, game, seen)
    return {**values, "d_loss": values["d_loss"] + penalty, "gradient_penalty": penalty}


def _r1(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    """The logistic loss near equilibrium, with R1 beside it."""
    values = _cross_entropy(1.0, 0.0)(rng, game, seen)
    penalty = 0.01 * np.exp(0.3 * rng.standard_normal(game.steps)) * (1 + seen.gap)
    return {**values, "r1_penalty": np.asarray(penalty, np.float64)}


def _ragan(rng: np.random.Generator, game: Game, seen: Outputs) -> dict[str, Floats]:
    """The relativistic average loss (Jolicoeur-Martineau 2018): the mean of its two halves, one value."""
    del rng, game

    def loss(up: Floats, down: Floats) -> Floats:
        above, below = up - down.mean(axis=1, keepdims=True), down - up.mean(axis=1, keepdims=True)
        return np.asarray(0.5 * (_softplus(-above).mean(axis=1) + _softplus(below).mean(axis=1)), np.float64)

    return {"d_loss": loss(seen.real, seen.fake), "g_loss": loss(seen.fool, seen.real)}


LOSSES: dict[str, Callable[[np.random.Generator, Game, Outputs], dict[str, Floats]]] = {
    "bce": _cross_entropy(1.0, 0.0),
    "bce-smooth": _cross_entropy(0.9, 0.0),
    "bce-flip": _cross_entropy(0.9, 0.1),
    "lsgan": _lsgan,
    "lsgan-pm1": _lsgan_pm1,
    "hinge": _hinge,
    "wgan": _wgan,
    "wgan-gp": _wgan_gp,
    "r1": _r1,
    "ragan": _ragan,
}


def _spoil(made: dict[str, Floats], game: Game) -> None:
    """Failures of the program and not of the game, from the onset on."""
    at = game.onset
    if game.ill == "nan":
        for name in made:
            made[name][at:] = np.nan
    if game.ill == "saturated":
        made["g_loss"][at:] = 100.0
        for name in ("d_loss", "d_loss_real", "d_loss_fake"):
            if name in made:
                made[name][at:] *= 1e-6
    if game.ill == "frozen":
        for name in ("d_loss", "d_loss_real", "d_loss_fake"):
            if name in made:
                made[name][at:] = made[name][at]
    if game.ill == "both-to-zero":  # G is scored by a D whose statistics call its samples real
        made["g_loss"][at:] = made["g_loss"][0] * np.exp(-np.minimum(np.arange(len(made["g_loss"]) - at) / 10, 6))
