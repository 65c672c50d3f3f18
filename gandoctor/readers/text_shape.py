"""What a line of a log says, apart from the values: which number is which counter, metric or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gandoctor.readers.text_words import CounterKind

UNNAMED = "value "
"""How the columns of numbers without a name begin: "value 1", "value 2"."""

Role = Literal["metric", "counter", "value"]


@dataclass(slots=True)
class Number:
    """A number of a line while it is scanned; `name` is "" until something says what it is.

    `base` is the name that a list's elements share, `place` the element, `scope` the bracket it stands in (0: none),
    `total` the slot of the number behind the slash, `marked` whether a prompt sign (">3") makes it a counter, `bar`
    whether it counts in a progress bar, `listed` whether a comma or a space stands before an element, `names` the names
    that commas joined before the colon.
    """

    slot: int
    role: Role
    name: str = ""
    base: str = ""
    place: int = 0
    scope: int = 0
    total: int = -1
    marked: bool = False
    bar: bool = False
    listed: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One row that a line holds: (slot, name) of counters and metrics in order, the slots of unnamed values.

    `kinds` says what each counter counts. `named` is False where all counters' names were inferred from their places.
    `slots` are those of counters, metrics and values, one after the other.
    """

    counters: tuple[tuple[int, str], ...] = ()
    kinds: tuple[CounterKind, ...] = ()
    metrics: tuple[tuple[int, str], ...] = ()
    values: tuple[int, ...] = ()
    totals: tuple[tuple[int, str], ...] = ()
    named: bool = True
    bar: bool = False

    slots: tuple[int, ...] = field(init=False)
    counter_names: tuple[str, ...] = field(init=False)
    metric_names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        slots = (*(s for s, _ in self.counters), *(s for s, _ in self.metrics), *self.values)
        object.__setattr__(self, "slots", slots)
        object.__setattr__(self, "counter_names", tuple(name for _, name in self.counters))
        object.__setattr__(self, "metric_names", tuple(name for _, name in self.metrics))


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The reading of all lines that differ in nothing but their numbers.

    `literals` are numbers that are part of a name ("D loss 1: 0.5"): a line with others is another shape. `trailing`
    is a name that ended the line and waits for its number. `bare` says that no number has a name: perhaps a table.
    """

    records: tuple[Record, ...] = ()
    literals: tuple[tuple[int, str], ...] = ()
    trailing: str = ""
    bare: bool = False


@dataclass(slots=True)
class Scope:
    """An open bracket: the name before it, the metric before it, and what it held.

    `names` are those that commas joined before `words`, `depth` counts the brackets right inside, as in "[[0.5]]".
    """

    number: int
    bracket: str
    words: list[str]
    base: str = ""
    numbers: int = 0
    took: bool = False
    assigned: bool = False
    names: tuple[str, ...] = ()
    depth: int = 0
