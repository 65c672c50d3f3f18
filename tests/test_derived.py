"""Logged curves -> normalised ones: which are made of what, under which convention, and with what values."""

from __future__ import annotations

from math import e, exp, log
from typing import Any

import numpy as np
import pytest

from gandoctor.convention import derived, law_of, logged
from gandoctor.model import Convention, DForm

REAL, FAKE = "d_loss_real", "d_loss_fake"
HALVES = {REAL: [0.4, 0.9], FAKE: [0.3, 0.5]}
BOTH = {**HALVES, "g_loss": [1.0, 2.0]}
WHOLE = {"d_loss": [0.6, 1.2], "g_loss": [1.0, 2.0]}
LN2 = log(2)


def made(metric: str, convention: Convention, curves: dict[str, list[float]]) -> list[float] | None:
    """A metric as it is made from these curves; None where it is undefined."""
    how = derived(metric, convention, curves)
    return None if how is None else how.compute(*(np.array(curves[name]) for name in how.inputs)).tolist()


BCE, MEAN = Convention("bce", "sum"), Convention("bce", "mean")
SEPARATE = Convention("bce", "separate")
LOGGED: list[tuple[str, dict[str, list[float]], list[float] | None]] = [
    ("d_loss", WHOLE, [0.6, 1.2]),
    ("d_loss", {**HALVES, "d_loss": [9.0, 8.0]}, [9.0, 8.0]),
    ("d_loss", HALVES, [0.7, 1.4]),
    ("d_loss", {REAL: [0.4]}, None),
    ("d_loss", {FAKE: [0.4]}, None),
    ("d_accuracy", {"d_accuracy_real": [0.5, 1.0], "d_accuracy_fake": [0.7, 0.5]}, [0.6, 0.75]),
    ("d_accuracy", {"d_accuracy": [0.9], "d_accuracy_real": [0.5], "d_accuracy_fake": [0.7]}, [0.9]),
    ("d_accuracy", {"d_accuracy_real": [0.5]}, None),
    ("d_accuracy", {"d_accuracy_fake": [0.5]}, None),
    ("d_score", {"d_score_real": [0.5], "d_score_fake": [0.1]}, None),
    ("g_loss", {"g_loss_real": [0.5], "g_loss_fake": [0.1]}, None),
    ("g_loss", WHOLE, [1.0, 2.0]),
    ("fid", WHOLE, None),
]


@pytest.mark.parametrize(("metric", "curves", "values"), LOGGED)
def test_a_logged_metric_is_itself_and_the_loss_and_accuracy_of_d_come_from_halves_too(
    metric: str, curves: dict[str, list[float]], values: list[float] | None
) -> None:
    assert made(metric, BCE, curves) == (None if values is None else pytest.approx(values))
    how = logged(metric, curves)
    assert (how is None) is (values is None)


LEVELS: list[tuple[str, Convention, dict[str, list[float]], list[float] | None]] = [
    ("d_level", BCE, WHOLE, [0.6 / (2 * LN2), 1.2 / (2 * LN2)]),
    ("d_level", MEAN, WHOLE, [0.6 / LN2, 1.2 / LN2]),
    ("d_level", SEPARATE, HALVES, [0.7 / (2 * LN2), 1.4 / (2 * LN2)]),
    ("d_level", Convention("bce", "sum", sign=-1), {"d_loss": [-0.6, -1.2]}, [0.6 / (2 * LN2), 1.2 / (2 * LN2)]),
    ("d_level", Convention("lsgan", "mean"), WHOLE, [0.6 / 0.25, 1.2 / 0.25]),
    ("d_level", Convention("hinge", "sum"), WHOLE, [0.3, 0.6]),
    ("d_level", Convention("wgan", "sum"), WHOLE, None),
    ("d_level", BCE, {"g_loss": [1.0]}, None),
    ("d_level", BCE, {REAL: [1.0], "g_loss": [1.0]}, None),
    ("g_level", BCE, WHOLE, [1 - LN2, 2 - LN2]),
    ("g_level", Convention("bce", "sum", sign=-1), {"g_loss": [-1.0]}, [1 - LN2]),
    ("g_level", Convention("lsgan", "sum"), WHOLE, [1.0, 1.75 / 0.75]),
    ("g_level", Convention("hinge", "sum"), WHOLE, [1.0, 2.0]),
    ("g_level", Convention("wgan-gp", "sum"), WHOLE, None),
    ("g_level", BCE, {"d_loss": [1.0]}, None),
    ("g_level", BCE, {"g_loss": [1.0]}, [1 - LN2]),
]


@pytest.mark.parametrize(("metric", "convention", "curves", "values"), LEVELS)
def test_a_level_is_0_where_d_has_won_and_1_or_0_where_it_says_nothing(
    metric: str, convention: Convention, curves: dict[str, list[float]], values: list[float] | None
) -> None:
    assert made(metric, convention, curves) == (None if values is None else pytest.approx(values))


