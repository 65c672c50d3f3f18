"""The consistent training step: everything in training mode, so that D's step and G's step judge the same networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gandoctor.trainer.system import System

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.trainer.feed import Feed
    from gandoctor.trainer.scenario import Scenario


class Consistent(System):
    """One traced step of our own instead of `compile` and `train_on_batch`.

    D's generated images come from G in training mode and D runs in training mode in G's step too, so that BatchNorm
    uses the batch's statistics throughout. Real and generated images go through D apart, unless `combined`, and D is
    updated once a step on the mean of both losses.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario)
        self.d_optimiser.build(self.discriminator.trainable_variables)
        self.g_optimiser.build(self.generator.trainable_variables)
        self._traced: dict[tuple[bool, bool], Any] = {}

    def step(self, feed: Feed) -> Mapping[str, Any]:
        """Train once; the losses and accuracies of D on both kinds and G's loss, as values on the device."""
        latents = feed.latents(self.batch)
        again = latents if self.scenario.same_latents else feed.latents(self.g_batch)
        key = (self.combined, self.freeze_discriminator)
        if key not in self._traced:
            self._traced[key] = self._trace(*key)
        values: Mapping[str, Any] = self._traced[key](feed.reals(self.batch), latents, again)
        return values

    def _trace(self, combined: bool, frozen: bool) -> Any:
        import tensorflow as tf

        def step(real: Any, latents: Any, again: Any) -> dict[str, Any]:
            fake = self.generator(latents, training=True)
            values = self._train_discriminator(real, fake, combined, frozen)
            with tf.GradientTape() as tape:
                loss = _entropy(self.discriminator(self.generator(again, training=True), training=True), 1.0)
            self.g_optimiser.apply(tape.gradient(loss, self.generator.trainable_variables))
            return values | {"g_loss": loss}

        return tf.function(step, reduce_retracing=True, autograph=False)

    def _judge(self, real: Any, fake: Any, combined: bool) -> tuple[Any, Any]:
        """D's answers on real and on generated images, which go through it apart or as one batch."""
        import tensorflow as tf

        if not combined:
            return self.discriminator(real, training=True), self.discriminator(fake, training=True)
        answers = self.discriminator(tf.concat([real, fake], axis=0), training=True)
        count = tf.shape(real)[0]
        return answers[:count], answers[count:]

    def _train_discriminator(self, real: Any, fake: Any, combined: bool, frozen: bool) -> dict[str, Any]:
        """One update of D on the mean of its losses on real and on generated images."""
        import tensorflow as tf

        label = self.scenario.real_label
        with tf.GradientTape() as tape:
            on_real, on_fake = self._judge(real, fake, combined)
            of_real, of_fake = _entropy(on_real, label), _entropy(on_fake, 0.0)
            loss = (of_real + of_fake) / 2
            if self.scenario.r1:
                loss += self._penalty(real)
        if not frozen:
            self.d_optimiser.apply(tape.gradient(loss, self.discriminator.trainable_variables))
        return {
            "d_loss_real": of_real,
            "d_loss_fake": of_fake,
            "d_accuracy_real": _accuracy(on_real, label),
            "d_accuracy_fake": _accuracy(on_fake, 0.0),
        }

    def _penalty(self, real: Any) -> Any:
        """R1: half gamma times the squared gradient of D's logit at real images."""
        import tensorflow as tf

        with tf.GradientTape() as inner:
            inner.watch(real)
            answers = tf.clip_by_value(self.discriminator(real, training=True), 1e-7, 1 - 1e-7)
            logit = tf.reduce_sum(tf.math.log(answers) - tf.math.log1p(-answers))
        gradient = inner.gradient(logit, real)
        return self.scenario.r1 / 2 * tf.reduce_mean(tf.reduce_sum(gradient**2, axis=[1, 2, 3]))


def _entropy(answers: Any, label: float) -> Any:
    from keras import losses, ops

    return ops.mean(losses.binary_crossentropy(ops.full_like(answers, label), answers))


def _accuracy(answers: Any, label: float) -> Any:
    from keras import ops

    right = answers > 0.5 if label > 0.5 else answers <= 0.5
    return ops.mean(ops.cast(right, "float32"))
