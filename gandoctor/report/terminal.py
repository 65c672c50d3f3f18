"""The report for a terminal: one screen that says what happened, since when, how sure, why and what to do."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import TYPE_CHECKING

from gandoctor.report.curves import overview
from gandoctor.report.outline import outline
from gandoctor.report.sparkline import Axis, ending, extent, spark
from gandoctor.report.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType
    from rich.text import Text

    from gandoctor.model import Diagnosis, VerdictName
    from gandoctor.report.curves import Shown
    from gandoctor.report.outline import Item, Section

_COLOURS: dict[VerdictName, str] = {
    "stable": "bold green",
    "mode_collapse": "bold red",
    "convergence_failure": "bold red",
    "inconclusive": "bold yellow",
}
_SIDES = {"D": "blue", "G": "magenta", "": "cyan"}
_CURVES = 4
"""The most curves that one screen has room for."""

_TALL = 2
"""Up to how many curves each gets two rows of characters."""

_NARROW = 40
_BY_THE_LINE = ("Evidence", "Suspected")
"""Sections whose details are measurements, one a line."""

_PLAIN = {
    "EN DASH": "-",
    "EM DASH": "-",
    "MINUS SIGN": "-",
    "HORIZONTAL ELLIPSIS": "...",
    "LESS-THAN OR EQUAL TO": "<=",
    "GREATER-THAN OR EQUAL TO": ">=",
    "MULTIPLICATION SIGN": "x",
    "RIGHT SINGLE QUOTATION MARK": "'",
    "LEFT DOUBLE QUOTATION MARK": '"',
    "RIGHT DOUBLE QUOTATION MARK": '"',
    "NO-BREAK SPACE": " ",
}
"""Typographic signs that have a plain form, by their Unicode names."""


def render(diagnosis: Diagnosis, colour: bool, width: int = 100, blocks: bool = True) -> str:
    """Return the report as text of at most `width` columns; without `blocks` it is pure ASCII.

    Nothing from the log is taken as markup or as a terminal code. Ends with a line break.
    """
    width = max(width, _NARROW)
    buffer = io.StringIO()
    console = _console(buffer, colour, width)
    text = outline(diagnosis, brief=True)
    console.print(_line(text.subject, "dim"))
    console.print(_line(text.title, _COLOURS[diagnosis.verdict]))
    for sentence in text.lead:
        console.print(_line(sentence))
    _curves(console, diagnosis, width, blocks)
    for section in (s for s in text.sections if s.form != "aside"):
        _section(console, section, brief=True)
    _asides(console, [s for s in text.sections if s.form == "aside"])
    return _finished(buffer, blocks)


def ascii_only(text: str) -> str:
    """Return the text in ASCII: typographic signs become their plain form, the rest escapes."""
    return (
        text.translate({ord(unicodedata.lookup(name)): plain for name, plain in _PLAIN.items()})
        .encode("ascii", "backslashreplace")
        .decode("ascii")
    )


def _console(buffer: io.StringIO, colour: bool, width: int) -> Console:
    from rich.console import Console

    return Console(
        file=buffer, width=width, force_terminal=colour, color_system="standard" if colour else None,
        no_color=not colour, highlight=False, markup=False, emoji=False, legacy_windows=False, _environ={},
    )  # fmt: skip


def _line(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style)


def _join(*parts: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*parts)


def _curves(console: Console, diagnosis: Diagnosis, width: int, blocks: bool) -> None:
    """Print the curves, the phases beneath them on the same axis, and what the phases' signs mean."""
    shown = overview(diagnosis, _CURVES)
    if not shown:
        return
    notes = [(extent(one.curve), ending(one.curve))[: 2 if len(shown) <= _TALL else 1] for one in shown]
    margin = max(*(len(one.label) for one in shown), len("phases")) + 1
    columns = width - margin - 2 - max(len(note) for pair in notes for note in pair)
    axis = Axis(diagnosis.run.first_step, diagnosis.run.last_step, min(max(columns, 20), 100))
    console.print()
    for one, beside in zip(shown, notes, strict=True):
        _curve(console, one, spark(one.curve, axis, len(beside), blocks), beside, margin)
    times = timeline(diagnosis, axis, blocks)
    console.print(_line("phases".ljust(margin) + times.band), soft_wrap=True)
    console.print(_line(" " * margin + times.axis), soft_wrap=True)
    if times.legend:
        console.print(_line(" " * margin + "   ".join(f"{sign} {state}" for sign, state in times.legend), "dim"))


def _curve(console: Console, one: Shown, rows: tuple[str, ...], beside: tuple[str, ...], margin: int) -> None:
    for index, (line, note) in enumerate(zip(rows, beside, strict=True)):
        name = one.label if index == 0 else ""
        parts = ((name.ljust(margin), ""), (line, _SIDES[one.side]), (f"  {note}", "dim"))
        console.print(_join(*parts), soft_wrap=True)


def _section(console: Console, section: Section, brief: bool = False) -> None:
    """Print a section; to be brief, advice takes no line of its own for what would confirm it."""
    inline = brief and not section.title.startswith(_BY_THE_LINE)
    console.print()
    console.print(_line(section.title, "bold"))
    for number, item in enumerate(section.items, 1):
        console.print(_hanging(f"{number}." if section.form == "numbered" else "-", item, inline))


def _hanging(marker: str, item: Item, inline: bool) -> RenderableType:
    """Return an item behind its marker, its details beneath it or behind it, all lines indented alike."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=len(marker))
    grid.add_column(ratio=1)
    if inline:
        grid.add_row(_line(marker), _join((item.text, ""), *((f" {detail}", "dim") for detail in item.details)))
        return grid
    grid.add_row(_line(marker), _line(item.text))
    for detail in item.details:
        grid.add_row("", _line(detail, "dim"))
    return grid


def _asides(console: Console, sections: list[Section]) -> None:
    """Titles on the left, what they say on the right."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=max(len(section.title) for section in sections))
    grid.add_column(ratio=1)
    for section in sections:
        for index, item in enumerate(section.items):
            text = " ".join((item.text, *item.details))
            grid.add_row(_line(section.title if index == 0 else "", "bold"), _line(text))
    console.print()
    console.print(grid)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], colour: bool, width: int, blocks: bool) -> str:
    """Rows beneath a header, columns aligned; ends with a line break."""
    from rich.table import Table

    buffer = io.StringIO()
    grid = Table.grid(padding=(0, 2, 0, 0))
    for place in range(len(header)):
        longest = max(len(row[place]) for row in (header, *rows))
        grid.add_column(width=min(longest, width // 2) if place == 0 else None, overflow="fold")
    grid.add_row(*(_line(name, "bold") for name in header))
    for row in rows:
        grid.add_row(*(_line(cell) for cell in row))
    _console(buffer, colour, max(width, _NARROW)).print(grid)
    return _finished(buffer, blocks)


def lay_out(head: Sequence[str], sections: Sequence[Section], colour: bool, width: int, blocks: bool) -> str:
    """Return a page: its title, the lines below it, and sections; ends with a line break."""
    buffer = io.StringIO()
    console = _console(buffer, colour, max(width, _NARROW))
    for index, line in enumerate(head):
        console.print(_line(line, "bold" if index == 0 else ""))
    for section in sections:
        _section(console, section)
    return _finished(buffer, blocks)


def _finished(buffer: io.StringIO, blocks: bool) -> str:
    text = re.sub(r"[ \t]+$", "", buffer.getvalue(), flags=re.MULTILINE)
    return text if blocks else ascii_only(text)
