"""From entries to rows: headings give the epoch, lines of one step merge, echoes are dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gandoctor.readers.text_entries import Entry
from gandoctor.readers.text_shape import Record
from gandoctor.readers.text_words import CounterKind


@dataclass(slots=True, eq=False)
class Row:
    """One row of the log: its counters and metrics by name, the line it began in."""

    line: int
    frame: bool
    counters: dict[str, float]
    metrics: dict[str, float]
    records: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """Builds rows entry by entry.

    A line with counters only ("Epoch 3/50", "step 100") holds for the rows after it that lack them. A row's epoch holds
    for rows after it that print none. Entries with different metrics merge where their counters agree. A line that
    repeats a part of the row before, in other words, is an echo and dropped.
    """

    done: list[Row] = field(default_factory=list)
    above: dict[CounterKind, tuple[str, float]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    free: int = 0
    headed: bool = False

    def extend(self, entries: Iterable[Entry]) -> list[Row]:
        """The rows of all entries; a counter is spelled as the first row with a metric spells it."""
        entries = list(entries)
        for record in dict.fromkeys(entry.record for entry in entries if entry.record.metrics):
            for name in record.counter_names:
                self.spelled.setdefault(name.lower(), name)
        for entry in entries:
            self._add(entry)
        return self.done

    def _add(self, entry: Entry) -> None:
        record = entry.record
        counters = self._counters(entry)
        if record.values:
            self._add_unnamed(entry, counters)
        elif not record.metrics:
            self._head(entry, counters)
        else:
            count = len(counters)
            self._place(entry, counters, dict(zip(record.metric_names, entry.values[count:], strict=False)))

    def _counters(self, entry: Entry) -> dict[str, float]:
        """The entry's counters, in the spelling that came first."""
        names = entry.record.counter_names
        return {
            self.spelled.setdefault(name.lower(), name): value
            for name, value in zip(names, entry.values[: len(names)], strict=True)
        }

    def _head(self, entry: Entry, counters: dict[str, float]) -> None:
        """Counters alone on a line hold for what follows; "epochs: 50" is a total and a bar's batch is no heading."""
        if not entry.record.named:
            return
        for kind, (name, value) in zip(entry.record.kinds, counters.items(), strict=False):
            if name.lower().endswith("s") or (kind == "batch" and entry.record.bar):
                continue
            if kind == "epoch":
                self.above.clear()
            self.above[kind] = (name, value)
        self.free, self.headed = 0, True

    def _add_unnamed(self, entry: Entry, counters: dict[str, float]) -> None:
        """Values without a name are "value 1", "value 2" in their row; without any counter they are no row."""
        values = entry.values[len(counters) :]
        if counters and not entry.record.named:
            return
        if counters:
            self.free = 0
        elif not self.headed:
            return
        names = [f"value {self.free + place}" for place in range(1, len(values) + 1)]
        self.free += len(values)
        self._place(entry, counters, dict(zip(names, values, strict=True)))

    def _place(self, entry: Entry, own: dict[str, float], metrics: dict[str, float]) -> None:
        counters = self._with_above(entry.record, own)
        last = self.done[-1] if self.done else None
        if last is not None and last.records[-1] is not entry.record:
            if _agree(last.counters, counters, bool(own)) and last.metrics.keys().isdisjoint(metrics):
                last.metrics.update(metrics)
                last.counters.update(counters)
                last.records.append(entry.record)
                return
            if _repeats(last, entry.record, metrics):
                return
        self.done.append(Row(entry.line, entry.frame, counters, metrics, [entry.record]))

    def _with_above(self, record: Record, own: dict[str, float]) -> dict[str, float]:
        """The counters with those that stood above; the row's own epoch goes on to hold."""
        if "epoch" in record.kinds:
            place = record.kinds.index("epoch")
            name = list(own)[place] if place < len(own) else ""
            if self.above.get("epoch", ("", -1.0))[1] != own.get(name):
                self.above.clear()
            self.above["epoch"] = (name, own[name])
        if not self.above:
            return own
        found = {name: value for kind, (name, value) in self.above.items() if kind not in record.kinds}
        return {**found, **own}


def _agree(before: dict[str, float], now: dict[str, float], counted: bool) -> bool:
    """Whether two entries can be of one row: no counter differs, and one is shared if the second has its own."""
    shared = before.keys() & now.keys()
    if any(before[name] != now[name] for name in shared):
        return False
    return bool(shared) or not counted


def _repeats(before: Row, record: Record, metrics: dict[str, float]) -> bool:
    """Whether a line says again, in another form, a part of what the row before said."""
    if not metrics.keys() < before.metrics.keys():
        return False
    if any(set(other.metric_names) == set(record.metric_names) for other in before.records):
        return False
    pairs = [(before.metrics[name], value) for name, value in metrics.items()]
    return all(old == new or (old != old and new != new) for old, new in pairs) and any(old == old for old, _ in pairs)
