"""Samples of a GAN in training: measured against held-out real images, and drawn from latent vectors that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from gandoctor.samples import Reference
from gandoctor.trainer.feed import latents

if TYPE_CHECKING:
    from gandoctor.samples import SampleMetrics
    from gandoctor.trainer.data import Images
    from gandoctor.trainer.feed import Batch
    from gandoctor.trainer.scenario import Scenario
    from gandoctor.trainer.system import System

_SIZE = 256
"""Samples that are measured, at every look and at the end: precision falls with number, so that numbers of different
sizes do not compare."""

_PICTURES = 100
_MOST_VALUES = 1024
"""Images of more values than this are averaged again: neighbours lie no nearer for more of them, and cost more."""


class Viewer:
    """Looks at samples with latent vectors of its own, so that a training is the same with and without it."""

    def __init__(self, images: Images, scenario: Scenario, seed: int) -> None:
        random = np.random.default_rng([seed, 1])
        drawn = latents(scenario, 2 * _SIZE, random)
        self._measured, self._shown = drawn[:_SIZE], drawn[_SIZE:][:_PICTURES]
        real = images.held_out[random.permutation(len(images.held_out))[: 2 * _SIZE]]
        self._reference = Reference(features(real))

    def measure(self, system: System) -> SampleMetrics | None:
        """What 256 samples show against as many held-out images; None where a sample is not finite."""
        samples = system.samples(self._measured)
        if not np.isfinite(samples).all():
            return None
        # Matrices this small take ten times as long on several threads, which compete with TensorFlow's.
        with threadpool_limits(1):
            return self._reference.measure(features(samples))

    def pictures(self, system: System) -> Batch:
        """A hundred images, of the same latent vectors at every step and not of those that are measured."""
        return system.samples(self._shown)


def features(images: Batch) -> Batch:
    """A row an image: its pixels averaged over squares of 2 x 2, and again until there are at most 1024 values.

    Once, because the noise of a single pixel makes no image unlike the data to an eye, while it does to a distance. Not
    more often than needed, because static becomes plain grey.
    """
    small = _halved(images)
    while small[0].size > _MOST_VALUES:
        small = _halved(small)
    return small.reshape(len(small), -1)


def _halved(images: Batch) -> Batch:
    quarters = images[:, ::2, ::2] + images[:, 1::2, ::2] + images[:, ::2, 1::2] + images[:, 1::2, 1::2]
    return quarters / np.float32(4)
