"""Taking running means apart: exact in principle, and as exact as float32 allows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gandoctor.callbacks.running_means import NOTHING, Sums, between, doubt

LOSS = st.floats(0, 100, width=32, allow_subnormal=False)
LOSSES = st.lists(LOSS, min_size=1, max_size=300)
WEIGHTS = st.sampled_from([1.0, 2.0, 64.0, 128.0])


def kept_by_keras(values: list[float], weights: list[float]) -> list[tuple[float, Sums]]:
    """The mean that Keras logs after each value, and its sums as they are worked out from it."""
    total, count, rows = np.float32(0), np.float32(0), []
    for value, weight in zip(values, weights, strict=True):
        total = np.float32(total + np.float32(value) * np.float32(weight))
        count = np.float32(count + np.float32(weight))
        mean = float(np.float32(total / count))
        rows.append((mean, Sums.of_mean(mean, float(count))))
    return rows


def undone(values: list[float], weights: list[float]) -> list[tuple[float | None, float]]:
    """What is recovered from the means, and how wrong it may be."""
    states = [NOTHING, *(sums for _, sums in kept_by_keras(values, weights))]
    return [(between(a, b), doubt(a, b)) for a, b in pairwise(states)]


def test_the_losses_one_four_nine_come_back_from_their_means() -> None:
    assert [mean for mean, _ in kept_by_keras([1, 4, 9], [1, 1, 1])] == [1, 2.5, pytest.approx(4.667, abs=5e-4)]
    assert [value for value, _ in undone([1, 4, 9], [1, 1, 1])] == [1, 4, pytest.approx(9, abs=1e-5)]


@given(LOSSES, WEIGHTS)
def test_every_value_comes_back_within_its_doubt(values: list[float], weight: float) -> None:
    for value, (found, wrong) in zip(values, undone(values, [weight] * len(values)), strict=True):
        assert found is not None
        assert abs(found - value) <= wrong * 1.51 + 1e-30  # half a unit of its last decimal on top


@given(st.lists(st.tuples(LOSS, st.integers(1, 128)), min_size=1, max_size=100))
def test_batches_of_different_size_come_back_too(batches: list[tuple[float, int]]) -> None:
    values, sizes = [value for value, _ in batches], [float(size) for _, size in batches]
    for value, (found, wrong) in zip(values, undone(values, sizes), strict=True):
        assert found is not None
        assert abs(found - value) <= wrong * 1.51 + 1e-30  # half a unit of its last decimal on top


@given(LOSSES)
def test_a_loss_that_cannot_be_negative_stays_so(values: list[float]) -> None:
    assert all(found is not None and found >= 0 for found, _ in undone(values, [1.0] * len(values)))


@pytest.mark.parametrize(("steps", "share"), [(100, 3e-5), (1000, 2e-4), (10_000, 3e-3)])
def test_what_float32_leaves_is_small_beside_a_loss(steps: int, share: float) -> None:
    losses = [float(x) for x in 0.7 + 0.1 * np.random.default_rng(0).standard_normal(steps)]
    found = undone(losses, [1.0] * steps)
    worst = max(abs(value - loss) for (value, _), loss in zip(found, losses, strict=True) if value is not None)
    assert worst < share
    assert max(wrong for _, wrong in found) < 4 * share


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (NOTHING, Sums(3.0, 2.0), 1.5),
        (Sums(3.0, 2.0), Sums(3.0, 2.0), None),  # nothing came
        (Sums(3.0, 2.0), Sums(1.0, 1.0), None),  # began anew unseen
        (Sums(3.0, 2.0), Sums(-5.0, 3.0), -8.0),  # a critic's loss
        (Sums(1000.0, 1000.0), Sums(1000.0 - 1e-5, 1001.0), 0.0),  # below what float32 can tell
    ],
)
def test_what_came_between_two_states(before: Sums, after: Sums, value: float | None) -> None:
    assert between(before, after) == value


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_is_not_finite_stays_so_until_the_mean_begins_anew(bad: float) -> None:
    states = Sums(1.0, 1.0), Sums.of_mean(bad, 2.0), Sums.of_mean(bad, 3.0)
    first, second = (between(a, b) for a, b in pairwise(states))
    assert first is not None
    assert second is not None
    assert not np.isfinite(first)
    assert not np.isfinite(second)
