"""Recognises lines of counters that end what they count: "Epoch 3 finished", after the rows of epoch 3."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gandoctor.readers.text_blocks import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.text_entries import Entry
    from gandoctor.readers.text_shape import Record


def usual_metrics(entries: Sequence[Entry | Block]) -> frozenset[str]:
    """The metrics that stand in at least half as many lines as the most frequent one."""
    names: Counter[str] = Counter()
    for entry in entries:
        if entry.record.metrics:
            size = len(entry.lines) if isinstance(entry, Block) else 1
            names.update(dict.fromkeys(entry.record.metric_names, size))
    most = max(names.values(), default=0)
    return frozenset(name for name, times in names.items() if 2 * times >= most)


def closing(entries: Sequence[Entry | Block], usual: frozenset[str]) -> frozenset[Record]:
    """The records of lines with counters alone of which each comes after usual metrics, and none before the last."""
    metrics = 0
    times: Counter[Record] = Counter()
    seen: dict[Record, int] = {}
    leading: set[Record] = set()
    for entry in entries:
        record = entry.record
        if record.metrics or record.values:
            metrics += not usual.isdisjoint(record.metric_names)
        elif record.named:
            if seen.get(record, 0) == metrics or isinstance(entry, Block):
                leading.add(record)
            seen[record] = metrics
            times[record] += 1
    return frozenset(r for r, last in seen.items() if last == metrics and times[r] > 1 and r not in leading)
