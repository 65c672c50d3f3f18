"""One page for several runs: each kept as small as the page shows it, so that logs of any length can be compared."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.model import PAIR
from gandoctor.report import sentences
from gandoctor.report.curves import Shown, losses, pair_shown
from gandoctor.report.envelope import Envelope, envelope
from gandoctor.report.html import paths, ticks
from gandoctor.report.html.figure import looks, phase_fills
from gandoctor.report.html.names import apart
from gandoctor.report.html.shapes import Tick
from gandoctor.report.html.view import MEANINGS, SIGNS
from gandoctor.report.outline import outline
from gandoctor.report.plot_panels import Panel, limits
from gandoctor.report.ranking import FAILED, illness
from gandoctor.report.recipes import Difference, Trained, differences, shared
from gandoctor.report.words import VERDICTS, clean, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Diagnosis


_BINS = 60
MOST = 60
"""How many runs get plots; the table lists all."""

_KEYS = 8
"""How many settings in which the recipes differ are listed at once; the rest is folded away."""

_LEVEL = Panel("D level", (), (), -0.07, 2.5, log=False, tall=False)
_ALIKE = 20
"""Runs of one unit share a step axis up to this ratio between the longest and the shortest."""


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A curve of a small plot: its look and what is drawn of it."""

    look: str
    drawn: Envelope


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A run on the page of several: what its row and its card say, and its curves thinned out.

    `row` is name, verdict with kind, since, how sure; `phases` are fill, start, end and name.
    """

    name: str
    verdict: str
    sign: str
    word: str
    row: tuple[str, str, str, str]
    rank: tuple[int, float, float]
    title: str
    subject: str
    lead: tuple[str, ...]
    first: str
    command: str
    trained: Trained
    unit: str
    start: float
    end: float
    phases: tuple[tuple[str, float, float, str], ...]
    losses: tuple[Small, ...]
    level: tuple[Small, ...]


def entry(diagnosis: Diagnosis, name: str) -> Entry:
    """Return the run as the page of several shows it; `name` is the path that the user gave."""
    text = outline(diagnosis, brief=True)
    run = diagnosis.run
    pair = pair_shown(diagnosis)
    level = diagnosis.normalised.get(f"d_level{PAIR}{pair}" if pair else "d_level")
    return Entry(
        clean(name),
        diagnosis.verdict,
        SIGNS[diagnosis.verdict],
        VERDICTS[diagnosis.verdict],
        sentences.row(diagnosis, name),
        illness(diagnosis),
        text.headline,
        text.subject,
        text.lead,
        sentences.sentence(sentences.brief(diagnosis.remedies[0].remedy.do)) if diagnosis.remedies else "",
        f"gandoctor diagnose {shlex.quote(clean(name))} -o report.html",
        Trained(clean(name), run.context, diagnosis.verdict in FAILED),
        run.unit,
        run.first_step,
        run.last_step,
        tuple(
            (fill, phase.start, phase.end, clean(phase.state))
            for fill, phase in zip(phase_fills(diagnosis.phases), diagnosis.phases, strict=True)
        ),
        _small(losses(diagnosis, pair)),
        _small((Shown("d_level", "D level", "D", level),)) if level is not None and len(level) else (),
    )


def _small(shown: Sequence[Shown]) -> tuple[Small, ...]:
    return tuple(Small(look, envelope(one.curve, _BINS)) for one, look in zip(shown, looks(shown), strict=True))


@dataclass(frozen=True, slots=True)
class Box:
    """A small plot: paths with their looks, ticks of its y axis, and what it shows in words."""

    words: str
    lines: tuple[tuple[str, str, str, bool], ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A run with its plots; `phases` are fill, left and width in percent, and name; `ends` of the step axis."""

    entry: Entry
    boxes: tuple[Box, ...]
    phases: tuple[tuple[str, float, float, str], ...]
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Several:
    """The page: `cards` are the most ill runs, `left` how many have no card, `less` differences of lesser interest.

    `one_axis` says that all plots have the same steps.
    """

    title: str
    entries: tuple[Entry, ...]
    cards: tuple[Card, ...]
    left: int
    one_axis: bool
    unit: str
    log: bool
    differing: tuple[Difference, ...]
    less: tuple[Difference, ...]
    shared: tuple[tuple[str, str], ...]
    known: bool
    meanings: tuple[tuple[str, str], ...]


