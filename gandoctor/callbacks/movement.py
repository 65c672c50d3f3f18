"""Whether networks learn at all: their weights now beside their weights at the last look."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.recorder.alerts import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FEW = 3
"""Kernels of a network that are compared: those with the fewest numbers, so that a look costs next to nothing."""
FIRST, GROWTH = 16, 4
"""Batches until the first look, and how much longer each wait is than the one before."""


@dataclass(slots=True)
class Movement:
    """Compares the smallest kernels of some networks between two looks.

    Kernels are weights of two axes or more, whether they are trainable or not: whether they are trained is the
    question. Biases can stand still by chance; moving statistics and spectral vectors move without any learning.
    `kernels` gives the arrays of a network that are compared.
    """

    networks: Sequence[Any]
    kernels: Callable[[Any], list[Any]]
    _before: list[Any] = field(default_factory=list)

    def look(self) -> bool | None:
        """Whether any kernel moved since the last look; None at the first look, and where there is none to look at."""
        now = [kernel for network in self.networks for kernel in self.kernels(network)]
        before, self._before = self._before, now
        if not now or len(before) != len(now):
            return None
        return any(not np.array_equal(a, b, equal_nan=True) for a, b in zip(before, now, strict=True))


@dataclass(slots=True)
class Learning:
    """Whether D and G learn: their weights are looked at `FIRST` batches after the beginning, then ever more rarely."""

    discriminators: Movement
    generators: Movement
    since: int = 0
    _due: int = 0
    _still: str = ""

    def begin(self, step: int) -> None:
        """Take the weights down as they are before the batch after `step`."""
        self.look(step)
        self._due = step + FIRST

    def is_due(self, step: int) -> bool:
        """Whether the weights are looked at after this batch."""
        return step >= self._due

    def look(self, step: int) -> dict[str, bool]:
        """`d_weights_moved` and `g_weights_moved` since the last look, where that is known."""
        self.since, self._due = step, step + GROWTH * max(step - self.since, FIRST)
        found = {"d_weights_moved": self.discriminators.look(), "g_weights_moved": self.generators.look()}
        return {key: moved for key, moved in found.items() if moved is not None}

    def tell(self, step: int) -> dict[str, bool]:
        """Look, and say so once where one network stands still while the other one learns."""
        since, moved = self.since, self.look(step)
        still = frozen(moved)
        if still and still != self._still:
            say(f"gandoctor at step {step}: the {still} does not learn: its weights are those of step {since}")
        self._still = still
        return moved


def frozen(moved: Mapping[str, bool]) -> str:
    """Which network stands still while the other one learns: "discriminator", "generator" or "" for none."""
    d, g = moved.get("d_weights_moved"), moved.get("g_weights_moved")
    return "discriminator" if g and d is False else "generator" if d and g is False else ""
