"""The real samples, prepared once for a training that measures every few hundred steps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadOption, BadSamples
from gandoctor.samples.arrays import Kind, check_alike, chosen, flat, most, squared_distances
from gandoctor.samples.neighbours import WIDTH, Side, Values, compare, spread
from gandoctor.samples.result import Null, SampleMetrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import FloatArray

_SPLITS = 12
"""Random halvings of the real samples; each half is once in the place of the generated ones."""
_SPLIT_MOST = 512
"""Samples a half of a split. What is measured on more has a smaller spread than this null says: no false alarm."""

_FAR = 1e100
"""Generated values are cut off here, in units of the real ones' range: their squares stay finite."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The real samples of one size: their matrix (n, d), what a comparison needs of them, and the null."""

    matrix: FloatArray
    side: Side
    width: float
    null: Mapping[str, Null]
    null_size: int


class Reference:
    """Real samples against which generated ones are measured; keeps what depends on the real ones alone.

    `real` and `other_real` are (n, d) or (n, height, width, channels), numbers of any kind and range; features of a
    network serve as well as pixels, and better where pixels of equal pictures differ. The null is measured on random
    halves of all real samples, so give twice as many as you generate, or `other_real`: of fewer, smaller halves are
    compared, which makes the null wider and finds less. At most 2048 samples of each kind and 512 MB of them are used,
    chosen by `seed`; memory grows with the square of the number that is compared, 34 MB a matrix for 2048.

    On a busy machine let NumPy use one thread (OMP_NUM_THREADS=1): on several, matrices this small take longer.

    BadSamples for fewer than 2 (k + 1) real samples in all, NaN, no numbers, or samples that are all equal.
    """

    def __init__(self, real: Any, other_real: Any = None, k: int = 5, seed: int = 0) -> None:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadOption(f"k={k!r}: the number of neighbours is a whole number from 1")
        self.k, self._seed = k, seed
        rows = flat(real, "real", k + 1)
        others = rows[:0] if other_real is None else flat(other_real, "other real", 1)
        self._kind = Kind.of(rows)
        check_alike(self._kind, Kind.of(others), "other real")
        total = len(rows) + len(others)
        if total < 2 * (k + 1):
            raise BadSamples(f"{total} real samples are too few: k = {k} neighbours need {2 * (k + 1)}")
        used = most(self._kind.width, 2 * (k + 1))
        rows, others = (part[chosen(len(part), used, seed)] for part in (rows, others))
        self._centre, self._scale = _centre_and_scale(rows)
        self._real, self._others = self._scaled(rows), self._scaled(others)
        self._last: _Prepared | None = None

    def measure(self, fake: Any) -> SampleMetrics:
        """Measure generated samples, as many as there are of the rarer kind; BadSamples as for the real ones."""
        rows = flat(fake, "fake", self.k + 1)
        kind = Kind.of(rows)
        check_alike(self._kind, kind, "fake")
        size = min(len(rows), len(self._real))
        real = self._prepared(size)
        matrix = self._scaled(rows[chosen(len(rows), size, self._seed)])
        side = Side.of(squared_distances(matrix, matrix), self.k, real.width)
        values = compare(side, real.side, squared_distances(matrix, real.matrix), self.k)
        found = {field.name: getattr(values, field.name) for field in fields(Values)}
        return SampleMetrics(
            **found, null=real.null, size=size, null_size=real.null_size, k=self.k, notes=_notes(self._kind, kind)
        )

    def _scaled(self, rows: Any) -> FloatArray:
        """Rows about the centre of the real samples in units of their range: no metric changes, no square overflows."""
        with np.errstate(over="ignore"):
            moved = np.subtract(rows, self._centre, dtype=np.float64)
            moved /= self._scale
        np.clip(moved, -_FAR, _FAR, out=moved)
        return np.asarray(moved)

    def _prepared(self, size: int) -> _Prepared:
        """The real samples of that size: those of the last call where it was the same."""
        if self._last is None or len(self._last.matrix) != size:
            matrix = self._real[chosen(len(self._real), size, self._seed)]
            squared = squared_distances(matrix, matrix)
            width = WIDTH * spread(squared)
            if not width:
                raise BadSamples(f"the {size} real samples that are compared are all equal: give more of them")
            half = min(size, (len(self._real) + len(self._others)) // 2, _SPLIT_MOST)
            side = Side.of(squared, self.k, width)
            self._last = _Prepared(matrix, side, width, self._null(half, width), half)
        return self._last

    def _null(self, half: int, width: float) -> Mapping[str, Null]:
        """Mean and standard deviation of each metric over random splits of all real samples in two of `half`."""
        every = np.concatenate([self._real, self._others])
        every = every[chosen(len(every), 2 * half, self._seed)]
        squared = squared_distances(every, every)
        rng = np.random.default_rng(self._seed)
        found = [one for _ in range(_SPLITS) for one in _split(squared, rng.permutation(2 * half), self.k, width)]
        return {field.name: _null([getattr(one, field.name) for one in found], half) for field in fields(Values)}


def _centre_and_scale(rows: Any) -> tuple[FloatArray, float]:
    """The mean sample and the largest distance of a value from it; BadSamples where there is none, or no float is."""
    with np.errstate(over="ignore", invalid="ignore"):
        centre = rows.mean(axis=0, dtype=np.float64)
        scale = float(np.abs(np.subtract(rows, centre, dtype=np.float64)).max())
    if not np.isfinite(scale):
        raise BadSamples("the real samples hold values so large that their sum is infinite")
    if not scale:
        raise BadSamples(f"all {len(rows)} real samples are equal: there is no variety to compare with")
    return centre, scale


def _notes(real: Kind, fake: Kind) -> tuple[str, ...]:
    """A word where the ranges differ so much that one of the two may be scaled in another way."""
    extent, width = real.high - real.low, fake.high - fake.low
    outside = fake.low < real.low - extent / 4 or fake.high > real.high + extent / 4
    if not outside and not 0 < width < extent / 20:
        return ()
    return (
        f"generated values run {fake} and real ones {real}: if they are scaled differently, bring both to one range"
        " first",
    )


def _split(squared: FloatArray, order: Any, k: int, width: float) -> tuple[Values, Values]:
    """The metrics of the first half of `order` against the second, and the reverse."""
    first, second = np.split(order, 2)
    one, other = (Side.of(squared[np.ix_(half, half)], k, width) for half in (first, second))
    between = squared[np.ix_(first, second)]
    return compare(one, other, between, k), compare(other, one, between.T, k)


def _null(values: list[float], size: int) -> Null:
    if not np.isfinite(values).all():
        return Null(float("nan"), float("nan"))
    mean = float(np.mean(values))
    of_a_share = max(0.0, 2 * mean * (1 - mean) / size) ** 0.5
    return Null(mean, max(float(np.std(values, ddof=1)), of_a_share, 1 / size))


def measure(fake: Any, real: Any, other_real: Any = None, k: int = 5) -> SampleMetrics:
    """Measure generated samples against real ones: see `SampleMetrics` for what, `Reference` for what may be given.

    Where the same real samples serve many calls, `Reference(real, other_real).measure(fake)` prepares them once.
    """
    return Reference(real, other_real, k).measure(fake)
