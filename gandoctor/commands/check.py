"""`gandoctor check`: recorded runs against what was written down about them, the gate of a CI job."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from gandoctor.commands.screen import Screen, say, screen, show
from gandoctor.errors import BadOption
from gandoctor.report.words import clean, count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gandoctor.checks.result import CheckResult

TEXTS = ("terminal", "json", "junit", "github")
"""The formats of a check."""

SUFFIXES = {".txt": "terminal", ".json": "json", ".xml": "junit"}

_PLAIN = Screen(colour=False, blocks=True, width=100)


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `against` is None where runs are held against their own expectations."""

    paths: tuple[Path, ...]
    against: Path | None
    update: bool
    yes: bool
    format: str | None
    outputs: tuple[Path, ...]
    jobs: int | None
    rulebook: str
    rules: tuple[Path, ...]


def run(request: Request) -> int:
    """Check, report, and update where that was asked for; returns the exit status."""
    from gandoctor.checks.folders import run_folders
    from gandoctor.checks.parallel import check_all
    from gandoctor.checks.result import exit_status
    from gandoctor.rulebook import load

    _allowed(request)
    if request.against is not None:
        from gandoctor.commands.likeness import run as compare

        return compare(request)
    book = partial(load, request.rulebook, request.rules)
    book()
    results = check_all(run_folders(request.paths), book, request.jobs)
    emit(request, _makers(results))
    if not request.update:
        return exit_status(results)
    return _update(results, request)


def _allowed(request: Request) -> None:
    """BadOption for options that do not go together, or a file that cannot be written."""
    from gandoctor.commands import files

    if request.update and request.against is not None:
        raise BadOption("--update rewrites expectations; references are added with `gandoctor reference add RUN`")
    if request.yes and not request.update:
        raise BadOption("--yes answers the question that --update asks; give both or neither")
    for output in request.outputs:
        files.check(output, [str(path) for path in request.paths])
        if output.suffix.lower() not in SUFFIXES:
            raise BadOption(f"-o {output}: the suffix says the format: {', '.join(SUFFIXES)}")


def emit(request: Request, makers: Mapping[str, Callable[[Screen], str]]) -> None:
    """Write the report to each file in the format of its suffix, and to standard output in the one asked for."""
    from gandoctor.commands import files

    for output in request.outputs:
        made = makers[SUFFIXES[output.suffix.lower()]](_PLAIN)
        files.write(output, made.encode("utf-8"))
        say(f"wrote {output}")
    if request.format or not request.outputs:
        now = screen()
        show(makers[request.format or "terminal"](now), now.colour)


def _makers(results: Sequence[CheckResult]) -> Mapping[str, Callable[[Screen], str]]:
    """A report of each of `TEXTS`."""
    from gandoctor.commands.formats import project
    from gandoctor.report.checks import cases, json, terminal

    return {
        "terminal": lambda now: terminal.render(results, now.colour, now.width, now.blocks),
        "json": lambda _: json.render(results),
        "junit": lambda _: cases.junit(cases.of_checks(results, project())),
        "github": lambda _: cases.github(cases.of_checks(results, project())),
    }


def _update(results: Sequence[CheckResult], request: Request) -> int:
    """Show what would change in each file, ask, write; 1 where the answer is no, 2 where a run could not be judged."""
    from gandoctor.checks.rewrite import rewrites
    from gandoctor.commands.files import write
    from gandoctor.rulebook import load

    made = rewrites(results, load(request.rulebook, request.rules))
    for one in made:
        say("\n".join(map(clean, one.diff.splitlines())))
    if made and not _agreed(len(made), request.yes):
        say("nothing was written")
        return 1
    for one in made:
        write(one.path, one.new.encode("utf-8"))
        say(f"wrote {one.path}")
    given = {str(one.path.parent) for one in made}
    return 2 if any(r.status == "unusable" and r.folder not in given for r in results) else 0


def _agreed(files_: int, yes: bool) -> bool:
    """Whether the user wants this; BadOption where nobody is there to be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise BadOption("--update rewrites files and nobody can be asked here: look at the difference, then give --yes")
    return click.confirm(f"Write {count(files_, 'file')}?", err=True)
