"""The diagnosis as a picture: curves, phases, onset and alarm, the bounds of the evidence, and quality metrics."""

from __future__ import annotations

import io
import textwrap
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.report.envelope import envelope
from gandoctor.report.outline import outline
from gandoctor.report.plot_panels import panels
from gandoctor.report.plot_phases import draw_moments, draw_phases
from gandoctor.report.plot_style import GREY, INK, PALE, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gandoctor.model import Diagnosis
    from gandoctor.report.curves import Shown
    from gandoctor.report.plot_panels import Panel
    from gandoctor.report.plot_style import Look

_STYLE: dict[str, Any] = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "hatch.color": "#9a9a9a",
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "gandoctor",
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "xtick.color": INK,
    "ytick.color": INK,
}
_LEADER = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)}
_WIDTH, _TALL, _LOW = 10.0, 3.2, 1.7
_HEAD, _STRIP, _FOOT = 0.98, 0.6, 0.55
_LEFT, _RIGHT = 0.075, 0.8
_GAP = 0.42
_TITLE_LETTERS = 98


def picture(diagnosis: Diagnosis, format_: str = "png", dpi: int = 120) -> bytes:
    """Return the picture as the content of a png, svg or pdf file; the same diagnosis gives the same bytes."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a sign of a run's name that the font lacks is drawn as a box
        matplotlib.rcdefaults()
        for name, value in _STYLE.items():
            matplotlib.rcParams[name] = value  # type: ignore[index]  # the stubs list the names one by one
        made = figure(diagnosis)
        made.savefig(buffer, format=format_, dpi=dpi, metadata=_metadata(format_))
    return buffer.getvalue()


def _metadata(format_: str) -> dict[str, Any]:
    """No dates, so that the same picture is the same file."""
    known: dict[str, dict[str, Any]] = {
        "png": {"Software": "gandoctor"},
        "svg": {"Date": None},
        "pdf": {"CreationDate": None},
    }
    return known[format_]


def figure(diagnosis: Diagnosis) -> Figure:
    """Return the matplotlib figure; no global state is touched, no window opened."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = panels(diagnosis)
    heights = [_TALL if panel.tall else _LOW for panel in shown]
    height = _HEAD + _STRIP + sum(heights) + _GAP * len(heights) + _FOOT
    made = Figure(figsize=(_WIDTH, height), facecolor="white")
    FigureCanvasAgg(made)
    _titles(made, diagnosis, height)
    top = height - _HEAD
    strip = _axes(made, top - _STRIP, _STRIP - 0.28, height)
    below = top - _STRIP
    axes = []
    for panel, tall in zip(shown, heights, strict=True):
        below -= _GAP + tall
        axes.append(_axes(made, below, tall, height))
        _draw(axes[-1], panel)
    _steps(diagnosis, [strip, *axes])
    draw_phases(strip, axes, diagnosis)
    draw_moments(strip, axes, diagnosis)
    return made


def _axes(made: Figure, bottom: float, tall: float, height: float) -> Axes:
    return made.add_axes((_LEFT, bottom / height, _RIGHT - _LEFT, tall / height))


def _titles(made: Figure, diagnosis: Diagnosis, height: float) -> None:
    """Write the verdict in at most two lines, beneath it the run and how sure the verdict is."""
    text = outline(diagnosis, brief=True)
    verdict = _wrapped(text.title, _TITLE_LETTERS)
    sure = next((line for line in text.lead if line.startswith("How sure")), "").partition(";")[0]
    top = 0.22
    for line in verdict:
        made.text(0.012, 1 - top / height, line, fontsize=11.5, fontweight="bold", va="center")
        top += 0.21
    for line in (text.subject, sure):
        made.text(0.012, 1 - top / height, _wrapped(line, 135, 1)[0], fontsize=8.5, color=GREY, va="center")
        top += 0.19


def _wrapped(text: str, letters: int, lines: int = 2) -> list[str]:
    return textwrap.wrap(text, letters, max_lines=lines, placeholder=" ...") or [""]


