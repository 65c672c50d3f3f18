"""Conventions: flat values, consistency laws and what can be told of a log's losses, on games whose truth is known."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from gandoctor.families import FLAT, d_levels, entropy, law
from gandoctor.inference import infer
from gandoctor.model import Convention, FloatArray
from gandoctor.series import Series

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(-1.5, 2.0, size=(200, 64))
"""What a D that is ahead says of generated samples: 200 steps of 64."""
REAL = RNG.normal(1.5, 2.0, size=(200, 64))


def softplus(x: FloatArray) -> FloatArray:
    return np.logaddexp(0, x)


def losses(family: str, real: FloatArray = REAL, fake: FloatArray = LOGITS) -> dict[str, FloatArray]:
    """Both halves of D's loss and G's loss of each step, as the family defines them on D's raw output."""
    halves = {
        "bce": (softplus(-real), softplus(fake), softplus(-fake)),
        "lsgan": ((1 - real) ** 2, fake**2, (1 - fake) ** 2),
        "hinge": (np.maximum(0, 1 - real), np.maximum(0, 1 + fake), -fake),
    }[family]
    return dict(zip(("d_loss_real", "d_loss_fake", "g_loss"), (h.mean(axis=1) for h in halves), strict=True))


def series(values: dict[str, FloatArray]) -> dict[str, Series]:
    filled = {}
    for name, x in values.items():
        filled[name] = Series()
        filled[name].extend(np.arange(1.0, len(x) + 1), x)
    return filled


@pytest.mark.parametrize("family", FLAT)
def test_a_constant_discriminator_has_the_flat_losses_of_the_table(family: str) -> None:
    if family == "relativistic":
        assert FLAT[family].d_half == pytest.approx(float(softplus(np.zeros(1))[0]))
        return
    output = 0.5 if family == "lsgan" else 0.0
    flat = losses(family, np.full((1, 8), output), np.full((1, 8), output))
    assert flat["d_loss_real"][0] == pytest.approx(FLAT[family].d_half)
    assert flat["d_loss_fake"][0] == pytest.approx(FLAT[family].d_half)
    assert flat["g_loss"][0] == pytest.approx(FLAT[family].g)


@pytest.mark.parametrize("family", ["bce", "lsgan", "hinge"])
@pytest.mark.parametrize("shift", [-6.0, -1.0, 0.0, 1.0, 6.0])
def test_no_discriminator_breaks_the_law_of_its_family_on_one_batch(family: str, shift: float) -> None:
    made = losses(family, REAL, LOGITS + shift)
    assert (law(family, made["g_loss"], made["d_loss_fake"]) <= 1 + 1e-9).all()


@pytest.mark.parametrize("family", ["bce", "lsgan", "hinge"])
def test_both_losses_at_zero_break_the_law_of_every_family(family: str) -> None:
    assert law(family, np.array([0.001]), np.array([0.001]))[0] > 1.5


def test_the_printed_rows_of_seed_003_have_the_known_consistency() -> None:
    g, d2 = np.array([0.684, 0.713, 0.728, 1.184, 1.351]), np.array([0.261, 0.285, 0.247, 0.467, 0.388])
    np.testing.assert_allclose(law("bce", g, d2)[[0, 1]], [1.275, 1.242], atol=0.03)
    assert law("bce", np.array([0.001]), np.array([0.0]))[0] == pytest.approx(1.999, abs=1e-3)


@pytest.mark.parametrize(
    ("alpha", "beta", "floor", "flat"),
    [
        (1.0, 0.0, 0.0, 1.386),
        (0.95, 0.0, 0.199, 1.384),
        (0.9, 0.0, 0.325, 1.376),
        (0.7, 0.0, 0.611, 1.295),
        (0.9, 0.1, 0.650, 1.386),
        (0.95, 0.15, 0.621, 1.376),
    ],
)
def test_label_smoothing_raises_the_floor_and_lowers_the_flat_value(
    alpha: float, beta: float, floor: float, flat: float
) -> None:
    low, level = d_levels(Convention("bce", "sum", real_target=alpha, fake_target=beta), FLAT["bce"])
    assert low == pytest.approx(floor, abs=1e-3)
    assert level == pytest.approx(flat, abs=1e-3)
    assert entropy(0.5) == pytest.approx(log(2))


@pytest.mark.parametrize("family", ["bce", "lsgan", "hinge"])
@pytest.mark.parametrize("form", ["separate", "sum", "mean"])
def test_the_family_is_told_from_the_losses_alone(family: str, form: str) -> None:
    output = RNG.normal(0.7, 0.25, size=(200, 64)), RNG.normal(0.3, 0.25, size=(200, 64))
    made = losses(family, *output) if family == "lsgan" else losses(family, REAL + 0.5, LOGITS)
    if family == "hinge":
        made = losses(family, REAL, RNG.normal(0.2, 1.0, size=(200, 64)))
    halves = made.pop("d_loss_real"), made.pop("d_loss_fake")
    if form == "separate":
        made |= {"d_loss_real": halves[0], "d_loss_fake": halves[1]}
    else:
        made["d_loss"] = (halves[0] + halves[1]) / (2 if form == "mean" else 1)
    assert infer(series(made), {}, {}).family == family


@pytest.mark.parametrize(
    ("context", "columns", "family", "by"),
    [
        ({"family": "hinge", "family_by": "user"}, {}, "hinge", "user"),
        ({"family": "lsgan"}, {}, "lsgan", "context"),
        ({}, {"d_loss": "critic_loss"}, "wgan", "log"),
        ({}, {}, "bce", "default"),
    ],
)
def test_what_is_said_beats_what_is_named_and_what_is_named_beats_what_is_measured(
    context: dict[str, str], columns: dict[str, str], family: str, by: str
) -> None:
    found = infer(series(losses("bce")), context, columns)
    assert (found.family, found.decided_by) == (family, by)


def test_negative_losses_are_a_critic_unless_they_are_the_maximised_cross_entropy() -> None:
    critic = {"d_loss": RNG.normal(-9, 3, 100), "g_loss": RNG.normal(2, 9, 100)}
    assert infer(series(critic), {}, {}).family == "wgan"
    made = losses("bce")
    maximised = {"d_loss": -(made["d_loss_real"] + made["d_loss_fake"]), "g_loss": -made["g_loss"]}
    found = infer(series(maximised), {}, {})
    assert (found.family, found.sign) == ("bce", -1)


def test_accuracy_shows_that_a_logged_loss_is_the_mean_of_its_halves() -> None:
    flat = 0.9 * log(2)
    made = {"d_loss": np.full(50, flat), "g_loss": np.full(50, 0.9), "d_accuracy": np.full(50, 0.5)}
    assert infer(series(made), {}, {}).d_form == "mean"


def test_a_sum_that_would_break_the_law_is_a_mean() -> None:
    made = losses("bce", REAL + 1, RNG.normal(-0.3, 0.2, size=(200, 64)))
    mean = {"d_loss": 0.5 * (made["d_loss_real"] + made["d_loss_fake"]), "g_loss": made["g_loss"]}
    found = infer(series(mean), {}, {})
    assert (found.family, found.d_form) == ("bce", "mean")


def test_what_nothing_tells_stays_open() -> None:
    made = losses("bce", REAL + 2, LOGITS - 2)
    found = infer(series({"d_loss": made["d_loss_real"] + made["d_loss_fake"], "g_loss": made["g_loss"]}), {}, {})
    assert found.alternatives == (("bce", "mean"),)
