"""How a picture looks: colours for the colour-blind (Okabe, Ito 2008), dashes and markers that survive grey paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.report.curves import Shown

INK = "#222222"
GREY = "#666666"
PALE = "#d9d9d9"

Dashes = Literal["-"] | tuple[int, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """A curve's colour, dashes and marker."""

    colour: str
    dashes: Dashes
    marker: str


_LOOKS: dict[str, tuple[Look, ...]] = {
    "D": (Look("#0072B2", "-", "o"), Look("#56B4E9", (0, (8, 2)), "s"), Look("#003f63", (0, (3, 2)), "v")),
    "G": (Look("#D55E00", (0, (5, 1.5)), "^"), Look("#E69F00", (0, (2, 1)), "D")),
    "": (
        Look("#009E73", (0, (7, 1.5, 1.5, 1.5)), "P"),
        Look("#CC79A7", (0, (5, 1.5)), "X"),
        Look("#E69F00", (0, (1, 1)), "D"),
    ),
}


@dataclass(frozen=True, slots=True)
class PhaseLook:
    """The fill and hatch of a phase."""

    colour: str
    hatch: str


CALM = {
    "warm-up": PhaseLook("#efefef", "..."),
    "stable": PhaseLook("#cfe8df", ""),
    "unjudged": PhaseLook("#ffffff", ""),
}

ILL = (
    PhaseLook("#f3c6ad", "////"),
    PhaseLook("#f6dfa8", "xxxx"),
    PhaseLook("#e6c3d6", "\\\\\\\\"),
    PhaseLook("#c9d9ea", "++++"),
)


def looks(shown: Sequence[Shown]) -> tuple[Look, ...]:
    """Return a look for each curve: blues for D, reds for G, each another dash and marker."""
    seen: dict[str, int] = {}
    made = []
    for one in shown:
        number = seen[one.side] = seen.get(one.side, -1) + 1
        choices = _LOOKS[one.side]
        made.append(choices[number % len(choices)])
    return tuple(made)


def phase_looks(states: Sequence[str]) -> dict[str, PhaseLook]:
    """Return a look for each state of a run, in the order of appearance."""
    ill = [state for state in dict.fromkeys(states) if state not in CALM]
    return {
        state: CALM[state] if state in CALM else ILL[ill.index(state) % len(ILL)] for state in dict.fromkeys(states)
    }
