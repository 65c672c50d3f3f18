"""The wire format of protobuf, as far as records of numbers need it: fields in, no classes, nothing generated."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """(field number, value) in a message: whole numbers, 32-bit and 64-bit floats, byte strings (texts, messages).

    Raises ValueError for bytes that are no message. Groups, which no writer makes any more, count as none.
    """
    at, end = 0, len(data)
    while at < end:
        key, at = (data[at], at + 1) if data[at] < 0x80 else _varint(data, at)  # most are one byte: a call costs more
        kind = key & 7
        if kind == 2:
            length, at = (data[at], at + 1) if at < end and data[at] < 0x80 else _varint(data, at)
            start, at = at, at + length
            if at > end:
                raise ValueError("a field is longer than its record")
            yield key >> 3, data[start:at]
        elif kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
        elif kind in (1, 5):
            size, layout = (8, "<d") if kind == 1 else (4, "<f")
            if at + size > end:
                raise ValueError("a number is longer than its record")
            yield key >> 3, struct.unpack_from(layout, data, at)[0]
            at += size
        else:
            raise ValueError(f"wire type {kind} is unknown")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a whole number has no end")
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
