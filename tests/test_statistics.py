"""Statistics against numpy and scipy, on every prefix; tests of trend and period against their nominal error rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from gandoctor import course, spectrum, still
from gandoctor.statistics import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import FloatArray


def ar1(n: int, phi: float, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(n + 200)
    x = np.zeros(n + 200)
    for t in range(1, n + 200):
        x[t] = phi * x[t - 1] + noise[t]
    return x[200:]


X = np.round(ar1(80, 0.5, 1), 2)

ORACLES: dict[str, Callable[[FloatArray], Any]] = {
    "median": np.median,
    "mean": np.mean,
    "low": lambda x: np.quantile(x, 0.1),
    "high": lambda x: np.quantile(x, 0.9),
    "minimum": np.min,
    "maximum": np.max,
    "last": lambda x: np.median(x[-3:]),
    "rise": lambda x: np.sum(np.diff(x)),
    "spread": lambda x: stats.median_abs_deviation(x, scale="normal"),
    "span": lambda x: np.ptp(x) / max(abs(np.median(x)), 1e-12),
    "distinct": lambda x: np.mean(np.diff(x) != 0),
    "lag1": lambda x: (
        np.corrcoef(x, x)[0, 1] * np.sum((x - x.mean())[1:] * (x - x.mean())[:-1]) / np.sum((x - x.mean()) ** 2)
    ),
    "swing": lambda x: 0.5 * (np.quantile(x, 0.95) - np.quantile(x, 0.05)),
}


@pytest.mark.parametrize("name", ORACLES)
def test_a_statistic_equals_its_numpy_or_scipy_oracle_on_every_prefix(name: str) -> None:
    for n in range(10, len(X) + 1):
        assert STATISTICS[name].compute(X[:n]) == pytest.approx(float(ORACLES[name](X[:n])), abs=1e-12)


@pytest.mark.parametrize("name", [name for name, s in STATISTICS.items() if s.arity == 1])
def test_non_finite_points_are_left_out_or_counted_and_an_empty_window_is_unknown(name: str) -> None:
    holes = X.copy()
    holes[[0, 7, -1]] = np.nan
    value = STATISTICS[name].compute(holes)
    if name in ("nonfinite", "count"):
        assert value == {"nonfinite": 1, "count": len(holes)}[name]
    elif name == "decay":
        assert np.isnan(value), "a row number with a hole is not a row number"
    else:
        assert value == pytest.approx(STATISTICS[name].compute(X[1:-1][np.arange(1, 79) != 7]), nan_ok=True)
    empty = STATISTICS[name].compute(np.empty(0))
    assert np.isnan(empty) or (name in ("nonfinite", "count") and empty == 0)


@pytest.mark.parametrize(
    ("constant", "share"), [(16.118, 1.0), (27.631, 1.0), (100.0, 1.0), (7.971192, 1.0), (5.0, 0.0)]
)
def test_a_saturation_constant_is_recognised_as_logs_print_it(constant: float, share: float) -> None:
    assert still.pinned(np.full(10, constant)) == share


def test_the_theil_sen_trend_equals_scipys_on_the_same_blocks() -> None:
    x = 0.05 * np.arange(200) + ar1(200, 0.3, 2)
    blocks = x.reshape(20, 10).mean(axis=1)
    slope = stats.theilslopes(blocks, np.arange(20)).slope
    assert course.trend(x) == pytest.approx(slope * 19)


def test_mann_kendall_without_correction_equals_kendalls_tau() -> None:
    x = np.random.default_rng(5).permutation(40).astype(float)
    z, p = course.mann_kendall(x)
    tau = stats.kendalltau(np.arange(40), x)
    assert np.sign(z) == np.sign(tau.statistic)
    assert p == pytest.approx(tau.pvalue, abs=0.15)


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6, 0.9])
def test_a_trend_is_seldom_seen_in_red_noise(phi: float) -> None:
    seen = sum(course.trend(ar1(400, phi, seed)) != 0 for seed in range(300))
    assert seen <= 15, "1 % nominal, 5 % allowed"


@pytest.mark.parametrize("phi", [0.0, 0.3, 0.6, 0.9])
def test_a_common_period_is_seldom_seen_in_red_noise(phi: float) -> None:
    seen = sum(spectrum.common_period(ar1(450, phi, seed), ar1(450, phi, 1000 + seed)) > 0 for seed in range(300))
    assert seen <= 3


@pytest.mark.parametrize(("period", "phi"), [(25, 0.3), (25, 0.8), (12, 0.5), (40, 0.5)])
def test_a_common_period_is_found_and_named(period: int, phi: float) -> None:
    wave = 3.0 * np.sin(2 * np.pi * np.arange(450) / period)
    found = [spectrum.common_period(wave + ar1(450, phi, s), ar1(450, phi, 500 + s) - wave) for s in range(20)]
    assert np.mean(np.abs(np.array(found) / period - 1) < 0.12) >= 0.9


def test_too_few_points_are_unknown_and_not_silence() -> None:
    assert np.isnan(spectrum.common_period(X[:40], X[:40]))
    assert np.isnan(course.trend(X[:8]))
    assert np.isnan(course.worsening(X[:4]))


def test_worsening_compares_with_the_best_so_far_and_one_good_evaluation_is_not_the_best() -> None:
    fid = np.array([300.0, 120, 60, 40, 5, 42, 44, 41, 80, 84, 82])
    assert course.worsening(fid) == pytest.approx(82 / 40)
    recall = np.array([0.1, 0.5, 0.8, 0.82, 0.81, 0.3, 0.2, 0.25])
    assert course.loss_of(recall) == pytest.approx(1 - 0.25 / 0.81)


def test_a_cumulative_mean_decays_with_the_row_number_and_noise_does_not() -> None:
    x = 1 + 0.3 * np.random.default_rng(3).standard_normal(400)
    running = np.cumsum(x) / np.arange(1, 401)
    assert course.decay(running) == pytest.approx(-1, abs=0.15)
    assert abs(course.decay(x)) < 0.15


def test_an_explosion_is_measured_in_powers_of_ten() -> None:
    assert course.explosion(np.r_[np.ones(90), np.full(10, 1000.0)]) == pytest.approx(3)
    assert course.explosion(np.r_[np.full(90, 0.001), np.full(10, 0.1)]) == pytest.approx(-1)


SURGES = [
    ("stays for four fifths of the run", np.r_[np.ones(500), np.full(2000, 1000.0)], 3.0),
    ("stays for all but a fiftieth of the run", np.r_[np.ones(100), np.full(4900, 1000.0)], 3.0),
    ("has the other sign", np.r_[np.ones(500), np.full(2000, -1000.0)], 3.0),
    ("is below 1 all the time", np.r_[np.full(90, 0.001), np.full(30, 0.1)], -1.0),
    ("came back", np.r_[np.ones(500), np.full(500, 1000.0), np.ones(200)], 0.0),
    ("was large from the first row", np.full(1000, 1000.0), 0.0),
    ("fell first, as a loss with other terms does", np.r_[np.full(500, 1000.0), np.full(500, 10.0)], -2.0),
    ("spikes for four rows of the last forty", np.r_[np.ones(396), np.full(4, 1e6)], 0.0),
]


@pytest.mark.parametrize(("curve", "x", "powers"), SURGES, ids=[case[0] for case in SURGES])
def test_a_surge_is_measured_against_the_beginning(curve: str, x: FloatArray, powers: float) -> None:
    assert course.surge(x) == pytest.approx(powers), curve


def test_a_surge_needs_thirty_points() -> None:
    assert np.isnan(course.surge(np.ones(29)))
    assert course.surge(np.ones(30)) == 0


def test_a_jump_stands_out_of_the_noise_of_the_rest() -> None:
    assert abs(course.jump(ar1(400, 0.8, 1))) < 6
    assert course.jump(np.r_[ar1(360, 0.5, 1), 30 + ar1(40, 0.5, 2)]) > 10


def test_every_statistic_says_in_one_line_what_it_is() -> None:
    for statistic in STATISTICS.values():
        assert statistic.meaning.endswith((".", ":")) or len(statistic.meaning) > 40, statistic.name
