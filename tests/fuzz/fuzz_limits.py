"""Limits of one input, in the process that judges it: seconds of its processor, bytes of its memory."""

from __future__ import annotations

import contextlib
import resource
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 5.0
MEMORY = 1 << 30
_RESET_PEAK = "5"
_STATUS = Path("/proc/self/status")


class Hang(BaseException):
    """An input took more than its time. No `Exception`, so that no reader can take it for damage of its file."""


@dataclass(slots=True)
class Cost:
    """What an input took: processor seconds, and bytes at the peak beyond what the process held before."""

    seconds: float = 0.0
    memory: int = 0


def cap_memory(limit: int = MEMORY) -> None:
    """Let this process take `limit` bytes more than it has now; MemoryError beyond."""
    most = _status("VmSize") + limit
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


@contextlib.contextmanager
def measured(limit: float = SECONDS) -> Iterator[Cost]:
    """Measure what happens inside; Hang, with the place where it hangs, after `limit` processor seconds."""
    cost = Cost()
    before = _reset()
    signal.signal(signal.SIGPROF, _hang)
    signal.setitimer(signal.ITIMER_PROF, limit)
    began = time.process_time()
    try:
        yield cost
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        cost.seconds = time.process_time() - began
        cost.memory = max(0, _status("VmHWM") - before)


def _hang(*_: Any) -> NoReturn:
    raise Hang


def _reset() -> int:
    """Forget the process's peak; returns what it holds now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK, encoding="ascii")
    return _status("VmRSS")


def _status(key: str) -> int:
    """A size in bytes that Linux tells about this process."""
    for line in _STATUS.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    return 0
