"""The recorded runs: each is read, diagnosed, and compared with what its expect.toml demands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor.checks.expectation import VERDICT_NAMES
from gandoctor.checks.folders import check
from gandoctor.demo import recorded
from gandoctor.engine import diagnose
from gandoctor.report.checks.terminal import detail
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from gandoctor.checks.result import CheckResult
    from gandoctor.model import FloatArray

RUNS = {run.name: run.log for run in recorded()}
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
def checked() -> dict[str, CheckResult]:
    book = load()
    return {name: check(log.parent, book) for name, log in RUNS.items()}


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
def test_a_recorded_run_is_as_expected(name: str, checked: dict[str, CheckResult]) -> None:
    result = checked[name]
    assert result.status in ("ok", "bypassed"), detail(result)


@pytest.mark.parametrize("name", [name for name in RUNS if toml(name, "expect.toml")["truth"] == "stable"])
def test_a_run_that_did_well_was_never_called_a_failure_on_its_way(name: str) -> None:
    found = diagnose(RUNS[name])
    assert [f"{f.rule}.{f.pattern} at {f.fired:g}" for f in found.findings if f.verdict != "stable"] == []


@pytest.mark.parametrize("name", RUNS)
def test_an_expectation_says_what_the_run_really_is(name: str) -> None:
    assert toml(name, "expect.toml")["truth"] in VERDICT_NAMES


@pytest.mark.parametrize("name", RUNS)
def test_a_recipe_names_the_log_and_says_how_it_came_about(name: str) -> None:
    recipe = toml(name, "recipe.toml")
    assert recipe["log"] == RUNS[name].name
    assert recipe["rows"] in {"complete", "excerpt", "schematic", "trained"}
    assert recipe["source"]
    assert recipe["context"]["family"]


@pytest.mark.parametrize("name", [name for name in PRINTED if "golden" in toml(name, "expect.toml")])
def test_the_consistency_of_the_printed_rows_is_the_golden_one(name: str) -> None:
    golden = toml(name, "expect.toml")["golden"]
    d_fake, g = losses(name)
    consistency = np.exp(-g) + np.exp(-d_fake)
    assert consistency[-1] == pytest.approx(golden["consistency_last"], abs=golden["tolerance"])
    if "consistency" in golden:
        assert consistency == pytest.approx(np.array(golden["consistency"]), abs=golden["tolerance"])


@pytest.mark.parametrize("name", [name for name in PRINTED if "consistency" in toml(name, "expect.toml")["golden"]])
def test_the_normalised_consistency_is_that_of_the_printed_rows(name: str) -> None:
    golden = toml(name, "expect.toml")["golden"]
    curve = diagnose(RUNS[name]).normalised["consistency"]
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
