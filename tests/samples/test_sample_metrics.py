"""The metrics against their definitions, computed one sample at a time, and against what theory says they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gandoctor
from gandoctor.metrics import METRICS
from gandoctor.samples import Reference, measure
from gandoctor.samples.neighbours import WIDTH
from gandoctor.samples.result import NAMES

if TYPE_CHECKING:
    from pathlib import Path

Rows = Any


def gaussian(seed: int, n: int, d: int) -> Rows:
    return np.random.default_rng(seed).standard_normal((n, d))


def neighbours(rows: Rows, index: int) -> list[float]:
    """Distances of one row to all others, nearest first."""
    return sorted(math.dist(rows[index], other) for i, other in enumerate(rows) if i != index)


def mean_distance(rows: Rows) -> float:
    return float(np.mean([math.dist(a, b) for i, a in enumerate(rows) for b in rows[:i]]))


def different(rows: Rows, width: float) -> float:
    """The Vendi score, from the singular values instead of the eigenvalues."""
    kernel = np.array([[math.exp(-0.5 * (math.dist(a, b) / width) ** 2) for a in rows] for b in rows])
    shares = np.linalg.svd(kernel / len(rows), compute_uv=False)
    return math.exp(-sum(x * math.log(x) for x in shares if x > 1e-15))


def by_definition(fake: Rows, real: Rows, k: int) -> dict[str, float]:
    """All metrics, pair by pair."""
    real_radii = [neighbours(real, i)[k - 1] for i in range(len(real))]
    fake_radii = [neighbours(fake, i)[k - 1] for i in range(len(fake))]
    in_real = [[math.dist(f, r) <= radius for r, radius in zip(real, real_radii, strict=True)] for f in fake]
    in_fake = [[math.dist(f, r) <= radius for f, radius in zip(fake, fake_radii, strict=True)] for r in real]
    closest = np.quantile([neighbours(real, i)[0] ** 2 for i in range(len(real))], 0.01)
    width = WIDTH * mean_distance(real)
    return {
        "coverage": float(np.mean([any(row[j] for row in in_real) for j in range(len(real))])),
        "density": sum(map(sum, in_real)) / (k * len(fake)),
        "precision": float(np.mean([any(row) for row in in_real])),
        "recall": float(np.mean([any(row) for row in in_fake])),
        "vendi": different(fake, width) / different(real, width),
        "pairwise_distance": mean_distance(fake) / mean_distance(real),
        "duplicates": float(np.mean([neighbours(fake, i)[0] ** 2 <= closest for i in range(len(fake))])),
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("scale", [1.0, 0.4, 3.0])
def test_each_metric_is_what_its_definition_says(seed: int, k: int, scale: float) -> None:
    fake, real = scale * gaussian(seed, 30, 3) + 0.2, gaussian(seed + 100, 30, 3)
    assert measure(fake, real, k=k).metrics() == pytest.approx(by_definition(fake, real, k), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("n", "d"), [(64, 2), (64, 30), (128, 3), (128, 64), (256, 16)])
def test_coverage_of_equal_distributions_is_what_counting_says_in_any_dimension(n: int, d: int) -> None:
    """That the k nearest of the other samples, real or fake, are all real leaves a real sample uncovered."""
    expected = 1 - math.prod((n - 1 - i) / (2 * n - 1 - i) for i in range(5))
    null = Reference(gaussian(1, n, d), gaussian(2, n, d))
    measured = [null.measure(gaussian(seed, n, d)).coverage for seed in range(3, 15)]
    error = 0.25 / math.sqrt(n) / math.sqrt(len(measured))
    assert expected == pytest.approx(0.969, abs=0.005)
    assert np.mean(measured) == pytest.approx(expected, abs=5 * error)
    assert null.measure(gaussian(99, n, d)).null["coverage"].mean == pytest.approx(expected, abs=5 * error)


def clusters(kinds: int, n: int = 96, total: int = 12) -> Rows:
    """`kinds` of `total` kinds of samples, any two kinds at one distance, each a little blurred."""
    return np.eye(total)[np.arange(n) % kinds] + 1e-3 * gaussian(kinds, n, total)


@pytest.mark.parametrize("kept", [1, 2, 3, 6, 12])
def test_of_twelve_kinds_those_that_are_left_are_counted(kept: int) -> None:
    measured = measure(clusters(kept), clusters(12), clusters(12)[::-1] + 0.0)
    assert 12 * measured.vendi == pytest.approx(kept, rel=0.03)
    assert measured.pairwise_distance == pytest.approx((1 - 1 / kept) / (1 - 1 / 12), abs=0.01)
    assert measured.coverage == pytest.approx(kept / 12, abs=0.07)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75])
def test_rubbish_among_good_samples_lowers_precision_and_leaves_coverage_where_fewer_good_ones_put_it(
    share: float,
) -> None:
    n = 200
    good = round(share * n)
    fake = np.concatenate([gaussian(1, good, 8), 1000 + gaussian(2, n - good, 8)])
    measured = measure(fake, gaussian(3, n, 8), gaussian(4, n, 8))
    assert measured.precision == pytest.approx(share * measured.null["precision"].mean, abs=0.06)
    assert measured.density == pytest.approx(share, abs=0.16)
    assert measured.coverage == pytest.approx(1 - (1 + share) ** -5, abs=0.1)


def test_copies_of_real_samples_pass_for_real_and_copies_of_one_do_not() -> None:
    real = gaussian(1, 100, 5)
    copied = measure(real, real, gaussian(2, 100, 5))
    assert {copied.coverage, copied.precision, copied.recall, copied.vendi, copied.pairwise_distance} == {1}
    alone = measure(np.repeat(real[:1], 100, axis=0), real, gaussian(2, 100, 5))
    assert (alone.pairwise_distance, alone.duplicates) == (0, 1)
    assert alone.vendi == pytest.approx(1 / different(real, WIDTH * mean_distance(real)))


def test_every_metric_has_a_canonical_name_and_a_null() -> None:
    measured = measure(gaussian(1, 40, 4), gaussian(2, 40, 4))
    assert set(measured.metrics()) == set(measured.null) == set(NAMES)
    assert all(METRICS[name].kind == "quality" for name in NAMES)
    assert len(NAMES) == 7


def test_what_is_logged_under_the_canonical_names_is_read_back_under_them(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    values = measure(gaussian(1, 40, 4), gaussian(2, 40, 4)).metrics()
    rows = [f"{step},0.6,0.9,{','.join(map(str, values.values()))}" for step in range(20)]
    log.write_text("\n".join([f"step,d_loss,g_loss,{','.join(values)}", *rows]))
    run = gandoctor.read(log)
    assert {name: run.curves[name].values[-1] for name in NAMES} == pytest.approx(values)


# --- what must not matter ----------------------------------------------------------------------------------------

SEEDS = st.integers(0, 10_000)


def close(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(one[name] == pytest.approx(other[name], rel=1e-6, abs=1e-9) for name in NAMES)


@given(seed=SEEDS, n=st.integers(12, 40), d=st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_the_order_of_samples_and_of_numbers_in_them_does_not_matter(seed: int, n: int, d: int) -> None:
    rng = np.random.default_rng(seed)
    fake, real = rng.standard_normal((n, d)), rng.standard_normal((n, d))
    plain = measure(fake, real).metrics()
    assert close(measure(rng.permutation(fake), rng.permutation(real)).metrics(), plain)
    order = rng.permutation(d)
    assert close(measure(fake[:, order], real[:, order]).metrics(), plain)


@given(seed=SEEDS, scale=st.sampled_from([1e-12, 0.01, -1.0, 255.0, 1e12]), shift=st.floats(-100, 100))
@settings(max_examples=25, deadline=None)
def test_neither_unit_nor_origin_of_the_values_matters(seed: int, scale: float, shift: float) -> None:
    fake, real = gaussian(seed, 30, 3), gaussian(seed + 1, 30, 3)
    moved = measure(scale * (fake + shift), scale * (real + shift)).metrics()
    assert close(moved, measure(fake, real).metrics())


@given(seed=SEEDS, n=st.integers(6, 40), m=st.integers(12, 60))
@settings(max_examples=25, deadline=None)
def test_every_metric_stays_in_its_range_whatever_the_numbers_of_samples(seed: int, n: int, m: int) -> None:
    measured = measure(gaussian(seed, n, 2), gaussian(seed + 1, m, 2) * 2)
    assert measured.size == min(n, m)
    for name, value in measured.metrics().items():
        assert METRICS[name].low <= value <= METRICS[name].high
        assert measured.null[name].sd > 0
