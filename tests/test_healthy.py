"""Simulated healthy logs of every family and logging regime stay silent; the table is in benchmarks/healthy.py."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from simulated_gan import FAMILIES, LOSSES, Game, play
from simulated_log import Plan, plan, simulate

from gandoctor.engine import diagnose

FAILURES = {"mode_collapse", "convergence_failure"}
SEEDS = range(5000, 5120)
LONGEST = 1500


def game(family: str, level: float, ill: str = "") -> Game:
    return Game(family, 1200, 64, level, wander=0.15, memory=60, transient=10, ill=ill, onset=500 if ill else 0)


def log(family: str, ill: str, form: str = "separate") -> Plan:
    drawn = plan(3, ill, LONGEST)
    return replace(drawn, game=game(family, 0.6, ill), form=form, regime="every", unit="step", digits=6, quality="")


def test_healthy_logs_are_not_called_failures() -> None:
    judged = [diagnose(simulate(plan(seed, longest=LONGEST))) for seed in SEEDS]
    alarms = {d.run.name: d.findings[0].evidence for d in judged if d.verdict in FAILURES}
    assert not alarms
    asked = [d for d in judged if d.run.points >= 100 and " g-only " not in d.run.name]  # G alone decides nothing
    unsure = {d.run.name: d.headline for d in asked if d.verdict == "inconclusive"}
    assert len(unsure) <= 4, "what is long enough is decided in nearly all logs"


@pytest.mark.parametrize("family", ["bce", "bce-smooth", "lsgan", "hinge", "r1", "ragan"])
@pytest.mark.parametrize("form", ["separate", "sum"])
def test_a_discriminator_that_wins_is_found_in_every_family_with_levels(family: str, form: str) -> None:
    assert diagnose(simulate(log(family, "d-wins", form))).verdict in FAILURES


@pytest.mark.parametrize("family", ["bce", "bce-smooth", "hinge", "r1"])
def test_a_generator_that_fools_the_discriminator_is_found(family: str) -> None:
    assert diagnose(simulate(log(family, "g-wins"))).verdict in FAILURES


@pytest.mark.parametrize("family", FAMILIES)
def test_losses_that_become_nan_are_found_in_every_family(family: str) -> None:
    diagnosis = diagnose(simulate(log(family, "nan")))
    assert (diagnosis.verdict, diagnosis.kind) == ("convergence_failure", "non-finite")


@pytest.mark.parametrize(
    ("family", "d", "g"),
    [
        ("bce", 2 * np.log(2), np.log(2)),
        ("bce-flip", 2 * np.log(2), np.log(2)),
        ("lsgan", 0.5, 0.25),
        ("lsgan-pm1", 2.0, 0.0),
        ("hinge", 2.0, 0.0),
        ("ragan", np.log(2), np.log(2)),
    ],
)
def test_the_simulation_has_the_familys_flat_losses_where_d_says_nothing(family: str, d: float, g: float) -> None:
    made = play(np.random.default_rng(1), replace(game(family, 0.999), wander=1e-3, transient=1))
    whole = made["d_loss"] if "d_loss" in made else made["d_loss_real"] + made["d_loss_fake"]
    assert np.median(whole[-400:]) == pytest.approx(d, rel=0.02)
    assert np.median(made["g_loss"][-400:]) == pytest.approx(g, abs=0.04)


def test_the_simulated_cross_entropies_obey_the_law_of_consistency() -> None:
    made = play(np.random.default_rng(2), game("bce", 0.4))
    assert np.median(np.exp(-made["g_loss"]) + np.exp(-made["d_loss_fake"])) <= 1.0
    assert set(FAMILIES) == set(LOSSES)
