"""`gandoctor check NEW... --against REFERENCES`: whether new runs are like the reference runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.commands.check import Request, emit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gandoctor.commands.screen import Screen
    from gandoctor.reference.likeness import Likeness


def run(request: Request) -> int:
    """Measure, compare and report; returns the exit status. A run that cannot be read or compared ends it all."""
    from gandoctor.reference.runs import against
    from gandoctor.rulebook import load

    assert request.against is not None
    likeness = against(request.paths, request.against, load(request.rulebook, request.rules))
    emit(request, _makers(likeness))
    return likeness.status


def _makers(likeness: Likeness) -> Mapping[str, Callable[[Screen], str]]:
    from gandoctor.report.checks import cases, json
    from gandoctor.report.checks import likeness as words

    return {
        "terminal": lambda now: words.render(likeness, now.colour, now.width, now.blocks),
        "json": lambda _: json.of_likeness(likeness),
        "junit": lambda _: cases.junit(cases.of_likeness(likeness)),
        "github": lambda _: cases.github(cases.of_likeness(likeness)),
    }
