"""The dense GAN for digits: one hidden layer of 128 units in each network."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.trainer.scenario import Scenario

_SLOPE = 0.01


def generator(scenario: Scenario) -> Any:
    """Latent vector -> image in [-1, 1]."""
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((scenario.latent,)),
            layers.Dense(scenario.filters(128)),
            layers.LeakyReLU(negative_slope=_SLOPE),
            layers.Dense(prod(scenario.shape), activation="tanh"),
            layers.Reshape(scenario.shape),
        ],
        name="generator",
    )


def discriminator(scenario: Scenario) -> Any:
    """Image -> probability that it is real."""
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input(scenario.shape),
            layers.Flatten(),
            layers.Dense(scenario.filters(128)),
            layers.LeakyReLU(negative_slope=_SLOPE),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="discriminator",
    )
