"""GAN loss families: what is logged of a step, and the gradients of D's outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from toy.networks import Array

FAMILIES = ("bce", "bce-smooth", "lsgan", "hinge", "wgan-gp", "wgan-clip", "relativistic")


@dataclass(frozen=True, slots=True)
class Step:
    """Losses (runs,) of a step on D, and the gradients (runs, batch) of its outputs on real and generated samples."""

    real: Array
    fake: Array
    d_real: Array
    d_fake: Array


def _softplus(x: Array) -> Array:
    return np.logaddexp(np.float32(0), x)


def _sigmoid(x: Array) -> Array:
    return np.asarray(np.exp(-_softplus(-x)), np.float32)


def _bce(real: Array, fake: Array, target: float) -> Step:
    loss = target * _softplus(-real) + (1 - target) * _softplus(real)
    return Step(loss.mean(1), _softplus(fake).mean(1), _sigmoid(real) - target, _sigmoid(fake))


def _hinge(real: Array, fake: Array) -> Step:
    losses = (np.maximum(0, 1 - real).mean(1), np.maximum(0, 1 + fake).mean(1))
    return Step(*losses, -(real < 1).astype(np.float32), (fake > -1).astype(np.float32))


def _critic(real: Array, fake: Array) -> Step:
    ones = np.ones_like(real)
    return Step(-real.mean(1), fake.mean(1), -ones, ones)


def _paired(real: Array, fake: Array) -> Step:
    loss = _softplus(fake - real).mean(1)
    pull = _sigmoid(fake - real)
    return Step(loss, np.full_like(loss, np.nan), -pull, pull)


def discriminator(family: str, real: Array, fake: Array) -> Step:
    """D's losses and gradients; "relativistic" has one loss, in `real`, and NaN in `fake`."""
    if family in ("bce", "bce-smooth"):
        step = _bce(real, fake, 0.9 if family == "bce-smooth" else 1.0)
    elif family == "lsgan":
        step = Step(((real - 1) ** 2).mean(1), (fake**2).mean(1), 2 * (real - 1), 2 * fake)
    elif family == "hinge":
        step = _hinge(real, fake)
    elif family == "relativistic":
        step = _paired(real, fake)
    else:
        step = _critic(real, fake)
    batch = np.float32(real.shape[1])
    return Step(step.real, step.fake, step.d_real / batch, step.d_fake / batch)


def generator(family: str, real: Array, fake: Array) -> tuple[Array, Array]:
    """G's loss (runs,) and the gradient (runs, batch) of D's outputs on generated samples; `real` for relativistic."""
    if family in ("bce", "bce-smooth"):
        loss, grad = _softplus(-fake), -_sigmoid(-fake)
    elif family == "lsgan":
        loss, grad = (fake - 1) ** 2, 2 * (fake - 1)
    elif family == "relativistic":
        loss, grad = _softplus(real - fake), -_sigmoid(real - fake)
    else:
        loss, grad = -fake, -np.ones_like(fake)
    return loss.mean(1), (grad / np.float32(fake.shape[1])).astype(np.float32)


def threshold(family: str) -> float:
    """The output of D above which a sample counts as real; NaN where the family has none."""
    if family.startswith("wgan"):
        return float("nan")
    return 0.5 if family == "lsgan" else 0.0
