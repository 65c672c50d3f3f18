"""Objects of a JSON log as rows: nested keys joined by "/", numbers wherever they hide, the rest kept as context."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gandoctor.readers.budget import affordable
from gandoctor.readers.cells import leaf
from gandoctor.readers.labelled import is_phase_key, may_be_labelled, phase_prefix, read_long
from gandoctor.readers.raw import RawLog

_CONTEXT_LENGTH = 200


def flatten(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(path, leaf) of a nested object; a collector's `{"num", "mean", "std"}` is its mean, a list of one its item."""
    for key, item in value.items():
        path = f"{prefix}{key}"
        if isinstance(item, Mapping):
            if "mean" in item and ("num" in item or "std" in item):
                yield path, item["mean"]
            else:
                yield from flatten(item, path + "/")
        elif isinstance(item, list) and len(item) == 1:
            yield path, item[0]
        else:
            yield path, item


def rows_of(
    objects: Sequence[Mapping[str, Any]], name: str, *, lines: Sequence[int] = (), notes: Sequence[str] = ()
) -> RawLog:
    """One row an object. A first object that shares no number with the later ones (an environment) becomes context.

    Where objects say to which phase they belong (`"mode": "val"`), the numbers of every phase but training get its
    name in front; objects of one tag and one value each are that tag's curve. Text that is the same in all objects
    becomes context.
    """
    flat = [dict(flatten(each)) for each in objects]
    context: dict[str, Any] = {}
    if len(flat) > 2 and _stands_apart(flat):
        context = {key: item for key, item in flat[0].items() if _is_context(item)}
        flat, lines = flat[1:], lines[1:]
    long = read_long(flat, name) if flat and may_be_labelled(list(flat[0])) else None
    if long is not None:
        return replace(long, context=context, notes=(*notes, *long.notes))
    values: dict[str, dict[int, float]] = {}
    for row, leaves in enumerate(flat):
        prefix = phase_prefix(leaves)
        for key, item in leaves.items():
            if (found := leaf(item)) is not None:
                values.setdefault(prefix + key + _percent(item), {})[row] = found
    kept, left = affordable({key: len(cells) for key, cells in values.items()}, len(flat))
    values = {key: cells for key, cells in values.items() if key in kept}
    return RawLog(
        {key: _column(cells, len(flat)) for key, cells in values.items()},
        name,
        {key: _mask(cells, len(flat)) for key, cells in values.items() if len(cells) < len(flat)},
        np.array(lines, dtype=np.int64) if len(lines) else None,
        context=context | _constant_text(flat),
        notes=(*notes, *left),
    )


def _stands_apart(flat: Sequence[Mapping[str, Any]]) -> bool:
    later = Counter(key for leaves in flat[1:] for key in leaves)
    return not any(later[key] for key in flat[0] if not is_phase_key(key))


def _percent(item: Any) -> str:
    return "%" if isinstance(item, str) and item.rstrip().endswith("%") else ""


def _is_context(item: Any) -> bool:
    return isinstance(item, int | float) or (isinstance(item, str) and 0 < len(item) <= _CONTEXT_LENGTH)


def _constant_text(flat: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not flat:
        return {}
    return {
        key: item
        for key, item in flat[0].items()
        if isinstance(item, str)
        and _is_context(item)
        and leaf(item) is None
        and not is_phase_key(key)
        and all(leaves.get(key) == item for leaves in flat)
    }


def _column(cells: Mapping[int, float], rows: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    column = np.full(rows, np.nan)
    column[list(cells)] = list(cells.values())
    return column


def _mask(cells: Mapping[int, float], rows: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    mask = np.zeros(rows, dtype=np.bool_)
    mask[list(cells)] = True
    return mask
