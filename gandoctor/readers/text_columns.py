"""Which names of a log are columns: those that rows repeat, and those that speak of GANs; the rest is prose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gandoctor.readers.text_blocks import Block
from gandoctor.readers.text_shape import UNNAMED, Record
from gandoctor.readers.text_words import parts_of, speaks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.text_entries import Entry

_QUALITY = frozenset({"fid", "kid", "inception", "precision", "recall", "coverage", "density", "vendi", "psnr", "ssim"})
_RARE = 0.02
"""A name in a smaller share of the rows than the most frequent name has is no column, unless it is one of quality."""
_FEW = 20
"""With fewer rows than this a single mention of a loss counts."""
_LONGEST = 6
"""More words than this are a sentence."""


def columns_of(entries: Sequence[Entry | Block]) -> frozenset[str]:
    """The metric names that are columns.

    A name that speaks of GANs needs a share of the rows; any other name must stand beside a counter too, where the
    names that speak do. Numbers without a name count only in a log that names none.
    """
    count: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    records: Counter[Record] = Counter()
    for entry in entries:
        records[entry.record] += len(entry.lines) if isinstance(entry, Block) else 1
    for record, times in records.items():
        for name in record.metric_names:
            count[name] += times
            counted[name] += times * bool(record.counters)
    speaking = {name: times for name, times in count.items() if _speaks(name)}
    if not speaking:
        return frozenset(name for name, times in count.items() if _is_frequent(name, times, max(count.values())))
    most = max(speaking.values())
    beside = any(counted[name] for name in speaking)
    return frozenset(
        name
        for name, times in count.items()
        if _is_frequent(name, times, most)
        and (name in speaking or (not name.startswith(UNNAMED) and (counted[name] or not beside)))
    )


def _speaks(name: str) -> bool:
    words = name.split()
    return speaks(words) or bool(parts_of(tuple(words)) & _QUALITY)


def _is_frequent(name: str, times: int, most: int) -> bool:
    words = name.split()
    parts = parts_of(tuple(words))
    if "best" in parts or len(words) > _LONGEST:
        return False
    if parts & _QUALITY:
        return True
    return times >= max(2, _RARE * most) if most >= _FEW else times >= most / 4


def keep(record: Record, columns: frozenset[str]) -> Record:
    """The record without the metrics that are no columns; without unnamed values where there are columns."""
    metrics = tuple(pair for pair in record.metrics if pair[1] in columns)
    if len(metrics) == len(record.metrics) and not (record.values and columns):
        return record
    return Record(record.counters, record.kinds, metrics, named=record.named, bar=record.bar)
