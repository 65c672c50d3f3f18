"""One writer a file: a lock on the open file, which the system takes back when the process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys

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
