"""Opens what the user named: a file, stdin or bytes; unpacks it, refuses what is no log, and decodes its text.

Paths that stand inside a log are never followed: only what the caller names is opened.
"""

from __future__ import annotations

import codecs
import io
import mmap
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TextIO

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.compression import packing, unpack
from gandoctor.readers.foreign import refusal, refuse_zip, utf16_without_mark
from gandoctor.readers.ledger import MAGIC as WANDB_MAGIC
from gandoctor.readers.records import is_records

STDIN = "-"
HEAD = 1 << 16
LATIN = "cp1252"
SQLITE_MAGIC = b"SQLite format 3\0"
_PART = 1 << 20
_STREAMED = 1 << 30
"""The most that a pipe or stdin may give, in bytes."""
MAPPED = 8 << 20
"""From this size in bytes on, a file is mapped."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY_LOGS = (b"\x93NUMPY", b"PK\x03\x04", SQLITE_MAGIC, WANDB_MAGIC)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The unpacked bytes of one log under the name by which messages call it.

    A large file is mapped and not loaded, so that it can be read in pieces; a small one is loaded, since a training
    that rewrites its log would pull the ground from under a map. `path` is the file where it lies unpacked on disk,
    `beside` the folder in which companions of the log may lie. `encoding` is what the first bytes tell: a mark, the
    zero bytes of UTF-16, or bytes that UTF-8 does not know.
    """

    name: str
    content: bytes | mmap.mmap
    path: Path | None = None
    beside: Path | None = None
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.content[:HEAD]

    @property
    def size(self) -> int:
        """The number of unpacked bytes."""
        return len(self.content)

    @property
    def stem(self) -> str:
        """The file's name without folders and without the suffixes of its format and packing."""
        stem = Path(self.name).name
        for suffix in (".gz", ".bz2", ".xz", ".zst", ".csv", ".tsv", ".json", ".jsonl", ".npy", ".npz", ".txt", ".log"):
            stem = stem.removesuffix(suffix)
        return stem

    def handle(self) -> str | io.BytesIO:
        """What a parser of bytes opens: the path of a mapped file, the loaded bytes of any other."""
        return str(self.path) if isinstance(self.content, mmap.mmap) else io.BytesIO(self.content)

    def lines(self, encoding: str) -> TextIO:
        """The text as a stream of lines, whatever their endings; undecodable bytes become U+FFFD unless it is UTF-8."""
        raw = self.handle()
        errors = "strict" if encoding.startswith("utf-8") else "replace"
        if isinstance(raw, str):
            return Path(raw).open(encoding=encoding, errors=errors)
        return io.TextIOWrapper(raw, encoding, errors=errors)


def decode(source: Source) -> tuple[str, tuple[str, ...]]:
    """The whole text of a log, and notes on what had to be mended: a foreign encoding, zero bytes of a crashed disk."""
    notes: tuple[str, ...] = ()
    try:
        text = str(source.content, source.encoding, "strict" if source.encoding.startswith("utf-8") else "replace")
    except UnicodeDecodeError as error:
        text = str(source.content, LATIN, "replace")
        notes = (latin_note(source.name, error.start),)
    if "\0" in text:
        notes += (f"{source.name} holds {text.count(chr(0))} zero bytes, as a crash leaves them: they were left out",)
        text = text.replace("\0", "")
    return text.removeprefix("\ufeff"), notes


def latin_note(name: str, at: int) -> str:
    """What the user is told where a text is not UTF-8 at byte `at`."""
    return f"{name} is not UTF-8 at byte {at}: it was read as Windows-1252 (Latin)"


def _encoding(head: bytes) -> tuple[str, int]:
    """The encoding that the first bytes tell, and the first byte that is not UTF-8 where it is Latin (else -1)."""
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "") or utf16_without_mark(head)
    if marked:
        return marked, -1
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # not final: the head may end inside a character
    except UnicodeDecodeError as error:
        return LATIN, error.start
    return "utf-8", -1


def open_source(target: str | os.PathLike[str]) -> Source:
    """Opens a file, or stdin for "-"; raises GandoctorError where there is none, UnreadableLog where it is no log."""
    if os.fspath(target) == STDIN:
        return open_bytes(_read_stdin(), "<stdin>")
    path = Path(target)
    try:
        with path.open("rb") as handle:
            content = _content(handle)
    except FileNotFoundError as error:
        raise GandoctorError(f"{path} does not exist; give a log file, a folder or - for stdin") from error
    except PermissionError as error:
        raise GandoctorError(f"{path} may not be read by you: check its permissions") from error
    except OSError as error:
        raise GandoctorError(f"{path} cannot be opened: {error.strerror or error}") from error
    if packing(content[:8]):
        return replace(open_bytes(content[:], str(path)), beside=path.parent)
    return _refuse(Source(str(path), content, path, path.parent))


def _content(handle: BinaryIO) -> bytes | mmap.mmap:
    if os.fstat(handle.fileno()).st_size < MAPPED:
        return _limited(handle, handle.name)  # a pipe has no size and may still speak
    return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)


def open_bytes(data: bytes, name: str) -> Source:
    """The same for bytes in memory, under a name for messages."""
    kind = packing(data)
    if not kind:
        return _refuse(Source(name, data))
    content, note = unpack(data, kind, name)
    if again := packing(content):
        raise UnreadableLog(f"{name} is packed twice ({kind}, then {again}); unpack it once and try again")
    return _refuse(Source(name, content, notes=(note,) if note else ()))


def _read_stdin() -> bytes:
    return _limited(sys.stdin.buffer, "stdin")


def _limited(stream: BinaryIO, name: str) -> bytes:
    """All that a stream gives, taken in pieces: one read of the limit's size would ask for that much memory at once."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(_PART):
        parts.append(part)
        size += len(part)
        if size > _STREAMED:
            raise UnreadableLog(f"{name} gives more than {_STREAMED >> 20} MB; write it to a file and give that")
    return b"".join(parts)


def _refuse(source: Source) -> Source:
    head = source.head
    if not head.strip(b"\0\r\n\t "):
        what = "is empty" if not head else "holds nothing but blanks"
        raise UnreadableLog(f"{source.name} {what}: no log was written to it, or not yet")
    binary = head.startswith(_BINARY_LOGS) or is_records(head)
    if head.startswith(b"PK"):
        why = "" if _is_npz(source) else refuse_zip(source.content[:])
    else:
        why = "" if binary else refusal(head, source.name)
    if why:
        raise UnreadableLog(f"{source.name} {why}")
    encoding, wrong = ("utf-8", -1) if binary else _encoding(head)
    notes = (latin_note(source.name, wrong),) if wrong >= 0 else ()
    return replace(source, encoding=encoding, notes=(*source.notes, *notes))


def _is_npz(source: Source) -> bool:
    from gandoctor.readers.arrays import is_npz

    return is_npz(source)
