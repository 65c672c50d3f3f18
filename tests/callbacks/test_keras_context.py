"""What the models of a GAN say about its training."""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

import keras
from keras import layers
from small_gan import LATENT, compiled, discriminator, generator

from gandoctor.callbacks.keras import context_of
from gandoctor.callbacks.keras_networks import networks_of, side_of


class Holder(keras.Model):  # type: ignore[misc] # Keras publishes no types
    """A model with whatever attributes a case is about."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__()
        for name, value in attributes.items():
            setattr(self, name, value)


def adam(rate: float = 2e-4) -> Any:
    return keras.optimizers.Adam(rate, beta_1=0.5)


def test_a_gan_of_two_networks_is_described_under_the_keys_of_the_rules() -> None:
    context = context_of(model=compiled())
    expected = {
        "framework": "keras",
        "latent_dim": LATENT,
        "d_optimiser": "adam",
        "d_learning_rate": 0.0002,
        "d_beta_1": 0.5,
        "d_batch_normalisation": True,
        "d_trainable_weights": 6,
        "g_optimiser": "adam",
        "g_learning_rate": 0.0003,
        "g_batch_normalisation": False,
        "loss": "BinaryCrossentropy",
        "from_logits": True,
    }
    assert {key: context.get(key) for key in expected} == expected
    assert context["keras_version"] == keras.__version__


def test_of_several_networks_what_they_share_is_told() -> None:
    plain = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model = Holder(
        gen_G=generator(),
        gen_F=generator(),
        disc_X=discriminator(),
        disc_Y=plain,
        gen_G_optimizer=adam(),
        gen_F_optimizer=adam(),
        disc_X_optimizer=adam(1e-4),
        disc_Y_optimizer=adam(2e-4),
    )
    context = context_of(model=model)
    assert context["g_learning_rate"] == 0.0002
    assert "d_learning_rate" not in context
    assert context["d_optimiser"] == "adam"
    assert "d_batch_normalisation" not in context
    assert context["g_batch_normalisation"] is False


def test_networks_are_found_in_lists_and_dictionaries() -> None:
    model = Holder(nets={"generators": [generator(), generator()], "critic": discriminator()}, critic_opt=adam())
    found = networks_of(model)
    assert (len(found.generators), len(found.discriminators), len(found.d_optimisers)) == (2, 1, 1)


def test_batch_normalisation_is_found_in_nested_networks() -> None:
    block = keras.Sequential([layers.Dense(4), layers.BatchNormalization()])
    inputs = keras.Input((LATENT,))
    nested = keras.Model(inputs, layers.Dense(2)(block(inputs)))
    assert context_of(generator=nested)["g_batch_normalisation"] is True


def test_smoothed_labels_give_the_targets_that_d_was_taught() -> None:
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.2)
    context = context_of(model=Holder(discriminator=discriminator(), loss_fn=loss))
    assert (context["label_smoothing"], context["real_target"], context["fake_target"]) == (0.2, 0.9, 0.1)


def test_a_stacked_model_brings_the_optimiser_of_g() -> None:
    d, g = discriminator(), generator()
    d.compile(loss="binary_crossentropy", optimizer=adam(1e-3))
    stacked = keras.Sequential([g, d])
    stacked.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(1e-2))
    context = context_of(discriminator=d, generator=g, gan=stacked)
    assert (context["d_optimiser"], context["d_learning_rate"]) == ("adam", 0.001)
    assert (context["g_optimiser"], context["g_learning_rate"]) == ("sgd", 0.01)
    assert context["loss"] == "binary_crossentropy"


@pytest.mark.parametrize("model", [None, 3, object(), Holder(), keras.Sequential([layers.Dense(1)])])
def test_a_model_that_says_nothing_is_no_error(model: Any) -> None:
    assert context_of(model=model)["framework"] == "keras"


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("discriminator", "d"),
        ("disc_X", "d"),
        ("critic_optimizer", "d"),
        ("d_optimizer", "d"),
        ("netD", "d"),
        ("generator", "g"),
        ("gen_G", "g"),
        ("g_optimizer", "g"),
        ("encoder", ""),
        ("optimizer", ""),
    ],
)
def test_an_attribute_is_ds_or_gs_by_its_name(name: str, side: str) -> None:
    assert side_of(name) == side
