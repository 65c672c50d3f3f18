"""What the samples of a generator say about its state; no loss is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from toy.diversity import coverage_and_precision

if TYPE_CHECKING:
    from toy.networks import Array
    from toy.targets import Target

Floats = NDArray[np.float64]
HOP_STEPS = 200
"""Histograms of modes are compared over so many steps."""


@dataclass(frozen=True, slots=True)
class Look:
    """One evaluation of all runs: coverage, precision and recall-like shares (runs,), histogram (runs, modes + 1)."""

    coverage: Floats
    precision: Floats
    top: Floats
    distance: Floats
    spread: Floats
    histogram: Floats
    logged_coverage: Floats
    logged_precision: Floats


def look(target: Target, samples: Array, fresh: Array) -> Look:
    """Measure samples (runs, n, dimensions) against the target's modes and against fresh data of the same shape.

    A mode is covered when it gets a fifth of its share within 4 sigma; precision is the share of samples within
    4 sigma of any mode; `distance` is the sliced Wasserstein distance along 8 directions; `spread` the largest
    coordinate; `logged_` are what a user would log, from 256 samples. NaN samples give NaN.
    """
    n = samples.shape[1]
    finite = np.isfinite(samples).all(axis=(1, 2))
    gap = ((samples[:, :, None, :] - target.means) ** 2).sum(axis=3)
    radius = (4 * target.sigma) ** 2
    modes = len(target.means)
    owner = np.where(gap.min(axis=2) < radius, gap.argmin(axis=2), modes)
    histogram = np.stack([np.bincount(row, minlength=modes + 1) for row in owner]) / n
    on_modes = histogram[:, :modes]
    void = np.where(finite, 0.0, np.nan)
    logged = coverage_and_precision(fresh[:, :256], samples[:, :256])
    return Look(
        coverage=(on_modes >= 0.2 / modes).mean(axis=1) + void,
        precision=on_modes.sum(axis=1) + void,
        top=on_modes.max(axis=1) + void,
        distance=_sliced(samples, fresh) + void,
        spread=np.abs(samples).max(axis=(1, 2)).astype(np.float64),
        histogram=histogram + void[:, None],
        logged_coverage=logged[0],
        logged_precision=logged[1],
    )


def _sliced(samples: Array, fresh: Array) -> Floats:
    dimensions = samples.shape[2]
    angle = np.arange(8) * np.pi / 8
    axes = np.stack([np.cos(angle), np.sin(angle)])[:dimensions] if dimensions > 1 else np.ones((1, 1))
    one: Floats = np.sort(samples @ axes, axis=1)
    two: Floats = np.sort(fresh @ axes, axis=1)
    return np.asarray(np.abs(one - two).mean(axis=(1, 2)), np.float64)


@dataclass(frozen=True, slots=True)
class History:
    """The evaluations of one run in order: arrays (looks,), and histograms (looks, modes + 1)."""

    steps: Floats
    coverage: Floats
    precision: Floats
    distance: Floats
    spread: Floats
    histogram: Floats
    logged_coverage: Floats
    logged_precision: Floats

    def until(self, step: float) -> History:
        """What was known at that step."""
        seen = self.steps <= step
        return History(*(getattr(self, name)[seen] for name in self.__dataclass_fields__))

    @property
    def hop(self) -> float:
        """Median over the last five looks of the total variation between mode histograms 200 steps apart."""
        if len(self.steps) < 2:
            return float("nan")
        back = max(1, round(HOP_STEPS / (self.steps[1] - self.steps[0])))
        late = self.histogram[-5:]
        early = self.histogram[-5 - back : -back]
        rows = min(len(late), len(early))
        return float(np.median(0.5 * np.abs(late[-rows:] - early[-rows:]).sum(axis=1))) if rows else float("nan")

    @property
    def improving(self) -> bool:
        """Whether the distance fell by a tenth over the last quarter of the looks."""
        quarter = max(5, len(self.steps) // 4)
        before, after = self.distance[-quarter - 5 : -quarter], self.distance[-5:]
        return bool(len(before) and np.median(after) < 0.9 * np.median(before))


def label(history: History, reach: float) -> str:
    """The state of the samples over the last five looks.

    stable, collapse.full, collapse.partial, hopping, garbage, undertrained, diverged; "unclear" between them.
    """
    coverage, precision = (float(np.median(x[-5:])) for x in (history.coverage, history.precision))
    spread = float(history.spread[-1])
    if not np.isfinite(history.spread[-1]) or spread > 5 * reach + 5 or np.isnan(coverage):
        return "diverged"
    if precision < 0.5:
        return "undertrained" if history.improving else "garbage"
    if history.hop >= 0.3:
        return "hopping"
    if coverage <= 0.25:
        return "collapse.full"
    if coverage < 0.85:
        return "collapse.partial" if history.hop < 0.15 else "unclear"
    return "stable" if precision >= 0.8 and history.hop < 0.15 else "unclear"
