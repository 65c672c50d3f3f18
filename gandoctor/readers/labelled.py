"""Rows that say in a text field what their numbers are: which curve ("tag", "value") or which phase ("train", "val")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.readers.union import Series, join, stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.readers.raw import RawLog

_TAG_KEYS = ("tag", "metric", "metric_name", "variable", "series", "key", "name")
_VALUE_KEYS = ("value", "metric_value")
_STEP_KEYS = ("step", "global_step", "iteration", "iter", "epoch")
_TIME_KEYS = ("wall_time", "wall time", "timestamp", "time")
_PHASE_KEYS = ("mode", "phase", "split", "stage")
_TRAINING = frozenset({"train", "training", "fit", "trn"})
_MOST_TAGS = 500


def may_be_labelled(names: Sequence[str]) -> bool:
    """Whether a table with these columns may say in one of them what its numbers are."""
    lower = {name.lower() for name in names}
    long = lower.intersection(_VALUE_KEYS) and lower.intersection(_TAG_KEYS)
    return bool(long or lower.intersection(_PHASE_KEYS))


def phase_of(row: Mapping[str, Any]) -> str:
    """The phase that a row says it belongs to; "" where it says none, or training."""
    key = next((key for key in row if key.lower() in _PHASE_KEYS), "")
    value = row.get(key)
    if not isinstance(value, str) or not value.strip() or value.strip().lower() in _TRAINING:
        return ""
    return "" if value.strip()[0].isdigit() else value.strip()


def is_phase_key(key: str) -> bool:
    """Whether a field tells the phase."""
    return key.lower() in _PHASE_KEYS


def read_long(rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, Sequence[float | None]], name: str) -> RawLog | None:
    """The log in long form, one number a row: a curve for each tag over its own steps; None where it is in no such form.

    `numbers` are the fields of all rows as numbers, None where a row has none. Rows without a number are passed over.
    """
    keys = {key.lower(): key for key in rows[0]} if rows else {}
    tag, value = _pick(keys, _TAG_KEYS), _pick(keys, _VALUE_KEYS)
    if not tag or not value or not all(isinstance(row.get(tag), str) for row in rows):
        return None
    if any(found is not None for found in numbers.get(tag, ())) or len({row[tag] for row in rows}) > _MOST_TAGS:
        return None
    step, time = _pick(keys, _STEP_KEYS), _pick(keys, _TIME_KEYS)
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if numbers[value][place] is not None and (not step or numbers[step][place] is not None):
            places.setdefault(phase_prefix(row) + row[tag], []).append(place)
    if not places:
        return None
    if not step:
        return stretch({key: _at(numbers[value], found) for key, found in places.items()}, name)
    times = {key: _at(numbers[time], found) if time in numbers else np.empty(0) for key, found in places.items()}
    series = {
        key: Series(_at(numbers[step], found), _at(numbers[value], found), times[key]) for key, found in places.items()
    }
    return join(series, name, step=step, time=time if time in numbers else "")


def phase_prefix(row: Mapping[str, Any]) -> str:
    """What stands before the names of a row's numbers: its phase and a slash, nothing for training."""
    phase = phase_of(row)
    return phase + "/" if phase else ""


def _pick(keys: Mapping[str, str], wanted: Sequence[str]) -> str:
    return next((keys[key] for key in wanted if key in keys), "")


def _at(numbers: Sequence[float | None], places: Sequence[int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if (found := numbers[place]) is None else found for place in places], dtype=np.float64)
