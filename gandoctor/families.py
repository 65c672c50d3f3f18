"""The loss families: what their losses are where D says nothing, and what no discriminator can do.

Flat values (D outputs the same for real and generated samples; Goodfellow et al. 2014, Prop. 1 and Thm. 1 for BCE, the
others by putting a constant D into the loss):

    family        half of D's loss    G's loss    G's scale
    bce           ln 2                ln 2        1 nat
    lsgan (0, 1)  .25                 .25         .75 (from flat to rejected)
    hinge         1                   0           1
    relativistic  ln 2, one value     ln 2        1 nat
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Convention, DForm, Family, FloatArray

LN2 = log(2)
CRITICS = ("wgan", "wgan-gp")


@dataclass(frozen=True, slots=True)
class Flat:
    """A family's values where D says nothing: each half of D's loss, G's loss, and the scale of G's loss."""

    d_half: float
    g: float
    g_scale: float


FLAT: Mapping[str, Flat] = {
    "bce": Flat(LN2, LN2, 1.0),
    "lsgan": Flat(0.25, 0.25, 0.75),
    "hinge": Flat(1.0, 0.0, 1.0),
    "relativistic": Flat(LN2, LN2, 1.0),
}
"""Families whose levels mean something; the losses of a critic (WGAN) have a free constant."""

BEGINNINGS: tuple[tuple[DForm, float], ...] = (("sum", 2.0), ("mean", 1.0))
"""How many halves there are in D's logged loss."""

LAWS: tuple[Family, ...] = ("bce", "lsgan", "hinge")
"""Families with a consistency law between G's loss and D's loss on generated samples."""

UNTRAINED = 10
"""The last step at which a log may begin so that its first rows are those of a D that has learnt nothing yet."""

LSGAN_LOST = 1.05
"""A least-squares D that calls everything real has a loss of 1, over both halves; a larger one is of another family."""

TOLERANCE = 1.02
"""Above 1 by sampling only: 0 of 30 000 windows of 50 steps, 500 toy runs without BatchNorm, exceeded it."""


def law(family: str, g: FloatArray, d_fake: FloatArray) -> FloatArray:
    """The consistency of one D on one set of generated samples, at most 1 in every family; NaN where it is undefined.

    bce: J = exp(-g) + exp(-d_fake) <= E p + E (1-p) = 1 (Jensen). lsgan: ||D|| + ||1-D|| >= 1 (Minkowski), so
    2 - sqrt(d_fake) - sqrt(g) <= 1. hinge: E max(0, 1+D) >= 1 + E D, so 2 - d_fake - g <= 1. A larger `d_fake` than
    the true one (D's whole loss, which contains it) makes the value smaller: a violation stays proved.
    """
    if family == "bce":
        return np.asarray(np.exp(-np.maximum(g, -50)) + np.exp(-np.maximum(d_fake, -50)), dtype=np.float64)
    if family == "lsgan":
        return np.asarray(2 - np.sqrt(np.maximum(d_fake, 0)) - np.sqrt(np.maximum(g, 0)), dtype=np.float64)
    return np.asarray(2 - d_fake - g, dtype=np.float64)


def d_levels(convention: Convention, flat: Flat) -> tuple[float, float]:
    """D's logged loss where D has won, and where it says nothing.

    With targets alpha for real samples and beta for generated ones D's loss cannot fall below the entropies H(alpha)
    and H(beta), and is 2 H((alpha+beta)/2) where D is flat (Salimans et al. 2016, sec. 3.4, put into the loss).
    """
    halves = 1.0 if convention.d_form == "mean" or convention.family == "relativistic" else 2.0
    alpha, beta = convention.real_target, convention.fake_target
    if convention.family != "bce" or (alpha == 1 and beta == 0):
        return 0.0, halves * flat.d_half
    return halves * 0.5 * (entropy(alpha) + entropy(beta)), halves * entropy(0.5 * (alpha + beta))


def entropy(p: float) -> float:
    """H(p) = -p ln p - (1-p) ln(1-p) in nats; 0 at 0 and 1."""
    return -sum(q * log(q) for q in (p, 1 - p) if q > 0)
