"""Rows that say in a text field what their numbers are: which curve ("tag", "value"), or which phase ("val")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.readers.cells import leaf
from gandoctor.readers.union import Series, join, stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog

_TAG_KEYS = ("tag", "metric", "metric_name", "variable", "series", "key", "name")
_VALUE_KEYS = ("value", "metric_value")
_STEP_KEYS = ("step", "global_step", "iteration", "iter", "epoch")
_TIME_KEYS = ("wall_time", "wall time", "timestamp", "time")
_PHASE_KEYS = ("mode", "phase", "split", "stage")
_TRAINING = frozenset({"train", "training", "fit", "trn"})
_MOST_TAGS = 500


def may_be_labelled(names: Sequence[str]) -> bool:
    """Whether rows of these fields may say in one of them what their numbers are."""
    lower = {name.lower() for name in names}
    long = lower.intersection(_VALUE_KEYS) and lower.intersection(_TAG_KEYS)
    return bool(long or lower.intersection(_PHASE_KEYS))


def is_phase_key(key: str) -> bool:
    """Whether a field tells the phase."""
    return key.lower() in _PHASE_KEYS


def phase_prefix(row: Mapping[str, Any]) -> str:
    """What stands before the names of a row's numbers: its phase and a slash, nothing for training or no phase."""
    key = next((key for key in row if is_phase_key(key)), "")
    value = row.get(key)
    if not isinstance(value, str) or leaf(value) is not None:
        return ""
    phase = value.strip()
    return f"{phase}/" if phase and phase.lower() not in _TRAINING else ""


def read_long(rows: Sequence[Mapping[str, Any]], name: str) -> RawLog | None:
    """The log of rows in long form, one number each: a curve a tag, over its own steps.

    None where the rows are in no such form. Rows without a number, or without a step where others have one, say
    nothing and are passed over.
    """
    keys = {key.lower(): key for key in rows[0]} if rows else {}
    tag, value = _pick(keys, _TAG_KEYS), _pick(keys, _VALUE_KEYS)
    if not tag or not value or not all(_is_word(row.get(tag)) for row in rows):
        return None
    if len({row[tag] for row in rows}) > min(_MOST_TAGS, len(rows) - 1):
        return None
    step, time = _pick(keys, _STEP_KEYS), _pick(keys, _TIME_KEYS)
    curves: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if leaf(row.get(value)) is not None and (not step or leaf(row.get(step)) is not None):
            curves.setdefault(phase_prefix(row) + row[tag], []).append(row)
    if not curves:
        return None
    if not step:
        return stretch({key: _numbers(found, value) for key, found in curves.items()}, name)
    series = {
        key: Series(_numbers(found, step), _numbers(found, value), _numbers(found, time) if time else np.empty(0))
        for key, found in curves.items()
    }
    return join(series, name, step=step, time=time)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and leaf(value) is None


def _pick(keys: Mapping[str, str], wanted: Sequence[str]) -> str:
    return next((keys[key] for key in wanted if key in keys), "")


def _numbers(rows: Sequence[Mapping[str, Any]], key: str) -> FloatArray:
    found = [leaf(row.get(key)) for row in rows]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)
