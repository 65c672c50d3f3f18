"""The bounded memory: the same bits however the points arrive, in a space that does not grow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.series import CAPACITY, HEAD, Series


def filled(values: np.ndarray, cuts: list[int]) -> Series:
    series = Series()
    steps = np.arange(1.0, len(values) + 1)
    for a, b in zip([0, *cuts], [*cuts, len(values)], strict=True):
        series.extend(steps[a:b], values[a:b])
    return series


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3 * CAPACITY), st.lists(st.floats(0, 1), max_size=6), st.integers(0, 9))
def test_the_state_does_not_depend_on_how_the_points_arrived(n: int, shares: list[float], seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal(n)
    values[::97] = np.nan
    cuts = sorted(int(share * n) for share in shares)
    whole, parts = filled(values, []), filled(values, cuts)
    for name in ("count", "finite", "level", "nonfinite_tail", "healed"):
        assert getattr(whole, name) == getattr(parts, name)
    np.testing.assert_array_equal(whole.values, parts.values)
    np.testing.assert_array_equal(whole.steps, parts.steps)
    np.testing.assert_array_equal(whole.head, parts.head)


def test_one_by_one_equals_all_at_once() -> None:
    values = np.random.default_rng(0).standard_normal(CAPACITY + 100)
    np.testing.assert_array_equal(filled(values, list(range(1, len(values)))).values, filled(values, []).values)


@pytest.mark.parametrize("n", [100, CAPACITY - 1, CAPACITY, 5 * CAPACITY + 3, 40 * CAPACITY])
def test_memory_is_bounded_and_blocks_are_means_of_their_points(n: int) -> None:
    values = np.random.default_rng(1).standard_normal(n)
    series = filled(values, [])
    assert len(series.values) < CAPACITY
    size = 1 << series.level
    means = values[: n // size * size].reshape(-1, size).mean(axis=1)
    np.testing.assert_allclose(series.values, means, atol=1e-12)
    np.testing.assert_array_equal(series.steps, np.arange(size, n + 1, size)[: len(means)])
    np.testing.assert_array_equal(series.head, values[:HEAD])


def test_the_non_finite_tail_is_counted_to_the_point() -> None:
    series = Series()
    series.extend(np.arange(3.0), np.array([1.0, np.nan, 2.0]))
    assert series.nonfinite_tail == 0
    series.extend(np.arange(3.0, 6.0), np.array([2.0, np.inf, np.nan]))
    series.extend(np.array([6.0]), np.array([-np.inf]))
    assert (series.nonfinite_tail, series.nonfinite_since, series.finite) == (3, 4.0, 3)
    assert series.healed == 1


def test_the_series_as_it_was_is_the_series_of_that_prefix() -> None:
    values = np.random.default_rng(2).standard_normal(500)
    values[50:53] = np.nan
    values[300:] = np.nan
    whole = filled(values, [])
    for step in (1, 64, 299, 300, 301, 500):
        past, truth = whole.until(step), filled(values[:step], [])
        np.testing.assert_array_equal(past.values, truth.values)
        for name in ("count", "finite", "nonfinite_tail", "healed"):
            assert getattr(past, name) == getattr(truth, name)
        np.testing.assert_array_equal(past.head, truth.head)
