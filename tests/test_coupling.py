"""Whether D answers, and whether a curve is stormy: statistics against scipy, their nulls and what they must see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from gandoctor import coupling, ties, unrest

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import FloatArray


def white(n: int, seed: int, size: float = 1.0) -> FloatArray:
    return size * np.random.default_rng(seed).standard_normal(n)


def test_drift_is_the_t_value_of_the_regression_line_where_nothing_is_autocorrelated() -> None:
    alternating = white(200, 3) + np.where(np.arange(200) % 2, 2.0, -2.0) + 0.01 * np.arange(200)
    fit = stats.linregress(np.arange(200), alternating)
    assert coupling.drift(alternating) == pytest.approx(fit.slope / fit.stderr, rel=0.01)


def test_memory_has_its_chi_square_null_on_losses_of_separate_batches() -> None:
    values = [coupling.memory(white(200, seed), white(200, 10_000 + seed)) for seed in range(1000)]
    assert np.mean(values) == pytest.approx(1.0, abs=0.05)
    assert np.mean(np.array(values) > stats.chi2.ppf(0.95, 8) / 8) == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("share", [0.3, -0.5])
def test_memory_sees_what_two_losses_have_in_common(share: float) -> None:
    a, b = white(400, 1), white(400, 2)
    assert coupling.memory(a, share * a + b) > 3


def test_memory_sees_one_curve_remember_itself() -> None:
    a = white(400, 1)
    assert coupling.memory(a[1:] + 0.5 * a[:-1], white(399, 2)) > 3


ANSWERS = {
    "a first that stays": (0.0, 1.0, 0.0, 0.2),
    "a first that follows": (1.0, 1.0, 0.9, 1.1),
    "a first that falls instead": (-1.0, 1.0, 0.9, 1.1),
    "a second that stays": (1.0, 0.0, 100.0, 100.0),
    "a second that falls": (0.0, -1.0, 100.0, 100.0),
}
"""Name -> rises of the first and of the second curve, and the least and the largest answer."""


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_is_the_share_with_which_the_first_goes_along(name: str) -> None:
    first, second, least, most = ANSWERS[name]
    ramp = np.linspace(0, 1, 400)
    found = coupling.answer(first * ramp + white(400, 1, 0.05), second * ramp + white(400, 2, 0.05))
    assert least <= found <= most


def test_hush_is_the_ratio_of_the_noise_now_to_the_noise_before() -> None:
    x = np.concatenate([white(1200, 1), white(300, 2, 0.4)]) + np.linspace(0, 5, 1500)
    assert coupling.hush(x) == pytest.approx(0.4, abs=0.05)


def test_quieter_is_1_where_both_curves_lose_the_same_noise_and_less_where_the_first_loses_more() -> None:
    loud, still = white(1200, 1), white(300, 2, 0.4)
    first = np.concatenate([loud, still])
    second, unmoved = np.concatenate([white(1200, 3), white(300, 4, 0.4)]), white(1500, 5)
    assert coupling.quieter(first, second) == pytest.approx(1, abs=0.1)
    assert coupling.quieter(first, unmoved) == pytest.approx(0.4, abs=0.05)
    assert np.isnan(coupling.quieter(first[:299], unmoved[:299]))


def test_gain_is_standard_normal_where_nothing_drifts_and_says_which_of_two_curves_rises() -> None:
    found = [coupling.gain(white(150, seed), white(150, 10_000 + seed)) for seed in range(500)]
    assert np.mean(found) == pytest.approx(0, abs=0.15)
    assert np.std(found) == pytest.approx(1, abs=0.15)
    ramp = np.linspace(0, 1, 150)
    assert coupling.gain(white(150, 1) + ramp, white(150, 2) - ramp) > 2


def test_gain_does_not_see_two_curves_that_rise_together() -> None:
    ramp = np.linspace(0, 5, 150)
    assert abs(coupling.gain(white(150, 1) + ramp, white(150, 2) + ramp)) < 2


def tied(n: int, seed: int, share: float) -> tuple[FloatArray, FloatArray]:
    """Two curves with a slow part in common that makes up `share` of the first one's standard deviation."""
    slow = np.convolve(white(n + 9, seed), np.ones(10), mode="valid") / np.sqrt(10)
    rest = np.sqrt(1 - share**2)
    return share * slow + rest * white(n, seed + 1), share * slow + rest * white(n, seed + 2)


TIES = {
    "ties that last": (0.7, 0.7, 0.9, 1.5),
    "ties that end with the fourth fifth": (0.8, 0.0, 0.1, 0.5),
    "close ties that end with the fourth fifth": (0.95, 0.0, 0.0, 0.3),
}
"""Name -> the share of the ties before and now, and the least and the largest mean of `kept` over 40 curves."""


def broken(seed: int, before: float, now: float) -> float:
    pairs = zip(tied(480, seed, before), tied(120, seed + 5, now), strict=True)
    return ties.kept(*(np.concatenate([old, new]) for old, new in pairs))


@pytest.mark.parametrize("name", TIES)
def test_kept_is_what_is_left_of_earlier_ties(name: str) -> None:
    before, now, least, most = TIES[name]
    assert least <= np.mean([broken(10 * seed, before, now) for seed in range(40)]) <= most


def test_kept_is_unknown_where_there_was_nothing_to_lose() -> None:
    found = [ties.kept(white(600, seed), white(600, 10_000 + seed)) for seed in range(500)]
    assert np.mean(np.isnan(found)) > 0.98


def test_kept_of_ties_that_last_is_hardly_ever_below_one_half() -> None:
    found = [ties.kept(*tied(600, 10 * seed, 0.7)) for seed in range(300)]
    assert np.mean(np.array(found) < 0.5) < 0.01


def test_a_storm_is_seen_in_the_tenth_in_which_it_begins_and_a_single_spike_is_not() -> None:
    calm = white(300, 1)
    stormy = np.concatenate([calm[:270], white(30, 2, 6)])
    spiky = calm.copy()
    spiky[285] = 1000
    assert unrest.outburst(stormy) > 4
    assert unrest.outburst(calm) < 2
    assert unrest.outburst(spiky) < 2


def test_unrest_lasts_as_long_as_the_storm_and_no_longer() -> None:
    stormy = np.concatenate([white(400, 1), white(400, 2, 6)])
    assert unrest.unrest(stormy) > 3
    assert unrest.unrest(np.concatenate([stormy, white(100, 3)])) < 1.5


@pytest.mark.parametrize("statistic", [coupling.memory, coupling.answer])
def test_points_that_only_one_curve_has_are_left_out(statistic: Callable[[FloatArray, FloatArray], float]) -> None:
    a, b = white(300, 1), white(300, 2) + np.linspace(0, 3, 300)
    holed = b.copy()
    holed[50] = np.nan
    keep = np.arange(300) != 50
    assert statistic(a, holed) == statistic(a[keep], b[keep])
    assert np.isnan(statistic(a[:59], b[:59]))


def test_constants_have_neither_memory_nor_noise() -> None:
    flat = np.full(300, 0.6931)
    assert np.isnan(coupling.memory(flat, white(300, 1)))
    assert np.isnan(coupling.hush(flat))
    assert np.isnan(coupling.quieter(white(300, 1), flat))
    assert np.isnan(ties.kept(flat, white(300, 1)))
    assert np.isnan(ties.kept(white(600, 1), np.full(600, 0.6931)))
    assert np.isnan(ties.kept(white(299, 1), white(299, 1)))
    assert coupling.drift(flat) == 0
    assert coupling.drift(np.linspace(0, 1, 300)) == 0
    assert unrest.outburst(flat) == 1
