"""From entries to rows: headings give the epoch, lines of one step merge, echoes are dropped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.text_blocks import Block
from gandoctor.readers.text_closing import closing, usual_metrics
from gandoctor.readers.text_entries import Entry
from gandoctor.readers.text_shape import UNNAMED, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import FloatArray
    from gandoctor.readers.order import IntArray
    from gandoctor.readers.text_words import CounterKind


@dataclass(slots=True, eq=False)
class Row:
    """One row of the log: its counters and metrics by name, the line it began in, its part of the log."""

    line: int
    part: int
    frame: bool
    counters: dict[str, float]
    metrics: dict[str, float]
    records: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Rows of the same counters and metrics by name that follow one another, none of which is a frame or can merge."""

    lines: IntArray
    part: int
    counters: Mapping[str, FloatArray]
    metrics: Mapping[str, FloatArray]


@dataclass(slots=True)
class Rows:
    """Builds rows entry by entry.

    A line with counters only ("Epoch 3/50", "step 100") holds for the rows after it that lack them; one that always
    comes after rows, the last of the log too ("Epoch 3 finished"), for those before it. A row's epoch holds for rows
    after it that print none. Entries with different metrics merge where their counters agree. A line that
    repeats a part of the row before, in other words, is an echo and dropped. Nothing holds beyond a dated heading.
    """

    done: list[Row | Stretch] = field(default_factory=list)
    above: dict[CounterKind, tuple[str, float]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    spellings: dict[Record, tuple[str, ...]] = field(default_factory=dict)
    closing: frozenset[Record] = frozenset()
    usual: frozenset[str] = frozenset()
    closed: int = 0
    part: int = 0
    free: int = 0
    headed: bool = False

    def extend(self, entries: list[Entry | Block]) -> list[Row | Stretch]:
        """The rows of all entries, which are used up; a counter is spelled as the first row with a metric spells it."""
        records = dict.fromkeys(entry.record for entry in entries)
        for record in sorted(records, key=lambda record: not record.metrics):
            names = record.counter_names
            self.spellings[record] = tuple(self.spelled.setdefault(name.lower(), name) for name in names)
        self.usual = usual_metrics(entries)
        self.closing = closing(entries, self.usual)
        entries.reverse()
        while entries:  # a long log does not fit into memory twice
            entry = entries.pop()
            if isinstance(entry, Block):
                self._add_block(entry)
            else:
                self._add(entry)
        return self.done

    def _add_block(self, block: Block) -> None:
        """Adds line by line until a row is of the block's record alone; then all but the last, which may yet merge."""
        last, record = len(block.lines) - 1, block.record
        for place in range(last):
            self._add(_entry(block, place))
            row = self.done[-1] if self.done else None
            if isinstance(row, Row) and row.records[-1] is record and self._goes_on(record):
                self._stretch(block, place + 1, last)
                break
        self._add(_entry(block, last))

    def _goes_on(self, record: Record) -> bool:
        """Whether each further line of the record is a row of its own, with the same counters from above or none."""
        above = "epoch" not in record.kinds or all(kind in record.kinds for kind in self.above)
        return above and bool(record.metrics) and not record.values

    def _stretch(self, block: Block, begin: int, end: int) -> None:
        if begin == end:
            return
        record, names = block.record, self.spellings[block.record]
        values = block.values[begin:end].T
        own = dict(zip(names, values, strict=False))
        found = {name: np.full(end - begin, v) for kind, (name, v) in self.above.items() if kind not in record.kinds}
        metrics = dict(zip(record.metric_names, values[len(names) :], strict=False))
        self.done.append(Stretch(block.lines[begin:end], block.part, {**found, **own}, metrics))
        if "epoch" in record.kinds:
            name = names[record.kinds.index("epoch")]
            if (own[name] != self.above["epoch"][1]).any():
                self.above = {"epoch": (name, float(own[name][-1]))}

    def _add(self, entry: Entry) -> None:
        if entry.part != self.part:
            self.part = entry.part
            self.above.clear()
        record = entry.record
        names = self.spellings[record]
        own = dict(zip(names, entry.values, strict=False))
        if record.values:
            self._add_unnamed(entry, own)
        elif record in self.closing:
            self._close(own)
        elif not record.metrics:
            self._head(record, own)
        else:
            self._place(entry, own, dict(zip(record.metric_names, entry.values[len(names) :], strict=False)))

    def _head(self, record: Record, own: dict[str, float]) -> None:
        """Counters alone on a line hold for what follows; "epochs: 50" is a total and a bar's batch is no heading."""
        if not record.named:
            return
        for kind, (name, value) in zip(record.kinds, own.items(), strict=False):
            if name.lower().endswith("s") or (kind == "batch" and record.bar):
                continue
            if kind == "epoch":
                self.above.clear()
            self.above[kind] = (name, value)
        self.free, self.headed = 0, True

    def _close(self, own: dict[str, float]) -> None:
        """Gives the counters of a line to the usual rows since the last such line."""
        for place in range(self.closed, len(self.done)):
            row = self.done[place]
            if self.usual.isdisjoint(row.metrics):
                continue
            if isinstance(row, Row):
                row.counters = {**own, **row.counters}
            else:
                size = len(row.lines)
                counters = {**{name: np.full(size, value) for name, value in own.items()}, **row.counters}
                self.done[place] = replace(row, counters=counters)
        self.closed = len(self.done)

    def _add_unnamed(self, entry: Entry, own: dict[str, float]) -> None:
        """Values without a name are "value 1", "value 2" in their row; without any counter they are no row."""
        if own and not entry.record.named:
            return
        if own:
            self.free = 0
        elif not self.headed:
            return
        values = entry.values[len(own) :]
        names = [f"{UNNAMED}{self.free + place}" for place in range(1, len(values) + 1)]
        self.free += len(values)
        self._place(entry, own, dict(zip(names, values, strict=True)))

    def _place(self, entry: Entry, own: dict[str, float], metrics: dict[str, float]) -> None:
        record = entry.record
        counters = self._with_above(record, own)
        last = self.done[-1] if self.done else None
        if isinstance(last, Row) and last.part == entry.part and (last.records[-1] is not record or record.values):
            if last.metrics.keys().isdisjoint(metrics) and _agree(last.counters, counters, bool(own)):
                last.metrics.update(metrics)
                last.counters.update(counters)
                last.records.append(record)
                return
            # one number that comes again at another step may be a curve that stands still
            if _repeats(last, record, metrics) and (len(metrics) > 1 or not _differ(last.counters, counters)):
                return
        self.done.append(Row(entry.line, entry.part, entry.frame, counters, metrics, [record]))

    def _with_above(self, record: Record, own: dict[str, float]) -> dict[str, float]:
        """The counters with those that stood above; the row's own epoch goes on to hold."""
        if "epoch" in record.kinds:
            name = self.spellings[record][record.kinds.index("epoch")]
            epoch = (name, own[name])
            if self.above.get("epoch") != epoch:
                self.above = {"epoch": epoch}
        if all(kind in record.kinds for kind in self.above):
            return own
        found = {name: value for kind, (name, value) in self.above.items() if kind not in record.kinds}
        return {**found, **own}


def _entry(block: Block, place: int) -> Entry:
    return Entry(int(block.lines[place]), block.part, False, block.record, block.values[place].tolist())


def _agree(before: dict[str, float], now: dict[str, float], counted: bool) -> bool:
    """Whether two entries can be of one row: no counter differs, and one is shared if the second has its own."""
    return not _differ(before, now) and (not counted or not before.keys().isdisjoint(now))


def _differ(before: dict[str, float], now: dict[str, float]) -> bool:
    """Whether a counter of both has another value."""
    return any(before[name] != now[name] for name in before.keys() & now.keys())


def _repeats(before: Row, record: Record, metrics: dict[str, float]) -> bool:
    """Whether a line says again, in another form, a part of what the row before said."""
    if not metrics.keys() < before.metrics.keys():
        return False
    if any(set(other.metric_names) == set(record.metric_names) for other in before.records):
        return False
    pairs = [(before.metrics[name], value) for name, value in metrics.items()]
    return all(old == new or (old != old and new != new) for old, new in pairs) and any(old == old for old, _ in pairs)
