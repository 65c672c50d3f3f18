"""The panels below the first ones: every other curve of the run, in the order of the vocabulary."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import DERIVED, METRICS
from gandoctor.model import PAIR
from gandoctor.report.curves import Shown, base, label
from gandoctor.report.plot_panels import panel, panels
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis
    from gandoctor.report.plot_panels import Panel

_TITLES = {
    "loss": "other losses",
    "accuracy": "accuracies",
    "score": "outputs of D",
    "derived": "other normalised curves",
    "quality": "measured on samples",
    "gradient": "gradient norms",
    "regulariser": "penalties",
}
"""Kinds of metric of which several share an axis."""

_TOGETHER = 3
"""How many curves an axis has room for."""

_MOST = 24
"""Panels beyond this number are left out: a page is no archive."""


def further(diagnosis: Diagnosis) -> tuple[Panel, ...]:
    """Return panels of the curves that the first panels leave out, three of one kind and pair on each at most."""
    done = {one.metric for first in panels(diagnosis) for one in first.shown}
    left = [one for one in _all(diagnosis) if one.metric not in done]
    made = [
        panel(_title(*key), chunk, (), tall=False)
        for key, group in groupby(left, key=_kind)
        for chunk in _chunks(list(group))
    ]
    return tuple(made[:_MOST])


def _all(diagnosis: Diagnosis) -> list[Shown]:
    """Return every curve that holds a number, normalised ones too, those of one kind and pair together."""
    curves = {**diagnosis.run.curves, **diagnosis.normalised}
    order = {name: place for place, name in enumerate((*METRICS, *DERIVED))}
    found = [
        Shown(name, label(name), base(name)[0].upper() if base(name)[:2] in ("d_", "g_") else "", curve)
        for name, curve in curves.items()
        if base(name) in order and np.isfinite(curve.values).any()
    ]
    return sorted(found, key=lambda one: (*_rank(one), order[base(one.metric)]))


def _kind(one: Shown) -> tuple[str, str]:
    """Return what the curves of one axis have in common: their kind, for those that have no common scale their name."""
    kind = (METRICS | DERIVED)[base(one.metric)].kind
    return (kind if kind in _TITLES else base(one.metric)), one.metric.partition(PAIR)[2]


def _rank(one: Shown) -> tuple[int, str, str]:
    kind, pair = _kind(one)
    return (list(_TITLES).index(kind) if kind in _TITLES else len(_TITLES)), kind, pair


def _title(kind: str, pair: str) -> str:
    title = _TITLES.get(kind) or label(kind)
    return f"{title} of pair {clean(pair)}" if pair else title


def _chunks(shown: list[Shown]) -> list[tuple[Shown, ...]]:
    return [tuple(shown[start : start + _TOGETHER]) for start in range(0, len(shown), _TOGETHER)]
