"""Verdicts on labelled logs of other people, by the scorer that comes with them; skipped where they are not at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCORER = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "score.py"

pytestmark = pytest.mark.skipif(not SCORER.exists(), reason="the labelled logs are not here")

LEAST = {
    "recall_of_failures": 0.88,
    "recall_of_failures_by_program": 0.80,
    "balanced_accuracy_by_program": 0.89,
    "f1_convergence_failure": 0.90,
}
MOST = {"errors": 2, "false_alarms": 0.02, "false_alarms_by_program": 0.035, "inconclusive": 0.10}


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    out = subprocess.run([sys.executable, str(SCORER)], capture_output=True, text=True, check=True, timeout=600)
    return {name: float(value) for name, value in (line.split() for line in out.stdout.splitlines())}


@pytest.mark.parametrize("name", LEAST)
def test_failures_are_found_and_named(name: str, figures: dict[str, float]) -> None:
    assert figures[name] >= LEAST[name]


@pytest.mark.parametrize("name", MOST)
def test_healthy_runs_are_left_in_peace(name: str, figures: dict[str, float]) -> None:
    assert figures[name] <= MOST[name]
