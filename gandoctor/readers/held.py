"""Quality metrics that a logger writes again at every step until they are measured anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Curve

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHARE = 0.5
"""Share of points that repeat their predecessor exactly, from which the logger is known to hold the value."""


def measured_only(curves: Mapping[str, Curve]) -> tuple[dict[str, Curve], tuple[str, ...]]:
    """Leave of a quality curve the points at which it was measured, where most points only repeat the one before.

    A metric of samples, computed anew, has the same value to the last digit only by chance; a held one has nothing to
    say between its measurements. One that has fewer points than `_SHARE` of the log's rows is not held but left empty
    between its measurements: what repeats was measured again, such as a precision of 0.
    """
    made, notes = dict(curves), []
    longest = max((len(curve) for curve in curves.values()), default=0)
    for metric, curve in curves.items():
        if METRICS[metric.partition(PAIR)[0]].kind != "quality" or len(curve) < max(3, _SHARE * longest):
            continue
        new = np.append(True, curve.values[1:] != curve.values[:-1])
        if np.mean(~new) > _SHARE and np.count_nonzero(new) > 1:
            made[metric] = Curve(curve.steps[new], curve.values[new])
            notes.append(f"{metric}: {int(np.count_nonzero(~new))} points only repeat the measurement before: dropped")
    return made, tuple(notes)
