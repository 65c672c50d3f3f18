"""Finds the discriminators, the generators and their optimisers in a Keras model, by the names they go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gandoctor.callbacks.movement import FEW
from gandoctor.readers.aliases import DISCRIMINATOR, GENERATOR
from gandoctor.readers.tokens import tokenise

Side = Literal["d", "g", ""]
_DEEP = 3
"""Lists in dictionaries in lists are followed so far."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a GAN and what trains them; each in order, none twice."""

    discriminators: tuple[Any, ...] = ()
    generators: tuple[Any, ...] = ()
    d_optimisers: tuple[Any, ...] = ()
    g_optimisers: tuple[Any, ...] = ()
    stacked: tuple[Any, ...] = ()

    @classmethod
    def of(cls, discriminator: Any, generator: Any, gan: Any) -> Networks | None:
        """The networks of a hand-written loop, one or a list of each; None where none is given."""
        d, g, stacked = (tuple(as_list(one)) for one in (discriminator, generator, gan))
        if not (d or g or stacked):
            return None
        return cls(d, g, tuple(_optimisers(d)), tuple(_optimisers(stacked or g)), stacked)

    @property
    def all(self) -> tuple[Any, ...]:
        """Every model that may have been compiled."""
        return (*self.discriminators, *self.generators, *self.stacked)


def as_list(value: Any) -> list[Any]:
    """A thing or several things as a list; None is no thing."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def networks_of(model: Any) -> Networks:
    """The networks and optimisers among a model's attributes, in lists and dictionaries too.

    An attribute is D's or G's by the words of its name: `discriminator`, `disc_X`, `critic`, `d_optimizer`,
    `generator_optimizer`, `gen_G`. A network that was compiled by itself brings its own optimiser.
    """
    found: dict[str, dict[int, Any]] = {"d": {}, "g": {}, "d_optimiser": {}, "g_optimiser": {}}
    for name, value in _attributes(model):
        for path, one in _inside(name, value, _DEEP):
            side = side_of(path)
            if side and is_network(one):
                found[side][id(one)] = one
            elif side and is_optimiser(one):
                found[f"{side}_optimiser"][id(one)] = one
    d, g = tuple(found["d"].values()), tuple(found["g"].values())
    return Networks(
        d,
        g,
        tuple(found["d_optimiser"].values()) or tuple(_optimisers(d)),
        tuple(found["g_optimiser"].values()) or tuple(_optimisers(g)),
    )


def smallest_kernels(network: Any) -> list[Any]:
    """The values of a network's smallest kernels."""
    kernels = [weight for weight in network.weights if len(weight.shape) >= 2 and "vector_u" not in weight.name]
    return [np.array(w.numpy()) for w in sorted(kernels, key=lambda weight: int(np.prod(weight.shape)))[:FEW]]


def side_of(name: str) -> Side:
    """Whose a name is; "" where no word says it. The first word of the two counts (`g_disc_loss` is G's)."""
    for word in tokenise(name):
        if word in DISCRIMINATOR:
            return "d"
        if word in GENERATOR:
            return "g"
    return ""


def is_network(value: Any) -> bool:
    """Whether something is a layer or a model: it can be called and has weights."""
    return callable(value) and hasattr(value, "trainable_variables") and hasattr(value, "get_weights")


def is_optimiser(value: Any) -> bool:
    """Whether something is an optimiser."""
    return hasattr(value, "apply_gradients") and hasattr(value, "iterations")


def _attributes(model: Any) -> list[tuple[str, Any]]:
    try:
        return [(name, value) for name, value in vars(model).items() if not name.startswith("_")]
    except TypeError:
        return []


def _inside(name: str, value: Any, deep: int) -> Iterator[tuple[str, Any]]:
    """A value and, of a list or dictionary, what is in it, under names that say the way."""
    if isinstance(value, Mapping) and deep:
        for key, one in value.items():
            yield from _inside(f"{name} {key}", one, deep - 1)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes) and deep:
        for one in value:
            yield from _inside(name, one, deep - 1)
    else:
        yield name, value


def _optimisers(networks: Sequence[Any]) -> list[Any]:
    """The optimisers that networks were compiled with."""
    own = [getattr(network, "optimizer", None) for network in networks]
    return [one for one in own if is_optimiser(one)]
