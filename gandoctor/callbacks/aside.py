"""A callback that fails stands aside, and the training goes on."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from gandoctor.recorder.alerts import say

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("gandoctor")


class Listener(Protocol):
    """A callback that listens until it fails."""

    failed: bool

    def close(self) -> None:
        """Keep what was recorded and let go of the log."""


def stands_aside(hook: Callable[..., None]) -> Callable[..., None]:
    """A hook that ends the listening and not the training where it fails."""

    @wraps(hook)
    def guarded(self: Listener, *args: Any, **kwargs: Any) -> None:
        if self.failed:
            return
        try:
            hook(self, *args, **kwargs)
        except Exception as error:  # whatever fails in here, the training matters more
            stand_aside(self, error)

    return guarded


def stand_aside(listener: Listener, error: Exception) -> None:
    """End the listening: said once, with the traceback for whoever logs at DEBUG."""
    listener.failed = True
    say(f"gandoctor stands aside and the training goes on: {type(error).__name__}: {error}")
    _log.debug("where gandoctor failed", exc_info=error)
    with suppress(Exception):  # what was recorded is kept, and the log let go
        listener.close()
