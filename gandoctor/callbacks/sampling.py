"""Generated samples beside real ones while a training runs: how many, how often, and what that may cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf
from typing import Any

import numpy as np

from gandoctor.errors import BadOption, BadSamples
from gandoctor.recorder.alerts import say

SAMPLES = 256
"""Samples a look: the alarm for low coverage at this number is .91 (Naeem et al. 2020, section 3)."""
SHARE = 0.02
"""Of the training's time, the most that samples may take: after a look of t seconds there is none for 49 t."""
FIRST = 50
"""Batches before the first look: an untrained generator's samples say nothing."""

Sample = Callable[[int], Any]


@dataclass(slots=True)
class Sampling:
    """Takes samples every `every` batches, or as often as `share` of the time allows where that is None.

    `sample` is a function n -> n samples, or the latent size: then the generator is called with standard normal noise,
    in inference mode. `real` is an array of samples or something that yields batches of them. `clock` is replaced in
    tests.
    """

    sample: Sample | int
    real: Any
    every: int | None = None
    share: float = SHARE
    clock: Callable[[], float] = time.perf_counter
    _reals: Any = None
    _last: int = 0
    _free_at: float = field(default=-inf)

    def is_due(self, step: int) -> bool:
        """Whether samples are looked at after this batch."""
        since = step - self._last
        return since >= (self.every or (1 if self._last else FIRST)) and self.clock() >= self._free_at

    def measure(self, step: int, generators: Callable[[], Sequence[Any]]) -> dict[str, float]:
        """The metrics of fresh samples against real ones, by their canonical names; none where that fails.

        A fault ends the sampling and is said; samples that hold NaN are passed over, for the losses will tell.
        """
        began = self.clock()
        self._last = step
        try:
            return self._measured(generators)
        except BadSamples as error:
            say(f"gandoctor at step {step}: no diversity was measured: {error}")
        except Exception as error:  # the user's function and data, and a network called in a way it may not know
            self._free_at = inf
            say(f"gandoctor measures no samples any more: {type(error).__name__}: {error}")
        finally:
            now = self.clock()
            self._free_at = max(self._free_at, now + (now - began) * (1 / self.share - 1))
        return {}

    def _measured(self, generators: Callable[[], Sequence[Any]]) -> dict[str, float]:
        from gandoctor.samples import measure

        if self._reals is None:
            self._reals = first_of(self.real, 2 * SAMPLES)
        half = len(self._reals) // 2
        fake = self.sample(half) if callable(self.sample) else _from_noise(generators(), half, self.sample)
        return dict(measure(np.asarray(fake), self._reals[:half], self._reals[half : 2 * half]).metrics())


def _from_noise(generators: Sequence[Any], count: int, size: int) -> Any:
    if not generators:
        raise BadOption("sample: no attribute of the model is a generator by its name; give a function n -> n samples")
    noise = np.random.default_rng().standard_normal((count, size)).astype(np.float32)
    return generators[0](noise, training=False)


def first_of(real: Any, count: int) -> np.ndarray[Any, np.dtype[Any]]:
    """Up to `count` samples of an array, or of something that yields batches, (samples, labels) pairs too.

    Of an array a random choice, since arrays are often sorted by class; ValueError where there are fewer than 20.
    """
    if isinstance(real, np.ndarray):
        chosen = real[np.sort(np.random.default_rng(0).permutation(len(real))[:count])]
    else:
        chosen = _from_batches(real, count)
    if len(chosen) < 20:
        raise ValueError(f"real: {len(chosen)} samples are too few to compare with; give 512")
    return chosen


def _from_batches(batches: Iterable[Any], count: int) -> np.ndarray[Any, np.dtype[Any]]:
    found: list[np.ndarray[Any, np.dtype[Any]]] = []
    for batch in islice(batches, count):
        samples = np.asarray(batch[0] if isinstance(batch, tuple | list) else batch)
        found.append(samples)
        if sum(map(len, found)) >= count:
            break
    return np.concatenate(found)[:count] if found else np.empty(0)
