"""One writer a file: a lock on the open file, which the system takes back when the process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from gandoctor.recorder.logfile import LogFile

_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 40
    """Windows keeps others from reading what is locked: a byte that no log reaches."""

    def _take(fd: int) -> None:
        at = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(fd, at, os.SEEK_SET)
else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(fd: int) -> bool:
    """Whether the lock on an open file could be taken; True as well on a file system that has no locks."""
    try:
        _take(fd)
    except OSError as error:
        return error.errno not in _BUSY
    return True


_OPEN: WeakSet[LogFile] = WeakSet()


def keep_from_forks(file: LogFile) -> None:
    """Have a process that is forked from this one let go of a locked file.

    A fork shares the lock: a data loader's worker that outlives a killed training would keep it from being resumed.
    """
    _OPEN.add(file)


def _let_go() -> None:
    for file in list(_OPEN):
        with suppress(OSError):
            file.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
