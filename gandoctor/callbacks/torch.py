"""For training loops in PyTorch: `GANDoctor`, and the parts of it that go with a `gandoctor.Recorder` as well.

    with GANDoctor("run.csv", discriminator, generator, d_optimizer, g_optimizer) as doctor:
        for step, real in enumerate(loader, 1):
            ...
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)

A loss on a GPU is copied there and fetched with others later: no step waits for the device, and no graph is kept.
"""

from __future__ import annotations

from contextlib import suppress
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, SupportsFloat

from gandoctor.callbacks.distributed import DistributedRecorder, place
from gandoctor.callbacks.movement import Learning, Movement
from gandoctor.callbacks.torch_context import context_of, context_of_networks
from gandoctor.callbacks.torch_gradients import GradientNorms
from gandoctor.callbacks.torch_networks import Networks, smallest_kernels
from gandoctor.recorder.alerts import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

__all__ = ["DistributedRecorder", "GANDoctor", "GradientNorms", "Watch", "context_of"]


class Watch:
    """Looks at the networks of a GAN while they train: the norms of their gradients, and whether their weights move.

    `gradients_every` steps apart, None for never, norms are measured; weights are looked at after 16 steps, then ever
    more rarely: that waits for the device. Nothing is raised: a look that fails is the last one, and is said.
    """

    def __init__(self, networks: Networks, gradients_every: int | None = None) -> None:
        self._norms = None
        if gradients_every is not None:
            self._norms = GradientNorms(networks.discriminators, networks.generators, gradients_every)
        self._learning: Learning | None = Learning(
            Movement(networks.discriminators, smallest_kernels), Movement(networks.generators, smallest_kernels)
        )
        self._fresh = True

    def begin(self, step: float) -> None:
        """Training goes on behind this step."""
        self._fresh = False
        self._guarded(lambda learning: learning.begin(int(step)))

    def gradients(self, step: float) -> dict[str, Any]:
        """The norms that were measured in this step, on their devices; none in most."""
        if self._norms is None:
            return {}
        try:
            return self._norms.take(step)
        except Exception as error:  # a device that is lost or full; the training goes on
            self._norms.remove()
            self._norms = None
            _say_blind("gradients", error)
            return {}

    def weights(self, step: float) -> dict[str, bool]:
        """Whether the weights of D and of G moved, where that was looked at after this step: a context."""
        if self._fresh:
            self.begin(step)
        if self._learning is None or not self._learning.is_due(int(step)):
            return {}
        return self._guarded(lambda learning: learning.tell(int(step))) or {}

    def close(self) -> None:
        """Look no more."""
        self._learning = None
        if self._norms is not None:
            self._norms.remove()

    def _guarded(self, look: Any) -> Any:
        try:
            return look(self._learning) if self._learning is not None else None
        except Exception as error:  # parameters of a kind that has no values here; the training goes on
            self._learning = None
            _say_blind("weights", error)
            return None


def _say_blind(to: str, error: Exception) -> None:
    say(f"gandoctor does not look at {to} any more: {type(error).__name__}: {str(error)[:80]}")


class GANDoctor(DistributedRecorder):
    """A recorder that knows the networks: a `Recorder`, or in a training of several ranks a `DistributedRecorder`.

    Networks and optimisers, one or a list of each, give the context (`context_of`); what they cannot tell
    (`{"dataset_size": 5000, "batch_size": 64}`) `context` does. Whether the weights of D and G move is looked at now
    and then. With `gradients_every=100` the norms of their gradients are recorded every 100 steps (`GradientNorms`).
    The other arguments are those of `Recorder`.
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        discriminator: Any = None,
        generator: Any = None,
        d_optimizer: Any = None,
        g_optimizer: Any = None,
        *,
        gradients_every: int | None = None,
        context: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        networks = Networks.of(discriminator, generator, d_optimizer, g_optimizer).checked()
        self._watch = Watch(networks, gradients_every)
        try:
            self._is_main = place()[0] == 0
            super().__init__(path, context={**context_of_networks(networks), **(context or {})}, **settings)
        except BaseException:  # no hook stays behind in the optimisers of a training without a recorder
            self._watch.close()
            raise

    def record(self, step: SupportsFloat, metrics: Mapping[str, Any] | None = None, **named: Any) -> None:
        """Add a row, as `Recorder.record` does; call it behind the steps of both optimisers."""
        at = nan
        with suppress(Exception):  # the recorder says what is wrong with a step that is no number
            at = float(step)
        is_place = isfinite(at)
        norms = self._watch.gradients(at) if is_place else {}
        super().record(step, {} if metrics is None else metrics, **{**norms, **named})
        if is_place and self._is_main and (moved := self._watch.weights(at)):
            self.know(moved)

    def close(self) -> None:
        """Write what is left and the report, and take all hooks away; the second time nothing happens."""
        self._watch.close()
        super().close()
