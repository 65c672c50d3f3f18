"""Which curves of a run a report shows: D and G of each pair, then what was measured on samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Curve, Diagnosis

LABELS = {
    "d_loss": "D loss",
    "d_loss_real": "D loss (real)",
    "d_loss_fake": "D loss (fake)",
    "d_loss_validation": "D loss (held out)",
    "g_loss": "G loss",
    "g_loss_total": "G loss (total)",
    "d_accuracy": "D accuracy",
    "d_accuracy_real": "D accuracy (real)",
    "d_accuracy_fake": "D accuracy (fake)",
    "g_accuracy": "G accuracy",
    "d_score_real": "D(x)",
    "d_score_fake": "D(G(z))",
    "fid": "FID",
    "kid": "KID",
    "inception_score": "Inception score",
    "d_level": "D level",
    "g_level": "G level",
    "consistency": "J, by law at most 1",
    "d_gap": "D gap",
    "d_sign_real": "D sign (real)",
    "d_grad_norm": "D gradient norm",
    "g_grad_norm": "G gradient norm",
    "vendi": "Vendi score",
}
"""Short names for labels; a metric that is not here is called by its canonical name."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A curve with the label it is shown under; `side` is "D", "G" or "" for neither."""

    metric: str
    label: str
    side: str
    curve: Curve


def base(metric: str) -> str:
    """Return the metric's name without its pair of networks."""
    return metric.partition(PAIR)[0]


def label(metric: str) -> str:
    """Return what a report calls the metric: "D loss", "D loss (real) of pair A"."""
    name, _, pair = metric.partition(PAIR)
    return LABELS.get(name, name.replace("_", " ")) + (f" of pair {clean(pair)}" if pair else "")


def pair_shown(diagnosis: Diagnosis) -> str:
    """Return the pair of networks to show where there is room for one: the one that is ill, else the first."""
    ill = (finding.pair for finding in (*diagnosis.findings, *diagnosis.suspicions) if finding.active)
    return next((pair for pair in ill if pair in diagnosis.run.pairs), diagnosis.run.pairs[0])


def losses(diagnosis: Diagnosis, pair: str) -> tuple[Shown, ...]:
    """D's and G's losses of one pair: the whole where it was logged, else the halves, else G's total."""
    return (
        *_first(diagnosis.run.curves, pair, "D", (("d_loss",), ("d_loss_real", "d_loss_fake"))),
        *_first(diagnosis.run.curves, pair, "G", (("g_loss",), ("g_loss_total",))),
    )


def _first(curves: Mapping[str, Curve], pair: str, side: str, choices: Sequence[tuple[str, ...]]) -> tuple[Shown, ...]:
    for choice in choices:
        names = [f"{name}{PAIR}{pair}" if pair else name for name in choice]
        shown = tuple(Shown(n, label(n), side, curves[n]) for n in names if n in curves and len(curves[n]))
        if shown:
            return shown
    return ()


def of_kind(diagnosis: Diagnosis, *kinds: str) -> tuple[Shown, ...]:
    """Return the curves of these kinds of metric that hold a number, in the vocabulary's order."""
    order = {name: place for place, (name, metric) in enumerate(METRICS.items()) if metric.kind in kinds}
    found = {name: curve for name, curve in diagnosis.run.curves.items() if base(name) in order}
    names = [name for name, curve in found.items() if np.isfinite(curve.values).any()]
    return tuple(
        Shown(name, label(name), "D" if name.startswith("d_") else "", diagnosis.run.curves[name])
        for name in sorted(names, key=lambda name: (order[base(name)], name))
    )


def overview(diagnosis: Diagnosis, most: int) -> tuple[Shown, ...]:
    """At most `most` curves that tell the run's story: losses of the pairs that matter, else what there is."""
    ill = {finding.pair for finding in (*diagnosis.findings, *diagnosis.suspicions)}
    pairs = sorted(diagnosis.run.pairs, key=lambda pair: pair not in ill)
    chosen = tuple(shown for pair in pairs for shown in losses(diagnosis, pair))
    quality = of_kind(diagnosis, "quality")
    if chosen and quality and len(chosen) < most:
        return (*chosen, quality[0])
    return (chosen or (*quality, *of_kind(diagnosis, "accuracy", "score", "other")))[:most]
