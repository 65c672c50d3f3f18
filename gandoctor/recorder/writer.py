"""Puts rows into a log; while the disk refuses them they wait in memory, and the training goes on."""

from __future__ import annotations

import errno
from contextlib import suppress
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from gandoctor.recorder.alerts import say
from gandoctor.recorder.rows import step_text

if TYPE_CHECKING:
    from gandoctor.recorder.logfile import LogFile
    from gandoctor.recorder.rows import Chunk

MOST = 1 << 24
"""Bytes of rows that may wait: 16 MB, some 250 000 rows of six metrics."""
AGAIN = 1.0
"""Seconds after a failure until the disk is tried again, at least."""
SHARE = 0.02
"""Of the time, the most that trying may take: a large log whose disk is full is copied for nothing."""

_MEND = {
    errno.ENOSPC: "Make room",
    getattr(errno, "EDQUOT", errno.ENOSPC): "Make room",
    errno.EFBIG: "Raise the limit on the size of files",
    errno.ENOENT: "Make the folder again",
    errno.EEXIST: "Move the other file away",
    errno.EROFS: "Make it writable again",
    errno.EACCES: "Make it writable again",
    errno.EPERM: "Make it writable again",
}
"""What the user can do about a refusal."""


class Writer:
    """Writes the rows of one recorder, in order and each once, whenever the disk takes them."""

    def __init__(self, file: LogFile) -> None:
        self.file = file
        self._names = list(file.names)
        self._waiting = bytearray()
        self._first = self._last = 0.0
        self._rows = 0
        self._failed: OSError | None = None
        self._try_at = -inf
        self._ended = False

    @property
    def is_complete(self) -> bool:
        """Whether every row that came is in the file."""
        return not self._waiting and not self._ended

    @property
    def names(self) -> tuple[str, ...]:
        """The columns behind the step, in order."""
        return tuple(self._names)

    def append(self, chunk: Chunk) -> bool:
        """Take rows, and write all that wait unless the disk refused a moment ago; returns whether the file is new.

        That it is where the old one was moved or removed: all its rows are in the new one.
        """
        if self._ended:
            return False
        if new := [name for name in chunk.columns if name not in self._names]:
            self._names += new
            self._waiting = self._waiting.replace(b"\n", b"," * len(new) + b"\n")
        if not self._waiting:
            self._first, self._rows = float(chunk.steps[0]), 0
        self._waiting += chunk.lines(self._names)
        self._last, self._rows = float(chunk.steps[-1]), self._rows + len(chunk.steps)
        restored = monotonic() >= self._try_at and self._write()
        if len(self._waiting) > MOST:
            self._write_narrow()
        if len(self._waiting) > MOST:
            self._end(f"is not written any more: {self._why()}, and {MOST >> 20} MB of rows have waited in vain")
        return restored

    def begin_anew(self) -> None:
        """The file was emptied, or another has taken its place: its columns are forgotten."""
        self._names = list(self.file.names)

    def close(self) -> None:
        """Write what waits, now or never, and close the file."""
        if self._waiting:
            self._write()
        if self._waiting:
            self._write_narrow()
        if self._waiting:
            self._end(f"could not be written to the end: {self._why()}")
        self.file.close()

    def _write(self) -> bool:
        began = monotonic()
        try:
            restored = self.file.append(self._names, bytes(self._waiting))
        except OSError as error:
            is_news, self._failed, now = self._failed is None, error, monotonic()
            if is_news:
                do = _MEND.get(error.errno or 0, "Mend that")
                self._say(f"cannot be written: {self._why()}. {do}: the training goes on, its rows wait in memory")
            self._try_at = now + max(AGAIN, (now - began) / SHARE)
            return False
        self._waiting.clear()
        if restored:
            self._say("was moved or removed: it is written anew, with all its rows")
        elif self._failed is not None:
            self._say("is written again, and no row is missing")
        self._failed = None
        return restored

    def _write_narrow(self) -> None:
        """Write the rows that wait without their new columns: a folder that takes no new file may hold a log that does.

        Those that come later wait again, for the same columns.
        """
        old, new = self.file.names, self._names[len(self.file.names) :]
        if not (old and new):
            return
        rows = b"".join(b",".join(line.split(b",")[: len(old) + 1]) + b"\n" for line in self._waiting.splitlines())
        with suppress(OSError):
            self.file.append(old, rows)
            self._waiting.clear()
            lost = f"steps {step_text(self._first)} to {step_text(self._last)}"
            self._say(f"holds {lost} without {', '.join(new)}: {self._why()}")

    def _end(self, what: str) -> None:
        """Give up the rows that wait, and all that come."""
        self._ended = True
        self._waiting.clear()
        lost = f"Its last {self._rows} rows, steps {step_text(self._first)} to {step_text(self._last)}, are lost"
        self._say(f"{what}. {lost if self.file.path.exists() else 'It is lost, with all its rows'}")

    def _say(self, what: str) -> None:
        say(f"gandoctor: {self.file.path} {what}")

    def _why(self) -> str:
        """What the system says of the failure, beginning with a small letter, as it stands behind a colon."""
        error = self._failed
        why = "" if error is None else error.strerror or f"{type(error).__name__}: {error}"
        return why[:1].lower() + why[1:]
