"""Frames of record files: TFRecord (length, checksum, data, checksum) and VisualDL's plain lengths; no tensorboard."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Frame = Literal["tfrecord", "visualdl"]
_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), reflected


@lru_cache(maxsize=1)
def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return tuple(table)


def masked_crc(data: bytes) -> int:
    """The checksum of the TFRecord format: CRC-32C, rotated by 15 bits, plus a constant."""
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def is_records(head: bytes) -> bool:
    """Whether the bytes begin a record file of either kind."""
    return bool(frame_of(head))


def frame_of(head: bytes) -> Frame | None:
    """The framing of a record file: the length's checksum proves a TFRecord, a protobuf field tag hints at VisualDL."""
    if len(head) >= 12 and struct.unpack("<I", head[8:12])[0] == masked_crc(head[:8]):
        return "tfrecord"
    if len(head) > 16:
        length = int.from_bytes(head[:8], "little")
        if 2 < length < 130 and head[8] == 0x0A and head[9] == length - 2:
            return "visualdl"
    return None


def frames(data: bytes, frame: Frame) -> Iterator[tuple[int, bytes]]:
    """Byte offset and payload of each whole record; ends early, without an error, where the file is cut or damaged."""
    at, end = 0, len(data)
    checked = frame == "tfrecord"
    while at + 8 <= end:
        length = int.from_bytes(data[at : at + 8], "little")
        start = at + (12 if checked else 8)
        after = start + length + (4 if checked else 0)
        if after > end or (checked and data[at + 8 : at + 12] != struct.pack("<I", masked_crc(data[at : at + 8]))):
            return
        yield at, data[start : start + length]
        at = after
