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

PRIOR, STRENGTH = 0.8, 2.0
"""What a pattern is believed that no program has confirmed, and how many programs outweigh it.

Below the rate on the runs themselves, since bounds that were set with these runs in view do less well on others.
"""


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
        return (
            f"estimated on {self.runs} runs of {self.programs} programs whose outcome is known;"
            f" the fewer of them showed this, the nearer this is to {PRIOR:.0%}".replace("%", " %")
        )

    def failure_record(self, rule: str, pattern: str) -> str:
        """How often the pattern was right, and where that is known from."""
        return self._record(self.failures.get(f"{rule}.{pattern}"))

    def healthy_record(self, group: str) -> str:
        """How often a stable verdict of that group was right, and where that is known from."""
        return self._record(self.stable.get(group))

    def _record(self, counts: tuple[float, float] | None) -> str:
        right, said = counts or (0.0, 0.0)
        if not said:
            return f"assumed, since none of the {self.runs} runs of known outcome showed this"
        programs = f"{said:.0f} program{'' if said == 1 else 's'}"
        share = f"{right:.0f} of {programs}" if right.is_integer() else f"{100 * right / said:.0f} % of {programs}"
        return f"right in {share}; {self.words}"

    def failure(self, rule: str, pattern: str) -> float:
        """The probability that a run on which this pattern holds has failed; between 0 and 1."""
        return _shrunk(self.failures, f"{rule}.{pattern}")

    def healthy(self, group: str) -> float:
        """The probability that a run without findings in that group is stable; between 0 and 1."""
        return _shrunk(self.stable, group)


def _shrunk(table: Mapping[str, tuple[float, float]], key: str) -> float:
    """The rate of `key`, drawn towards the prior."""
    right, said = table.get(key, (0.0, 0.0))
    return (right + STRENGTH * PRIOR) / (said + STRENGTH)


@cache
def calibration() -> Calibration:
    """The calibration that ships with the package."""
    data = json.loads(files("gandoctor").joinpath("calibration.json").read_text(encoding="utf-8"))

    def table(name: str) -> dict[str, tuple[float, float]]:
        return {key: (float(right), float(said)) for key, (right, said) in data[name].items()}

    return Calibration(table("failures"), table("stable"), int(data["runs"]), int(data["programs"]))
