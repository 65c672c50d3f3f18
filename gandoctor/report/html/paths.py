"""Curves as SVG paths in a box of `WIDTH` by `HEIGHT` units, y downwards, with gaps where nothing finite was logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gandoctor.model import FloatArray
    from gandoctor.report.plot_panels import Panel

WIDTH, HEIGHT = 10_000, 2_000
"""The box's size: a unit is finer than a pixel of any screen, so that coordinates can be whole."""


def across(steps: FloatArray, start: float, end: float) -> FloatArray:
    """Return the steps as shares of the axis from `start` to `end`."""
    return (steps - start) / (end - start)


def up(values: FloatArray, panel: Panel) -> FloatArray:
    """Return the values as shares of the panel's height from its bottom, at most one height beyond; NaN stays NaN."""
    if panel.log:
        low, high = np.log(panel.low), np.log(panel.high)
        shares = (np.log(np.maximum(values, panel.low * 1e-3)) - low) / (high - low)
    else:
        shares = (values - panel.low) / (panel.high - panel.low)
    return np.asarray(np.clip(shares, -1, 2))


def line(x: FloatArray, y: FloatArray) -> str:
    """Return a line through the points, given in shares; a point between two gaps becomes a dash that can be seen."""
    parts = []
    for start, end in _stretches(y):
        xs, ys = _units(x[start:end], y[start:end])
        parts.append(f"M{xs[0]},{ys[0]}" + (_steps(xs, ys) if end - start > 1 else "h1"))
    return "".join(parts)


def dots(x: FloatArray, y: FloatArray) -> str:
    """Return a line of next to no length at each point, which round ends make a dot."""
    some = ~np.isnan(y)
    xs, ys = _units(x[some], y[some])
    return "".join(f"M{left},{top}h1" for left, top in zip(xs.tolist(), ys.tolist(), strict=True))


def band(x: FloatArray, low: FloatArray, high: FloatArray) -> str:
    """Return the area between two lines, given in shares."""
    parts = []
    for start, end in _stretches(low):
        xs, lows = _units(x[start:end], low[start:end])
        _, highs = _units(x[start:end], high[start:end])
        both, there = np.concatenate([xs, xs[::-1]]), np.concatenate([highs, lows[::-1]])
        parts.append(f"M{both[0]},{there[0]}{_steps(both, there)}z")
    return "".join(parts)


def _stretches(values: FloatArray) -> Iterator[tuple[int, int]]:
    """Yield where stretches without NaN begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], ~np.isnan(values), [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _units(x: FloatArray, y: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.rint(x * WIDTH).astype(np.int64), np.rint((1 - y) * HEIGHT).astype(np.int64)


def _steps(xs: NDArray[np.int64], ys: NDArray[np.int64]) -> str:
    """Return the way from each point to the next, which is shorter than the points themselves."""
    return "l" + " ".join(f"{dx},{dy}" for dx, dy in zip(np.diff(xs).tolist(), np.diff(ys).tolist(), strict=True))
