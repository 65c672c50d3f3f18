"""A run as an experiment tracker keeps it: each curve over its own steps, a name, a time, settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gandoctor.errors import UnreadableLog
from gandoctor.readers.settings import settings_of
from gandoctor.readers.union import join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.union import Series

MOST_RUNS = 200
"""Of a store with more runs the newest are read."""
STEP, TIME = "step", "timestamp"


@dataclass(frozen=True, slots=True)
class Tracked:
    """`label` is what the store calls the run: text, never a path. `key` is how the store finds it."""

    key: str
    label: str
    started: float
    settings: Mapping[str, Any] = field(default_factory=dict)


def newest(runs: Sequence[Tracked]) -> tuple[list[Tracked], tuple[str, ...]]:
    """The newest runs, the newest last, and a note where older ones are left aside."""
    ordered = sorted(runs, key=lambda run: run.started)
    if len(ordered) <= MOST_RUNS:
        return ordered, ()
    return ordered[-MOST_RUNS:], (f"{len(ordered)} runs are stored: the newest {MOST_RUNS} were looked at",)


def log_of(run: Tracked, series: Mapping[str, Series], name: str, notes: Sequence[str] = ()) -> RawLog | None:
    """The log of one run; None where it holds no point."""
    held = {tag: curve for tag, curve in series.items() if len(curve.steps)}
    if not held:
        return None
    log = join(held, name, step=STEP, time=TIME, notes=notes)
    return replace(log, part=run.label, context=settings_of(run.settings))


def some(logs: Sequence[RawLog | None], name: str) -> list[RawLog]:
    """The logs that there are; UnreadableLog where there is none."""
    found = [log for log in logs if log is not None]
    if not found:
        raise UnreadableLog(f"{name} holds no run with a metric: nothing was logged to it, or not yet")
    return found
