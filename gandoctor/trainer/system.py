"""A GAN in training: its networks and optimisers, and what may be changed while it runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.trainer.networks import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.trainer.feed import Batch, Feed
    from gandoctor.trainer.scenario import Optimiser, Scenario

_AT_ONCE = 256


class System(ABC):
    """Two networks and a way to train them; `combined` and `freeze_discriminator` take effect at the next step.

    `batch` (real and generated images that D sees), `g_batch` (images that G's step makes), `d_lr` and `g_lr` can be
    changed as well: that is how a benchmark breaks a healthy run on purpose.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.batch, self.g_batch = scenario.batch, scenario.g_batch
        self.combined = scenario.d_batches == "combined"
        self.freeze_discriminator = False
        self.generator, self.discriminator = build(scenario)
        self.d_optimiser, self.g_optimiser = optimiser(scenario.d), optimiser(scenario.g)

    @abstractmethod
    def step(self, feed: Feed) -> Mapping[str, Any]:
        """Train D and G once; returns canonical metrics as plain numbers or as values still on the device."""

    def evaluate(self, feed: Feed, count: int) -> Mapping[str, float]:
        """Losses with hard labels on `count` held-out and as many generated images: `d_loss`, the sum, and `g_loss`."""
        real = _loss(self.discriminator(feed.held_out(count), training=False), 1.0)
        answers = self.discriminator(self.generator(feed.latents(count), training=False), training=False)
        return {"d_loss": real + _loss(answers, 0.0), "g_loss": _loss(answers, 1.0)}

    def samples(self, latents: Batch) -> Batch:
        """Images as a user of the trained G gets them: in inference mode, float32."""
        parts = [latents[i : i + _AT_ONCE] for i in range(0, len(latents), _AT_ONCE)]
        return np.concatenate([np.asarray(self.generator(part, training=False), dtype=np.float32) for part in parts])

    @property
    def d_lr(self) -> float:
        """D's learning rate."""
        return float(self.d_optimiser.learning_rate)

    @d_lr.setter
    def d_lr(self, rate: float) -> None:
        self.d_optimiser.learning_rate = rate

    @property
    def g_lr(self) -> float:
        """G's learning rate."""
        return float(self.g_optimiser.learning_rate)

    @g_lr.setter
    def g_lr(self, rate: float) -> None:
        self.g_optimiser.learning_rate = rate

    def poison(self) -> None:
        """Make one weight of D not a number, as an overflow does."""
        kernel = self.discriminator.trainable_variables[0]
        broken = kernel.numpy()
        broken.flat[0] = np.nan
        kernel.assign(broken)


def optimiser(settings: Optimiser) -> Any:
    """A new Keras optimiser."""
    from keras import optimizers

    if settings.kind == "sgd":
        return optimizers.SGD(settings.rate, momentum=settings.momentum)
    return optimizers.Adam(settings.rate, beta_1=settings.beta1)


def _loss(answers: Any, label: float) -> float:
    from keras import losses, ops

    return float(ops.mean(losses.binary_crossentropy(ops.full_like(answers, label), answers)))
