"""Norms of the gradients that the optimisers of D and G step with, measured now and then."""

from __future__ import annotations

from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from gandoctor.callbacks.torch_networks import Networks
from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType


class GradientNorms:
    """Measures `d_grad_norm` and `g_grad_norm` every `every` steps.

        doctor.record(step, d_loss=d_loss, g_loss=g_loss, **norms.take(step))

    The norm is that of all gradients of a network together, as its optimiser steps with them: clipped and unscaled, D's
    own and not what G's loss leaves in D. It is read behind `optimizer.step()` through torch's hook for all optimisers,
    which is there only in the steps that are measured, and after `remove()` in none: between them a step costs one
    comparison. Values stay on their device. A network that is trained more rarely is waited for. Gradients that are
    sharded over ranks (FSDP) have the norm of this rank's shard.
    """

    def __init__(self, discriminator: Any, generator: Any, every: int = 100) -> None:
        if not (isinstance(every, int) and every > 0):
            raise BadOption(f"every={every!r} is no number of steps; give 100")
        networks = Networks.of(discriminator, generator).checked()
        self.every = every
        self._own = {"d_grad_norm": _ids(networks.discriminators), "g_grad_norm": _ids(networks.generators)}
        self._wanted: set[str] = set()
        self._found: dict[str, dict[int, Any]] = {}
        self._hook: Any = None
        self._due = inf
        self._removed = False
        self._arm()

    def take(self, step: float) -> dict[str, Any]:
        """What was measured since the last call; call it once a step, behind the steps of the optimisers."""
        found: dict[str, Any] = {}
        if self._found:
            found = {name: _joined(list(norms.values())) for name, norms in self._found.items()}
            self._found = {}
            self._wanted -= set(found)
            self._due = min(self._due, step + self.every)
            if not self._wanted:
                self._disarm()
        if step + 1 >= self._due and not self._removed:
            self._arm()
        return found

    def remove(self) -> None:
        """Take the hook away for good."""
        self._disarm()
        self._removed = True

    def __enter__(self) -> GradientNorms:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _arm(self) -> None:
        self._wanted = {name for name, own in self._own.items() if own}
        self._due = inf
        if self._hook is None:
            self._hook = register_optimizer_step_post_hook(self._measure)

    def _disarm(self) -> None:
        if self._hook is not None:
            self._hook.remove()
        self._hook = None

    def _measure(self, optimiser: Any, _: Any, __: Any) -> None:
        with suppress(Exception):  # gradients of a kind that has no norm; the training goes on
            parameters = [p for group in optimiser.param_groups for p in group["params"] if p.grad is not None]
            for name in self._wanted:
                own = [parameter.grad for parameter in parameters if id(parameter) in self._own[name]]
                if own:
                    self._found.setdefault(name, {})[id(optimiser)] = _norm(own)


def _ids(networks: Iterable[Any]) -> frozenset[int]:
    return frozenset(id(parameter) for network in networks for parameter in network.parameters())


def _norm(gradients: Iterable[Any]) -> Any:
    dense = [one.detach().coalesce().values() if one.is_sparse else one.detach() for one in gradients]
    return _joined([torch.linalg.vector_norm(one.float()) for one in dense])


def _joined(norms: list[Any]) -> Any:
    """The norm of what has these norms."""
    if len(norms) == 1:
        return norms[0]
    return torch.linalg.vector_norm(torch.stack([one.to(norms[0].device) for one in norms]))
