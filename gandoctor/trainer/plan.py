"""What is to be trained: a scenario with the user's changes, in one of two modes, from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.trainer.scenario import Mode, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One training. Samples are measured every `look_every` steps, a grid of them saved every `picture_every`.

    `about` goes into the recipe as it is, such as the remedy that was applied.
    """

    scenario: Scenario
    mode: Mode = "consistent"
    seed: int = 1
    data: str | None = None
    look_every: int = 50
    picture_every: int = 150
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**32:
            raise BadOption(f"seed must be from 0 to {2**32 - 1}, not {self.seed}")
