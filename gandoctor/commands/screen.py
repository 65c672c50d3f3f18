"""Standard output and standard error: results go to the one, everything else to the other."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS = "▁█░▓─▲·"
_WIDEST = 120
_UNKNOWN_WIDTH = 100
_ESCAPES = "gandoctor-escapes"


class NobodyReads(Exception):
    """Whoever read standard output has closed it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What standard output can show: colours, block characters, and how many columns."""

    colour: bool
    blocks: bool
    width: int


def screen() -> Screen:
    """Return what standard output can show: colour on a terminal only, and not where NO_COLOR is set (no-color.org)."""
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((_UNKNOWN_WIDTH, 24)).columns, _WIDEST) if terminal else _UNKNOWN_WIDTH
    return Screen(terminal and wants_colour(os.environ), can_show(_SIGNS), width)


def wants_colour(environment: Mapping[str, str]) -> bool:
    """Whether a terminal with this environment is to get colours."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def can_show(text: str) -> bool:
    """Whether the encoding of standard output holds all characters of the text."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show(text: str, colour: bool = False) -> None:
    """Write a result; what the encoding of standard output cannot hold becomes an escape that JSON knows too."""
    try:
        click.echo(_holdable(text, sys.stdout.encoding), nl=False, color=colour)
    except BrokenPipeError as error:
        # An OSError would be caught by click, which exits with 1: the status of a diagnosed failure.
        raise NobodyReads from error


def say(text: str) -> None:
    """Write a line that is no result: to standard error."""
    click.echo(_holdable(text, sys.stderr.encoding), err=True)


def _holdable(text: str, encoding: str | None) -> str:
    """Return the text with escapes for what the encoding, ASCII where none is known, has no character for."""
    encoding = encoding or "ascii"
    return text.encode(encoding, _ESCAPES).decode(encoding)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    r"""Replace what cannot be encoded by \uXXXX: a codecs handler. Python's own writes \xe9, which is no JSON."""
    import json

    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPES, _escaped)


def complain(text: object) -> None:
    """Write an error, made safe, line by line: to standard error."""
    lines = [clean(line) for line in str(text).splitlines()] or ["unknown error"]
    say("gandoctor: " + "\n".join(lines))
