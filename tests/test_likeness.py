"""Whether new runs are like the references: the features, the test, its error rates, and what it says."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from reference_runs import RECIPES, game_run, shifted

from gandoctor.checks.bypass import Bypass
from gandoctor.engine import diagnose
from gandoctor.errors import BadReference
from gandoctor.model import Curve
from gandoctor.reference import statistics
from gandoctor.reference.features import BINS, course, features, table
from gandoctor.reference.likeness import Likeness, compare
from gandoctor.reference.measure import Measured, measure
from gandoctor.report.checks.likeness import conclusion, render

if TYPE_CHECKING:
    from collections.abc import Sequence

FEATURES = table()[1]
STEPS = np.arange(1.0, 1001)


def run(name: str, values: dict[str, float], **about: Any) -> Measured:
    """A run with these features and flat curves."""
    courses = {FEATURES[key].curve: (value,) * BINS for key, value in values.items()}
    usual: dict[str, Any] = {"verdict": "stable", "kind": "", "since": None, "rows": 1000, "context": {}}
    return Measured(
        name, "step", 1, 1000, reading=("bce", "sum"), features=values, course=courses, **{**usual, **about}
    )


def runs(values: Sequence[float], feature: str = "d_level.end", **about: Any) -> list[Measured]:
    return [run(f"run-{k}", {feature: value}, **about) for k, value in enumerate(values)]


STEADY = [0.60, 0.62, 0.58, 0.61, 0.59, 0.60, 0.63, 0.57]

# --- features ------------------------------------------------------------------------------------------------------


def measured(feature: str, values: np.ndarray) -> float:
    return features({FEATURES[feature].curve: Curve(STEPS, values)}, 1, 1000)[feature]


def test_every_feature_has_a_name_a_meaning_either_way_and_a_margin() -> None:
    for feature in FEATURES.values():
        assert feature.worse in ("higher", "lower", "either")
        assert 0 <= feature.part[0] < feature.part[1] <= 1
        assert feature.margin > 0
        assert feature.name
        assert feature.lower != feature.higher


def test_a_level_is_the_median_of_its_part_alone() -> None:
    values = np.where(STEPS < 700, 9.0, 0.5)
    values[800] = 1000
    assert measured("d_level.end", values) == 0.5
    assert measured("d_level.start", values) == 9.0


def test_a_drift_is_the_change_between_the_thirds_of_its_part() -> None:
    assert measured("d_level.drift", STEPS / 1000) == pytest.approx(0.4, abs=0.005)
    assert measured("d_level.drift", np.ones(1000)) == 0


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_a_spread_is_that_of_the_noise_and_not_of_a_drift(slope: float) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(1000)
    assert np.exp(measured("d_level.spread", 0.5 + noise + slope * STEPS / 1000)) == pytest.approx(0.1, rel=0.2)


def test_the_arrival_is_the_step_at_nine_tenths_of_the_final_level() -> None:
    steps = np.arange(50.0, 1001, 50)
    values = np.minimum(steps / 500, 1.0)
    found = features({"coverage": Curve(steps, values)}, 50, 1000)["coverage.arrived"]
    assert np.exp(found) == pytest.approx(450)


@pytest.mark.parametrize("values", [np.full(1000, np.nan), np.where(STEPS < 650, 0.5, np.nan)])
def test_a_part_without_finite_points_has_no_feature(values: np.ndarray) -> None:
    found = features({"d_level": Curve(STEPS, values)}, 1, 1000)
    assert "d_level.end" not in found
    assert all(np.isfinite(value) for value in found.values())


def test_the_course_has_the_median_of_each_stretch() -> None:
    made = course(Curve(STEPS, np.floor((STEPS - 1) / 50)), 1, 1000)
    assert made == pytest.approx(range(BINS), abs=0.5)


def test_a_critic_is_measured_by_its_distance_and_has_no_level() -> None:
    found = measure(diagnose(game_run("wgan-gp", 1)), "critic").features
    assert {"critic.size", "critic.spread", "critic_g.spread"} <= set(found)
    assert not any(name.startswith(("d_level", "g_level")) for name in found)


# --- the test ------------------------------------------------------------------------------------------------------


def test_one_new_run_outside_of_the_prediction_interval_is_significant_at_just_its_level() -> None:
    from scipy.stats import t

    values = np.array([0.9, 1.0, 1.1, 1.3, 0.8])
    of = statistics.references(list(values), margin=1e-9)
    half = t.ppf(0.975, 4) * values.std(ddof=1) * np.sqrt(1 + 1 / 5)
    assert statistics.p_value(of, [values.mean() + half]) == pytest.approx(0.05)
    assert statistics.p_value(of, [values.mean() - half]) == pytest.approx(0.05)


def test_the_best_and_the_worst_of_ten_references_do_not_move_the_centre_but_count_for_the_spread() -> None:
    usual, odd = [1.0] * 5 + [1.1] * 5, [1.0] * 5 + [1.1] * 4 + [9.0]
    before, after = (statistics.references(values, 1e-9) for values in (usual, odd))
    assert after.centre == pytest.approx(before.centre, abs=0.01)
    assert after.spread > 20 * before.spread
    assert (after.number, after.kept) == (10, 8)


def test_references_that_agree_to_the_last_digit_still_have_a_spread() -> None:
    assert statistics.references([1.0] * 5, margin=0.08).spread == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # Holm 1979: 3 x .01, 2 x .03, then no less than before
        ([0.9, 0.5], [1.0, 1.0]),
    ],
)
def test_p_values_are_adjusted_as_holm_did(p: list[float], adjusted: list[float]) -> None:
    assert statistics.holm(p) == pytest.approx(adjusted)


NORMAL = [(3, 1), (5, 1), (5, 3), (10, 2), (20, 1), (20, 5)]
TRIALS = 1500


@pytest.mark.parametrize(("old", "new"), NORMAL)
def test_the_family_wise_error_is_five_percent_and_the_power_ninety_at_the_visible_change(old: int, new: int) -> None:
    """Ten normal features a run, without margin; bounds are three standard errors of the simulation wide."""
    rng = np.random.default_rng([old, new])
    false = found = 0
    for _ in range(TRIALS):
        references, others = rng.standard_normal((10, old)), rng.standard_normal((10, new))
        of = [statistics.references(list(row), 1e-9) for row in references]
        false += bool(
            (statistics.holm([statistics.p_value(r, list(x)) for r, x in zip(of, others, strict=True)]) <= 0.05).any()
        )
        sight = statistics.sight(of[0], new, 1e-9, 10)
        found += abs(others[0].mean() + sight.visible - of[0].centre) > sight.bound
    error = 3 * np.sqrt(0.05 * 0.95 / TRIALS)
    assert false / TRIALS <= 0.05 + error
    assert false / TRIALS >= 0.02, "a test that never errs sees nothing"
    assert found / TRIALS == pytest.approx(0.9, abs=3 * np.sqrt(0.9 * 0.1 / TRIALS))


# --- verdicts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feature", "old", "new", "result"),
    [
        ("d_level.end", STEADY, [0.61], "same"),
        ("d_level.end", STEADY, [0.20], "moved"),
        ("d_level.end", STEADY, [0.95], "moved"),
        ("d_level.end", STEADY, [0.64, 0.64, 0.65, 0.64, 0.65], "same"),  # sure, but within the margin
        ("coverage.end", STEADY, [0.20], "worse"),
        ("coverage.end", STEADY, [0.95], "better"),
        ("fid.end", [log(x) for x in (30, 31, 29, 30, 32)], [log(60)], "worse"),
        ("fid.end", [log(x) for x in (30, 31, 29, 30, 32)], [log(10)], "better"),
        ("coverage.end", [1.0] * 6, [0.96], "same"),  # a metric at its ceiling: any move would be infinitely unlikely
        ("coverage.end", [1.0] * 6, [0.80], "worse"),
        ("coverage.end", STEADY, [0.6, 0.6, 0.05], "worse"),  # one of three new runs went astray
    ],
)
def test_a_move_is_judged_by_its_direction_and_the_margin(
    feature: str, old: list[float], new: list[float], result: str
) -> None:
    (moved,) = compare(runs(new, feature), runs(old, feature)).moved
    assert moved.result == result


def test_a_failure_that_no_reference_has_is_a_regression_whatever_the_features_say() -> None:
    (ill,) = runs([0.6], verdict="mode_collapse", kind="low-diversity", since=400.0)
    likeness = compare([ill], runs(STEADY))
    assert [one.kind for one in likeness.failed] == ["low-diversity"]
    assert likeness.status == 1
    known = [replace(one, verdict="mode_collapse") if k == 0 else one for k, one in enumerate(runs(STEADY))]
    assert compare([ill], known).status == 0


def test_a_bypass_lets_a_regression_pass_and_stays_visible() -> None:
    bypass = Bypass("d_level.end", "the new optimiser", "Ann")
    likeness = compare(runs([0.2]), runs(STEADY), [bypass])
    assert likeness.status == 0
    text = render(likeness, colour=False)
    assert "let pass by Ann: the new optimiser" in text.lower().replace("ann", "Ann")
    assert "1 change let pass" in conclusion(likeness)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_fewer_than_three_references_are_refused(number: int) -> None:
    with pytest.raises(BadReference, match=f"{number} of the 3 references"):
        compare(runs([0.6]), runs(STEADY[:number]))


@pytest.mark.parametrize(("number", "warned"), [(3, True), (4, True), (5, False)])
def test_fewer_than_five_references_bring_a_warning(number: int, warned: bool) -> None:
    likeness = compare(runs([0.6]), runs(STEADY[:number]))
    assert any("references: nothing but large changes" in text for text in likeness.warnings) == warned


def test_more_references_and_more_new_runs_see_smaller_changes() -> None:
    old = [statistics.References(0.0, 1.0, n, n) for n in (3, 5, 8, 16)]
    one, three = ([statistics.sight(of, new, 0.1, 10).visible for of in old] for new in (1, 3))
    assert one == sorted(one, reverse=True)
    assert all(few > many for few, many in zip(one, three, strict=True))
    assert statistics.sight(old[0], 1, 0.1, 20).visible > one[0], "more comparisons see less"


def test_the_step_is_named_from_which_on_a_curve_left_all_references() -> None:
    new = run("new", {"d_level.end": 0.1})
    new = replace(new, course={"d_level": (0.6,) * 12 + (0.1,) * 8})
    (moved,) = compare([new], runs(STEADY)).moved
    assert moved.since == pytest.approx(1 + 12 * 999 / 20)


def test_nothing_in_common_is_no_all_clear() -> None:
    likeness = compare(runs([0.6], "coverage.end"), runs(STEADY))
    assert likeness.status == 2
    assert [(one.why, one.features) for one in likeness.skipped] == [("not in run-0", ("d_level.end",))]
    assert "Nothing could be compared" in conclusion(likeness)


WARNINGS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another hyper-parameter": ({"context": {"d_lr": 4e-4}}, {"context": {"d_lr": 2e-4}}, "d_lr is 0.0004"),
    "the reference itself": ({"log_hash": "ab"}, {"log_hash": "ab"}, "is the same log as the reference"),
    "an open verdict": ({"verdict": "inconclusive"}, {}, "is inconclusive"),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_what_weakens_a_comparison_is_said(case: str) -> None:
    new, old, said = WARNINGS[case]
    assert any(said in text for text in compare(runs([0.6], **new), runs(STEADY, **old)).warnings)


def test_a_seed_may_differ_and_references_with_different_recipes_are_named() -> None:
    old = [replace(one, context={"seed": k, "d_lr": k % 2}) for k, one in enumerate(runs(STEADY))]
    new = runs([0.6], context={"seed": 99, "d_lr": 0})
    assert [text for text in compare(new, old).warnings if "differ" in text] == ["the references differ in d_lr: 0, 1"]


def test_movement_between_rows_is_not_compared_between_logs_of_different_density() -> None:
    likeness = compare(runs([-2.0], "d_level.spread", rows=100), runs([-2.0, -2.1, -1.9], "d_level.spread"))
    assert "logged more or less often" in likeness.skipped[0].why


# --- on runs of the engine -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool() -> list[Measured]:
    """Runs of one recipe, diagnosed by the engine."""
    return [measure(diagnose(game_run("bce", seed)), f"seed-{seed}") for seed in range(36)]


def groups(pool: list[Measured], deals: int) -> list[Likeness]:
    made = []
    for deal in range(deals):
        order = np.random.default_rng(deal).permutation(len(pool))
        for first in range(0, len(pool) - 5, 6):
            *old, new = (pool[k] for k in order[first : first + 6])
            made.append(compare([new], old))
    return made


def test_runs_of_one_recipe_are_rarely_called_a_regression(pool: list[Measured]) -> None:
    likenesses = groups(pool, 10)
    false = sum(bool(one.regressions) for one in likenesses)
    assert len(likenesses) == 60
    assert false <= 6  # five percent of sixty, and 1.8 standard errors of chance


def test_a_change_of_visible_size_in_the_features_is_seen(pool: list[Measured]) -> None:
    seen = asked = 0
    for turn, likeness in enumerate(groups(pool, 10)):
        one = likeness.moved[turn % len(likeness.moved)]
        (new,) = likeness.new
        values = {**new.features, one.feature.id: new.features[one.feature.id] + one.sight.visible}
        again = compare([replace(new, features=values)], likeness.references)
        seen += next(m for m in again.moved if m.feature == one.feature).result == "moved"
        asked += 1
    assert seen / asked >= 0.8  # ninety percent of sixty, and 2.6 standard errors


@pytest.mark.parametrize("curve", ["d_level", "g_level"])
def test_a_change_in_the_losses_themselves_is_seen_and_dated(pool: list[Measured], curve: str) -> None:
    references = pool[:10]
    before = compare([pool[20]], references)
    visible = next(m for m in before.moved if m.feature.id == f"{curve}.end").sight.visible
    changed = measure(diagnose(shifted(game_run("bce", 20), curve, 1.5 * visible)), "changed")
    moved = next(m for m in compare([changed], references).moved if m.feature.id == f"{curve}.end")
    assert moved.result == "moved"
    assert moved.since == pytest.approx(0.7 * RECIPES["bce"].steps, rel=0.1)
