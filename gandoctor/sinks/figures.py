"""The state of a training as a few numbers and words that a tracker can show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.model import PAIR
from gandoctor.report.words import clean, place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Curve, Diagnosis

_POINTS, _SHARE = 20, 0.05
"""The longer of both, in points and of the curve, is what "now" means."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a diagnosis at `step`; names are such as every tracker accepts, finite numbers only.

    `numbers`: the normalised curves as they are now (`d_level`; `A/d_level` for a pair of networks), the `confidence`
    of the verdict, and `failing`, 1 where it is a failure and 0 where it is none. `words`: `verdict`, `kind`,
    `headline` and `since`, empty where there is none.
    """

    step: float
    numbers: Mapping[str, float]
    words: Mapping[str, str]


def figures_of(diagnosis: Diagnosis) -> Figures | None:
    """The figures of a diagnosis; None for a run without points."""
    if not diagnosis.run.points:
        return None
    now = {_named(name): recent(curve) for name, curve in diagnosis.normalised.items()}
    failing = float(diagnosis.verdict in ("mode_collapse", "convergence_failure"))
    numbers = {**now, "confidence": diagnosis.confidence, "failing": failing}
    words = {
        "verdict": diagnosis.verdict,
        "kind": clean(diagnosis.kind),
        "headline": clean(diagnosis.headline),
        "since": "" if diagnosis.since is None else place(diagnosis.since),
    }
    return Figures(diagnosis.run.last_step, {name: x for name, x in numbers.items() if isfinite(x)}, words)


def recent(curve: Curve) -> float:
    """The median of the finite values among the last twentieth of the points, at least 20; NaN where there are none."""
    values = curve.values[-max(_POINTS, int(_SHARE * len(curve))) :]
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def whole(step: float) -> int:
    """The step for a tracker that counts in whole numbers."""
    return round(step)


def tag_part(text: str) -> str:
    """A text from a log or a rule as one part of a tag: letters, digits, `_` and `-`."""
    return re.sub(r"[^\w-]", "_", text, flags=re.ASCII) or "_"


def _named(metric: str) -> str:
    name, _, pair = metric.partition(PAIR)
    return f"{tag_part(pair)}/{name}" if pair else name
