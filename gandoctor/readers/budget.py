"""How many curves become columns: names by the ten thousand with a point each would fill the memory with gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CELLS = 20_000_000
"""Cells that a log may have whatever it holds: 160 MB of numbers."""
_GAPS = 4
"""A log of more cells may have this many for each of its points."""


def affordable(points: Mapping[str, int], rows: int) -> tuple[frozenset[str], tuple[str, ...]]:
    """The curves that may be columns of `rows` cells each, and a note where some may not.

    `points` is how many points each curve has; those with the most go first, of equal ones the earlier.
    """
    most = max(MOST_CELLS, _GAPS * sum(points.values())) // max(rows, 1)
    if len(points) <= most:
        return frozenset(points), ()
    kept = sorted(points, key=lambda name: -points[name])[:most]
    left = len(points) - len(kept)
    return frozenset(kept), (f"{left} of {len(points)} names with the fewest points were left out",)
