"""The parts of a figure, ready to be laid out.

Heights and places along the step axis are percent of the plot, so that the figure fits any width without a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gandoctor.report.envelope import Envelope
    from gandoctor.report.plot_panels import Panel


@dataclass(frozen=True, slots=True)
class Tick:
    """A place in percent and its text."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve: `look` names its colour and dashes, `raw` is the path of what was logged, `course` that of its middle.

    `dots` marks the points of a short one. `band` says that `raw` is the area between lowest and highest values;
    `crosses` are the steps, and places in percent, at which NaN or an infinity was logged, `row` is their height in
    pixels.
    """

    label: str
    look: str
    words: str
    raw: str
    course: str
    dots: str
    band: bool
    crosses: tuple[tuple[float, float], ...]
    row: int
    drawn: Envelope


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference line: its place in percent from the top, that of its name, which evades others, and its look."""

    at: float
    text_at: float
    text: str
    look: str


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A panel with its lines, ticks and reference lines; `words` is what a screen reader says of it."""

    title: str
    words: str
    tall: bool
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    levels: tuple[Reference, ...]
    panel: Panel


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase: from where to where in percent and in steps, its fill, its name and when it was."""

    start: float
    end: float
    left: float
    width: float
    look: str
    name: str
    when: str
    ill: bool


@dataclass(frozen=True, slots=True)
class State:
    """What the fill of a phase means, and when it was so."""

    look: str
    name: str
    when: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A step that matters: `sure` for the alarm, else the onset; `inward` turns its name to the left."""

    step: float
    at: float
    text: str
    sure: bool
    inward: bool


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Everything to draw; `more` are the plots of lesser interest.

    `whole` says that all steps are whole numbers, `thinned` into how many stretches long curves were cut, 0 for none.
    """

    plots: tuple[Plot, ...]
    more: tuple[Plot, ...]
    phases: tuple[Stretch, ...]
    states: tuple[State, ...]
    best: Stretch | None
    moments: tuple[Moment, ...]
    ticks: tuple[Tick, ...]
    unit: str
    start: float
    end: float
    whole: bool
    thinned: int
