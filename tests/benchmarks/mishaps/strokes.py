"""What happens to a training from inside: each stroke has a beginning, and an end that mends it where it can be."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from gandoctor import engine
from gandoctor.recorder import lines
from gandoctor.sinks import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FLUSH_ROWS = 100
"""The recorder's."""
LAST = 300
"""Steps from a stroke to its end."""


@dataclass(slots=True)
class Training:
    """What a stroke can lay its hands on: the log, and whether the losses are ill."""

    log: Path
    ill: bool = False

    @property
    def filler(self) -> Path:
        """What fills up the disk."""
        return self.log.with_name("filler")


def nothing(training: Training) -> None:
    """No stroke, or one without an end."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How it begins and ends, who listens to alerts, and whether the training goes on after a KeyboardInterrupt."""

    begin: Callable[[Training], object] = nothing
    end: Callable[[Training], object] = nothing
    listeners: Sequence[Callable[[Any], object]] = ()
    goes_on: bool = False


def fall_ill(training: Training) -> None:
    """G's loss is NaN from now on, which is worth an alert."""
    training.ill = True


def limit_size(training: Training) -> None:
    """No file of this process may become longer than the log is, but for half a row."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (training.log.stat().st_size + 9, resource.RLIM_INFINITY))


def lift_limit(training: Training) -> None:
    """Files may have any length again."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def fill_disk(training: Training) -> None:
    """Use up all the room there is beside the log."""
    with training.filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 8, 1):
            with suppress(OSError):
                while file.write(b"x" * size) == size:
                    pass


def make_room(training: Training) -> None:
    """Remove what filled the disk."""
    training.filler.unlink()


_write = lines.write


def _read_only(fd: int, data: bytes) -> NoReturn:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def turn_read_only(training: Training) -> None:
    """Simulated: Linux refuses to make a file system read-only whose files are open."""
    lines.write = _read_only


def turn_writable(training: Training) -> None:
    """Files can be written again."""
    lines.write = _write


def remove_folder(training: Training) -> None:
    """Remove the folder of the log with everything in it."""
    shutil.rmtree(training.log.parent)


def lay_in_the_way(training: Training) -> None:
    """Another program's file takes the place of the log."""
    training.log.unlink()
    training.log.write_text("not a log\n")


def _fault(*_: Any) -> NoReturn:
    raise ZeroDivisionError("division by zero")


def _no_memory(*_: Any) -> NoReturn:
    raise MemoryError


def break_monitor(training: Training) -> None:
    """A fault in gandoctor's engine."""
    engine.Monitor.feed_run = _fault  # type: ignore[assignment, method-assign]  # that is the fault


def exhaust_memory(training: Training) -> None:
    """Simulated: the judgement finds no memory."""
    engine.Monitor.feed_run = _no_memory  # type: ignore[assignment, method-assign]  # as above


def refuse(finding: Any) -> NoReturn:
    """An `on_alert` of a user."""
    raise ValueError("no mail today")


def step_clock_back(training: Training) -> None:
    """The wall clock goes back a day; no program can set the monotonic one."""
    back, now, now_ns = 86_400, time.time, time.time_ns
    time.time = lambda: now() - back
    time.time_ns = lambda: now_ns() - back * 10**9
    training.ill = True


class _Failing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> NoReturn:
        """Whatever is logged."""
        raise ConnectionError("the log server is gone")


def break_logging(training: Training) -> None:
    """The program's own logging raises."""
    logging.getLogger().addHandler(_Failing())
    training.ill = True


def close_stderr(training: Training) -> None:
    """Nobody reads standard error any more."""
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, 2)
    training.ill = True


def fork_worker(training: Training) -> None:
    """A data loader's worker, which outlives the training."""
    if not os.fork():
        time.sleep(3)
        os._exit(0)


def end_on_sigterm(training: Training) -> None:
    """The program ends in good order when it is asked to."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


STROKES = {
    "none": Stroke(),
    "limit": Stroke(limit_size, lift_limit),
    "limit to the end": Stroke(limit_size),
    "full": Stroke(fill_disk, make_room),
    "full to the end": Stroke(fill_disk),
    "read-only": Stroke(turn_read_only, turn_writable),
    "removed": Stroke(lambda training: training.log.unlink()),
    "moved": Stroke(lambda training: training.log.rename(training.log.with_name("moved.csv"))),
    "folder": Stroke(remove_folder, lambda training: training.log.parent.mkdir()),
    "folder to the end": Stroke(remove_folder),
    "in the way": Stroke(lay_in_the_way, lambda training: training.log.unlink()),
    "monitor": Stroke(break_monitor),
    "memory": Stroke(exhaust_memory),
    "alert": Stroke(fall_ill, listeners=(refuse,)),
    "sink": Stroke(fall_ill, listeners=(Webhook("http://127.0.0.1:9/"),)),
    "clock": Stroke(step_clock_back),
    "logging": Stroke(break_logging),
    "stderr": Stroke(close_stderr),
    "worker": Stroke(fork_worker),
    "sigterm": Stroke(end_on_sigterm),
    "notebook": Stroke(goes_on=True),
}
