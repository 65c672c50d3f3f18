"""Which runs to make: random hyper-parameters, half of them sane, and interventions at a known step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

INTERVENTIONS = ("d-rate-x20", "freeze-d", "nan", "rates-x20", "rates-half")
"""What is done to a run that does well at its onset; "rates-half" is benign and must not raise an alarm."""
STARVED = 1e-3
"""Factor on the rate of the network that is starved, so that the other one wins."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyper-parameters of one run."""

    seed: int
    target: str
    family: str
    steps: int
    batch: int
    n_critic: int
    g_rate: float
    d_rate: float
    beta1: float
    sgd: bool
    latent: int
    g_width: int
    d_width: int
    noise: float
    penalty: float
    starved: str = ""
    intervention: str = ""
    onset: int = 0
    normalised: bool = False

    @property
    def name(self) -> str:
        """A file name that is unique within a plan."""
        return f"{self.target}-{self.family}-s{self.seed}"


def recipe(seed: int, target: str, family: str, steps: int) -> Recipe:
    """A random recipe, the same for the same arguments."""
    rng = np.random.default_rng([seed, len(target), *map(ord, family)])
    sane = rng.random() < 0.55
    starved = "" if sane or rng.random() < 0.6 else str(rng.choice(["g", "d"]))
    g_rate = _log(rng, 8e-4, 3e-3) if sane else _log(rng, 1e-4, 1e-2)
    d_rate = g_rate * (_log(rng, 0.7, 2) if sane else _log(rng, 0.1, 10))
    sgd = bool(rng.random() < 0.1) and not sane
    critic = family.startswith("wgan")
    return Recipe(
        seed=seed,
        target=target,
        family=family,
        steps=steps,
        batch=64,
        n_critic=5 if critic else 1,
        g_rate=g_rate * (30 if sgd else 1) * (STARVED if starved == "g" else 1),
        d_rate=d_rate * (30 if sgd else 1) * (STARVED if starved == "d" else 1),
        beta1=float(rng.choice([0, 0 if critic else 0.5] if sane else [0, 0.5, 0.9])),
        sgd=sgd,
        latent=int(rng.choice([8, 64] if sane else [1, 2, 8, 64])),
        g_width=int(rng.choice([64] if sane else [16, 64])),
        d_width=int(rng.choice([64] if sane else [6, 16, 64])),
        noise=float(rng.choice([0, 0, 0.03] if sane else [0, 0, 0.05, 0.2])),
        penalty=_penalty(rng, family, sane=sane),
        starved=starved,
        intervention=str(rng.choice(INTERVENTIONS)) if sane and rng.random() < 0.5 else "",
        onset=int(rng.uniform(0.5, 0.75) * steps),
    )


def sane(seed: int, target: str, family: str, steps: int) -> Recipe:
    """A recipe with rates, widths and latent size that usually do well, and without a change."""
    rng = np.random.default_rng([seed, 1, len(target), *map(ord, family)])
    critic = family.startswith("wgan")
    g_rate = _log(rng, 1e-3, 3e-3)
    return Recipe(
        seed=seed,
        target=target,
        family=family,
        steps=steps,
        batch=64,
        n_critic=5 if critic else 1,
        g_rate=g_rate,
        d_rate=g_rate * _log(rng, 0.8, 2),
        beta1=float(rng.choice([0, 0 if critic else 0.5])),
        sgd=False,
        latent=8,
        g_width=64,
        d_width=64,
        noise=float(rng.choice([0, 0, 0.03])),
        penalty=_penalty(rng, family, sane=True),
    )


def _penalty(rng: np.random.Generator, family: str, *, sane: bool) -> float:
    """The factor of the critic's penalty, or of R1; large ones forbid the slopes that narrow modes need."""
    if family.startswith("wgan"):
        return 1.0 if family == "wgan-gp" else 0.0
    return float(rng.choice([0, 0.02, 0.05] if sane else [0, 0, 0.02, 0.1, 1]))


def _log(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
