"""Known densities to learn: equal Gaussians on a ring, on a grid, on a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from toy.networks import Array


@dataclass(frozen=True, slots=True)
class Target:
    """Equal Gaussian modes at `means` (modes, dimensions) with standard deviation `sigma`."""

    name: str
    means: Array
    sigma: float

    def sample(self, rng: np.random.Generator, shape: tuple[int, int]) -> Array:
        """Fresh samples (runs, batch, dimensions)."""
        which = rng.integers(len(self.means), size=shape)
        noise = rng.standard_normal((*shape, self.means.shape[1]), np.float32)
        return self.means[which] + np.float32(self.sigma) * noise

    @property
    def reach(self) -> float:
        """The largest coordinate that a mode's centre has."""
        return float(np.abs(self.means).max())


def _ring() -> Target:
    angle = np.arange(8) * np.pi / 4
    return Target("ring8", 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32), 0.12)


def _grid() -> Target:
    axis = np.linspace(-3, 3, 5, dtype=np.float32)
    return Target("grid25", np.stack(np.meshgrid(axis, axis), axis=-1).reshape(25, 2), 0.12)


def _line() -> Target:
    return Target("line3", np.linspace(-2, 2, 3, dtype=np.float32)[:, None], 0.12)


TARGETS = {target.name: target for target in (_ring(), _grid(), _line())}
