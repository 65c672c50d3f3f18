"""The discriminators, generators and optimisers of a training in PyTorch, whatever they are wrapped in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.keras_networks import as_list, side_of
from gandoctor.callbacks.movement import FEW
from gandoctor.errors import BadOption
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DEEP = 8
_COPIES = frozenset({"ema", "average", "averaged", "avg", "shadow", "copy"})
"""Words in the name of a network that is not trained itself: it follows another one."""


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a GAN, unwrapped, and what trains them."""

    discriminators: tuple[Any, ...] = ()
    generators: tuple[Any, ...] = ()
    d_optimisers: tuple[Any, ...] = ()
    g_optimisers: tuple[Any, ...] = ()

    @classmethod
    def of(cls, discriminator: Any, generator: Any, d_optimizer: Any = None, g_optimizer: Any = None) -> Networks:
        """The networks of a hand-written loop, one or a list of each."""
        given = (discriminator, generator, d_optimizer, g_optimizer)
        d, g, d_optimisers, g_optimisers = (tuple(map(unwrapped, as_list(one))) for one in given)
        return cls(d, g, d_optimisers, g_optimisers)

    def checked(self) -> Networks:
        """The same; BadOption where something is not what it was given for."""
        for one in (*self.discriminators, *self.generators):
            if not hasattr(one, "named_parameters"):
                raise BadOption(f"a {type(one).__name__} was given for a network: give torch.nn.Modules")
        for one in (*self.d_optimisers, *self.g_optimisers):
            if not hasattr(one, "param_groups"):
                raise BadOption(f"a {type(one).__name__} was given for an optimizer: give those of torch.optim")
        return self


def networks_in(module: Any, optimisers: Iterable[Any]) -> Networks:
    """The networks among a module's children by the words of their names, and of the optimisers those that train them.

    `discriminator`, `netD`, `critic`, `gen_A`; in `ModuleDict` and `ModuleList` too. An optimiser is D's where all of
    its parameters are, whatever it is called.
    """
    found: dict[str, list[Any]] = {"d": [], "g": []}
    for path, child in _children(module, ""):
        side = side_of(path)
        if side and not _COPIES & set(tokenise(path)) and next(child.parameters(), None) is not None:
            found[side].append(unwrapped(child))
    d, g = tuple(found["d"]), tuple(found["g"])
    optimisers = tuple(map(unwrapped, optimisers))
    return Networks(d, g, tuple(_training(optimisers, d)), tuple(_training(optimisers, g)))


def unwrapped(value: Any) -> Any:
    """What DistributedDataParallel, DataParallel, `torch.compile`, Accelerate and Lightning wrapped."""
    for _ in range(_DEEP):
        kind = type(value).__name__
        if "_orig_mod" in getattr(value, "_modules", ()):
            value = value._orig_mod
        elif kind in ("DistributedDataParallel", "DataParallel"):
            value = value.module
        elif hasattr(value, "param_groups") and hasattr(getattr(value, "optimizer", None), "param_groups"):
            value = value.optimizer
        else:
            break
    return value


def trained(optimisers: Iterable[Any]) -> set[int]:
    """The identities of the parameters that optimisers hold."""
    return {id(parameter) for one in optimisers for group in one.param_groups for parameter in group["params"]}


def smallest_kernels(network: Any) -> list[Any]:
    """The values of a network's smallest kernels, on the host; shards of a kernel are none."""
    kernels = [parameter for parameter in network.parameters() if parameter.dim() >= 2]
    chosen = sorted(kernels, key=lambda kernel: int(kernel.numel()))[:FEW]
    return [kernel.detach().float().cpu().numpy().copy() for kernel in chosen]


def _children(module: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, child in module.named_children():
        way = f"{path} {name}".strip()
        if not side_of(way) and type(child).__name__ in ("ModuleDict", "ModuleList"):
            yield from _children(child, way)
        elif type(child).__name__ in ("ModuleDict", "ModuleList"):
            yield from ((f"{way} {key}", one) for key, one in child.named_children())
        else:
            yield way, child


def _training(optimisers: Sequence[Any], networks: Sequence[Any]) -> Iterator[Any]:
    own = {id(parameter) for network in networks for parameter in network.parameters()}
    for optimiser in optimisers:
        if (held := trained([optimiser])) and held <= own:
            yield optimiser
