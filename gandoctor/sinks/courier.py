"""Delivers in the background: the training hands over a task and goes on, however slow or broken the other end is."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Task = Callable[[], None]

ROOM = 100
"""Tasks that may wait; a receiver that is so far behind gets no more until it has caught up."""


class Courier:
    """Does tasks one after the other, in the order given, in a thread that lives only while there are any.

    `failed` is called with the exception of a task that fails; the next task is done all the same.
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: deque[Task] = deque()
        self._changed = threading.Condition()
        self._worker: threading.Thread | None = None
        self.taken = 0
        """How many tasks there have been."""

    @property
    def waiting(self) -> int:
        """How many tasks are not done yet, the present one among them."""
        return len(self._tasks)

    def send(self, task: Task) -> bool:
        """Have the task done; False where there is no room for it."""
        with self._changed:
            if len(self._tasks) >= ROOM:
                return False
            self._tasks.append(task)
            self.taken += 1
            if self._worker is not None and self._worker.is_alive():
                return True
            self._worker = threading.Thread(target=self._work, name="gandoctor-sink", daemon=True)
            worker = self._worker
        self._start(worker)
        return True

    def flush(self, seconds: float) -> bool:
        """Wait until everything is done, but not longer than that; returns whether it is."""
        end = monotonic() + seconds
        with self._changed:
            while self._tasks and (left := end - monotonic()) > 0:
                self._changed.wait(left)
            return not self._tasks

    def _start(self, worker: threading.Thread) -> None:
        try:
            worker.start()
        except RuntimeError as error:
            if not threading.main_thread().is_alive():
                self._work()  # Python 3.12 starts no thread at exit, and there is no training left to hold up
                return
            with self._changed:
                self._tasks.clear()
                self._worker = None
            self._failed(error)

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._tasks:
                    self._worker = None
                    return
                task = self._tasks[0]
            try:
                task()
            except BaseException as error:  # a library that calls sys.exit() ends nothing either
                self._failed(error)
            with self._changed:
                self._tasks.popleft()
                self._changed.notify_all()
