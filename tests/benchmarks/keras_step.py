"""What `GANDoctor` costs a real Keras training step: a DCGAN on 28 x 28 images, trained by `model.fit`.

    python tests/benchmarks/keras_step.py [--blocks N] [--batch N] [--filters N]

Every second epoch of one long `fit` the callback listens, in the others it is not called: blocks that take turns, so
that the load of the machine falls on both. Printed are the median step of each side, the median over neighbouring
blocks of their ratio with a 95 % bootstrap interval, and the processor time that the callback's hooks take as a share
of the step: in all, and for the first and the last hundred steps, since evaluations are dense at first and become
rare. Budget: .5 % of a step. Exit status 1 if the share in all is above it, or the whole interval of the ratio is.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from blocks import missed
from keras import layers

from gandoctor.callbacks.keras import GANDoctor

WARM = 2
"""Blocks a side left out of the ratio: in the first one the step is traced."""


class DCGAN(keras.Model):  # type: ignore[misc] # Keras publishes no types
    """The usual DCGAN with the usual metrics: means over the epoch, which the callback has to undo."""

    def __init__(self, filters: int) -> None:
        super().__init__()
        self.latent_dim = 100
        self.discriminator = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(filters, 4, strides=2, padding="same"),
                layers.LeakyReLU(0.2),
                layers.Conv2D(2 * filters, 4, strides=2, padding="same"),
                layers.BatchNormalization(),
                layers.LeakyReLU(0.2),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
        self.generator = keras.Sequential(
            [
                keras.Input((self.latent_dim,)),
                layers.Dense(7 * 7 * 2 * filters),
                layers.BatchNormalization(),
                layers.LeakyReLU(0.2),
                layers.Reshape((7, 7, 2 * filters)),
                layers.Conv2DTranspose(filters, 4, strides=2, padding="same"),
                layers.BatchNormalization(),
                layers.LeakyReLU(0.2),
                layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
            ]
        )
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("d_loss_real", "d_loss_fake", "g_loss")}
        self.right = keras.metrics.BinaryAccuracy(name="d_accuracy", threshold=0.0)

    def compile(self) -> None:
        """Compile with the optimisers of the DCGAN paper."""
        super().compile()
        self.d_optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(2e-4, beta_1=0.5)
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, images: Any) -> dict[str, Any]:
        """One step of D, one of G."""
        count = tf.shape(images)[0]
        ones, zeros = tf.ones((count, 1)), tf.zeros((count, 1))
        noise = tf.random.normal((count, self.latent_dim))
        with tf.GradientTape() as tape:
            real = self.discriminator(images, training=True)
            fake = self.discriminator(self.generator(noise, training=True), training=True)
            losses = self.loss_fn(ones, real), self.loss_fn(zeros, fake)
            d_loss = losses[0] + losses[1]
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            answers = self.discriminator(self.generator(noise, training=True), training=True)
            g_loss = self.loss_fn(ones, answers)
        weights = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights, strict=True))
        for tracker, loss in zip(self.trackers.values(), (*losses, g_loss), strict=True):
            tracker.update_state(loss)
        self.right.update_state(ones, real)
        return {metric.name: metric.result() for metric in (*self.trackers.values(), self.right)}


class Turns(keras.callbacks.Callback):  # type: ignore[misc] # Keras publishes no types
    """Lets the doctor listen in every second epoch, and takes the time of all steps and of the doctor's hooks."""

    def __init__(self, doctor: GANDoctor) -> None:
        super().__init__()
        self.doctor, self.listens = doctor, False
        self.steps: list[list[float]] = []
        self.hooks: list[float] = []

    def set_model(self, model: Any) -> None:
        """Keras: whose training it is."""
        super().set_model(model)
        self.doctor.set_model(model)

    def on_train_begin(self, logs: Any = None) -> None:
        """Keras: the training begins."""
        self.doctor.set_params(self.params)
        self.doctor.on_train_begin()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Keras: a block begins."""
        self.listens = epoch % 2 == 1
        self.steps.append([])
        if self.listens:
            self.doctor.on_epoch_begin(epoch)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Keras: a step begins."""
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keras: a step is over."""
        if self.listens:
            began = time.thread_time()
            self.doctor.on_train_batch_end(batch, logs)
            self.hooks.append(time.thread_time() - began)
        self.steps[-1].append(time.perf_counter() - self.began)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keras: a block is over."""
        if self.listens:
            began = time.thread_time()
            self.doctor.on_epoch_end(epoch, logs)
            self.hooks[-1] += time.thread_time() - began

    def on_train_end(self, logs: Any = None) -> None:
        """Keras: the training is over."""
        self.doctor.on_train_end()


def trained(args: argparse.Namespace, folder: Path) -> Turns:
    """Train once, in turns."""
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (args.steps * args.batch, 28, 28, 1)).astype(np.float32)
    data = tf.data.Dataset.from_tensor_slices(images).batch(args.batch)
    model = DCGAN(args.filters)
    model.compile()
    turns = Turns(GANDoctor(folder / "run.csv"))
    model.fit(data, epochs=2 * (args.blocks + WARM), verbose=0, callbacks=[turns])
    return turns


def main() -> int:
    """Print the table; status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=40, help="epochs a side")
    parser.add_argument("--steps", type=int, default=25, help="steps a block")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--filters", type=int, default=64, help="of the first convolution")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        turns = trained(args, Path(folder))
    assert not turns.doctor.failed
    print(f"{args.blocks} blocks of {args.steps} steps a side, batch {args.batch}, {args.filters} filters")
    return int(missed(np.median(np.array(turns.steps[2 * WARM :]), axis=1).reshape(-1, 2), turns.hooks))


if __name__ == "__main__":
    sys.exit(main())
