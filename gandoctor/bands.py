"""The documented bands beside the run: the folklore that people compare their losses with."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.model import Band, Convention, FloatArray
from gandoctor.spectrum import common_period

if TYPE_CHECKING:
    from gandoctor.snapshot import Snapshot

NAN = float("nan")
MACHINE_LEARNING_MASTERY = "Brownlee 2019, How to Identify and Diagnose GAN Failure Modes"


def bands(now: Snapshot) -> tuple[Band, ...]:
    """D's loss .5 to .8 a half, G's loss .5 to 2, accuracy .7 to .8, a period of about 25: the last 30 % of the run."""
    made = []
    d, g = _recent(now, "d_loss"), _recent(now, "g_loss")
    if len(d):
        level = float(np.median(d))
        literal = level / 2 if now.convention.d_form == "separate" else level
        made.append(_band("D loss, each half", (0.5, 0.8), literal, _half(level, now.convention)))
    if len(g):
        level = float(np.median(g))
        comparable = now.convention.family == "bce"
        made.append(_band("G loss", (0.5, 2.0), level, now.convention.sign * level if comparable else NAN))
    accuracy = _recent(now, "d_accuracy")
    if len(accuracy):
        level = float(np.median(accuracy))
        made.append(_band("D accuracy", (0.7, 0.8), level, level))
    if len(d) == len(g) and len(d) >= 48:
        period = common_period(g, d)
        if isfinite(period) and period > 0:
            made.append(_band("period of a collapse, in rows", (20, 30), period, period))
    return tuple(made)


def _half(level: float, convention: Convention) -> float:
    if convention.family != "bce":
        return NAN
    return convention.sign * level / (1 if convention.d_form == "mean" else 2)


def _recent(now: Snapshot, metric: str) -> FloatArray:
    if not now.count(metric):
        return np.empty(0)
    values = now.tail(metric, now.count(metric))[1]
    recent = values[-max(len(values) * 3 // 10, 10) :]
    return recent[np.isfinite(recent)]


def _band(name: str, limits: tuple[float, float], literal: float, normalised: float) -> Band:
    judged = normalised if isfinite(normalised) else literal
    inside = limits[0] <= judged <= limits[1]
    return Band(name, *limits, literal, normalised, inside, MACHINE_LEARNING_MASTERY)
