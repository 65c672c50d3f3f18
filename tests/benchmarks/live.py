"""What it costs to watch a training step by step: time a step, its tail, its growth with the run, memory.

    python tests/benchmarks/live.py [--steps N]

Feeds a Monitor 6 metrics a step, the values made beforehand. Budgets: 10 us a step on average, 1 ms at the 99.9th
percentile, no growth with the run's length, 64 MB for 10 million steps. Exit status 1 where one is missed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from gandoctor import Monitor

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMES = ("d_loss_real", "d_loss_fake", "g_loss", "d_accuracy_real", "d_accuracy_fake", "learning_rate")
STRETCH = 10_000
"""Values are made for so many steps and used again and again."""


def rows() -> list[dict[str, float]]:
    """A stretch of a healthy run."""
    rng = np.random.default_rng(7)
    losses = np.array([0.62, 0.6, 0.9]) + 0.05 * rng.standard_normal((STRETCH, 3))
    table = np.column_stack([losses, rng.binomial(64, 0.65, (STRETCH, 2)) / 64, np.full(STRETCH, 2e-4)])
    return [dict(zip(NAMES, map(float, row), strict=True)) for row in table]


def watch(monitor: Monitor, made: list[dict[str, float]], first: int, took: NDArray[np.float64]) -> None:
    """Feed as many steps as `took` has places, from step `first` on; write the seconds of each into it."""
    clock, feed = time.perf_counter, monitor.feed
    for k in range(len(took)):
        began = clock()
        feed(first + k, made[k % STRETCH])
        took[k] = clock() - began


def peak() -> float:
    """MB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def verdict(what: str, value: float, bound: float, unit: str) -> bool:
    """Print one budget beside what was measured."""
    kept = value <= bound
    print(f"{what:44}{value:9.2f} {unit:3} at most {bound:g} {unit} wanted: {'kept' if kept else 'MISSED'}")
    return kept


def main() -> int:
    """Print the table; status 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1_000_000)
    args = parser.parse_args()
    made, monitor, took = rows(), Monitor(), np.ones(args.steps)
    watch(Monitor(), made, 1, took[:2000])
    before = peak()
    watch(monitor, made, 1, took)
    held = peak() - before  # before the statistics of what was timed take memory of their own
    tenth = args.steps // 10
    print(f"{args.steps:,} steps of {len(NAMES)} metrics; state at the end: {monitor.diagnosis().verdict}")
    kept = [
        verdict("a step, mean", took.mean() * 1e6, 10, "us"),
        verdict("a step, 99.9th percentile", float(np.quantile(took, 0.999)) * 1e3, 1, "ms"),
        verdict("last tenth of the run over its first", took[-tenth:].mean() / took[:tenth].mean(), 1.2, "x"),
        verdict("memory held", held, 64, "MB"),
    ]
    print(f"slowest step {took.max() * 1e3:.1f} ms; median {np.median(took) * 1e6:.2f} us")
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
