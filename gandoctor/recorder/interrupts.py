"""Signals wait while rows are on their way: whatever a Ctrl-C ends, it finds the log and the judgement whole."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM")
_SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


class Uninterrupted:
    """In its block the handlers that a program has for signals wait, to be called as soon as it ends.

    Python runs handlers between any two steps of the main thread, and the usual ones raise there. A mask of the
    process's signals would not do: the system then gives the signal to another thread, and Python to this one.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._came: list[tuple[int, FrameType | None]] = []

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return  # where no handler is ever run
        try:
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._wait)
        except BaseException:  # a signal whose turn had not come
            self._restore()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()
        for number, frame in self._came:
            self._handlers[number](number, frame)

    def _wait(self, number: int, frame: FrameType | None) -> None:
        self._came.append((number, frame))

    def _restore(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
