"""The phases of a run as a strip above the curves, and the moments that matter as lines through all panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.report.grouping import deciding
from gandoctor.report.plot_style import GREY, INK, phase_looks
from gandoctor.report.words import clean, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gandoctor.model import Diagnosis, Phase
    from gandoctor.report.grouping import Group

_LETTER = 0.0088
"""The width of a letter of the strip's font as a share of the strip."""

_KEEP = "#009E73"
_BAR = 0.17
"""The part of the strip's height below the phases."""

_EDGE = 0.22
"""A moment nearer to an end than this share of the strip has its name turned inwards."""


def draw_phases(strip: Axes, panels: Sequence[Axes], diagnosis: Diagnosis) -> None:
    """Fill the strip with the phases, named where the name fits and listed beside it where not."""
    strip.set_ylim(0, 1)
    strip.axis("off")
    kinds = phase_looks([phase.state for phase in diagnosis.phases])
    named: set[str] = set()
    for phase in diagnosis.phases:
        look = kinds[phase.state]
        strip.axvspan(
            phase.start, phase.end, ymin=1.6 * _BAR, ymax=0.98, facecolor=look.colour, hatch=look.hatch, edgecolor=GREY,
            linewidth=0.5,
        )  # fmt: skip
        if _fits(strip, phase):
            _name(strip, phase)
            named.add(phase.state)
        if phase.verdict not in (None, "stable"):
            for panel in panels:
                panel.axvspan(phase.start, phase.end, facecolor=look.colour, alpha=0.25, linewidth=0)
    _key(strip, [phase.state for phase in diagnosis.phases if phase.state not in named], diagnosis)
    _best(strip, diagnosis)


def _fits(strip: Axes, phase: Phase) -> bool:
    start, end = strip.get_xlim()
    return (phase.end - phase.start) / (end - start) > _LETTER * (len(clean(phase.state)) + 2)


def _name(strip: Axes, phase: Phase) -> None:
    strip.text(
        (phase.start + phase.end) / 2, 0.5 + 0.8 * _BAR, clean(phase.state), ha="center", va="center", fontsize=8,
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.2},
    )  # fmt: skip


def _key(strip: Axes, states: Sequence[str], diagnosis: Diagnosis) -> None:
    """Explain beside the strip the phases that are too short for their names, and the bar of what is worth keeping."""
    from matplotlib.patches import Patch

    kinds = phase_looks([phase.state for phase in diagnosis.phases])
    wanted = list(dict.fromkeys(states))
    handles = [Patch(facecolor=kinds[s].colour, hatch=kinds[s].hatch, edgecolor=GREY, linewidth=0.5) for s in wanted]
    names = [clean(state) for state in wanted]
    if diagnosis.best is not None:
        handles.append(Patch(facecolor=_KEEP, edgecolor=_KEEP))
        names.append("worth keeping")
    if handles:
        strip.legend(
            handles, names, loc="lower left", bbox_to_anchor=(1.015, -0.12), frameon=False, fontsize=7.5,
            borderaxespad=0, labelspacing=0.25, handlelength=1.6, handleheight=0.5,
        )  # fmt: skip


def _best(strip: Axes, diagnosis: Diagnosis) -> None:
    """Draw a bar beneath the phases over the stretch whose checkpoints are worth keeping."""
    best = diagnosis.best
    if best is not None:
        strip.axvspan(best.start, best.end, ymin=0.0, ymax=_BAR, facecolor=_KEEP, edgecolor=_KEEP, linewidth=1)


def draw_moments(strip: Axes, panels: Sequence[Axes], diagnosis: Diagnosis) -> None:
    """Draw the onset as a line, the moment of certainty as a dashed one, both named above the strip."""
    finding = deciding(diagnosis)
    if finding is None:
        return
    for axes in (strip, *panels):
        axes.axvline(finding.since, color=INK, linewidth=1.3)
        if finding.fired > finding.since:
            axes.axvline(finding.fired, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    _names(strip, finding, diagnosis)


def _names(strip: Axes, finding: Group, diagnosis: Diagnosis) -> None:
    """Write the moments' names: one to each side of them, or both on the side where there is room."""
    unit = diagnosis.run.unit
    began, sure = f"began: {step(unit, finding.since)}", f"sure: {step(unit, finding.fired)}"
    start, end = strip.get_xlim()
    where = (finding.since - start) / (end - start), (finding.fired - start) / (end - start)
    if finding.fired <= finding.since:
        sure = ""
    if sure and where[0] > _EDGE and where[1] < 1 - _EDGE:
        _above(strip, finding.since, began, "right")
        _above(strip, finding.fired, sure, "left")
        return
    both = f"{began}, {sure}" if sure else began
    _above(strip, finding.since if where[0] < 0.5 else max(finding.fired, finding.since), both,
           "left" if where[0] < 0.5 else "right")  # fmt: skip


def _above(strip: Axes, x: float, text: str, side: str) -> None:
    strip.annotate(
        text, xy=(x, 1), xytext=(4 if side == "left" else -4, 3), xycoords=("data", "axes fraction"),
        textcoords="offset points", ha=side, va="bottom", fontsize=8.5, annotation_clip=False,
    )  # fmt: skip
