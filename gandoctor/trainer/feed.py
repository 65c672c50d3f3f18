"""What goes into a training step: real images and latent vectors, drawn from one seeded generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gandoctor.trainer.data import Images
    from gandoctor.trainer.scenario import Scenario

    Batch = NDArray[np.float32]


class Feed:
    """Draws as the scenario's source does: with replacement, or in the order of the data where it never shuffles."""

    def __init__(self, scenario: Scenario, images: Images, seed: int) -> None:
        self._scenario = scenario
        self._images = images
        self._random = np.random.default_rng(seed)
        self._place = 0

    def reals(self, count: int) -> Batch:
        """`count` real images of shape (count, height, width, channels)."""
        train = self._images.train
        if not self._scenario.reals_in_order:
            return train[self._random.integers(0, len(train), count)]
        if self._place + count > len(train):
            self._place = 0
        chosen = train[self._place : self._place + count]
        self._place += count
        return chosen

    def held_out(self, count: int) -> Batch:
        """`count` different real images that D is not trained on."""
        return self._images.held_out[self._random.choice(len(self._images.held_out), count, replace=False)]

    def latents(self, count: int) -> Batch:
        """`count` latent vectors."""
        return latents(self._scenario, count, self._random)


def latents(scenario: Scenario, count: int, random: np.random.Generator) -> Batch:
    """Latent vectors of shape (count, latent) by the scenario's law: standard normal, or uniform in [-1, 1]."""
    shape = (count, scenario.latent)
    if scenario.latent_law == "uniform":
        return random.uniform(-1, 1, shape).astype(np.float32)
    return random.standard_normal(shape, dtype=np.float32)