def _steps(diagnosis: Diagnosis, axes: list[Axes]) -> None:
    """One step axis for all, its numbers under the last panel."""
    run = diagnosis.run
    start, end = run.first_step, run.last_step
    room = 0.01 * (end - start) or 0.5
    for one in axes:
        one.set_xlim(start - room, end + room) if np.isfinite(start) else None
        one.tick_params(labelbottom=one is axes[-1], labelsize=8.5)
    axes[-1].set_xlabel({"kimg": "thousands of images", "row": "row of the log"}.get(run.unit, run.unit))
    axes[-1].xaxis.set_major_formatter(_thousands)


def _thousands(value: float, _: object = None) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def _draw(axes: Axes, panel: Panel) -> None:
    """One panel: its curves, reference lines with their names to the right, and a legend above."""
    if panel.log:
        axes.set_yscale("log", nonpositive="clip")
        axes.yaxis.set_minor_formatter(lambda *_: "")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylim(panel.low, panel.high)
    axes.grid(visible=True, axis="y", color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    kinds = looks(panel.shown)
    for index, (one, look) in enumerate(zip(panel.shown, kinds, strict=True)):
        _curve(axes, one, look, 0.96 - 0.035 * index)
    _levels(axes, panel)
    _legend(axes, panel, kinds)


def _curve(axes: Axes, one: Shown, look: Look, crosses: float) -> None:
    """Draw the raw curve faint, its course bold, crosses at that share of the axis where NaN or infinity was logged."""
    band = envelope(one.curve)
    if band.exact:
        axes.plot(band.steps, band.high, color=look.colour, alpha=0.3, linewidth=0.7)
    else:
        axes.fill_between(band.steps, band.low, band.high, color=look.colour, alpha=0.18, linewidth=0)
    axes.plot(
        band.steps, band.middle, color=look.colour, linestyle=look.dashes, linewidth=1.7, marker=look.marker,
        markersize=4.5, markevery=max(1, len(band.steps) // 12), markeredgecolor="white", markeredgewidth=0.5,
    )  # fmt: skip
    bad = one.curve.steps[~np.isfinite(one.curve.values)]
    if len(bad):
        bad = bad[:: max(1, len(bad) // 40)]
        axes.plot(
            bad, np.full(len(bad), crosses), "x", color=look.colour, markersize=4, transform=axes.get_xaxis_transform()
        )


def _levels(axes: Axes, panel: Panel) -> None:
    """Draw reference lines, with names in the right margin that are pushed apart where they would touch."""
    colours = {one.metric: look.colour for one, look in zip(panel.shown, looks(panel.shown), strict=True)}
    heights = [_share(panel, level.height) for level in panel.levels]
    places = spread(heights, 0.052 if panel.tall else 0.1)
    for level, height, place in zip(panel.levels, heights, places, strict=True):
        axes.axhline(level.height, color=colours.get(level.metric, GREY), linewidth=1, linestyle=(0, (1, 2)))
        axes.annotate(
            level.text, xy=(1, height), xytext=(1.025, place), xycoords="axes fraction", textcoords="axes fraction",
            va="center", fontsize=8, color=colours.get(level.metric, GREY), annotation_clip=False,
            arrowprops=_LEADER,
        )  # fmt: skip


def _share(panel: Panel, height: float) -> float:
    """Return the height as a share of the axis."""
    if panel.log:
        return float(np.log(height / panel.low) / np.log(panel.high / panel.low))
    return (height - panel.low) / (panel.high - panel.low)


def spread(heights: list[float], gap: float) -> list[float]:
    """Return the heights moved so that any two are `gap` apart at least, in the order they were in, inside 0 to 1."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    places = [heights[index] for index in order]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    ceiling = 1.0
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return [places[order.index(index)] for index in range(len(heights))]


def _legend(axes: Axes, panel: Panel, kinds: tuple[Look, ...]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=look.colour, linestyle=look.dashes, marker=look.marker, markersize=4.5, linewidth=1.7)
        for look in kinds
    ]
    axes.set_title(panel.title, loc="left", fontsize=9, color=GREY, pad=5)
    axes.legend(
        handles, [one.label for one in panel.shown], loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4,
        frameon=False, fontsize=8.5, borderaxespad=0.1, handlelength=3.2,
    )  # fmt: skip
