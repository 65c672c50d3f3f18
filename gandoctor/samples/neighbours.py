"""The metrics of two sets of samples, from the distances among and between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import FloatArray

WIDTH = 1 / 3
"""The Vendi score's Gaussian kernel has this share of the mean distance between real samples as standard deviation.

Two samples at the mean distance are then alike to exp(-4.5) = .011: m kinds at one distance from each other count as m.
Wider kernels take a tenth of contrast for a third of the variety, narrower ones call all images different.
"""

_CLOSEST = 0.01
"""The share of real samples whose distance to the nearest other one makes a near copy."""


@dataclass(frozen=True, slots=True)
class Values:
    """The seven metrics of one set of samples against another; see `SampleMetrics` for what each is."""

    coverage: float
    density: float
    precision: float
    recall: float
    vendi: float
    pairwise_distance: float
    duplicates: float


@dataclass(frozen=True, slots=True)
class Side:
    """What a comparison needs to know of one set of samples.

    `radii` are the squared distances (n,) to the k-th neighbour, `nearest` those to the first, `spread` is the mean
    distance between two samples, `vendi` the number of different ones.
    """

    radii: FloatArray
    nearest: FloatArray
    spread: float
    vendi: float

    @classmethod
    def of(cls, squared: FloatArray, k: int, width: float) -> Side:
        """From squared distances (n, n), n > k, and the standard deviation of the kernel."""
        ordered = np.partition(squared, (1, k), axis=1)
        return cls(ordered[:, k], ordered[:, 1], spread(squared), vendi(np.exp(squared * (-0.5 / width**2))))


def spread(squared: FloatArray) -> float:
    """The mean distance between two different rows, from the squared distances (n, n) of all."""
    n = len(squared)
    return float(np.sqrt(squared).sum() / (n * (n - 1)))


def vendi(similarity: FloatArray) -> float:
    """The Vendi score, 1 to n: exp of the entropy of the eigenvalues of a similarity matrix (n, n) over n.

    Friedman and Dieng 2023 (2210.02410), the definition of the score. The diagonal is 1.
    """
    shares = np.linalg.eigvalsh(similarity) / len(similarity)
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def compare(fake: Side, real: Side, between: FloatArray, k: int) -> Values:
    """All metrics; `between` are the squared distances (fakes, reals).

    Coverage and density: Naeem et al. 2020 (2002.09797), where they are proposed; precision and recall: Kynkaanniemi
    et al. 2019 (1904.06991), equations 1 and 2. A sample on the rim of a ball lies in it.
    """
    inside = between <= real.radii
    copies = fake.nearest <= np.quantile(real.nearest, _CLOSEST)
    return Values(
        coverage=float(inside.any(axis=0).mean()),
        density=float(inside.sum() / (k * len(between))),
        precision=float(inside.any(axis=1).mean()),
        recall=float((between <= fake.radii[:, None]).any(axis=0).mean()),
        vendi=ratio(fake.vendi, real.vendi),
        pairwise_distance=ratio(fake.spread, real.spread),
        duplicates=float(copies.mean()),
    )


def ratio(a: float, b: float) -> float:
    """Quotient of a and b; 1 for 0 over 0, infinite for the rest over 0."""
    return a / b if b else float("inf") if a else 1.0
