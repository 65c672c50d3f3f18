"""Unpacks gzip, bzip2, xz and zstandard in bounded memory, and stops a file that unpacks into far more than a log."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING, Any

from gandoctor.errors import GandoctorError, UnreadableLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MAX_BYTES = 192 << 20
"""The most that a packed log may hold, in bytes: it is unpacked into memory, where a plain file is mapped."""
MAX_RATIO = 300
"""How many times its packed size a log may hold; text logs pack at most about fifty to one."""
RATIO_FREE = 16 << 20
"""Up to this many bytes the ratio is not asked for: a small file does no harm."""
_CHUNK = 1 << 18
_XZ_MEMORY = 256 << 20
"""Four times what the strongest preset of xz needs: a header may ask for gigabytes."""

MAGIC: dict[bytes, str] = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
}


def packing(head: bytes) -> str:
    """The name of the compression that the first bytes announce; "" for none."""
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), "")


def unpack(data: bytes, kind: str, name: str) -> tuple[bytes, str]:
    """The content of a packed file, and a note where the file ended early ("" where it did not).

    Raises UnreadableLog for a damaged file and for one that holds more than `MAX_BYTES`, or more than `RATIO_FREE`
    bytes and `MAX_RATIO` times its packed size: nothing beyond the limit is ever unpacked.
    """
    parts: list[bytes] = []
    size = 0
    note = ""
    try:
        for part in _pieces(data, kind, name):
            parts.append(part)
            size += len(part)
            check_size(size, len(data), name)
    except EOFError:
        note = f"{name} is cut off: the {kind} data ends early, and what could be unpacked was read"
    except (OSError, lzma.LZMAError, zlib.error) as error:
        if not size:
            raise UnreadableLog(f"{name} is damaged: its {kind} data cannot be unpacked ({error})") from error
        note = f"{name} is damaged: its {kind} data could be unpacked up to byte {size} only"
    return b"".join(parts), note


def check_size(size: int, packed: int, name: str) -> None:
    """UnreadableLog where `packed` bytes unpack to so many that they are no log; see `unpack`."""
    if size > MAX_BYTES:
        raise UnreadableLog(
            f"{name} unpacks to more than {MAX_BYTES >> 20} MB; if it is a log, unpack it and give the plain file"
        )
    if size > RATIO_FREE and size > MAX_RATIO * packed:
        raise UnreadableLog(
            f"{name} unpacks to more than {MAX_RATIO} times its size, as no log does; "
            "if it is one, unpack it and give the plain file"
        )


def _pieces(data: bytes, kind: str, name: str) -> Iterable[bytes]:
    if kind == "zstandard":
        return _zstandard(data, name)
    make: Callable[[], Any] = {
        "gzip": lambda: zlib.decompressobj(wbits=31),
        "bzip2": bz2.BZ2Decompressor,
        "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
    }[kind]
    return _members(data, make, takes_tail=kind == "gzip")


def _members(data: bytes, make: Callable[[], Any], *, takes_tail: bool) -> Iterator[bytes]:
    """Unpacks member after member; zlib hands back what it did not take, the other two keep it."""
    rest = data
    while rest.strip(b"\0"):
        engine = make()
        pending = rest
        while not engine.eof:
            part = engine.decompress(pending, _CHUNK)
            pending = engine.unconsumed_tail if takes_tail else b""
            if not part and not engine.eof and not pending:
                raise EOFError
            yield part
        rest = engine.unused_data


def _zstandard(data: bytes, name: str) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise GandoctorError(
            f"{name} is packed with zstandard: install it with `pip install gandoctor[zstd]`, or unpack the file"
        ) from error
    reader = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
    while True:
        try:
            part = reader.read(_CHUNK)
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from error
        if not part:
            return
        yield part
