"""How often real samples do not pass for real ones: what is said of 144 sets of each kind against the same kind.

    OMP_NUM_THREADS=1 python tests/benchmarks/samples_null.py

Prints the answers by kind and number of samples, with and without other real samples for the null; status 1 where
more than 1 % of the sets of 256 are told from real ones, or one is called collapsed or off the data.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.samples import Reference

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCES, SETS = 12, 12
MOST = 0.01
RNG = np.random.default_rng(5)


def ring(n: int) -> Any:
    """Eight clusters on a circle."""
    angle = RNG.integers(0, 8, n) * np.pi / 4
    return np.column_stack([np.cos(angle), np.sin(angle)]) + 0.06 * RNG.standard_normal((n, 2))


def curved(n: int) -> Any:
    """A surface of three dimensions in a hundred."""
    weights = np.random.default_rng(1).standard_normal((3, 100))
    return np.tanh(RNG.standard_normal((n, 3)) @ weights)


KINDS: dict[str, Callable[[int], Any]] = {
    "Gaussian, 2 dimensions": lambda n: RNG.standard_normal((n, 2)),
    "Gaussian, 64 dimensions": lambda n: RNG.standard_normal((n, 64)),
    "ring of 8 clusters": ring,
    "surface in 100 dimensions": curved,
    "heavy tails, 8 dimensions": lambda n: RNG.standard_t(2, (n, 8)),
}


def answers(kind: Callable[[int], Any], n: int, others: bool) -> Counter[str]:
    """What is said of real samples in the place of generated ones."""
    references = (Reference(kind(n), kind(n) if others else None, seed=seed) for seed in range(REFERENCES))
    return Counter(reference.measure(kind(n)).state for reference in references for _ in range(SETS))


def main() -> int:
    """Print the table; status 1 where real samples are mistaken too often."""
    total: Counter[str] = Counter()
    for name, kind in KINDS.items():
        for n, others in ((64, True), (256, True), (256, False)):
            found = answers(kind, n, others)
            total += found if n == 256 else Counter()
            print(f"{name:26} {n:4} {'others' if others else '      '}  {dict(found)}", flush=True)
    told = 1 - total["like real"] / total.total()
    grave = total.total() - sum(total[state] for state in ("like real", "slightly off", "less varied"))
    print(
        f"256 samples: {told:.2%} of {total.total()} sets told from real ones, {grave} called collapsed or off the data"
    )
    return int(told > MOST or grave > 0)


if __name__ == "__main__":
    sys.exit(main())
