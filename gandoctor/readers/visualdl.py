"""The records of VisualDL (PaddlePaddle), which need no protobuf classes: a few fields of a public wire format."""

from __future__ import annotations

from gandoctor.readers.wire import fields

_TAG, _STEP, _TIME, _VALUE = 2, 1, 3, 4


def scalars_of(record: bytes) -> list[tuple[str, float, float, float]]:
    """(tag, step, seconds, value) of each scalar in a record; pictures, histograms and the rest are passed over.

    Raises ValueError for bytes that are no record.
    """
    found = []
    for field, value in fields(record):
        if field != 1 or not isinstance(value, bytes):
            continue
        parts = dict(fields(value))
        tag, number = parts.get(_TAG), parts.get(_VALUE)
        if isinstance(tag, bytes) and isinstance(number, float):
            step, milliseconds = parts.get(_STEP, 0), parts.get(_TIME, 0)
            assert not isinstance(step, bytes)
            assert not isinstance(milliseconds, bytes)
            found.append((tag.decode("utf-8", "replace"), float(step), milliseconds / 1000, number))
    return found
