"""What a log is too coarse to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import Run

ROWS_A_CYCLE, CYCLES = 6, 8
"""What a line in the spectrum needs: with four cycles it is not found at any amplitude."""

COARSE = 5.0
"""Steps between rows from which the sentence is worth its place: below it a period of 25 to 30 steps is visible."""


def spacing(run: Run) -> float:
    """The usual number of steps, epochs or kimg between two rows of the longest curve; NaN for fewer than two."""
    longest = max(run.curves.values(), key=len, default=None)
    if longest is None or len(longest) < 2:
        return float("nan")
    return float(np.median(np.diff(longest.steps)))


def too_coarse(run: Run) -> str:
    """A sentence on the swings that the log cannot show; "" where it has nearly every step or no known steps."""
    apart = spacing(run)
    if run.unit == "row" or not apart > 0 or (run.unit == "step" and apart < COARSE):
        return ""
    unit = {"step": "steps", "epoch": "epochs", "kimg": "kimg"}[run.unit]
    return (
        f"Rows are {apart:,.4g} {unit if apart != 1 else run.unit} apart: swings shorter than"
        f" {ROWS_A_CYCLE * apart:,.4g} {unit} cannot be seen. Log every few steps to see them."
    )
