"""On which line of its file each step of a run stands, so that a report can point at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.model import Curve

if TYPE_CHECKING:
    from gandoctor.model import FloatArray
    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.order import IntArray


def lines_of(lines: IntArray, steps: FloatArray, mine: BoolArray | None) -> Curve:
    """Return the line of each row over its step, in the order of the steps; `mine` marks the rows of the run.

    Rows at one step stay in the order of the file: the last of them is the one whose values count.
    """
    if mine is not None:
        lines, steps = lines[mine], steps[mine]
    if (steps[1:] < steps[:-1]).any():
        order = np.argsort(steps, kind="stable")
        lines, steps = lines[order], steps[order]
    return Curve(steps, lines.astype(np.float64))
