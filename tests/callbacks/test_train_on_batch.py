"""Hand-written loops with `train_on_batch`, and the discriminator that Keras 3 freezes in most tutorials."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

import keras
from small_gan import LATENT, discriminator, generator

import gandoctor
from gandoctor.callbacks.keras import context_of, train_on_batch

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 16
ONES, ZEROS = np.ones((SIZE, 1), np.float32), np.zeros((SIZE, 1), np.float32)

pytestmark = [
    pytest.mark.filterwarnings("ignore:The model does not have any trainable weights:UserWarning"),  # the case below
    pytest.mark.filterwarnings(  # Keras keeps its variables so, under numpy 2
        "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
    ),
]


def networks(*, step_first: bool) -> tuple[Any, Any, Any]:
    """D, G and the stacked model as tutorials compile them; with a step of D before it is frozen, or without."""
    keras.utils.set_random_seed(2)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    d, g = discriminator(), generator()
    d.compile(loss=loss, optimizer=keras.optimizers.Adam(1e-3))
    if step_first:
        d.train_on_batch(points(), ONES)
    d.trainable = False
    gan = keras.Sequential([g, d])
    gan.compile(loss=loss, optimizer=keras.optimizers.Adam(1e-3))
    return d, g, gan


def points() -> Any:
    return np.random.default_rng(3).standard_normal((SIZE, 2)).astype(np.float32)


def noise() -> Any:
    return np.random.default_rng(4).standard_normal((SIZE, LATENT)).astype(np.float32)


def kernel(network: Any) -> Any:
    return np.array(network.layers[0].kernel.numpy())


def test_a_loop_with_train_on_batch_is_recorded_in_three_lines(tmp_path: Path) -> None:
    discriminator, generator, gan = networks(step_first=True)
    context = context_of(discriminator=discriminator, generator=generator, gan=gan)
    with gandoctor.Recorder(tmp_path / "run.csv", context=context) as doctor:
        for step in range(1, 13):
            real = discriminator.train_on_batch(points(), ONES)
            fake = discriminator.train_on_batch(generator(noise(), training=True), ZEROS)
            g_loss = gan.train_on_batch(noise(), ONES)
            doctor.record(step, d_loss_real=real, d_loss_fake=fake, g_loss=g_loss)
    rows = pd.read_csv(tmp_path / "run.csv")
    assert list(rows["step"]) == list(range(1, 13))
    assert rows["d_loss_fake"].iloc[-1] == pytest.approx(float(np.asarray(fake)), rel=1e-6)
    assert gandoctor.read(tmp_path / "run.csv").context["d_learning_rate"] == 0.001


def test_what_train_on_batch_returns_is_the_loss_of_that_batch() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.0), metrics=["mae"])
    found = []
    for value in (1.0, 2.0, 3.0):
        given = np.full((4, 1), value, np.float32)
        found.append(train_on_batch(model, given, np.zeros((4, 1)), return_dict=True))
    assert [row["loss"] for row in found] == pytest.approx([1, 4, 9], rel=1e-6)
    assert [row["mae"] for row in found] == pytest.approx([1, 2, 3], rel=1e-6)


@pytest.mark.parametrize("step_first", [True, False])
def test_a_discriminator_frozen_before_its_first_step_never_learns(
    step_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    d, g, gan = networks(step_first=step_first)
    context = context_of(discriminator=d, generator=g, gan=gan)
    before = kernel(d)
    d.train_on_batch(points(), ONES)
    moved = not np.array_equal(before, kernel(d))
    between = kernel(d)
    gan.train_on_batch(noise(), ONES)
    assert moved is step_first
    assert np.array_equal(between, kernel(d))  # G's step leaves D alone in both cases
    assert (context.get("d_trainable_weights") == 0) is not step_first
    assert ("never learns" in caplog.text) is not step_first
