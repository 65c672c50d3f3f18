"""What a picture shows, panel by panel: which curves, on which scale, with which reference lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.families import FLAT, d_levels
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR
from gandoctor.report.curves import LABELS, Shown, base, label, losses, of_kind
from gandoctor.report.grouping import proved, suspected
from gandoctor.report.words import clean, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gandoctor.model import Convention, Diagnosis, FloatArray, Reading

_LEVELS = ("median", "mean", "low", "high", "minimum", "maximum", "last")
"""Statistics whose bound can be drawn on the curve's own axis."""

_SHORT = {"consistency": "J"}
_DECADES = 2
_MOST_PAIRS = 3
_LOWEST, _HIGHEST = -0.07, 2.5
_ROOM = 0.06


@dataclass(frozen=True, slots=True)
class Level:
    """A reference line: its height, its name, and the metric it is for ("" for none)."""

    height: float
    text: str
    metric: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Curves on one y axis from `low` to `high`; the title says what lies beyond it."""

    title: str
    shown: tuple[Shown, ...]
    levels: tuple[Level, ...]
    low: float
    high: float
    log: bool
    tall: bool


def panels(diagnosis: Diagnosis) -> tuple[Panel, ...]:
    """Return the losses of each pair of networks, the normalised level of D, then what was measured on samples."""
    pairs = diagnosis.run.pairs[:_MOST_PAIRS]
    made = [_losses(diagnosis, pair) for pair in pairs]
    made += [_normalised(diagnosis, pair) for pair in pairs]
    made += _quality(diagnosis)
    found = [panel for panel in made if panel is not None]
    return tuple(found) or tuple(_others(diagnosis))


def _losses(diagnosis: Diagnosis, pair: str) -> Panel | None:
    shown = losses(diagnosis, pair)
    if not shown:
        return None
    conventions = [c for c in diagnosis.conventions if c.pair == pair]
    levels = [*_flat(shown, conventions[0] if conventions else None), *_bounds(diagnosis, shown)]
    return panel(f"losses of pair {clean(pair)}" if pair else "losses", shown, levels, tall=True)


def _flat(shown: Sequence[Shown], convention: Convention | None) -> Iterable[Level]:
    """Where the losses of the inferred family lie when D cannot tell real from generated samples."""
    flat = FLAT.get(convention.family) if convention else None
    if convention is None or flat is None:
        return
    heights = {
        "d_loss": convention.sign * convention.d_scale * d_levels(convention, flat)[1],
        "d_loss_real": convention.sign * flat.d_half,
        "d_loss_fake": convention.sign * flat.d_half,
        "g_loss": convention.sign * flat.g,
    }
    found: dict[float, list[Shown]] = {}
    for one in shown:
        if base(one.metric) in heights:
            found.setdefault(heights[base(one.metric)], []).append(one)
    for height, ones in found.items():
        whose = LABELS[base(ones[0].metric)] if len(ones) == 1 else "losses"
        yield Level(height, f"{whose}, D undecided: {number(height)}", ones[0].metric if len(ones) == 1 else "")


def _normalised(diagnosis: Diagnosis, pair: str) -> Panel | None:
    """D's level and J, where the run has them."""
    suffix = f"{PAIR}{pair}" if pair else ""
    curves = diagnosis.normalised
    names = [name for name in (f"d_level{suffix}", f"consistency{suffix}") if name in curves and len(curves[name])]
    shown = tuple(Shown(name, label(name), "D" if name.startswith("d_") else "", curves[name]) for name in names)
    if not shown:
        return None
    levels = _bounds(diagnosis, shown)
    if base(names[0]) == "d_level":
        levels = [Level(0.0, "0: D has won"), Level(1.0, "1: D is undecided"), *levels]
    values = np.concatenate([one.curve.values[np.isfinite(one.curve.values)] for one in shown])
    high = float(np.quantile(values, 0.99)) * 1.05 if len(values) else 1.0
    high = min(max(high, 1.15), _HIGHEST)
    drawn = tuple(level for level in levels if level.height <= high)
    title = f"normalised, pair {clean(pair)}" if pair else "normalised"
    return Panel(title, shown, drawn, _LOWEST, high, log=False, tall=False)


