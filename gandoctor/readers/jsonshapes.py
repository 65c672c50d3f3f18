"""One JSON document as a log, by its shape: rows of objects, curves in lists, curves as {step: value}."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.readers.cells import leaf
from gandoctor.readers.jsonrows import rows_of
from gandoctor.readers.raw import RawLog
from gandoctor.readers.union import Series, join, stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gandoctor.model import FloatArray

_EMPTY = np.empty(0)


def read_document(document: Any, name: str) -> RawLog:
    """The log in a parsed document; one without rows where it holds no numbers."""
    if isinstance(document, list):
        return _read_list(document, name)
    if isinstance(document, dict):
        for shape in (_split_frame, _rows_inside, _rows_by_key, _pairs, _lists, _indexed):
            log = shape(document, name)
            if log is not None:
                return log
        return rows_of([document], name)
    return RawLog({}, name)


def _read_list(items: Sequence[Any], name: str) -> RawLog:
    objects = [item for item in items if isinstance(item, dict)]
    if objects:
        return rows_of(objects, name)
    if items and all(isinstance(item, list) for item in items):
        if _is_download(items):
            return RawLog({"Wall time": _numbers([i[0] for i in items]), "Step": _numbers([i[1] for i in items]),
                           "Value": _numbers([i[2] for i in items])}, name)  # fmt: skip
        return rows_of([{str(i): cell for i, cell in enumerate(item)} for item in items], name)
    return rows_of([{"0": item} for item in items], name)


def _is_download(items: Sequence[Any]) -> bool:
    """Whether the lists are TensorBoard's [wall time, step, value]: seconds since 1970 first, whole steps second."""
    return all(len(i) == 3 and isinstance(i[0], float) and i[0] > 1e9 and _is_step(i[1]) for i in items)


def _is_step(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _split_frame(document: Mapping[str, Any], name: str) -> RawLog | None:
    """The "split" layout of pandas and the tables of experiment trackers: names in `columns`, rows in `data`."""
    names, data = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(data, list) or not all(isinstance(row, list) for row in data):
        return None
    return rows_of([dict(zip(map(str, names), row, strict=False)) for row in data], name)


def _rows_inside(document: Mapping[str, Any], name: str) -> RawLog | None:
    """The longest list of objects in the document; single values beside it are context."""
    lists = [value for value in _walk(document) if isinstance(value, list) and sum(map(_is_object, value)) > 1]
    if not lists:
        return None
    return rows_of([item for item in max(lists, key=len) if isinstance(item, dict)], name)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _walk(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else ()
    return [value, *(deeper for item in inside for deeper in _walk(item))]


def _rows_by_key(document: Mapping[str, Any], name: str) -> RawLog | None:
    """Objects under the number of their step or epoch."""
    if len(document) < 2 or not all(key.isdecimal() and isinstance(row, dict) for key, row in document.items()):
        return None
    rows = sorted(((int(key), row) for key, row in document.items()), key=lambda one: one[0])
    return rows_of([{"": key, **row} for key, row in rows], name)


def _pairs(document: Mapping[str, Any], name: str) -> RawLog | None:
    """Curves as lists of [step, value]: whole numbers first, which rise."""
    found = _curves(document, "", lambda value: isinstance(value, list) and len(value) > 2 and _rises(value))
    series = {}
    for path, value in found.items():
        steps, values = zip(*value, strict=True)
        series[path] = Series(_numbers(steps), _numbers(values), _EMPTY)
    return join(series, name, step="") if series else None


def _rises(value: Sequence[Any]) -> bool:
    if not all(isinstance(item, list) and len(item) == 2 and _is_step(item[0]) for item in value):
        return False
    return all(before[0] < after[0] for before, after in pairwise(value))


def _lists(document: Mapping[str, Any], name: str) -> RawLog | None:
    """Curves as lists of numbers under their names; lists of one length are rows, shorter ones are spread."""
    found = _curves(document, "", lambda value: isinstance(value, list) and len(value) > 1 and _is_numeric(value))
    arrays: dict[str, FloatArray] = {}
    for path, value in found.items():
        if all(isinstance(item, list) for item in value):
            widths = {len(item) for item in value}
            if len(widths) == 1:
                for i in range(widths.pop()):
                    arrays[f"{path}/{i}"] = _numbers([item[i] for item in value])
        else:
            arrays[path] = _numbers(value)
    return stretch(arrays, name) if arrays else None


def _is_numeric(value: Sequence[Any]) -> bool:
    first = [item for item in value[:50] if item is not None]
    if first and all(isinstance(item, list) and 0 < len(item) <= 8 for item in first):
        first = [cell for item in first for cell in item]
    return bool(first) and sum(leaf(item) is not None for item in first) >= 0.7 * len(first)


def _indexed(document: Mapping[str, Any], name: str) -> RawLog | None:
    """Curves as objects from step to value: pandas' default layout, and dictionaries of {iteration: value}."""
    found = _curves(document, "", _is_indexed)
    series = {}
    for path, value in found.items():
        steps = np.array([float(key) for key in value])
        order = np.argsort(steps, kind="stable")
        series[path] = Series(steps[order], _numbers(list(value.values()))[order], _EMPTY)
    return join(series, name, step="") if series else None


def _is_indexed(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) < 2:
        return False
    return all(key.isdecimal() for key in value) and all(
        leaf(item) is not None or item is None for item in value.values()
    )


def _curves(value: Mapping[str, Any], prefix: str, wanted: Callable[[Any], bool]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.items():
        if wanted(item):
            found[prefix + key] = item
        elif isinstance(item, dict):
            found |= _curves(item, f"{prefix}{key}/", wanted)
    return found


def _numbers(values: Sequence[Any]) -> FloatArray:
    found = [leaf(value) for value in values]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)
