"""The figure of one run: panels with their curves, axes and lines, phases, and moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.report.envelope import envelope
from gandoctor.report.grouping import deciding
from gandoctor.report.html import paths, ticks
from gandoctor.report.html.further import further
from gandoctor.report.html.shapes import Figure, Line, Moment, Plot, Reference, State, Stretch, Tick
from gandoctor.report.plot import spread
from gandoctor.report.plot_panels import panels
from gandoctor.report.sparkline import ending, extent
from gandoctor.report.words import clean, listed, span, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Diagnosis, Phase, Span, Unit
    from gandoctor.report.curves import Shown
    from gandoctor.report.plot_panels import Panel

_POINTS = 16_000
"""Points of all curves of a page together; each gets its share of them."""

_FEWEST, _MOST = 150, 1000
_DOTTED = 60
"""Up to how many points of a curve each is marked: a line between two of them was not logged."""

_CROSSES = 40
_TEXT_TALL, _TEXT_LOW = 0.06, 0.1
_TICKS = 5
_THINNEST = 0.2
"""Percent of the plot below which a phase could not be seen."""

_SPELLS = 6
_ROOM = 0.01

_CALM = ("warm-up", "stable", "unjudged")
_KINDS = 4
"""How many fills there are for phases in which something was wrong."""


def figure(diagnosis: Diagnosis, *, whole: bool = True) -> Figure | None:
    """Return the figure of a run, without the plots of lesser interest unless `whole`; None where there is no point."""
    run = diagnosis.run
    if not run.points:
        return None
    first, rest = panels(diagnosis), further(diagnosis) if whole else ()
    room = _ROOM * (run.last_step - run.first_step) or max(0.5, 1e-6 * abs(run.last_step))
    axis = _Axis(run.first_step - room, run.last_step + room, run.unit)
    curves = sum(len(panel.shown) for panel in (*first, *rest))
    bins = min(max(_POINTS // max(curves, 1), _FEWEST), _MOST)
    even = all((curve.steps == np.floor(curve.steps)).all() for curve in run.curves.values())
    made = tuple(_plot(panel, axis, bins) for panel in first)
    more = tuple(_plot(panel, axis, bins) for panel in rest)
    phases = _phases(diagnosis, axis)
    return Figure(
        made,
        more,
        phases,
        _states(phases),
        None if diagnosis.best is None else axis.stretch(diagnosis.best, "worth keeping", "keep", ill=False),
        _moments(diagnosis, axis),
        tuple(Tick(axis.percent(at), ticks.step(at)) for at in ticks.linear(axis.start, axis.end, _TICKS, float(even))),
        {"kimg": "thousands of images", "row": "row of the log"}.get(run.unit, run.unit),
        axis.start,
        axis.end,
        even,
        bins if any(not line.drawn.exact for plot in (*made, *more) for line in plot.lines) else 0,
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    start: float
    end: float
    unit: Unit

    def percent(self, at: float) -> float:
        return round(float(100 * (at - self.start) / (self.end - self.start)), 3)

    def stretch(self, of: Phase | Span, name: str, look: str, *, ill: bool) -> Stretch:
        left, right = self.percent(of.start), self.percent(of.end)
        width = max(round(right - left, 3), _THINNEST)
        return Stretch(of.start, of.end, left, width, look, name, span(self.unit, of.start, of.end), ill)


def _plot(one: Panel, axis: _Axis, bins: int) -> Plot:
    kinds = looks(one.shown)
    lines = tuple(_line(shown, kinds[row], one, axis, (bins, row)) for row, shown in enumerate(one.shown))
    said = (one.title, *(line.words for line in lines), *(level.text for level in one.levels))
    return Plot(
        one.title,
        "; ".join(said),
        one.tall,
        lines,
        tuple(Tick(_height(one, at), ticks.value(at)) for at in ticks.heights(one)),
        _references(one, dict(zip((shown.metric for shown in one.shown), kinds, strict=True))),
        one,
    )


def _references(one: Panel, colours: dict[str, str]) -> tuple[Reference, ...]:
    heights = [_height(one, level.height) for level in one.levels]
    places = spread([1 - height / 100 for height in heights], _TEXT_TALL if one.tall else _TEXT_LOW)
    return tuple(
        Reference(height, round(100 * (1 - place), 2), level.text, colours.get(level.metric, "o0"))
        for level, height, place in zip(one.levels, heights, places, strict=True)
    )


def _height(one: Panel, value: float) -> float:
    """Return how far below the top of the panel the value lies, in percent."""
    return round(100 * (1 - float(paths.up(np.array([value]), one)[0])), 2)


def _line(one: Shown, look: str, panel: Panel, axis: _Axis, size: tuple[int, int]) -> Line:
    bins, row = size
    drawn = envelope(one.curve, bins)
    x = paths.across(drawn.steps, axis.start, axis.end)
    low, high, middle = (paths.up(part, panel) for part in (drawn.low, drawn.high, drawn.middle))
    bad = one.curve.steps[~np.isfinite(one.curve.values)]
    bad = bad[:: max(1, len(bad) // _CROSSES)]
    return Line(
        one.label,
        look,
        f"{one.label}: {extent(one.curve)}, {ending(one.curve)}",
        paths.line(x, low) if drawn.exact else paths.band(x, low, high),
        paths.line(x, middle),
        paths.dots(x, low) if len(one.curve) <= _DOTTED else "",
        not drawn.exact,
        tuple((float(at), axis.percent(at)) for at in bad),
        12 + 12 * row,
        drawn,
    )


def looks(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return the look of each curve: "d1", "d2", "g1", "o1" and so on, of which the style sheet has three each."""
    seen: dict[str, int] = {}
    made = []
    for one in shown:
        side = one.side.lower() or "o"
        seen[side] = seen.get(side, 0) + 1
        made.append(f"{side}{(seen[side] - 1) % 3 + 1}")
    return tuple(made)


def _phases(diagnosis: Diagnosis, axis: _Axis) -> tuple[Stretch, ...]:
    return tuple(
        axis.stretch(phase, clean(phase.state), fill, ill=phase.verdict not in (None, "stable"))
        for phase, fill in zip(diagnosis.phases, phase_fills(diagnosis.phases), strict=True)
    )


def _states(phases: Sequence[Stretch]) -> tuple[State, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for phase in phases:
        found.setdefault((phase.look, phase.name), []).append(phase.when)
    return tuple(State(look, name, listed(when, _SPELLS, "; ")) for (look, name), when in found.items())


def phase_fills(phases: Sequence[Phase]) -> tuple[str, ...]:
    """Return the fill of each phase: its state where nothing was wrong, else "ill1" to "ill4" in order."""
    ill = [state for state in dict.fromkeys(phase.state for phase in phases) if state not in _CALM]
    return tuple(
        phase.state if phase.state in _CALM else f"ill{ill.index(phase.state) % _KINDS + 1}" for phase in phases
    )


def _moments(diagnosis: Diagnosis, axis: _Axis) -> tuple[Moment, ...]:
    """Return the onset of what decided the verdict and, where it is another step, where that was sure."""
    group, unit = deciding(diagnosis), diagnosis.run.unit
    if group is None:
        return ()
    began, sure = axis.percent(group.since), axis.percent(group.fired)
    made = [Moment(group.since, began, f"began: {step(unit, group.since)}", False, began > 50)]
    if group.fired > group.since:
        made.append(Moment(group.fired, sure, f"sure: {step(unit, group.fired)}", True, sure > 50))
    return tuple(made)
