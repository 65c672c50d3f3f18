"""The GAN for 64 x 64 cards: BatchNorm after G's first layer alone, dropout in D."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.trainer.scenario import Scenario

_DROPOUT = 0.3


def generator(scenario: Scenario) -> Any:
    """Latent vector -> image in [-1, 1]: four transposed convolutions without bias and without normalisation."""
    from keras import Sequential, layers

    maps = scenario.filters(64)
    model = Sequential(name="generator")
    model.add(layers.Input((scenario.latent,)))
    model.add(layers.Dense(8 * 8 * maps))
    model.add(layers.BatchNormalization())
    model.add(layers.LeakyReLU())
    model.add(layers.Reshape((8, 8, maps)))
    for printed, stride in ((128, 1), (64, 2), (64, 2), (32, 2)):
        wide = scenario.filters(printed)
        model.add(layers.Conv2DTranspose(wide, 5, strides=stride, padding="same", use_bias=False))
        model.add(layers.LeakyReLU())
    model.add(layers.Conv2DTranspose(3, 3, padding="same", use_bias=False, activation="tanh"))
    return model


def discriminator(scenario: Scenario) -> Any:
    """Image -> probability that it is real: four convolutions, each with dropout."""
    from keras import Sequential, layers

    model = Sequential(name="discriminator")
    model.add(layers.Input(scenario.shape))
    for printed, stride in ((64, 1), (64, 2), (64, 2), (32, 2)):
        model.add(layers.Conv2D(scenario.filters(printed), 5, strides=stride, padding="same"))
        model.add(layers.LeakyReLU())
        model.add(layers.Dropout(_DROPOUT))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model
