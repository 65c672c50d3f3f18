"""A diagnosis as the numbers by which runs are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.families import CRITICS
from gandoctor.reference.features import course, features, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Curve, Diagnosis, Unit


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: its features, the course of its curves in stretches of equal length, and what it was.

    `reading` is the loss family and the form of D's loss by which it was read; `rows` how many points its longest curve
    has up to the step to which it was measured.
    """

    name: str
    unit: Unit
    first_step: float
    last_step: float
    verdict: str
    kind: str
    since: float | None
    reading: tuple[str, str]
    rows: int
    features: Mapping[str, float]
    course: Mapping[str, tuple[float, ...]]
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    log_hash: str = ""


def measure(diagnosis: Diagnosis, name: str, last_step: float | None = None, log_hash: str = "") -> Measured:
    """Measure a run from its first step to `last_step`, or to its end.

    Of a run that ends before `last_step` the later features are absent. Of several pairs of networks only curves that
    belong to none of them are taken.
    """
    run = diagnosis.run
    end = run.last_step if last_step is None else last_step
    curves = _curves(diagnosis)
    reading = diagnosis.conventions[0] if diagnosis.conventions else None
    return Measured(
        name=name,
        unit=run.unit,
        first_step=run.first_step,
        last_step=run.last_step,
        verdict=diagnosis.verdict,
        kind=diagnosis.kind,
        since=diagnosis.since,
        reading=("unknown", "") if reading is None else (reading.family, reading.d_form),
        rows=max((int(np.searchsorted(curve.steps, end, "right")) for curve in run.curves.values()), default=0),
        features=features(curves, run.first_step, end),
        course={curve: course(curves[curve], run.first_step, end) for curve in curves},
        context=dict(run.context),
        log_hash=log_hash,
    )


def _curves(diagnosis: Diagnosis) -> dict[str, Curve]:
    """The curves that features speak of: normalised ones, logged ones, and a critic's under names of their own."""
    wanted = {feature.curve for feature in table()[1].values()}
    logged = {**diagnosis.run.curves, **diagnosis.normalised}
    found = {name: curve for name, curve in logged.items() if name in wanted and len(curve)}
    if any(one.family in CRITICS for one in diagnosis.conventions):
        distance = logged.get("wasserstein", logged.get("d_loss"))
        pair = {"critic": distance, "critic_g": logged.get("g_loss")}
        found |= {name: curve for name, curve in pair.items() if curve is not None and len(curve)}
    return found
