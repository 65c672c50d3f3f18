"""The phases of a run as one line of characters, and the axis beneath it with the onset marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.report.words import clean, place, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Diagnosis, Phase
    from gandoctor.report.sparkline import Axis

_CALM = {"warm-up": ("░", ":"), "stable": ("─", "-"), "unjudged": ("·", ".")}
_ILL = (("█", "A"), ("▓", "B"), ("▒", "C"), ("▚", "D"), ("▞", "E"), ("■", "F"))


@dataclass(frozen=True, slots=True)
class Timeline:
    """`band` has one character a column, `legend` pairs of character and state, `axis` the steps beneath."""

    band: str
    legend: tuple[tuple[str, str], ...]
    axis: str


def timeline(diagnosis: Diagnosis, axis: Axis, blocks: bool) -> Timeline:
    """Return the phases on the axis; columns that no phase covers stay blank."""
    signs = _signs(diagnosis.phases, blocks)
    band = [" "] * axis.columns
    for phase in diagnosis.phases:
        first, last = axis.column(phase.start), axis.column(phase.end)
        band[first : last + 1] = signs[phase.state] * (last - first + 1)
    legend = tuple((sign, clean(state)) for state, sign in signs.items() if sign in band)
    return Timeline("".join(band), legend, _ruler(diagnosis, axis, "▲" if blocks else "^"))


def _signs(phases: Sequence[Phase], blocks: bool) -> dict[str, str]:
    column = 0 if blocks else 1
    states = dict.fromkeys(phase.state for phase in phases)
    ill = [state for state in states if state not in _CALM]
    return {
        state: _CALM[state][column] if state in _CALM else _ILL[min(ill.index(state), len(_ILL) - 1)][column]
        for state in states
    }


def _ruler(diagnosis: Diagnosis, axis: Axis, mark: str) -> str:
    """First and last step at the ends, the onset under its column; what would overlap is left out."""
    ruler = [" "] * axis.columns
    since = diagnosis.since
    if since is not None:
        column = axis.column(since)
        text = f"{mark} {step(diagnosis.run.unit, since)}"
        if column + len(text) <= axis.columns:
            _write(ruler, column, text)
        elif column + 1 - len(text) >= 0:
            _write(ruler, column + 1 - len(text), f"{step(diagnosis.run.unit, since)} {mark}")
        else:
            _write(ruler, column, mark)
    _write(ruler, 0, place(axis.start), gap=1)
    end = place(axis.end)
    _write(ruler, axis.columns - len(end), end, gap=1)
    return "".join(ruler).rstrip()


def _write(ruler: list[str], start: int, text: str, gap: int = 0) -> None:
    """Put the text there, unless it would touch what is there already or reach outside."""
    end = start + len(text)
    if start < 0 or end > len(ruler) or "".join(ruler[max(start - gap, 0) : end + gap]).strip():
        return
    ruler[start:end] = text
