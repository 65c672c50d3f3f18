"""Findings and trainings for the tests of sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor import Finding

if TYPE_CHECKING:
    from gandoctor import Recorder


def finding(rule: str = "non-finite", **changed: Any) -> Finding:
    """A failure that holds since step 96."""
    given: dict[str, Any] = {
        "rule": rule,
        "pattern": "nan",
        "title": "A loss is NaN or infinite",
        "verdict": "convergence_failure",
        "severity": "error",
        "weight": "verdict",
        "since": 96.0,
        "fired": 120.0,
        "until": None,
        "readings": (),
        "evidence": "the losses hold 25 NaN in a row",
        "confidence": 0.94,
    }
    return Finding(**{**given, **changed})


def train(doctor: Recorder, first: int, last: int, *, ill: bool, pair: str = "") -> None:
    """Steps of a healthy GAN, or of one whose discriminator has won."""
    rng = np.random.default_rng(first)
    suffix = f"@{pair}" if pair else ""
    for step in range(first, last + 1):
        d, g = (0.0005, 9.0) if ill else (0.6, 0.9)
        noise = rng.normal(1, 0.05, 3)
        row = {"d_loss_real": d * noise[0], "d_loss_fake": d * noise[1], "g_loss": g * noise[2]}
        doctor.record(step, {name + suffix: value for name, value in row.items()})
