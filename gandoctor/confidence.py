"""How often the doctor was right when it said this before: the probabilities behind every verdict.

The counts in `calibration.json` are made by `tests/benchmarks/calibrate.py` from labelled runs of other people; the
runs of one program count together as one, so that a program with many runs does not speak for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STRENGTH = 3.0
"""Weight of the pooled rate in programs: a pattern seen in three programs is believed half."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Counts in programs: how often a pattern or a kind of stable verdict was given, and how often rightly.

    `failures` maps "rule.pattern", `stable` maps a group ("quality", "losses", "critic") to (right, said).
    """

    failures: Mapping[str, tuple[float, float]]
    stable: Mapping[str, tuple[float, float]]
    runs: int
    programs: int

    @property
    def words(self) -> str:
        """Where the probabilities come from."""
        return f"estimated on {self.runs} labelled runs of {self.programs} programs"

    def failure(self, rule: str, pattern: str) -> float:
        """The probability that a run on which this pattern holds has failed; between 0 and 1."""
        return _shrunk(self.failures, f"{rule}.{pattern}")

    def healthy(self, group: str) -> float:
        """The probability that a run without findings in that group is stable; between 0 and 1."""
        return _shrunk(self.stable, group)


def _shrunk(table: Mapping[str, tuple[float, float]], key: str) -> float:
    """The rate of `key`, drawn towards the rate of the whole table, which is drawn towards one half."""
    right, said = (sum(row[i] for row in table.values()) for i in (0, 1))
    pooled = (right + 1) / (said + 2)
    right, said = table.get(key, (0.0, 0.0))
    return (right + STRENGTH * pooled) / (said + STRENGTH)


@cache
def calibration() -> Calibration:
    """The calibration that ships with the package."""
    data = json.loads(files("gandoctor").joinpath("calibration.json").read_text(encoding="utf-8"))

    def table(name: str) -> dict[str, tuple[float, float]]:
        return {key: (float(right), float(said)) for key, (right, said) in data[name].items()}

    return Calibration(table("failures"), table("stable"), int(data["runs"]), int(data["programs"]))
