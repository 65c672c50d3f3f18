"""`gandoctor demo`: the recorded runs diagnosed, one of them reported in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.commands.screen import screen, show
from gandoctor.demo import SHOWN, demonstrated, recorded
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS, count

if TYPE_CHECKING:
    from gandoctor.demo import Recorded
    from gandoctor.model import Diagnosis


_PARTS = 3
"""How many paragraphs of a report the demo shows: verdict, curves, evidence."""

_NEXT = """
Next: gandoctor diagnose LOG
        the same for your own log, with likely causes and what to do
      gandoctor demo {run}
        this report in full; any other name of the table works as well
      gandoctor explain RULE
        what a rule looks at, and how far to trust it
"""


def run(name: str | None) -> int:
    """Print a table of recorded runs, what was found and whether it is right, and a part of one's report.

    The table has one run of each kind. With a name, that run's report in full, whichever of them it is.
    """
    from gandoctor.engine import diagnose

    runs = demonstrated() if name is None else recorded()
    shown = name or next((one.name for one in runs if one.kind == SHOWN), runs[0].name)
    if shown not in {one.name for one in runs}:
        raise BadOption(f"there is no recorded run {shown!r}; there are {', '.join(one.name for one in runs)}")
    made = {one.name: diagnose(one.log) for one in runs if name in (None, one.name)}
    if name is None:
        _table([(one, made[one.name]) for one in runs])
    _report(next(one for one in runs if one.name == shown), made[shown], whole=name is not None)
    return 0


def _table(made: list[tuple[Recorded, Diagnosis]]) -> None:
    from gandoctor.report.sentences import row
    from gandoctor.report.terminal import table

    rows = [(*row(found, one.name), "yes" if _right(one, found) else "no") for one, found in made]
    now = screen()
    show(f"{count(len(made), 'recorded run')} whose outcome is known:\n\n")
    show(table(("run", "verdict", "since", "sure", "right"), rows, now.colour, now.width, now.blocks), now.colour)
    for one, found in made:
        if not _right(one, found):
            show(f"{one.name}: right is {_said(one)}\n")


def _said(one: Recorded) -> str:
    """Return the verdict that would be right, in words."""
    words = next((words for verdict, words in VERDICTS.items() if verdict == one.verdict), one.verdict)
    return words + (f" ({one.kind})" if one.kind else "")


def _right(one: Recorded, diagnosis: Diagnosis) -> bool:
    return diagnosis.verdict == one.verdict and (not one.kind or diagnosis.kind == one.kind)


def _report(one: Recorded, diagnosis: Diagnosis, whole: bool) -> None:
    """Print one run's report: up to its evidence, or the whole of it."""
    from gandoctor.report.terminal import render

    now = screen()
    show(f"\n$ gandoctor diagnose {one.log}\n\n")
    text = render(diagnosis, now.colour, now.width, now.blocks)
    show(text if whole else "\n\n".join(text.split("\n\n")[:_PARTS]) + "\n", now.colour)
    show(_NEXT.format(run=one.name))