@pytest.mark.parametrize("form", ["sum", "mean"])
def test_with_smoothed_labels_the_level_is_0_at_the_entropy_of_the_labels(form: DForm) -> None:
    halves = 2 if form == "sum" else 1
    floor = halves * 0.5 * -(0.9 * log(0.9) + 0.1 * log(0.1))
    flat = halves * -(0.45 * log(0.45) + 0.55 * log(0.55))
    convention = Convention("bce", form, real_target=0.9)
    assert made("d_level", convention, {"d_loss": [floor, flat]}) == pytest.approx([0.0, 1.0])


GAPS: list[tuple[str, Convention, dict[str, list[float]], list[float] | None]] = [
    ("d_gap", SEPARATE, HALVES, [0.1, 0.4]),
    ("d_gap", BCE, HALVES, [0.1, 0.4]),
    ("d_gap", MEAN, HALVES, [0.2, 0.8]),
    ("d_gap", Convention("lsgan", "separate"), HALVES, None),
    ("d_gap", SEPARATE, {REAL: [0.4]}, None),
    ("d_gap", SEPARATE, {FAKE: [0.4]}, None),
    ("implied_coverage", SEPARATE, HALVES, [exp(0.3) - 1, exp(0.5) - 1]),
    ("implied_coverage", MEAN, HALVES, [exp(0.6) - 1, 1.0]),
    ("implied_coverage", SEPARATE, {REAL: [0.0] * 5, FAKE: [-0.5, 0.0, LN2, 1.5, 1e4]}, [0.0, 0.0, 1.0, 1.0, 1.0]),
    ("implied_coverage", Convention("hinge", "separate"), HALVES, None),
    ("implied_coverage", SEPARATE, {REAL: [0.4]}, None),
    ("implied_coverage", SEPARATE, {FAKE: [0.4]}, None),
]


@pytest.mark.parametrize(("metric", "convention", "curves", "values"), GAPS)
def test_what_the_halves_of_a_cross_entropy_say_is_undefined_elsewhere(
    metric: str, convention: Convention, curves: dict[str, list[float]], values: list[float] | None
) -> None:
    assert made(metric, convention, curves) == (None if values is None else pytest.approx(values))


CONSISTENCY: list[tuple[Convention, dict[str, list[float]], list[float] | None]] = [
    (SEPARATE, BOTH, [exp(-1) + exp(-0.3), exp(-2) + exp(-0.5)]),
    (BCE, WHOLE, [exp(-1) + exp(-0.6), exp(-2) + exp(-1.2)]),
    (BCE, {**WHOLE, **HALVES}, [exp(-1) + exp(-0.3), exp(-2) + exp(-0.5)]),
    (MEAN, WHOLE, [exp(-1) + exp(-1.2), exp(-2) + exp(-2.4)]),
    (Convention("bce", "sum", alternatives=(("bce", "mean"),)), WHOLE, [exp(-1) + exp(-1.2), exp(-2) + exp(-2.4)]),
    (Convention("bce", "sum", alternatives=(("lsgan", "mean"),)), WHOLE, [exp(-1) + exp(-0.6), exp(-2) + exp(-1.2)]),
    (Convention("bce", "mean", alternatives=(("bce", "sum"),)), WHOLE, [exp(-1) + exp(-1.2), exp(-2) + exp(-2.4)]),
    (Convention("lsgan", "sum"), WHOLE, [2 - 0.6**0.5 - 1, 2 - 1.2**0.5 - 2**0.5]),
    (Convention("hinge", "mean"), WHOLE, [2 - 1.2 - 1, 2 - 2.4 - 2]),
    (Convention("bce", "sum", sign=-1), WHOLE, None),
    (Convention("lsgan", "sum", sign=-1), WHOLE, None),
    (Convention("wgan", "sum"), WHOLE, None),
    (Convention("relativistic", "sum"), WHOLE, None),
    (BCE, {"d_loss": [1.0]}, None),
    (BCE, {"g_loss": [1.0]}, None),
    (BCE, {"g_loss": [1.0], REAL: [1.0]}, None),
]


@pytest.mark.parametrize(("convention", "curves", "values"), CONSISTENCY)
def test_the_law_of_the_family_gets_the_most_room_that_the_reading_leaves(
    convention: Convention, curves: dict[str, list[float]], values: list[float] | None
) -> None:
    assert made("consistency", convention, curves) == (None if values is None else pytest.approx(values))


@pytest.mark.parametrize(
    ("form", "has", "inputs", "value"),
    [
        ("sum", {"d_loss", "g_loss"}, ("g_loss", "d_loss"), 2 / e),
        ("mean", {"d_loss", "g_loss"}, ("g_loss", "d_loss"), exp(-1) + exp(-2)),
        ("separate", {FAKE, "d_loss", "g_loss"}, ("g_loss", FAKE), 2 / e),
    ],
)
def test_a_law_takes_what_it_can_of_the_loss_of_d(form: DForm, has: set[str], inputs: Any, value: float) -> None:
    how = law_of("bce", form, has)
    assert how is not None
    assert how.inputs == inputs
    assert how.compute(np.ones(1), np.ones(1))[0] == pytest.approx(value)
