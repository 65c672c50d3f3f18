"""Annotations for GitHub Actions: workflow commands that mark the line of the log where each finding began.

The form is `::error file=FILE,line=LINE,title=TITLE::MESSAGE`, one a line, on standard output of a step. GitHub shows
at most ten errors, ten warnings and ten notices of a step, so that what decided the verdict stands first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.report.notices import notices
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Diagnosis
    from gandoctor.report.notices import Level, Notice

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def render(diagnosis: Diagnosis, file: str) -> str:
    """Return a command a line for what was found, "" where nothing was; `file` is relative to the project's folder.

    An empty `file` gives annotations without a place, as for standard input.
    """
    return "".join(f"{_command(notice, diagnosis, file)}\n" for notice in notices(diagnosis))


def _command(notice: Notice, diagnosis: Diagnosis, file: str) -> str:
    line = None if notice.step is None else diagnosis.run.line(notice.step)
    about = clean(file or diagnosis.run.name)
    properties = {"file": clean(file), "line": "" if line is None else str(line), "title": notice.title}
    if not file:
        properties = {"title": notice.title}
    return command(notice.level, properties, f"{about}: {notice.text}")


def command(level: Level, properties: Mapping[str, str], message: str) -> str:
    """Return one workflow command, without a line break; a property that is empty is left out."""
    said = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items() if value)
    return f"::{_COMMANDS[level]} {said}::{_escaped(message, _DATA)}"


def _escaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for plain, escape in table:
        text = text.replace(plain, escape)
    return text
