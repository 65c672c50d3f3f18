"""What a listener costs the step of a training, from blocks of steps that take turns: with it, without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, np.dtype[np.float64]]

BUDGET = 0.005
"""The share of a step that may be spent on listening."""


def interval(ratios: Array) -> tuple[float, float]:
    """The 95 % bootstrap interval of the median."""
    rng = np.random.default_rng(0)
    medians = np.median(rng.choice(ratios, (4000, len(ratios))), axis=1)
    return float(np.quantile(medians, 0.025)), float(np.quantile(medians, 0.975))


def missed(steps: Array, hooks: Sequence[float]) -> bool:
    """Print what listening costs, and say whether that is too much.

    `steps` are the medians of the blocks in seconds a step, one row a pair of neighbours: without it, with it. `hooks`
    are the seconds of processor time that it took of each step. Too much is a larger share of the step than the budget,
    or a ratio of which the whole interval lies above it.
    """
    ratios = steps[:, 1] / steps[:, 0]
    low, high = interval(ratios)
    alone = float(np.median(steps[:, 0]))
    print(f"median step {alone * 1e3:.2f} ms alone, {np.median(steps[:, 1]) * 1e3:.2f} ms with it")
    print(f"ratio {np.median(ratios):.4f}, 95 % interval {low:.4f} to {high:.4f}")
    for stage, some in (("all", hooks), ("first 100", hooks[:100]), ("last 100", hooks[-100:])):
        print(f"its hooks, {stage} steps: {np.mean(some) * 1e6:.0f} us of processor time, {np.mean(some) / alone:.2%}")
    above = float(np.mean(hooks)) / alone > BUDGET or low > 1 + BUDGET
    print(f"at most {BUDGET:.1%} wanted: {'MISSED' if above else 'kept'}")
    return above
