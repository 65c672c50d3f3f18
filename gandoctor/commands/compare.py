"""`gandoctor compare`: several runs judged, the most ill first, and what differs between their recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.commands import files, formats
from gandoctor.commands.choice import chosen
from gandoctor.commands.diagnose import Collected, Request, diagnoses, status
from gandoctor.commands.screen import say, screen, show
from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.report.html import Entry

_KEYS = 8
_VALUES = 4


def run(request: Request) -> int:
    """Judge every log below the paths, print a table, and write the page; returns the exit status of `diagnose`.

    BadOption where an output is no page or there is no log.
    """
    from dataclasses import replace

    from gandoctor.report.html import entry
    from gandoctor.report.ranking import illness
    from gandoctor.rulebook import load

    for output in request.outputs:
        if formats.of_file(output) != "html":
            raise BadOption(f"-o {output}: several runs side by side are a page; give a name that ends in .html")
        files.check(output, request.paths)
    logs = chosen(request.paths, below=True)
    if not logs:
        raise BadOption(f"there is no log below {', '.join(request.paths)}")
    book = load(request.rulebook, request.rules, request.bounds)
    collected = Collected()
    entries = []
    for judged in diagnoses(replace(request, paths=logs), book, collected):
        collected.verdicts.add(judged.diagnosis.verdict)
        entries.append((illness(judged.diagnosis), entry(judged.diagnosis, judged.path)))
    ranked = [one for _, one in sorted(entries, key=lambda item: item[0])]
    if ranked:
        _finish(ranked, request)
    return status(collected.verdicts, collected.failed, request.exit_code)


def _finish(ranked: Sequence[Entry], request: Request) -> None:
    from gandoctor.report.html import render_several

    if not request.outputs or request.format == "terminal":
        _print(ranked)
    for output in request.outputs:
        files.write(output, render_several(ranked).encode("utf-8"))
        say(f"wrote {output}")


def _print(ranked: Sequence[Entry]) -> None:
    """Print how many runs failed, the table of them, and the settings in which they differ."""
    from gandoctor.report.html.several import headline
    from gandoctor.report.terminal import table

    now = screen()
    show(headline([one.verdict for one in ranked]) + "\n\n")
    rows = [one.row for one in ranked]
    show(table(("run", "verdict", "since", "sure"), rows, now.colour, now.width, now.blocks), now.colour)
    settings = _settings(ranked)
    if settings:
        show("\nWhat differs between their recipes; values that go with failures first\n")
        show(table(("setting", "values"), settings, now.colour, now.width, now.blocks), now.colour)
    show("\nThe curves side by side: gandoctor compare PATH... -o page.html\n")


def _settings(ranked: Sequence[Entry]) -> list[tuple[str, str]]:
    from gandoctor.report.recipes import differences
    from gandoctor.report.words import listed

    found = differences([one.trained for one in ranked])
    rows = [(one.key, listed([value.words for value in one.values], _VALUES, "; ")) for one in found[:_KEYS]]
    return rows + [("", f"and {len(found) - _KEYS} more settings")] * (len(found) > _KEYS)
