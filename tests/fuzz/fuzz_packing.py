"""Opens packed and checked formats at one place and closes them again with right lengths and checksums."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import sqlite3
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import stored_runs

from gandoctor.readers.ledger import MAGIC as WANDB
from gandoctor.readers.ledger import Damage, records
from gandoctor.readers.records import frames, is_records, masked_crc
from gandoctor.readers.source import SQLITE_MAGIC

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Opened = tuple[bytes, Callable[[bytes], bytes]]

MOST = 1 << 18
"""Bytes of which no more is unpacked."""


def opened(content: bytes, random: random.Random) -> Opened | None:
    """A part of the content, and what makes the whole of it again; None for a file that is neither packed nor framed.

    Of an archive or a file of records the part is one member or record; of a database one cell.
    """
    for magic, way in _WAYS.items():
        if content.startswith(magic):
            with contextlib.suppress(Exception):  # damaged by an earlier mutation: it is changed as bytes
                return way(content, random)
            return None
    return _tfrecord(content, random) if is_records(content[:64]) else None


def _gzip(content: bytes, random: random.Random) -> Opened:
    inner = zlib.decompressobj(wbits=31).decompress(content, MOST)
    pack = random.choice((gzip.compress, gzip.compress, bz2.compress, lzma.compress))
    return inner, lambda part: pack(part)


def _bzip2(content: bytes, _: random.Random) -> Opened:
    return bz2.BZ2Decompressor().decompress(content, MOST), bz2.compress


def _xz(content: bytes, _: random.Random) -> Opened:
    return lzma.LZMADecompressor().decompress(content, MOST), lzma.compress


def _zstandard(content: bytes, _: random.Random) -> Opened:
    import zstandard

    inner = zstandard.ZstdDecompressor().decompress(content, max_output_size=MOST)
    return inner, zstandard.ZstdCompressor().compress


def _zip(content: bytes, random: random.Random) -> Opened:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()[:20] if info.file_size < MOST]
    at = random.randrange(len(members))

    def close(part: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as made:
            for number, (name, inner) in enumerate(members):
                made.writestr(name, part if number == at else inner)
        return target.getvalue()

    return members[at][1], close


def _wandb(content: bytes, random: random.Random) -> Opened:
    found = list(records(content, Damage()))
    at = random.randrange(len(found))
    return found[at], lambda part: stored_runs.ledger([*found[:at], part, *found[at + 1 :]])


def _tfrecord(content: bytes, random: random.Random) -> Opened | None:
    found = [payload for _, payload in frames(content, "tfrecord")]
    if not found:
        return None
    at = random.randrange(len(found))

    def close(part: bytes) -> bytes:
        return b"".join(_framed(payload) for payload in (*found[:at], part, *found[at + 1 :]))

    return found[at], close


def _framed(payload: bytes) -> bytes:
    head = struct.pack("<Q", len(payload))
    return head + struct.pack("<I", masked_crc(head)) + payload + struct.pack("<I", masked_crc(payload))


def _sqlite(content: bytes, random: random.Random) -> Opened:
    store = sqlite3.connect(":memory:")
    data = bytearray(content)
    data[18:20] = b"\1\1"
    store.deserialize(bytes(data))
    tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql <> ''")]
    table = random.choice([name for name in tables if not name.startswith("sqlite_")])
    columns = [row[1] for row in store.execute(f'PRAGMA table_info("{table}")')]
    column = random.choice(columns)
    found = [row[0] for row in store.execute(f'SELECT rowid FROM "{table}"')]
    rows = random.sample(found, min(len(found), random.choice((1, 1, 5, 60))))
    cell = store.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', rows[:1]).fetchone()[0]
    kind = random.choice((_as_text, _as_number, bytes))

    def close(part: bytes) -> bytes:
        value = kind(part)
        change = f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE rowid = ?'
        store.executemany(change, [(value, at) for at in rows])
        store.commit()
        made = store.serialize()
        store.close()
        return made

    return (cell if isinstance(cell, bytes) else str(cell).encode()), close


def _as_text(part: bytes) -> str:
    return part.decode("utf-8", "replace")


def _as_number(part: bytes) -> object:
    try:
        return float(part)
    except ValueError:
        return None


_WAYS: dict[bytes, Callable[[bytes, random.Random], Opened]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ": _xz,
    b"\x28\xb5\x2f\xfd": _zstandard,
    b"PK\x03\x04": _zip,
    WANDB: _wandb,
    SQLITE_MAGIC: _sqlite,
}
