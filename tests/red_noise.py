"""Healthy runs that wander: losses of a discriminator whose outputs follow AR(1) noise around a level.

The noise is put on D's outputs and not on the losses, so that every run obeys the laws that one D on one pair of
distributions must obey; noise added to the losses themselves would break them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.model import Curve, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FORMS = ("bce-separate", "bce-sum", "lsgan-half", "hinge-sum")
BATCH = 64


@dataclass(frozen=True, slots=True)
class State:
    """Outputs of D: normal with means +ahead (real) and -ahead (fake), spread `spread`, wandering by `swing`."""

    ahead: float
    spread: float
    swing: float


def ar1(rng: np.random.Generator, phi: float, points: int) -> Floats:
    """Stationary first-order autoregressive noise of unit variance."""
    from scipy.signal import lfilter

    shocks = rng.standard_normal(points) * np.sqrt(1 - phi**2)
    shocks[0] = rng.standard_normal()
    return np.asarray(lfilter([1.0], [1.0, -phi], shocks), np.float64)


def run(seed: int, phi: float, points: int) -> Run:
    """One healthy run: form and state of D are drawn from the seed, d_real and d_fake wander apart from each other."""
    rng = np.random.default_rng([seed, points, round(100 * phi)])
    form = FORMS[seed % len(FORMS)]
    state = State(float(rng.choice([0.0, 0.3, 0.6])), rng.uniform(0.2, 1.2), rng.uniform(0.05, 0.3))
    unit = 0.25 if form == "lsgan-half" else 1.0
    real, fake = (unit * (sign * state.ahead + state.swing * ar1(rng, phi, points)) for sign in (1, -1))
    spread = unit * state.spread
    metrics = _FORMS[form](rng, real, fake, spread)
    steps = np.arange(1.0, points + 1)
    return Run({name: Curve(steps, values) for name, values in metrics.items()}, name=f"{form}-{seed}", context={})


def _batch_mean(rng: np.random.Generator, loss: Callable[[Floats], Floats], means: Floats, spread: float) -> Floats:
    """Mean of `loss` over a batch of outputs around each mean, with the error that a batch of 64 has."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    values = loss(means[:, None] + spread * nodes)
    weights = weights / weights.sum()
    mean = values @ weights
    error = np.sqrt(np.maximum(0.0, (values**2) @ weights - mean**2) / BATCH)
    return np.asarray(mean + error * rng.standard_normal(len(means)), np.float64)


def _accuracy(rng: np.random.Generator, margin: Floats, spread: float) -> Floats:
    from scipy.special import ndtr

    return np.asarray(rng.binomial(BATCH, ndtr(margin / spread)) / BATCH, np.float64)


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, x), np.float64)


def _separate(rng: np.random.Generator, real: Floats, fake: Floats, spread: float) -> dict[str, Floats]:
    return {
        "d_loss_real": np.maximum(0, _batch_mean(rng, lambda x: _softplus(-x), real, spread)),
        "d_loss_fake": np.maximum(0, _batch_mean(rng, _softplus, fake, spread)),
        "g_loss": np.maximum(0, _batch_mean(rng, lambda x: _softplus(-x), fake, spread)),
        "d_accuracy_real": _accuracy(rng, real, spread),
        "d_accuracy_fake": _accuracy(rng, -fake, spread),
    }


def _sum(rng: np.random.Generator, real: Floats, fake: Floats, spread: float) -> dict[str, Floats]:
    halves = _separate(rng, real, fake, spread)
    return {"d_loss": halves["d_loss_real"] + halves["d_loss_fake"], "g_loss": halves["g_loss"]}


def _lsgan(rng: np.random.Generator, real: Floats, fake: Floats, spread: float) -> dict[str, Floats]:
    halves = (
        _batch_mean(rng, lambda x: (x - 0.5) ** 2, real, spread),
        _batch_mean(rng, lambda x: (x + 0.5) ** 2, fake, spread),
    )
    g = _batch_mean(rng, lambda x: (x - 0.5) ** 2, fake, spread)
    return {"d_loss": 0.5 * np.maximum(0, halves[0] + halves[1]), "g_loss": np.maximum(0, g)}


def _hinge(rng: np.random.Generator, real: Floats, fake: Floats, spread: float) -> dict[str, Floats]:
    halves = (
        _batch_mean(rng, lambda x: np.maximum(0, 1 - x), real, spread),
        _batch_mean(rng, lambda x: np.maximum(0, 1 + x), fake, spread),
    )
    return {"d_loss": np.maximum(0, halves[0] + halves[1]), "g_loss": _batch_mean(rng, lambda x: -x, fake, spread)}


_FORMS: dict[str, Callable[[Any, Floats, Floats, float], dict[str, Floats]]] = {
    "bce-separate": _separate,
    "bce-sum": _sum,
    "lsgan-half": _lsgan,
    "hinge-sum": _hinge,
}
