"""Runs in the order in which they need a look: the most ill first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis

FAILED = ("convergence_failure", "mode_collapse")
"""The verdicts that say that a run is ill."""


def illness(diagnosis: Diagnosis) -> tuple[int, float, float]:
    """Return a key that sorts runs, the most ill first.

    Failures come before what is open, and that before health; among failures what is surer, among the rest what is
    more suspect; and of two that are alike the one that has been ill for the larger part of its length.
    """
    if diagnosis.verdict in FAILED:
        return 0, -_known(diagnosis.confidence), _began(diagnosis)
    doubt = max((_known(finding.confidence) for finding in diagnosis.suspicions), default=0.0)
    return (1 if diagnosis.verdict == "inconclusive" else 2), -doubt, -_known(1 - diagnosis.confidence)


def _known(probability: float) -> float:
    return 0.0 if math.isnan(probability) else probability


def _began(diagnosis: Diagnosis) -> float:
    """Return which share of the run had passed when the failure began."""
    run, since = diagnosis.run, diagnosis.since
    length = run.last_step - run.first_step
    return 1.0 if since is None or not length > 0 else (since - run.first_step) / length
