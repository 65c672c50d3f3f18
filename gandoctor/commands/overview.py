"""What `gandoctor watch --screen` shows: a table of the runs, and the report of the one that needs looking at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gandoctor.commands.screen import Screen
    from gandoctor.model import Diagnosis

_ILLNESS = ("convergence_failure", "mode_collapse", "inconclusive", "stable")
_MOST_ROWS = 12


def overview(diagnoses: Mapping[Path, Diagnosis], screen: Screen, height: int) -> str:
    """Return at most `height` lines: the runs, the most ill first, and beneath them the report of the first."""
    from gandoctor.report.sentences import row
    from gandoctor.report.terminal import render, table

    if not diagnoses:
        return "No log can be judged yet. Ctrl-C ends the watch."
    ranked = sorted(diagnoses.items(), key=lambda item: (_ILLNESS.index(item[1].verdict), -item[1].confidence))
    text = render(ranked[0][1], screen.colour, screen.width, screen.blocks)
    if len(ranked) > 1:
        rows = [row(diagnosis, str(log)) for log, diagnosis in ranked[:_MOST_ROWS]]
        header = ("log", "verdict", "since", "sure")
        text = table(header, rows, screen.colour, screen.width, screen.blocks) + _left(len(ranked)) + "\n" + text
    return "\n".join(text.splitlines()[:height])


def _left(runs: int) -> str:
    return f"and {runs - _MOST_ROWS} more\n" if runs > _MOST_ROWS else ""
