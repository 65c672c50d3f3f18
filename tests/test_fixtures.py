"""The recorded runs: each is read, diagnosed, and compared with what its expect.toml demands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor.demo import recorded

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis, FloatArray

RUNS = {run.name: run.log for run in recorded()}
VERDICTS = {"stable", "mode_collapse", "convergence_failure", "inconclusive"}
NUMBER = r"(-?\d+(?:\.\d+)?)"
PRINTED = {
    "seed-000-trading-cards": rf"d_loss = {NUMBER} \| gan_loss = {NUMBER}()",
    "seed-002-cifar-sgd": r"^\d+,(?P<g>[\d.]+),[\d.]+,(?P<d>[\d.]+),()",
    "seed-003-baseline": rf"d1={NUMBER}, d2={NUMBER} g={NUMBER}",
    "seed-003-latent-1": rf"d1={NUMBER}, d2={NUMBER} g={NUMBER}",
    "seed-003-combined-batch": rf"d={NUMBER}, g={NUMBER}()",
    "seed-003-default-adam": rf"d1={NUMBER}, d2={NUMBER} g={NUMBER}",
    "seed-004-mnist-dense": rf"Discriminator Loss: {NUMBER} Generator Loss: {NUMBER}()",
}
"""Where the losses stand in each printed log, written down here so that no reader of the package is trusted."""


def toml(name: str, file: str) -> dict[str, Any]:
    return tomllib.loads((RUNS[name].parent / file).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def diagnosed() -> dict[str, Diagnosis]:
    from gandoctor.engine import diagnose

    return {name: diagnose(log) for name, log in RUNS.items()}


def losses(name: str) -> tuple[FloatArray, FloatArray]:
    """D's loss on generated samples, or a bound above it where only a total was printed, and G's loss."""
    found = list(re.finditer(PRINTED[name], RUNS[name].read_text(encoding="utf-8"), re.MULTILINE))
    if name == "seed-002-cifar-sgd":
        return 2 * np.array([float(m["d"]) for m in found]), np.array([float(m["g"]) for m in found])
    rows = np.array([[float(x) for x in m.groups() if x] for m in found])
    if rows.shape[1] == 3:
        return rows[:, 1], rows[:, 2]
    form = toml(name, "recipe.toml")["context"].get("d_form", "mean")
    return rows[:, 0] * (1 if form == "sum" else 2), rows[:, 1]


def test_runs_of_every_seed_document_are_there() -> None:
    assert set(PRINTED) <= set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_an_expectation_names_a_verdict_the_truth_and_known_rules(name: str) -> None:
    from gandoctor.rulebook import load

    expect = toml(name, "expect.toml")
    rules = {rule.id for rule in load().rules}
    assert {expect["verdict"], expect["truth"], *expect.get("also", [])} <= VERDICTS
    assert {*expect["fired"], *expect["silent"], expect["kind"] or "stable"} <= rules | {"stable"}
    assert not set(expect["fired"]) & set(expect["silent"])


@pytest.mark.parametrize("name", RUNS)
def test_a_recipe_names_the_log_and_says_how_it_came_about(name: str) -> None:
    recipe = toml(name, "recipe.toml")
    assert recipe["log"] == RUNS[name].name
    assert recipe["rows"] in {"complete", "excerpt", "schematic", "trained"}
    assert recipe["source"]
    assert recipe["context"]["family"]


@pytest.mark.parametrize("name", RUNS)
def test_a_recorded_run_gets_its_verdict_and_kind(name: str, diagnosed: dict[str, Diagnosis]) -> None:
    expect, found = toml(name, "expect.toml"), diagnosed[name]
    assert found.verdict in {expect["verdict"], *expect.get("also", [])}, found.headline
    if found.verdict == expect["verdict"]:
        assert found.kind in {expect["kind"], *expect.get("also_kind", [])}, found.headline


@pytest.mark.parametrize("name", RUNS)
def test_the_rules_demanded_fire_and_the_others_stay_silent(name: str, diagnosed: dict[str, Diagnosis]) -> None:
    expect, found = toml(name, "expect.toml"), diagnosed[name]
    assert set(expect["fired"]) <= {finding.rule for finding in found.findings}
    spoke = {finding.rule: finding.evidence for finding in (*found.findings, *found.suspicions) if finding.active}
    assert not {rule: spoke[rule] for rule in expect["silent"] if rule in spoke}


@pytest.mark.parametrize("name", [name for name in RUNS if "suspicion" in toml(name, "expect.toml")])
def test_a_suspicion_demanded_is_at_least_a_suspicion(name: str, diagnosed: dict[str, Diagnosis]) -> None:
    found = diagnosed[name]
    assert toml(name, "expect.toml")["suspicion"] in {f.verdict for f in (*found.suspicions, *found.findings)}


@pytest.mark.parametrize("name", [name for name in RUNS if "since" in toml(name, "expect.toml")])
def test_the_onset_is_found_where_the_training_was_changed(name: str, diagnosed: dict[str, Diagnosis]) -> None:
    low, high = toml(name, "expect.toml")["since"]
    since = diagnosed[name].since
    assert since is not None
    assert low <= since <= high


@pytest.mark.parametrize("name", [name for name in PRINTED if "golden" in toml(name, "expect.toml")])
def test_the_consistency_of_the_printed_rows_is_the_golden_one(name: str) -> None:
    golden = toml(name, "expect.toml")["golden"]
    d_fake, g = losses(name)
    consistency = np.exp(-g) + np.exp(-d_fake)
    assert consistency[-1] == pytest.approx(golden["consistency_last"], abs=golden["tolerance"])
    if "consistency" in golden:
        assert consistency == pytest.approx(np.array(golden["consistency"]), abs=golden["tolerance"])


@pytest.mark.parametrize("name", [name for name in PRINTED if "consistency" in toml(name, "expect.toml")["golden"]])
def test_the_normalised_consistency_is_that_of_the_printed_rows(name: str, diagnosed: dict[str, Diagnosis]) -> None:
    golden = toml(name, "expect.toml")["golden"]
    curve = diagnosed[name].normalised["consistency"]
    assert curve.values == pytest.approx(np.array(golden["consistency"]), abs=golden["tolerance"])


def test_no_epoch_of_the_dense_gan_contradicts_itself() -> None:
    golden = toml("seed-004-mnist-dense", "expect.toml")["golden"]
    d, g = losses("seed-004-mnist-dense")
    assert len(d) == 100
    assert np.median(d) == pytest.approx(golden["d_median"], abs=golden["tolerance"])
    assert np.median(g) == pytest.approx(golden["g_median"], abs=golden["tolerance"])
    assert np.count_nonzero(np.exp(-d) + np.exp(-g) > 1) == golden["consistency_above_one"]


@pytest.mark.parametrize("name", RUNS)
def test_a_recorded_run_stays_small(name: str) -> None:
    assert sum(Path(file).stat().st_size for file in RUNS[name].parent.iterdir()) < 150_000
