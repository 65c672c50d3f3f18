"""The training step as the sources write it, with compiled models, on the Keras that is installed.

What `trainable = False` does depends on when a step is traced: Keras 3 looks at it at the first call of
`train_on_batch` and never again, while the versions for which the sources were written looked at it in `compile`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.trainer.system import System

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.trainer.feed import Batch, Feed
    from gandoctor.trainer.scenario import Scenario

_LOSS = "binary_crossentropy"


class AsWritten(System):
    """`compile`, `predict` and `train_on_batch`, in the order of the source.

    `combined` and the learning rates can be changed while it runs; `freeze_discriminator` cannot: whether D is frozen
    was settled when its step was traced.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self._scores = not scenario.evaluation
        self._composite: Any = None
        accuracy = ["accuracy"] if self._scores else None
        self.discriminator.compile(loss=_LOSS, optimizer=self.d_optimiser, metrics=accuracy)
        if scenario.freezing != "after-a-step":
            self._compose()

    def step(self, feed: Feed) -> Mapping[str, Any]:
        """Train once; what `train_on_batch` returned, under canonical names."""
        with warnings.catch_warnings():
            # Keras says it once, on standard error, where nobody reads it; the diagnosis is there to say it.
            warnings.filterwarnings("ignore", "The model does not have any trainable weights")
            return self._step(feed)

    def _step(self, feed: Feed) -> Mapping[str, Any]:
        real, latents = feed.reals(self.batch), feed.latents(self.batch)
        fake = self._generated(latents)
        if self.scenario.freezing == "in-turn":
            self._freeze(False)
        values = self._on_combined(real, fake) if self.combined else self._on_each(real, fake)
        if self._composite is None:
            self._compose()
        if self.scenario.freezing == "in-turn":
            self._freeze(True)
        again = latents if self.scenario.same_latents else feed.latents(self.g_batch)
        g = self._composite.train_on_batch(again, np.ones((len(again), 1)))
        return values | _named(g, "g_loss", "g_accuracy")

    def _compose(self) -> None:
        """Make the composite model of G and a D that it must not train, as far as the source's order achieves that."""
        from keras import Sequential

        freezing = self.scenario.freezing
        if freezing != "in-turn":
            self.discriminator.trainable = False
        self._composite = Sequential([self.generator, self.discriminator])
        accuracy = ["accuracy"] if freezing == "undone" else None
        self._composite.compile(loss=_LOSS, optimizer=self.g_optimiser, metrics=accuracy)
        if freezing == "undone":
            self.discriminator.trainable = True

    def _freeze(self, frozen: bool) -> None:
        for layer in self.discriminator.layers:
            layer.trainable = not frozen

    def _generated(self, latents: Batch) -> Any:
        if self.scenario.g_mode == "training":
            return np.asarray(self.generator(latents, training=True))
        if self.scenario.freezing == "in-turn":
            return self.generator.predict_on_batch(latents)
        return self.generator.predict(latents, verbose=0)

    def _on_each(self, real: Any, fake: Any) -> dict[str, float]:
        label = self.scenario.real_label
        d_real = self.discriminator.train_on_batch(real, np.full((len(real), 1), label))
        d_fake = self.discriminator.train_on_batch(fake, np.zeros((len(fake), 1)))
        return _named(d_real, "d_loss_real", "d_accuracy_real") | _named(d_fake, "d_loss_fake", "d_accuracy_fake")

    def _on_combined(self, real: Any, fake: Any) -> dict[str, float]:
        labels = np.concatenate([np.full((len(real), 1), self.scenario.real_label), np.zeros((len(fake), 1))])
        return _named(self.discriminator.train_on_batch(np.concatenate([real, fake]), labels), "d_loss", "d_accuracy")


def _named(returned: Any, loss: str, accuracy: str) -> dict[str, float]:
    """What `train_on_batch` returned: the loss alone, or the loss and an accuracy."""
    values = np.atleast_1d(np.asarray(returned, dtype=np.float64))
    return dict(zip((loss, accuracy), map(float, values), strict=False))
