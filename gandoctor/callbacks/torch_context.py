"""What the networks and optimisers of a GAN in PyTorch say about its training, under the keys that rules ask for."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.keras_context import as_written, common
from gandoctor.callbacks.torch_networks import Networks, networks_in, trained
from gandoctor.recorder.alerts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_UNTRAINED = (
    "gandoctor: no weight of the {0} is trained by the optimiser that was given for it: its parameters are others, or"
    " none of them requires a gradient."
)
_LATENT = ("latent_dim", "latent_size", "z_dim", "noise_dim", "noise_size", "nz", "zdim", "z_size")
_BATCH = ("batch_size", "batchsize")
_D_STEPS = ("n_critic", "d_steps", "critic_steps", "n_dis")
_PRECISIONS = {"16": "float16", "bf16": "bfloat16", "32": "float32", "64": "float64"}


def context_of(
    discriminator: Any = None, generator: Any = None, d_optimizer: Any = None, g_optimizer: Any = None
) -> dict[str, Any]:
    """The context of a training, for `Recorder(context=...)`; lists where there are several networks or optimisers.

    Keys are those that rules ask for: `framework`, `precision`, `latent_dim`, `d_optimiser`, `d_learning_rate`,
    `d_beta_1`, `d_batch_normalisation`, `d_dropout`, `d_trainable_weights` (how many of D's weights its optimiser
    trains), `d_parameters` (how many numbers they hold), and the same of G. Of several networks or optimisers what they
    share. Wrapped ones are looked into. What cannot be told is left out; never raises.
    """
    return context_of_networks(Networks.of(discriminator, generator, d_optimizer, g_optimizer))


def context_of_module(module: Any, optimisers: Iterable[Any], precision: Any = None) -> dict[str, Any]:
    """The context of a LightningModule: of the networks in it, its attributes and hyperparameters; never raises."""
    found: dict[str, Any] = {}
    with suppress(Exception):  # a module may answer a look with anything, and the training matters more
        found |= context_of_networks(networks_in(module, optimisers))
    with suppress(Exception):
        found |= _stated(vars(module))
    with suppress(Exception):
        found |= _stated(dict(module.hparams))
    if precision is not None and (kind := _PRECISIONS.get(str(precision).partition("-")[0])):
        found["precision"] = f"mixed_{kind}" if str(precision).endswith("-mixed") else kind
    return found


def context_of_networks(networks: Networks) -> dict[str, Any]:
    """The context as far as networks and optimisers tell it."""
    found: dict[str, Any] = {"framework": "torch"}
    for look in (_framework, _latent, _d, _g):
        with suppress(Exception):  # as above
            found |= look(networks)
    return found


def _framework(networks: Networks) -> dict[str, Any]:
    import torch

    found = {"torch_version": str(torch.__version__)}
    first = next((p for one in (*networks.discriminators, *networks.generators) for p in one.parameters()), None)
    if first is not None:
        found |= {"precision": str(first.dtype).removeprefix("torch."), "device": first.device.type}
    return found


def _d(networks: Networks) -> dict[str, Any]:
    return _side("d", networks.discriminators, networks.d_optimisers)


def _g(networks: Networks) -> dict[str, Any]:
    return _side("g", networks.generators, networks.g_optimisers)


def _side(side: str, networks: tuple[Any, ...], optimisers: tuple[Any, ...]) -> dict[str, Any]:
    if networks and optimisers and not any(_trainable(one, optimisers) for one in networks):
        say(_UNTRAINED.format("discriminator" if side == "d" else "generator"))
    rows = [_of_network(one, optimisers) for one in networks], [_of_optimiser(one) for one in optimisers]
    return {f"{side}_{key}": value for group in rows for key, value in common(group).items()}


def _of_network(network: Any, optimisers: tuple[Any, ...]) -> dict[str, Any]:
    kinds = [type(layer).__name__ for layer in network.modules()]
    weights = _trainable(network, optimisers)
    found: dict[str, Any] = {
        "batch_normalisation": any("BatchNorm" in kind for kind in kinds),
        "trainable_weights": len(weights),
    }
    if any("Dropout" in kind for kind in kinds):
        found["dropout"] = True
    with suppress(Exception):  # a lazy layer has no size yet
        found["parameters"] = sum(int(weight.numel()) for weight in weights)
    return found


def _trainable(network: Any, optimisers: tuple[Any, ...]) -> list[Any]:
    """The parameters of a network that its optimisers train; those that can be trained where none is known."""
    held = trained(optimisers)
    return [p for p in network.parameters() if p.requires_grad and (not optimisers or id(p) in held)]


def _of_optimiser(optimiser: Any) -> dict[str, Any]:
    groups = optimiser.param_groups
    rows = []
    for group in groups:
        row = {"learning_rate": group.get("lr"), "momentum": group.get("momentum")}
        row["beta_1"] = (group.get("betas") or (None,))[0]
        rows.append({key: as_written(value) for key, value in row.items() if value is not None})
    return {"optimiser": type(optimiser).__name__.lower(), **common(rows)}


def _latent(networks: Networks) -> dict[str, Any]:
    found = {latent_dim(generator) for generator in networks.generators}
    size = found.pop() if len(found) == 1 else None
    return {} if size is None else {"latent_dim": size}


def latent_dim(generator: Any) -> int | None:
    """The length of the vector that a generator starts from; None where it cannot be told.

    Its own attribute (`latent_dim`, `nz`, ...), else the inputs of its first layer, where that is a linear one or a
    transposed convolution and nothing is embedded: a label beside the noise would be counted too.
    """
    stated = _stated(vars(generator)).get("latent_dim")
    if stated is not None:
        return int(stated)
    layers = [one for one in generator.modules() if next(one.children(), None) is None]
    if any(type(one).__name__.startswith("Embedding") for one in layers):
        return None
    for first in layers:
        if next(first.parameters(), None) is not None:
            return _inputs(first)
    return None


def _inputs(layer: Any) -> int | None:
    if type(layer).__name__ == "Linear":
        return int(layer.in_features)
    return int(layer.in_channels) if type(layer).__name__.startswith("ConvTranspose") else None


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Latent size, batch size and D's steps among attributes or hyperparameters."""
    found: dict[str, Any] = {}
    for key, names in (("latent_dim", _LATENT), ("batch_size", _BATCH), ("d_steps", _D_STEPS)):
        sizes = [values[name] for name in names if isinstance(values.get(name), int) and values[name] > 0]
        if sizes:
            found[key] = sizes[0]
    return found
