"""The formats of a report by name and by file suffix: one text a run, and how several are joined."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from gandoctor.commands.screen import Screen
    from gandoctor.model import Diagnosis, Rulebook
    from gandoctor.report.html import Entry

TEXTS = ("terminal", "json", "jsonl", "markdown", "html", "junit", "sarif", "github")
"""The formats that can be written to standard output."""

SUFFIXES = {
    ".txt": "terminal",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".html": "html",
    ".xml": "junit",
    ".sarif": "sarif",
    ".png": "png",
    ".svg": "svg",
    ".pdf": "pdf",
}

PICTURES = ("png", "svg", "pdf")


def of_file(path: Path) -> str:
    """Return the format for a file of that name; BadOption for a suffix that stands for none."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise BadOption(f"-o {path}: the suffix says the format, and {suffix or 'no suffix'} is none of {known}")
    return SUFFIXES[suffix]


@dataclass(frozen=True, slots=True)
class Judged:
    """A run that was diagnosed: the path that the user gave, the rules by which, and the seconds that it took."""

    path: str
    diagnosis: Diagnosis
    rulebook: Rulebook
    seconds: float

    @property
    def file(self) -> str:
        """The log by a name that is the same on every machine, for servers: see `report.location`."""
        from gandoctor.report.location import file_of

        return file_of(self.path, self.diagnosis.run, project())

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The line of a table of several runs."""
        from gandoctor.report.sentences import row

        return row(self.diagnosis, self.path)


def project() -> str:
    """Return the folder to which the files in reports for servers are relative: the checkout of a CI job, or here."""
    here = Path.cwd()
    checkouts = [Path(folder) for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR") if (folder := os.environ.get(name))]
    return str(next((folder for folder in checkouts if here.is_relative_to(folder)), here))


def part(format_: str, judged: Judged, screen: Screen, alone: bool) -> str | Entry:
    """Return the report of one run in one of `TEXTS`, or what the page of several runs needs of it.

    `alone` says that no other run was asked for; to be completed by `joined`.
    """
    if format_ != "html" or alone:
        return text(format_, judged, screen)
    from gandoctor.report import html

    with _any_size():
        return html.entry(judged.diagnosis, judged.path)


def text(format_: str, judged: Judged, screen: Screen) -> str:
    """Return the report of one run in one of `TEXTS`, to be completed by `joined`."""
    with _any_size():
        return _SERVERS[format_](judged) if format_ in _SERVERS else _readable(format_, judged, screen)


def _any_size() -> AbstractContextManager[None]:
    """Let curves overflow where they are drawn: a loss of 1e308 has no mean, and that is no warning of ours."""
    import numpy as np  # loaded by then, and not where only the help is asked for

    return np.errstate(over="ignore", invalid="ignore")


def _readable(format_: str, judged: Judged, screen: Screen) -> str:
    if format_ == "markdown":
        from gandoctor.report import markdown

        return markdown.render(judged.diagnosis)
    if format_ == "terminal":
        from gandoctor.report import terminal

        return terminal.render(judged.diagnosis, screen.colour, screen.width, screen.blocks)
    if format_ == "html":
        return _page(judged)
    from gandoctor.report import json

    render = json.render_line if format_ == "jsonl" else json.render
    return render(judged.diagnosis, judged.path)


def _page(judged: Judged) -> str:
    from gandoctor.commands.beside import samples
    from gandoctor.report import html
    from gandoctor.report.html.samples import chosen, pictures
    from gandoctor.trials import sentences, trials

    tried = trials() if judged.diagnosis.remedies else ()
    return html.render(judged.diagnosis, pictures(chosen(samples(judged.path))), partial(sentences, tried))


def _junit(judged: Judged) -> str:
    from gandoctor.report import junit

    rules = [rule.id for rule in judged.rulebook.rules if rule.verdict != "stable"]
    return junit.render(judged.diagnosis, judged.file, rules, judged.seconds)


def _sarif(judged: Judged) -> str:
    from gandoctor.report import sarif

    return sarif.render(judged.diagnosis, judged.file)


def _github(judged: Judged) -> str:
    from gandoctor.report import annotations

    return annotations.render(judged.diagnosis, judged.file)


_SERVERS = {"junit": _junit, "sarif": _sarif, "github": _github}
"""The formats that CI servers read."""


def joined(format_: str, parts: Sequence[str | Entry], rows: Sequence[tuple[str, ...]] = ()) -> str:
    """Return the reports of several runs as one, in which each has one of the `rows` (`Judged.row`)."""
    texts = [one for one in parts if isinstance(one, str)]
    if len(texts) < len(parts):
        from gandoctor.report import html

        return html.render_several([one for one in parts if not isinstance(one, str)])
    if format_ == "json" and len(texts) != 1:
        return "[\n" + ",\n".join(text.rstrip("\n") for text in texts) + "\n]\n"
    if format_ == "junit":
        from gandoctor.report import junit

        return junit.joined(texts)
    if format_ == "sarif":
        from gandoctor.report import sarif

        return sarif.merged(texts)
    if format_ == "markdown":
        from gandoctor.report import markdown

        return markdown.joined(rows, texts)
    return ("" if format_ in ("jsonl", "github") else "\n").join(texts)
