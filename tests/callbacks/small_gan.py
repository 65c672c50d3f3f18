"""A GAN of two small dense networks on two-dimensional data: real Keras, and traced within seconds."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

BATCH, LATENT = 16, 3


def discriminator() -> Any:
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(8), layers.LeakyReLU(0.2), layers.BatchNormalization(), layers.Dense(1)]
    )


def generator() -> Any:
    return keras.Sequential([keras.Input((LATENT,)), layers.Dense(8), layers.LeakyReLU(0.2), layers.Dense(2)])


def data(batches: int, *, rest: int = 0) -> Any:
    points = np.random.default_rng(0).standard_normal((batches * BATCH + rest, 2)).astype(np.float32)
    return tf.data.Dataset.from_tensor_slices(points).batch(BATCH)


class SmallGAN(keras.Model):  # type: ignore[misc] # Keras publishes no types
    """Logs running means of its losses, and beside them the losses themselves as `raw_d` and `raw_g`.

    Its losses are NaN from the batch on that follows number `good`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.latent_dim = LATENT
        self.discriminator, self.generator = discriminator(), generator()
        self.disc_loss_tracker = keras.metrics.Mean(name="discriminator_loss")
        self.gen_loss_tracker = keras.metrics.Mean(name="generator_loss")
        self.right = keras.metrics.BinaryAccuracy(name="d_accuracy", threshold=0.0)
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")
        self.good = self.add_weight(shape=(), initializer="zeros", trainable=False, name="good")
        self.built = True

    def compile(self, **more: Any) -> None:
        super().compile(optimizer=None, **more)
        self.d_optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(3e-4, beta_1=0.5)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, real: Any) -> dict[str, Any]:
        count = tf.shape(real)[0]
        ones, zeros = tf.ones((count, 1)), tf.zeros((count, 1))
        noise = tf.random.normal((count, LATENT))
        self.seen.assign_add(1.0)
        spoilt = tf.where(self.seen.value > self.good.value, np.nan, 1.0)
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake = self.generator(noise, training=True)
            on_real, on_fake = self.discriminator(real, training=True), self.discriminator(fake, training=True)
            d_loss = spoilt * (self.loss_fn(ones, on_real) + self.loss_fn(zeros, on_fake))
            g_loss = spoilt * self.loss_fn(ones, on_fake)
        for tape, loss, optimiser, network in (
            (d_tape, d_loss, self.d_optimizer, self.discriminator),
            (g_tape, g_loss, self.g_optimizer, self.generator),
        ):
            weights = network.trainable_variables
            optimiser.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.disc_loss_tracker.update_state(d_loss)
        self.gen_loss_tracker.update_state(g_loss)
        self.right.update_state(ones, on_real)
        return {
            "d_loss": self.disc_loss_tracker.result(),
            "g_loss": self.gen_loss_tracker.result(),
            "d_accuracy": self.right.result(),
            "raw_d": d_loss,
            "raw_g": g_loss,
        }


def compiled(**more: Any) -> SmallGAN:
    keras.utils.set_random_seed(1)
    model = SmallGAN()
    model.compile(**more)
    model.good.assign(float(1 << 20))
    return model


def state_of(model: SmallGAN) -> list[tuple[Any, Any]]:
    """Every variable of a model and its optimisers with its value."""
    variables = [*model.weights, *model.d_optimizer.variables, *model.g_optimizer.variables]
    return [(variable, np.array(variable.numpy())) for variable in variables]


def restore(state: list[tuple[Any, Any]]) -> None:
    for variable, value in state:
        variable.assign(value)
