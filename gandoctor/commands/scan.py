"""`gandoctor scan`: every log below some folders judged, one table and one page of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.commands import files
from gandoctor.commands.screen import complain, say, screen, show
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS, clean, listed, percent, place
from gandoctor.scanning import scan
from gandoctor.scanning.journal import SUFFIXES, journal_of
from gandoctor.scanning.order import grouped
from gandoctor.scanning.places import is_remote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gandoctor.scanning import Job, Row

_SHOWN = 20
"""How many runs the table on the terminal lists: the ill ones first."""

_PAGE = ".html"


def run(job: Job, outputs: Sequence[Path] = ()) -> int:
    """Scan, write table and page, and print how many runs there are of each kind and the most ill of them."""
    page, job = _page(outputs), replace(job, table=_table(outputs))
    if page is not None:
        files.check(page, [root for root in job.roots if not is_remote(root)])
    try:
        rows = _with_progress(job)
    except KeyboardInterrupt:
        if job.table is not None:
            complain(
                f"interrupted; what was judged is in {journal_of(job.table)}, and the same command goes on from there"
            )
        raise
    show(summary(rows), screen().colour)
    if page is not None:
        from gandoctor.report.html import render_scan

        files.write(page, render_scan(grouped(rows)).encode("utf-8"))
    for output in outputs:
        say(f"wrote {output}")
    return 0


def _table(outputs: Sequence[Path]) -> Path | None:
    tables = [output for output in outputs if output.suffix.lower() != _PAGE]
    for table in tables:
        if table.suffix not in SUFFIXES:
            raise BadOption(f"-o {table}: the suffix says the format, give {' or '.join((*SUFFIXES, _PAGE))}")
    return _only(tables, "table")


def _page(outputs: Sequence[Path]) -> Path | None:
    return _only([output for output in outputs if output.suffix.lower() == _PAGE], "page")


def _only(outputs: Sequence[Path], what: str) -> Path | None:
    if len(outputs) > 1:
        raise BadOption(f"-o: one {what} at a time, not {listed([str(output) for output in outputs], 4)}")
    return next(iter(outputs), None)


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
    """Return how many runs failed, and the first of them, the most ill at the top."""
    from gandoctor.report.html.scan import headline
    from gandoctor.report.terminal import table

    if not rows:
        return "no logs found\n"
    groups = grouped(rows)
    worst = [row for some in groups.values() for row in some][:_SHOWN]
    cells = [(clean(row.log), _found(row), _since(row), _sure(row)) for row in worst]
    now = screen()
    text = table(("log", "verdict", "since", "sure"), cells, now.colour, now.width, now.blocks)
    left = f"and {len(rows) - _SHOWN:,} more\n" if len(rows) > _SHOWN else ""
    return f"{headline(groups)}\n\n{text}{left}"


def _found(row: Row) -> str:
    if row.error:
        return clean(row.error)
    words = next((words for name, words in VERDICTS.items() if name == row.verdict), row.verdict)
    return f"{words} ({row.kind})" if row.kind else words


def _since(row: Row) -> str:
    return "" if row.since is None else place(row.since)


def _sure(row: Row) -> str:
    return "" if row.confidence is None else percent(row.confidence)
