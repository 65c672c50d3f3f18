"""What the models of a GAN say about its training, under the keys that causes in the rules ask for.

Everything is looked up and nothing demanded: what a model does not have is left out, and a look that fails is one that
found nothing.
"""

from __future__ import annotations

from contextlib import suppress
from math import isfinite
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.keras_networks import Networks, is_network, networks_of
from gandoctor.recorder.alerts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_FROZEN = (
    "gandoctor: the discriminator has no trainable weights and has made no step. Keras 3 looks at `trainable` at a"
    " model's first step, and not at compile: frozen then, it never learns. Call its train_on_batch once before"
    " `discriminator.trainable = False`."
)
_LATENT = frozenset({"latent_dim", "latent_size", "latent_dims", "z_dim", "noise_dim", "noise_size", "nz", "zdim"})
_BATCH = frozenset({"batch_size", "batchsize"})
_D_STEPS = frozenset({"d_steps", "n_critic", "critic_steps", "discriminator_extra_steps", "disc_steps"})


def context_of(
    *, discriminator: Any = None, generator: Any = None, gan: Any = None, model: Any = None
) -> dict[str, Any]:
    """The context of a training: of the networks of a hand-written loop, or of a `keras.Model` that holds them.

    `gan` is the stacked model through which G is trained: its optimiser is G's. Give lists where there are several.
    Keys are those that rules ask for: `d_optimiser`, `d_learning_rate`, `d_beta_1`, `d_batch_normalisation` and the
    same of G, `latent_dim`, `batch_size`, `precision`, `loss`, `from_logits`, `label_smoothing`, `framework`. Never
    raises. Warns of a discriminator that is frozen before its first step.
    """
    given = Networks.of(discriminator, generator, gan)
    found: dict[str, Any] = {}
    for look in (_framework, _losses, _sizes, _d, _g):
        with suppress(Exception):  # a model may answer a look with anything, and the training matters more
            found |= look(model, given or networks_of(model))
    if given is not None and found.get("d_trainable_weights") == 0:
        say(_FROZEN)
    return found


def _framework(model: Any, _: Networks) -> dict[str, Any]:
    import keras

    precision = getattr(getattr(model, "dtype_policy", None), "name", "") or keras.config.dtype_policy().name
    return {
        "framework": "keras",
        "keras_version": keras.__version__,
        "keras_backend": keras.backend.backend(),
        "precision": str(precision),
    }


def _d(_: Any, networks: Networks) -> dict[str, Any]:
    return _side("d", networks.discriminators, networks.d_optimisers)


def _g(_: Any, networks: Networks) -> dict[str, Any]:
    return _side("g", networks.generators, networks.g_optimisers)


def _side(side: str, networks: Iterable[Any], optimisers: Iterable[Any]) -> dict[str, Any]:
    """What is known of D or of G: of several networks or optimisers, what they have in common."""
    rows = [_of_network(one) for one in networks], [_of_optimiser(one) for one in optimisers]
    return {f"{side}_{key}": value for group in rows for key, value in common(group).items()}


def common(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What all rows say alike."""
    first = rows[0] if rows else {}
    return {key: value for key, value in first.items() if all(row.get(key) == value for row in rows)}


def _of_network(network: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with suppress(Exception):
        kinds = {type(layer).__name__ for layer in layers_of(network)}
        found["batch_normalisation"] = any("BatchNorm" in kind for kind in kinds)
        if any(kind == "Dropout" or kind.startswith("SpatialDropout") for kind in kinds):
            found["dropout"] = True
    with suppress(Exception):
        if network.built and not _has_stepped(network):
            found["trainable_weights"] = len(network.trainable_variables)
    return found


def _has_stepped(network: Any) -> bool:
    """Whether the network was compiled and trained: `trainable` was read then, and what it is now says nothing."""
    optimiser = getattr(network, "optimizer", None)
    return optimiser is not None and int(optimiser.iterations.numpy()) > 0


def layers_of(network: Any) -> Iterator[Any]:
    """Every layer of a network, those inside other layers and wrappers too."""
    flat = getattr(network, "_flatten_layers", None)
    yield from flat(include_self=False) if callable(flat) else getattr(network, "layers", ())


def _of_optimiser(optimiser: Any) -> dict[str, Any]:
    inner = getattr(optimiser, "inner_optimizer", optimiser)  # what a loss scale wraps
    found: dict[str, Any] = {"optimiser": type(inner).__name__.lower()}
    for key in ("learning_rate", "beta_1", "momentum"):
        with suppress(Exception):
            found[key] = as_written(getattr(inner, key))
    return found


def as_written(value: Any) -> float:
    """A float32 as the number that somebody wrote: 0.0002 and not 0.00019999999494757503."""
    number = float(value)
    return float(f"{number:.6g}") if isfinite(number) else number


def _sizes(model: Any, networks: Networks) -> dict[str, Any]:
    """Latent dimension, batch size and D's steps: from the model's own attributes, the first else from G's input."""
    found: dict[str, Any] = {}
    for name, value in _attributes(model).items():
        for key, names in (("latent_dim", _LATENT), ("batch_size", _BATCH), ("d_steps", _D_STEPS)):
            if name.lower() in names and isinstance(value, int) and value > 0:
                found[key] = value
    from_input = {latent_dim(generator) for generator in networks.generators}
    if "latent_dim" not in found and len(from_input) == 1 and (size := from_input.pop()) is not None:
        found["latent_dim"] = size
    return found


def latent_dim(generator: Any) -> int | None:
    """The length of the vector that a generator starts from; None where its (first) input is none."""
    shape = getattr(generator, "input_shape", None)
    if isinstance(shape, list) and shape:
        shape = shape[0]
    if isinstance(shape, tuple) and len(shape) == 2 and isinstance(shape[1], int):
        return shape[1]
    return None


def _losses(model: Any, networks: Networks) -> dict[str, Any]:
    """The loss that all losses found agree on. Smoothed labels: y (1 - s) + s / 2 instead of y, as Keras does it."""
    places = [*_attributes(model).values(), *(getattr(one, "loss", None) for one in networks.all)]
    losses = [one for one in places if hasattr(one, "reduction") and callable(one)]
    losses += [one for one in places if isinstance(one, str) and "crossentropy" in one]
    rows = [_of_loss(one) for one in losses]
    found = common(rows)
    smooth = found.get("label_smoothing", 0)
    if smooth:
        found |= {"real_target": as_written(1 - smooth / 2), "fake_target": as_written(smooth / 2)}
    return found


def _of_loss(loss: Any) -> dict[str, Any]:
    if isinstance(loss, str):
        return {"loss": loss, "from_logits": False, "label_smoothing": 0.0}
    found = {"loss": type(loss).__name__}
    settings = getattr(loss, "_fn_kwargs", None) or vars(loss)
    return found | {key: settings[key] for key in ("from_logits", "label_smoothing") if key in settings}


def _attributes(model: Any) -> Mapping[str, Any]:
    """What the user put on the model: its public attributes that are no networks."""
    try:
        owned = vars(model)
    except TypeError:
        return {}
    return {key: value for key, value in owned.items() if not key.startswith("_") and not is_network(value)}
