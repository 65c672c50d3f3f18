"""`gandoctor scan`: every log below some folders judged, one table of all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gandoctor.commands.screen import complain, say, screen, show
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS, clean, count
from gandoctor.scanning import scan
from gandoctor.scanning.journal import SUFFIXES, journal_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.scanning import Job, Row

_SHOWN = 20
"""How many runs the table on the terminal lists: the ill ones first."""

_ORDER = ("convergence_failure", "mode_collapse", "inconclusive", "stable", "")


def run(job: Job) -> int:
    """Scan, write the table, and print how many runs there are of each verdict and the most ill of them."""
    if job.table is not None and job.table.suffix not in SUFFIXES:
        raise BadOption(f"-o {job.table}: the suffix says the format, give {' or '.join(SUFFIXES)}")
    try:
        rows = _with_progress(job)
    except KeyboardInterrupt:
        if job.table is not None:
            complain(
                f"interrupted; what was judged is in {journal_of(job.table)}, and the same command goes on from there"
            )
        raise
    show(summary(rows), screen().colour)
    if job.table is not None:
        say(f"wrote {job.table}")
    return 0


def _with_progress(job: Job) -> list[Row]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def on_row(_row: Row, total: int) -> None:
            bar.update(task, advance=1, total=total)

        return scan(job, on_row)


def summary(rows: Sequence[Row]) -> str:
    """Return how many runs have which verdict, and the first of them, the most ill at the top."""
    from gandoctor.report.terminal import table

    if not rows:
        return "no logs found\n"
    verdicts = Counter(row.verdict for row in rows)
    words: dict[str, str] = {**{str(name): text for name, text in VERDICTS.items()}, "": "Not readable"}
    told = ", ".join(f"{verdicts[name]} {words[name].lower()}" for name in words if verdicts[name])
    ranked = sorted(rows, key=lambda row: (_ORDER.index(row.verdict), -(row.confidence or 0), row.log))
    cells = [(clean(row.log), _found(row), _since(row), _sure(row)) for row in ranked[:_SHOWN]]
    now = screen()
    text = table(("log", "verdict", "since", "sure"), cells, now.colour, now.width, now.blocks)
    left = f"and {len(rows) - _SHOWN} more\n" if len(rows) > _SHOWN else ""
    return f"{count(len(rows), 'log')}: {told}\n\n{text}{left}"


def _found(row: Row) -> str:
    if row.error:
        return clean(row.error)
    words = next((words for name, words in VERDICTS.items() if name == row.verdict), row.verdict)
    return f"{words} ({row.kind})" if row.kind else words


def _since(row: Row) -> str:
    return "" if row.since is None else f"{row.since:,.10g}"


def _sure(row: Row) -> str:
    return "" if row.confidence is None else f"{row.confidence:.0%}".replace("%", " %")
