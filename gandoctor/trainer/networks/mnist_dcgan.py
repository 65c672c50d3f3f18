"""The DCGAN for 28 x 28 digits: two strided convolutions in D, two transposed ones in G, BatchNorm in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.trainer.scenario import Scenario

_SLOPE = 0.2
_SPREAD = 0.02


def generator(scenario: Scenario) -> Any:
    """Latent vector -> image in [-1, 1]: 128 maps of 7 x 7, doubled twice."""
    from keras import Sequential, layers

    maps = scenario.filters(128)
    model = Sequential(name="generator")
    model.add(layers.Input((scenario.latent,)))
    model.add(layers.Dense(maps * 7 * 7, kernel_initializer=_normal()))
    model.add(layers.LeakyReLU(negative_slope=_SLOPE))
    model.add(layers.Reshape((7, 7, maps)))
    for _ in range(2):
        model.add(layers.Conv2DTranspose(maps, 4, strides=2, padding="same", kernel_initializer=_normal()))
        model.add(layers.BatchNormalization())
        model.add(layers.LeakyReLU(negative_slope=_SLOPE))
    model.add(layers.Conv2D(1, 7, padding="same", activation="tanh", kernel_initializer=_normal()))
    return model


def discriminator(scenario: Scenario) -> Any:
    """Image -> probability that it is real; without its first convolution where the scenario says so."""
    from keras import Sequential, layers

    model = Sequential(name="discriminator")
    model.add(layers.Input(scenario.shape))
    for convolution in (scenario.first_convolution, True):
        if convolution:
            maps = scenario.filters(64)
            model.add(layers.Conv2D(maps, 4, strides=2, padding="same", kernel_initializer=_normal()))
        if scenario.d_normalisation:
            model.add(layers.BatchNormalization())
        model.add(layers.LeakyReLU(negative_slope=_SLOPE))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def _normal() -> Any:
    from keras.initializers import RandomNormal

    return RandomNormal(stddev=_SPREAD)
