"""What a log is too coarse to show, said in its own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor.model import Curve, Run
from gandoctor.resolution import spacing, too_coarse

if TYPE_CHECKING:
    from gandoctor.model import Unit


def run(unit: Unit, apart: float, rows: int = 20) -> Run:
    return Run({"d_loss": Curve(apart * np.arange(1.0, rows + 1), np.ones(rows))}, unit=unit)


@pytest.mark.parametrize(
    ("unit", "apart", "words"),
    [
        ("step", 45, "Rows are 45 steps apart: swings shorter than 270 steps"),
        ("step", 1, ""),
        ("step", 4, ""),
        ("row", 1, ""),
        ("epoch", 1, "Rows are 1 epoch apart: swings shorter than 6 epochs"),
        ("epoch", 0.5, "Rows are 0.5 epochs apart: swings shorter than 3 epochs"),
        ("kimg", 4, "Rows are 4 kimg apart: swings shorter than 24 kimg"),
    ],
)
def test_the_sentence_names_the_shortest_swing_that_six_rows_can_show(unit: Any, apart: float, words: str) -> None:
    said = too_coarse(run(unit, apart))
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_one_row_has_no_spacing() -> None:
    assert np.isnan(spacing(run("step", 1, rows=1)))
    assert too_coarse(run("step", 1, rows=1)) == ""
