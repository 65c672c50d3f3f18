"""The numbers of a figure for the page's script: JSON without a single string, so nothing in it can be markup."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import FloatArray
    from gandoctor.report.html.shapes import Figure, Line, Plot


_LARGEST = 1.7e308


def data(figure: Figure) -> str:
    """Return steps, values and axes of all plots, in the order in which the plots stand on the page."""
    steps = _Steps()
    plots = [_plot(plot, steps) for plot in (*figure.plots, *figure.more)]
    document = {"start": figure.start, "end": figure.end, "whole": figure.whole, "steps": steps.lists, "plots": plots}
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


class _Steps:
    """The lists of steps, each once: most curves of a run share theirs."""

    def __init__(self) -> None:
        self.lists: list[list[float | int]] = []
        self._places: dict[bytes, int] = {}

    def place(self, steps: FloatArray) -> int:
        key = steps.tobytes()
        if key not in self._places:
            self._places[key] = len(self.lists)
            self.lists.append([int(s) if s.is_integer() and abs(s) < 2**53 else s for s in steps.tolist()])
        return self._places[key]


def _plot(plot: Plot, steps: _Steps) -> dict[str, Any]:
    panel = plot.panel
    return {
        "low": _bound(panel.low),
        "high": _bound(panel.high),
        "log": panel.log,
        "levels": [level.height for level in panel.levels],
        "lines": [_line(line, steps) for line in plot.lines],
    }


def _bound(value: float) -> float:
    """Return an end of an axis; the room above a curve of 1.7e308 is none."""
    return float(np.clip(value, -_LARGEST, _LARGEST))


def _line(line: Line, steps: _Steps) -> dict[str, Any]:
    """Return a curve: its values as `low`, and its highest values too where it was thinned out."""
    made: dict[str, Any] = {"steps": steps.place(line.drawn.steps), "low": numbers(line.drawn.low)}
    if not line.drawn.exact:
        made["high"] = numbers(line.drawn.high)
    made["middle"] = numbers(line.drawn.middle)
    return made


def numbers(values: FloatArray) -> list[float | int | None]:
    """Return the values to five significant digits, None for what is not finite."""
    return [_short(value) if np.isfinite(value) else None for value in values.tolist()]


def _short(value: float) -> float | int:
    short = float(np.clip(float(f"{value:.5g}"), -_LARGEST, _LARGEST))  # rounding may lead beyond all numbers
    return int(short) if short.is_integer() and abs(short) < 1e5 else short
