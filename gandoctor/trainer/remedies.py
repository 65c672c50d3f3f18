"""Remedies that the trainer can apply: those of the rules that come down to another setting of a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gandoctor.errors import BadOption
from gandoctor.trainer.scenario import Mode, Optimiser, Scenario

Change = Callable[[Scenario], Scenario]

_DCGAN = Optimiser("adam", 2e-4, beta1=0.5)


def _halved(settings: Optimiser) -> Optimiser:
    return replace(settings, rate=settings.rate / 2, beta1=min(settings.beta1, 0.5))


def _dcgan_optimiser(s: Scenario) -> Scenario:
    """Both with Adam(2e-4, .5); D at a quarter of that where they are so already."""
    if s.d == s.g == _DCGAN:
        return replace(s, d=replace(s.d, rate=s.d.rate / 4))
    return replace(s, d=_DCGAN, g=_DCGAN)


def _update_own_network(s: Scenario) -> Scenario:
    return replace(s, freezing="after-a-step") if s.freezing in ("before", "undone") else s


def _r1(s: Scenario) -> Scenario:
    """Gamma as StyleGAN2-ADA chooses it, and five times as much where there is a penalty already."""
    return replace(s, r1=5 * s.r1 if s.r1 else 2e-4 * s.shape[0] ** 2 / s.batch)


REMEDIES: dict[str, Change] = {
    "adam": lambda s: replace(s, d=_DCGAN),
    "adam-for-discriminator": lambda s: replace(s, d=_DCGAN),
    "check-updates": _update_own_network,
    "dcgan-optimiser": _dcgan_optimiser,
    "faster-discriminator": lambda s: replace(s, d=Optimiser("adam", 4e-4, 0.5), g=Optimiser("adam", 1e-4, 0.5)),
    "larger-latent": lambda s: replace(s, latent=max(s.latent, 100)),
    "lower-rates": lambda s: replace(s, d=_halved(s.d), g=_halved(s.g)),
    "match-ranges": lambda s: replace(s, misplaced_normalisation=False),
    "no-batchnorm-in-d": lambda s: replace(s, d_normalisation=False),
    "r1": _r1,
    "same-mode": lambda s: replace(s, g_mode="training"),
    "separate-batches": lambda s: replace(s, d_batches="separate"),
    "slower-generator": lambda s: replace(s, g=_halved(s.g)),
    "smooth-real-labels": lambda s: replace(s, real_label=0.9),
    "step-before-freezing": _update_own_network,
}
"""Remedy -> what it makes of a scenario; one that does not bear on it returns it as it is."""

_ONLY: dict[str, Mode] = {
    "r1": "consistent",
    "same-mode": "as-written",
    "check-updates": "as-written",
    "step-before-freezing": "as-written",
}
"""Remedies that change nothing, or cannot be had, in the other mode."""


def applied(remedy: str, scenario: Scenario, mode: Mode) -> Scenario:
    """The scenario with the remedy; BadOption for an unknown one, and for one that would change nothing."""
    if remedy not in REMEDIES:
        raise BadOption(f"--remedy {remedy}: the trainer can apply {', '.join(REMEDIES)}")
    if _ONLY.get(remedy, mode) != mode:
        raise BadOption(f"--remedy {remedy}: changes nothing with --mode {mode}")
    changed = REMEDIES[remedy](scenario)
    if changed == scenario:
        raise BadOption(f"--remedy {remedy}: changes nothing in {scenario.name}, which is so already")
    return changed
