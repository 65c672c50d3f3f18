"""The scenarios as data, the remedies that change them, and how a run's samples are labelled. No TensorFlow here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gandoctor.errors import GandoctorError
from gandoctor.rulebook import load
from gandoctor.samples import Null, SampleMetrics
from gandoctor.trainer import truth
from gandoctor.trainer.registry import SCENARIOS
from gandoctor.trainer.remedies import REMEDIES, applied
from gandoctor.trainer.scenario import Optimiser, scenario

ADAM = Optimiser("adam", 2e-4, beta1=0.5)

PRINTED: dict[str, dict[str, Any]] = {
    "mnist-dcgan": {"latent": 50, "batch": 64, "g_batch": 128, "steps": 450, "d": ADAM, "g": ADAM, "digit": 8},
    "mnist-dcgan-latent-1": {"latent": 1, "d_batches": "separate", "d": ADAM},
    "mnist-dcgan-combined-batch": {"latent": 50, "d_batches": "combined", "d_normalisation": True},
    "mnist-dcgan-default-adam": {"d": Optimiser("adam", 1e-3, beta1=0.9), "g": Optimiser("adam", 1e-3, beta1=0.9)},
    "mnist-dense": {
        "d": Optimiser("adam", 1e-3), "g": Optimiser("adam", 1e-4), "real_label": 0.9, "batch": 64, "latent": 100,
        "printed_steps": 93700, "reals_in_order": True, "same_latents": True, "digit": None,
    },
    "cifar-dcgan-adam": {"latent_law": "uniform", "misplaced_normalisation": True, "d": Optimiser("adam", 1e-4, 0.5)},
    "cifar-dcgan-sgd": {"d": Optimiser("sgd", 2e-4), "g": Optimiser("sgd", 1e-4), "printed_steps": 10000},
    "trading-cards": {"batch": 256, "g_batch": 256, "d": ADAM, "d_normalisation": False, "printed_steps": 46800},
}  # fmt: skip
"""What the documents print, written down here so that the registry is not its own witness."""


def test_all_eight_scenarios_are_there() -> None:
    assert list(SCENARIOS) == list(PRINTED)
    assert all(each.name == name for name, each in SCENARIOS.items())


@pytest.mark.parametrize("name", PRINTED)
def test_a_scenario_has_the_settings_that_its_source_prints(name: str) -> None:
    found = SCENARIOS[name]
    assert {key: getattr(found, key) for key in PRINTED[name]} == PRINTED[name]


def test_width_scales_filters_and_leaves_two_at_least() -> None:
    narrow = replace(SCENARIOS["mnist-dcgan"], width=0.125)
    assert [narrow.filters(printed) for printed in (128, 64, 4)] == [16, 8, 2]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 0}, "width must be above 0"),
        ({"width": 5}, "width must be above 0"),
        ({"width": float("nan")}, "width must be above 0"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"latent": -1}, "latent must be at least 1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(GandoctorError, match=said):
        replace(SCENARIOS["mnist-dcgan"], **changes)


def test_an_unknown_scenario_is_answered_with_those_there_are() -> None:
    with pytest.raises(GandoctorError, match="there is no scenario 'dcgan'; there are mnist-dcgan, "):
        scenario("dcgan")


def test_only_the_tutorial_with_two_listings_can_lose_its_first_convolution() -> None:
    assert not SCENARIOS["mnist-dcgan-default-adam"].without_first_convolution().first_convolution
    with pytest.raises(GandoctorError, match="has no listing without it"):
        SCENARIOS["mnist-dense"].without_first_convolution()


# --- remedies ------------------------------------------------------------------------------------------------------

CHANGES = [
    ("separate-batches", "mnist-dcgan-combined-batch", "consistent", {"d_batches": "separate"}),
    ("no-batchnorm-in-d", "mnist-dcgan-combined-batch", "consistent", {"d_normalisation": False}),
    ("dcgan-optimiser", "mnist-dcgan-default-adam", "consistent", {"d": ADAM, "g": ADAM}),
    ("dcgan-optimiser", "trading-cards", "consistent", {"d": replace(ADAM, rate=5e-5)}),
    ("adam", "cifar-dcgan-sgd", "consistent", {"d": ADAM}),
    ("match-ranges", "cifar-dcgan-sgd", "consistent", {"misplaced_normalisation": False}),
    ("larger-latent", "mnist-dcgan-latent-1", "consistent", {"latent": 100}),
    ("same-mode", "mnist-dcgan", "as-written", {"g_mode": "training"}),
    ("check-updates", "mnist-dcgan", "as-written", {"freezing": "after-a-step"}),
    ("check-updates", "cifar-dcgan-sgd", "as-written", {"freezing": "after-a-step"}),
    ("smooth-real-labels", "trading-cards", "consistent", {"real_label": 0.9}),
    ("r1", "trading-cards", "consistent", {"r1": pytest.approx(2e-4 * 64**2 / 256)}),
]


@pytest.mark.parametrize(("remedy", "name", "mode", "changes"), CHANGES)
def test_a_remedy_changes_what_it_is_about_and_nothing_else(
    remedy: str, name: str, mode: Any, changes: dict[str, Any]
) -> None:
    before, after = SCENARIOS[name], applied(remedy, SCENARIOS[name], mode)
    differ = {key for key in before.__dataclass_fields__ if getattr(before, key) != getattr(after, key)}
    assert {key: getattr(after, key) for key in differ} == changes


@pytest.mark.parametrize(
    ("remedy", "name", "mode", "said"),
    [
        ("pray", "mnist-dcgan", "consistent", "--remedy pray: the trainer can apply adam, "),
        ("separate-batches", "mnist-dcgan", "consistent", "which is so already"),
        ("larger-latent", "trading-cards", "consistent", "which is so already"),
        ("check-updates", "mnist-dcgan", "consistent", "changes nothing with --mode consistent"),
        ("r1", "mnist-dcgan", "as-written", "changes nothing with --mode as-written"),
        ("check-updates", "mnist-dense", "as-written", "which is so already"),
    ],
)
def test_a_remedy_that_would_change_nothing_is_refused(remedy: str, name: str, mode: Any, said: str) -> None:
    with pytest.raises(GandoctorError, match=said):
        applied(remedy, SCENARIOS[name], mode)


def test_a_remedy_that_the_trainer_applies_is_one_that_a_rule_gives() -> None:
    given = {remedy.id for rule in load().rules for remedy in rule.remedies}
    assert set(REMEDIES) <= given


# --- truth ---------------------------------------------------------------------------------------------------------

NULL = {"coverage": 0.97, "precision": 0.94, "vendi": 1.0}


def measured(precision: float, coverage: float, vendi: float) -> SampleMetrics:
    """Samples with these shares of what real images score."""
    shares = {"precision": precision, "coverage": coverage, "vendi": vendi}
    values: dict[str, Any] = dict.fromkeys(("density", "recall", "pairwise_distance", "duplicates"), 0.5)
    values |= {name: share * NULL[name] for name, share in shares.items()}
    null = {name: Null(NULL.get(name, 1.0), 0.01) for name in values}
    fixed: dict[str, Any] = {"null": null, "size": 256, "null_size": 256, "k": 5}
    return SampleMetrics(**values, **fixed)


@pytest.mark.parametrize(
    ("shares", "label", "other", "verdict"),
    [
        ((1.0, 1.0, 1.0), "stable", "", "stable"),
        ((0.7, 0.4, 0.8), "stable", "", "stable"),  # blurred: few real images have a generated one near
        ((1.0, 0.6, 0.1), "stable", "", "stable"),  # pale: kinds lie close together
        ((0.9, 0.1, 0.1), "collapse", "", "mode_collapse"),
        ((0.9, 0.1, 0.48), "collapse", "stable", "mode_collapse"),
        ((0.9, 0.52, 0.1), "stable", "collapse", "stable"),
        ((0.1, 0.1, 0.1), "garbage", "", "convergence_failure"),
        ((0.1, 0.1, 1.3), "garbage", "", "convergence_failure"),
        ((0.46, 0.02, 0.01), "garbage", "collapse", "convergence_failure"),
        ((0.54, 0.02, 0.01), "collapse", "garbage", "mode_collapse"),
        ((0.46, 0.6, 0.9), "garbage", "stable", "convergence_failure"),
    ],
)
def test_a_label_follows_from_three_shares(
    shares: tuple[float, float, float], label: str, other: str, verdict: str
) -> None:
    shown = truth.shown(measured(*shares))
    assert (shown.label, shown.other, shown.verdict) == (label, other, verdict)
    assert label in shown.sentence


GOOD, BAD, ALIKE = (1.0, 1.0, 1.0), (0.1, 0.1, 0.1), (0.9, 0.1, 0.1)


@pytest.mark.parametrize(
    ("looks", "label", "also"),
    [
        ((BAD, BAD, BAD, GOOD, GOOD, GOOD), "stable", ""),  # what was long ago does not count
        ((BAD, ALIKE, ALIKE), "collapse", "convergence_failure"),
        ((ALIKE, ALIKE, BAD), "collapse", "convergence_failure"),
        ((ALIKE, BAD, BAD), "garbage", "mode_collapse"),
        ((GOOD, BAD), "stable", "convergence_failure"),
    ],
)
def test_the_last_three_looks_decide_and_one_that_differs_is_named(
    looks: tuple[tuple[float, float, float], ...], label: str, also: str
) -> None:
    shown = truth.shown(*(measured(*shares) for shares in looks))
    assert (shown.label, shown.also) == (label, also)
    assert shown.measured == measured(*looks[-1])


def test_a_look_that_was_not_finite_is_left_out_unless_it_is_the_last() -> None:
    good, gone = measured(*GOOD), None
    assert truth.shown(good, gone, good).label == "stable"
    assert truth.shown(good, good, gone).label == "diverged"


def test_samples_that_are_not_finite_have_diverged() -> None:
    shown = truth.shown(None)
    assert (shown.label, shown.verdict, shown.also) == ("diverged", "convergence_failure", "")
    assert shown.table() == {"label": "diverged", "verdict": "convergence_failure", "also": ""}
