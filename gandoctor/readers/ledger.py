"""The record framing of LevelDB's log format, as Weights & Biases writes its run files.

A header of 7 bytes (":W&B", 0xBEE1, version) and blocks of 32 KiB, the header counted to the first. A chunk is a CRC-32
of its type and data, a length, a type (whole record, first, middle or last part) and the data; less than 7 bytes at the
end of a block are padding. Source: LevelDB, doc/log_format.md, with CRC-32 in the place of CRC-32C.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

MAGIC = b":W&B"
_HEADER = 7
_BLOCK = 1 << 15
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_SEEDS = {kind: zlib.crc32(bytes([kind])) for kind in (_WHOLE, _FIRST, _MIDDLE, _LAST)}
LONGEST = 1 << 26
"""A record of more bytes than this is passed over."""


@dataclass(slots=True)
class Damage:
    """What could not be read: where a block is damaged, how many records made no sense, whether the last is cut off."""

    blocks: list[int] = field(default_factory=list)
    wrong: int = 0
    cut: bool = False


def records(data: bytes | mmap.mmap, damage: Damage) -> Iterator[bytes]:
    """The records in order. The rest of a block is passed over where a checksum is wrong; `damage` then names it."""
    parts: list[bytes] = []
    size = 0
    for kind, part in _chunks(data, damage):
        if kind in (_WHOLE, _FIRST):
            parts, size = [], 0
        elif not parts:  # its beginning was lost
            continue
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            parts = []
        elif kind in (_WHOLE, _LAST):
            yield parts[0] if kind == _WHOLE else b"".join(parts)
            parts = []
    damage.cut = damage.cut or bool(parts)


def _chunks(data: bytes | mmap.mmap, damage: Damage) -> Iterator[tuple[int, bytes]]:
    at, end = _HEADER, len(data)
    while at < end:
        block_end = at - at % _BLOCK + _BLOCK
        if block_end - at < _HEADER:
            at = block_end
            continue
        start = at + _HEADER
        if start > end:
            damage.cut = True
            return
        length, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        if kind == 0 and length == 0:  # zeros up to the block's end, as a crash leaves them
            at = block_end
            continue
        after = start + length
        if kind in _SEEDS and after <= block_end and after > end:
            damage.cut = True
            return
        part = data[start:after]
        if after > block_end or zlib.crc32(part, _SEEDS.get(kind, 0)) != int.from_bytes(data[at : at + 4], "little"):
            damage.blocks.append(at)
            at = block_end
            continue
        yield kind, part
        at = after
