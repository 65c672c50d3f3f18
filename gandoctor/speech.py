"""Warnings to whoever watches a training: through `logging`, as lines that a progress bar does not tear."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

LOGGER = logging.getLogger("gandoctor")


class Aside(logging.Handler):
    """Writes to standard error beside progress bars; silent where the program has set up logging of its own.

    tqdm's bars are cleared and drawn again, rich moves its own; any other bar on the last line of a terminal is left
    there, whole, and the message begins on the next.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write one message, unless a handler of the program gets it as well."""
        if logging.getLogger().handlers:
            return
        try:
            _write(self.format(record))
        except Exception:  # a closed or foreign stderr; an alert must not stop a training
            self.handleError(record)


def say(text: str) -> None:
    """Give the user a warning."""
    if not any(isinstance(handler, Aside) for handler in LOGGER.handlers):
        LOGGER.addHandler(Aside())
    try:
        LOGGER.warning(text)
    except Exception:  # raised by a handler of the program; nothing that is said may stop its training
        with suppress(Exception):
            _write(text)


def _write(text: str) -> None:
    stream = sys.stderr
    if stream is None:
        return
    bars = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if bars is not None and getattr(bars, "_instances", None):
        bars.write(text, file=stream)
        return
    redirected = type(stream).__module__.partition(".")[0] == "rich"
    stream.write(("\n" if stream.isatty() and not redirected else "") + text + "\n")
    stream.flush()
