"""What differs between the recipes of several runs, and which values go with a failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.report.words import clean, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OURS = ("_by",)
"""Endings of keys that say where another one comes from."""

_UNSAID = "not said"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a key: how many runs have it and how many of them failed, and their names."""

    text: str
    runs: tuple[str, ...]
    failed: int

    @property
    def words(self) -> str:
        """The value with its outcome: "0.01 (2 of 3 failed)"."""
        return f"{self.text} ({self.failed} of {len(self.runs)} failed)"


@dataclass(frozen=True, slots=True)
class Difference:
    """A key in which the recipes differ, with its values, those that go with failures first."""

    key: str
    values: tuple[Value, ...]

    @property
    def split(self) -> float:
        """How well the values tell failures from the rest: the share of runs that the commoner outcome fits."""
        right = sum(max(value.failed, len(value.runs) - value.failed) for value in self.values)
        return right / max(sum(len(value.runs) for value in self.values), 1)


@dataclass(frozen=True, slots=True)
class Trained:
    """A run as far as recipes matter: its name, its context, and whether it failed."""

    name: str
    context: Mapping[str, Any]
    failed: bool


def differences(runs: Sequence[Trained]) -> tuple[Difference, ...]:
    """Return the keys in which the runs differ: first those that most runs name, of few values, that tell failures."""
    made = [Difference(clean(key), _values(runs, key)) for key in _keys(runs)]
    found = [one for one in made if len(one.values) > 1]
    return tuple(sorted(found, key=lambda one: _interest(one, len(runs))))


def _interest(one: Difference, runs: int) -> tuple[bool, bool, float]:
    return _unsaid(one) * 2 > runs, len(one.values) == runs > 2, -one.split


def _unsaid(one: Difference) -> int:
    """Return how many recipes do not name the key."""
    return sum(len(value.runs) for value in one.values if value.text == _UNSAID)


def shared(runs: Sequence[Trained]) -> tuple[tuple[str, str], ...]:
    """Return the keys that have the same value in all runs."""
    made = ((clean(key), _values(runs, key)) for key in _keys(runs))
    return tuple((key, values[0].text) for key, values in made if len(values) == 1)


def _keys(runs: Sequence[Trained]) -> list[str]:
    return [key for key in dict.fromkeys(key for run in runs for key in run.context) if not key.endswith(_OURS)]


def _values(runs: Sequence[Trained], key: str) -> tuple[Value, ...]:
    found: dict[str, list[Trained]] = {}
    for run in runs:
        found.setdefault(_text(run.context.get(key)), []).append(run)
    made = (Value(text, tuple(r.name for r in have), sum(r.failed for r in have)) for text, have in found.items())
    return tuple(sorted(made, key=lambda value: -value.failed / len(value.runs)))


def _text(value: Any) -> str:
    if value is None:
        return _UNSAID
    if isinstance(value, float):
        return number(value)
    text = clean(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