def _quality(diagnosis: Diagnosis) -> list[Panel]:
    """One panel a metric that has a scale of its own, one for all that are shares."""
    quality = of_kind(diagnosis, "quality")
    shares = tuple(one for one in quality if METRICS[base(one.metric)].high == 1)
    others = [one for one in quality if one not in shares][:2]
    made = [panel(_better(one), (one,), _bounds(diagnosis, (one,)), tall=False) for one in others]
    if shares:
        made.append(panel("shares, higher is better", shares[:3], _bounds(diagnosis, shares[:3]), tall=False))
    return made


def _better(one: Shown) -> str:
    better = METRICS[base(one.metric)].better
    return one.label if better == "neither" else f"{one.label}, {better} is better"


def _others(diagnosis: Diagnosis) -> list[Panel]:
    """Return what a run without losses and quality has, at most three panels."""
    shown = of_kind(diagnosis, "score", "accuracy", "gradient", "regulariser", "other")[:3]
    return [panel(one.label, (one,), (), tall=False) for one in shown]


def _bounds(diagnosis: Diagnosis, shown: Sequence[Shown]) -> list[Level]:
    """Return the bounds of the evidence that lie on the axis of these curves, the first of each metric."""
    names = {base(one.metric): one.metric for one in shown}
    pairs = {one.metric.partition(PAIR)[2] for one in shown}
    firsts = [group.first for group in (*proved(diagnosis), *suspected(diagnosis)) if group.first.pair in pairs]
    found: dict[str, Level] = {}
    for reading in (reading for finding in firsts for reading in finding.readings):
        metric = _metric(reading)
        if metric in names:
            text = f"{_SHORT.get(metric, label(metric))}: alarm {reading.direction} {number(reading.bound)}"
            found.setdefault(metric, Level(reading.bound, text, names[metric]))
    return list(found.values())


def _metric(reading: Reading) -> str:
    """Return the metric whose level the reading is about; "" where it measures something else."""
    match = re.fullmatch(r"(\w+)\((\w+)\)", reading.signal)
    return match[2] if match and match[1] in _LEVELS else ""


def panel(title: str, shown: tuple[Shown, ...], levels: Sequence[Level], *, tall: bool) -> Panel:
    """Return the curves on an axis that fits them; the title says what lies beyond it."""
    values = np.concatenate([one.curve.values[np.isfinite(one.curve.values)] for one in shown])
    low, high, log = limits(values, [level.height for level in levels])
    beyond = values[(values > high) | (values < low)] if not log else values[values > high]
    asides = [title, *(["logarithmic"] if log else [])]
    if len(beyond):
        asides.append(f"cut off: {number(float(beyond[np.abs(beyond).argmax()]))}")
    if any(not np.isfinite(one.curve.values).all() for one in shown):
        asides.append("x: NaN or infinity")
    drawn = tuple(level for level in levels if low <= level.height <= high)
    return Panel(", ".join(asides), shown, drawn, low, high, log, tall)


def limits(values: FloatArray, levels: Sequence[float]) -> tuple[float, float, bool]:
    """Return the ends of the axis and whether it is logarithmic: positive and over more than two decades.

    The extreme 0.5 % at each end may lie beyond, if they lie far; levels are inside where a linear axis can have them
    without shrinking the curves to less than half of it.
    """
    if not len(values):
        return 0.0, 1.0, False
    low, high = (float(q) for q in np.quantile(values, (0.005, 0.995)))
    low, high = _whole(low, high, values)
    if low >= 0 and high > 0:
        floor = max(low, float(np.quantile(values[values > 0], 0.005)), high * 1e-15)
        if np.log10(high / floor) > _DECADES:
            positive = [level for level in levels if level > 0]
            return min([floor, *positive]) / 1.5, max([high, *positive]) * 1.5, True
    extent = high - low or max(abs(high), 1.0) * 0.1
    near = [level for level in levels if low - extent <= level <= high + extent]
    low, high = min([low, *near]), max([high, *near])
    room = max(_ROOM * (high - low or 1.0), 1e-12 * max(abs(low), abs(high)))  # less would be lost in a large level
    return low - room, high + room, False


def _whole(low: float, high: float, values: FloatArray) -> tuple[float, float]:
    """Return the curve's own ends where they are near the quantiles, else the quantiles."""
    extent = high - low
    lowest, highest = float(values.min()), float(values.max())
    return (lowest if lowest >= low - extent else low), (highest if highest <= high + extent else high)
