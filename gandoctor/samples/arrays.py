"""Samples as a matrix: any array of at least two dimensions becomes (n, d), after checking that it can be measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadSamples

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

MOST = 2048
"""Samples of one kind that are compared: a matrix of their distances takes 34 MB, their eigenvalues a second or two."""

_MOST_NUMBERS = 1 << 26
"""Numbers in all samples of one kind, 512 MB: of pictures of 256 x 256 x 3 that is 341."""

_NUMBERS = "fiub"


def flat(samples: Any, what: str, least: int) -> Any:
    """The samples as a matrix (n, d) in their own type; BadSamples says which of `what` ("fake", "real") is unusable.

    At least `least` samples of one number or more each. A NaN or an infinity is refused and never left out: what is
    measured on the rest would hide that the network has broken.
    """
    try:
        array = np.asarray(samples)
    except (ValueError, TypeError, RuntimeError) as error:
        raise BadSamples(f"the {what} samples are no array of numbers: {error}") from error
    if array.dtype.kind not in _NUMBERS:
        raise BadSamples(f"the {what} samples are no numbers: their type is {array.dtype}")
    if array.ndim < 2:
        raise BadSamples(
            f"the {what} samples have the shape {array.shape}: give one sample a row, (n, d) or"
            " (n, height, width, channels)"
        )
    if len(array) < least:
        raise BadSamples(f"{len(array)} {what} samples are too few: at least {least} are needed")
    if not array.size:
        raise BadSamples(f"the {what} samples have the shape {array.shape}: there are no numbers in them")
    matrix = array.reshape(len(array), -1)
    _check_finite(matrix, what)
    return matrix


def _check_finite(matrix: Any, what: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        if matrix.dtype.kind != "f" or np.isfinite(matrix.sum(dtype=np.float64)):
            return
    broken = np.flatnonzero(~np.isfinite(matrix).all(axis=1))
    if len(broken):
        count = f"{len(broken)} of {len(matrix)} {what} samples hold NaN or infinity, the first is number {broken[0]}"
        raise BadSamples(f"{count} (counted from 0)" + ("; G is broken at this step" if what == "fake" else ""))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a set of samples looks like from outside: numbers a sample, whether they are integers, and their range."""

    width: int
    whole: bool
    low: float
    high: float

    @classmethod
    def of(cls, matrix: Any) -> Kind:
        """The kind of a matrix (n, d); of one without rows, a range that fits any other."""
        if not len(matrix):
            return cls(matrix.shape[1], matrix.dtype.kind in "iu", 0.0, 0.0)
        return cls(matrix.shape[1], matrix.dtype.kind in "iu", float(matrix.min()), float(matrix.max()))

    def __str__(self) -> str:
        return f"{'whole numbers ' if self.whole else ''}from {self.low:.4g} to {self.high:.4g}"


def check_alike(real: Kind, other: Kind, what: str) -> None:
    """BadSamples where two sets are of different sizes, or one holds bytes and the other values from -1 to 1."""
    if real.width != other.width:
        raise BadSamples(
            f"a {what} sample has {other.width} numbers and a real one {real.width}: bring both to one shape"
        )
    for one, rest in ((real, other), (other, real)):
        if one.whole and one.high > _BYTES and not rest.whole and max(-rest.low, rest.high) <= _UNIT:
            raise BadSamples(
                f"real samples run {real} and {what} ones {other}: bring both to one range, as with x / 127.5 - 1"
            )


_BYTES, _UNIT = 100, 1.5
"""A highest value of bytes is above the first, all values of a picture scaled to -1 or 0 to 1 lie within the second."""


def most(width: int, least: int) -> int:
    """How many samples of so many numbers are used; `least` at any rate."""
    return max(least, min(MOST, _MOST_NUMBERS // width))


def chosen(count: int, wanted: int, seed: int = 0) -> Any:
    """Which `wanted` of `count` samples are used: the same ones in every call, in their order; all where few."""
    if count <= wanted:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:wanted])


def squared_distances(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared Euclidean distances (n, m) between the rows of two matrices; exactly 0 where rows are equal to rounding.

    From one matrix product; `a is b` gives a symmetric matrix with a diagonal of 0.
    """
    product = a @ b.T
    own = np.diagonal(product) if a is b else np.einsum("ij,ij->i", a, a)
    other = own if a is b else np.einsum("ij,ij->i", b, b)
    sums = own[:, None] + other[None, :]
    product *= -2
    product += sums
    product[product < _ROUNDING * sums] = 0
    if a is b:
        np.fill_diagonal(product, 0)
    return np.asarray(product)


_ROUNDING = 1e-13
"""Squared distance over squared norms below which two rows differ by the rounding of their product."""
