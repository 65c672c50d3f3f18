"""The command that a user wants run when a failure is diagnosed: its words come from the command line, never a log."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 60.0
"""Seconds that the command may take; it is ended then, since the watch waits for it."""


def command_of(text: str) -> list[str]:
    """Return the words of a command line; BadOption where it has none, an open quote, or a program nobody has."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise BadOption(f"--on-alert {text}: {error}".lower()) from None
    if not words:
        raise BadOption("--on-alert: is empty; give a command, such as --on-alert 'notify-send gandoctor'")
    if shutil.which(words[0]) is None:
        raise BadOption(f"--on-alert {text}: there is no program {words[0]!r}")
    return words


def alert(command: Sequence[str], report: str, patience: float = PATIENCE) -> str:
    """Run the command with the report on its standard input, without a shell; returns what went wrong, or "".

    Nothing of the log is a part of the command: it travels as JSON, as data.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the words are the user's own, and no shell reads them
            list(command), input=report.encode(), timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {patience:g} s and was ended"
    except OSError as error:
        return f"{command[0]} cannot be run ({error.strerror})"
    return f"{command[0]} ended with status {done.returncode}" if done.returncode else ""