def several(entries: Sequence[Entry]) -> Several:
    """Return the page of these runs, sorted by how ill each is, all plots of a kind on one scale."""
    ranked = sorted(_renamed(entries), key=lambda one: one.rank)
    shown = ranked[:MOST]
    values = [values for one in shown for small in one.losses for values in (small.drawn.low, small.drawn.high)]
    finite = np.concatenate(values)[np.isfinite(np.concatenate(values))] if values else np.empty(0)
    scale = Panel("losses", (), (), *limits(finite, ()), tall=False)
    start, end = min((e.start for e in shown), default=0.0), max((e.end for e in shown), default=1.0)
    same = _same_axis(shown)
    trained = [one.trained for one in ranked]
    found = differences(trained)
    return Several(
        headline([one.verdict for one in ranked]),
        tuple(ranked),
        tuple(_card(one, scale, (start, end) if same else (one.start, one.end)) for one in shown),
        len(ranked) - len(shown),
        same,
        shown[0].unit if shown else "step",
        scale.log,
        found[:_KEYS],
        found[_KEYS:],
        shared(trained),
        any(one.context for one in trained),
        tuple((VERDICTS[name], MEANINGS[name]) for name in VERDICTS if name in {one.verdict for one in ranked}),
    )


def _renamed(entries: Sequence[Entry]) -> list[Entry]:
    """Return the runs without the folder that all of them lie in."""
    _, names = apart([one.name for one in entries])
    return [
        replace(one, name=name, trained=replace(one.trained, name=name))
        for one, name in zip(entries, names, strict=True)
    ]


def headline(verdicts: Sequence[str]) -> str:
    """Return how many runs there are of each kind: "5 runs: 2 failed, 1 undecided, 2 stable"."""
    found = Counter("failed" if v in FAILED else "undecided" if v == "inconclusive" else "stable" for v in verdicts)
    parts = [f"{found[kind]} {kind}" for kind in ("failed", "undecided", "stable") if found[kind]]
    return f"{len(verdicts)} run{'' if len(verdicts) == 1 else 's'}: {', '.join(parts)}"


def _same_axis(entries: Sequence[Entry]) -> bool:
    lengths = [one.end - one.start for one in entries if one.end > one.start]
    return len({one.unit for one in entries}) == 1 and bool(lengths) and max(lengths) <= _ALIKE * min(lengths)


def _card(one: Entry, scale: Panel, axis: tuple[float, float]) -> Card:
    start, end = axis if axis[1] > axis[0] else (axis[0] - 0.5, axis[0] + 0.5)
    boxes = [_box("Losses", one.losses, scale, start, end)] if one.losses else []
    boxes += [_box("Level of D: 0 has won, 1 undecided", one.level, _LEVEL, start, end)] if one.level else []
    phases = tuple(
        (fill, _percent(low - start, end - start), max(_percent(high - low, end - start), 0.4), name)
        for fill, low, high, name in one.phases
    )
    return Card(one, tuple(boxes), phases, (place(axis[0]), place(axis[1])))


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


def _box(title: str, smalls: Sequence[Small], panel: Panel, start: float, end: float) -> Box:
    lines = tuple(_lines(small, panel, start, end) for small in smalls)
    values = np.concatenate([small.drawn.middle for small in smalls])
    finite = values[np.isfinite(values)]
    said = f": between {ticks.value(finite.min())} and {ticks.value(finite.max())}" if len(finite) else ": never finite"
    marks = (ticks.logarithmic if panel.log else ticks.linear)(panel.low, panel.high, 3)
    return Box(
        title + said,
        lines,
        tuple(Tick(round(100 * (1 - float(paths.up(np.array([at]), panel)[0])), 2), ticks.value(at)) for at in marks),
    )


def _lines(small: Small, panel: Panel, start: float, end: float) -> tuple[str, str, str, bool]:
    """Return the look, the paths of what was logged and of its course, and whether the first is a band."""
    drawn = small.drawn
    x = paths.across(drawn.steps, start, end)
    low, high, middle = (paths.up(part, panel) for part in (drawn.low, drawn.high, drawn.middle))
    raw = paths.line(x, low) if drawn.exact else paths.band(x, low, high)
    return small.look, raw, paths.line(x, middle), not drawn.exact
