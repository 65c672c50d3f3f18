"""Rows of a log that is healthy and then breaks, to be written piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

NOISE = np.random.default_rng(3).standard_normal((2, 600))
ROWS = [f"{i},{abs(1.2 + 0.1 * d):.5g},{abs(1.1 + 0.2 * g):.5g}\n" for i, (d, g) in enumerate(NOISE.T, 1)]
BROKEN = [f"{i},nan,nan\n" for i in range(401, 601)]
HEAD = "step,d_loss,g_loss\n"


def write(log: Path, *rows: str) -> None:
    log.write_text(HEAD + "".join(rows))
