"""The records of VisualDL (PaddlePaddle), which need no protobuf classes: a few fields of a public wire format."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG, _STEP, _TIME, _VALUE = 2, 1, 3, 4


def scalars_of(record: bytes) -> list[tuple[str, float, float, float]]:
    """(tag, step, seconds, value) of each scalar in a record; pictures, histograms and the rest are passed over.

    Raises ValueError for bytes that are no record.
    """
    found = []
    for field, value in _fields(record):
        if field != 1 or not isinstance(value, bytes):
            continue
        parts = dict(_fields(value))
        tag, number = parts.get(_TAG), parts.get(_VALUE)
        if isinstance(tag, bytes) and isinstance(number, float):
            step, milliseconds = parts.get(_STEP, 0), parts.get(_TIME, 0)
            assert not isinstance(step, bytes)
            assert not isinstance(milliseconds, bytes)
            found.append((tag.decode("utf-8", "replace"), float(step), milliseconds / 1000, number))
    return found


def _fields(data: bytes) -> Iterator[tuple[int, int | float | bytes]]:
    """(field number, value) in a protobuf message: whole numbers, 32-bit and 64-bit floats, byte strings."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
        elif kind == 2:
            length, at = _varint(data, at)
            if at + length > len(data):
                raise ValueError("a field is longer than its record")
            yield key >> 3, data[at : at + length]
            at += length
        elif kind in (1, 5):
            size, layout = (8, "<d") if kind == 1 else (4, "<f")
            if at + size > len(data):
                raise ValueError("a number is longer than its record")
            yield key >> 3, struct.unpack(layout, data[at : at + size])[0]
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
