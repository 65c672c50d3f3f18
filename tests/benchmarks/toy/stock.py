"""A finite data set for the runs that are to see the same points again and again, in a fixed order or shuffled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from toy.networks import Array
    from toy.targets import Target

SIZE = 2048


class Stock:
    """The data sets of some runs of a laboratory; `shuffled` says which runs draw a new order every epoch."""

    def __init__(self, target: Target, finite: Sequence[bool]) -> None:
        self.runs = np.flatnonzero(finite)
        self.shuffled: NDArray[np.bool_] = np.zeros(len(finite), np.bool_)
        self._rng = np.random.default_rng(len(finite))
        self._points = target.sample(self._rng, (len(self.runs), SIZE))
        self._at = 0

    def serve(self, fresh: Array) -> Array:
        """A batch a run (runs, batch, dimensions): `fresh`, but the next points of the data set where there is one."""
        n = fresh.shape[1]
        if not len(self.runs):
            return fresh
        if self._at + n > SIZE:
            self._at = 0
            for k in np.flatnonzero(self.shuffled[self.runs]):
                self._rng.shuffle(self._points[k])
        fresh[self.runs] = self._points[:, self._at : self._at + n]
        self._at += n
        return fresh
