"""A healthy run that only wanders must not be called a failure; the whole table is in benchmarks/null_runs.py."""

from __future__ import annotations

import numpy as np
import pytest
import red_noise

from gandoctor.engine import diagnose

SEEDS = range(16)
CELLS = [(phi, 450) for phi in (0.0, 0.3, 0.6, 0.9)] + [(0.9, 2000)]


@pytest.mark.parametrize(("phi", "points"), CELLS)
def test_wandering_around_equilibrium_is_no_failure(phi: float, points: int) -> None:
    made = [diagnose(red_noise.run(seed, phi, points)) for seed in SEEDS]
    assert not {d.run.name: d.headline for d in made if d.verdict in {"convergence_failure", "mode_collapse"}}


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.9])
def test_the_noise_has_the_autocorrelation_asked_for(phi: float) -> None:
    noise = red_noise.ar1(np.random.default_rng(5), phi, 40_000)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(phi, abs=0.02)
    assert noise.std() == pytest.approx(1, abs=0.05)


def test_the_healthy_runs_obey_the_law_of_consistency() -> None:
    for seed in SEEDS[::4]:  # the form that logs D's halves apart
        curves = red_noise.run(seed, 0.9, 2000).curves
        consistency = np.exp(-curves["g_loss"].values) + np.exp(-curves["d_loss_fake"].values)
        assert np.median(consistency) < 1.01
