"""The DCGAN for 32 x 32 colour images, whose author added D's four BatchNorm layers to G."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.trainer.scenario import Scenario

_SLOPE = 0.2
_SPREAD = 0.02
_MOMENTUM = 0.5


def generator(scenario: Scenario) -> Any:
    """Latent vector -> image; in [-1, 1] only without the misplaced layers, which come after the tanh."""
    from keras import Sequential, layers

    model = Sequential(name="generator")
    model.add(layers.Input((scenario.latent,)))
    model.add(layers.Dense(4 * 4 * scenario.filters(512), kernel_initializer=_normal()))
    model.add(layers.BatchNormalization(momentum=_MOMENTUM))
    model.add(layers.Activation("relu"))
    model.add(layers.Reshape((4, 4, scenario.filters(512))))
    for maps in (256, 128, 64):
        wide = scenario.filters(maps)
        model.add(layers.Conv2DTranspose(wide, 3, strides=2, padding="same", kernel_initializer=_normal()))
        model.add(layers.BatchNormalization(momentum=_MOMENTUM))
        model.add(layers.Activation("relu"))
    model.add(layers.Conv2D(3, 3, padding="same", activation="tanh", kernel_initializer=_normal()))
    if scenario.misplaced_normalisation:
        for _ in range(4):
            model.add(layers.BatchNormalization(momentum=_MOMENTUM))
    return model


def discriminator(scenario: Scenario) -> Any:
    """Image -> probability that it is real: four strided convolutions."""
    from keras import Sequential, layers

    model = Sequential(name="discriminator")
    model.add(layers.Input(scenario.shape))
    for place, maps in enumerate((128, 256, 512, 1024)):
        wide = scenario.filters(maps)
        model.add(layers.Conv2D(wide, 3, strides=2, padding="same", kernel_initializer=_normal()))
        if place and scenario.d_normalisation:
            model.add(layers.BatchNormalization(momentum=_MOMENTUM))
        model.add(layers.LeakyReLU(negative_slope=_SLOPE))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid", kernel_initializer=_normal()))
    return model


def _normal() -> Any:
    from keras.initializers import TruncatedNormal

    return TruncatedNormal(mean=0.0, stddev=_SPREAD)
