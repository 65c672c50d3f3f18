"""Rows in the order in which their runs need a look: the most ill first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.report.ranking import FAILED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.scanning.row import Row

ORDER = ("failed", "undecided", "unreadable", "stable")
"""The groups of rows, the one that needs a look most first."""


def group(row: Row) -> str:
    """Return the one of `ORDER` that a row belongs to."""
    if row.error:
        return "unreadable"
    if row.verdict in FAILED:
        return "failed"
    return "undecided" if row.verdict == "inconclusive" else "stable"


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Return the rows, the most ill first.

    Among failures the surest come first, and of those that are as sure the ones that have been ill for the larger part
    of their length; among the others those in which something is suspected, then the least sure.
    """
    return sorted(rows, key=_illness)


def grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows by their group, in the order of `ORDER`, the most ill first; no group is empty."""
    found: dict[str, list[Row]] = {}
    for row in ranked(rows):
        found.setdefault(group(row), []).append(row)
    return found


def _illness(row: Row) -> tuple[int, float, float, str]:
    of = group(row)
    sure = row.confidence or 0.0
    if of == "failed":
        return ORDER.index(of), -sure, _began(row), row.log
    return ORDER.index(of), 0.0 if row.suspected else 1.0, sure, row.log


def _began(row: Row) -> float:
    """Return which share of the run had passed when the failure began; 1 where that is not known."""
    if row.since is None or row.first_step is None or row.last_step is None or row.last_step <= row.first_step:
        return 1.0
    return (row.since - row.first_step) / (row.last_step - row.first_step)
