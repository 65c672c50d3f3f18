"""Reads any text log: a scanner of names and numbers that knows of step, epoch and batch, and of no format.

The stages, one module each: `text_lines` undoes terminal codes and tables, `text_tokens` cuts lines at numbers,
`text_walk` and `text_scan` attach numbers to names, `text_slashes` parts "D/G", `text_records` names counters and
lists, `text_entries` goes through the file, `text_blocks` takes lines of one shape together, `text_table` reads rows
under a header, `text_columns` tells columns from prose, `text_rows` makes rows, with what `text_closing` says of
counters after their rows, `text_frames` thins progress bars, `text_gather` makes arrays of rows, `text_context` finds
settings. `text_histories` comes before all: it finds a training printed as lists.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.raw import RawLog
from gandoctor.readers.text_blocks import Block
from gandoctor.readers.text_columns import columns_of, keep
from gandoctor.readers.text_context import read_context
from gandoctor.readers.text_entries import Reading
from gandoctor.readers.text_frames import settle
from gandoctor.readers.text_gather import columns as gather
from gandoctor.readers.text_gather import count, lines, parts
from gandoctor.readers.text_histories import histories_in
from gandoctor.readers.text_lines import LONGEST, read_lines
from gandoctor.readers.text_records import MOST_NUMBERS
from gandoctor.readers.text_rows import Rows
from gandoctor.readers.text_shape import UNNAMED
from gandoctor.readers.text_words import speaks
from gandoctor.readers.vits import with_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.text_entries import Entry
    from gandoctor.readers.text_rows import Row, Stretch
    from gandoctor.readers.text_shape import Record

_FEW = 3


def read_text(text: str, name: str) -> RawLog:
    """The rows of named numbers in a text log, in file order.

    Names are the log's own. A percentage keeps its value and gets "%" at the end of its name; the elements of a list
    are name[0], name[1], the further ones of "a / b" name[1]. Counters that the log does not name are "epoch", "batch",
    "step" or "index" by position; in a log without names the numbers are "value 1", "value 2". "restart" counts the
    dated headings that begin a training, where there are several. Raises UnreadableLog where no row holds a number with
    a name. Lists that hold a whole training are read in place of rows where they are longer than these are many.
    """
    histories = histories_in(text)
    if histories is None:
        return _read_rows(text, name)
    try:
        log = _read_rows(histories.rest, name)
    except UnreadableLog:
        log = None
    if log is not None and _losses(log) >= len(histories):
        return replace(log, context=read_context(text))
    return RawLog(
        columns=histories.columns,
        name=name,
        lines=np.full(len(histories), histories.line, dtype=np.int64),
        context=read_context(text),
        notes=histories.notes,
    )


def _losses(log: RawLog) -> int:
    """How many rows hold the metric of a GAN that most do."""
    spoken = [column for column in log.columns if speaks(column.split())]
    return max((int(log.logged[c].sum()) if c in log.logged else log.rows for c in spoken), default=0)


def _read_rows(text: str, name: str) -> RawLog:
    reading = Reading()
    builder = Rows()
    entries = _columns_only(list(reading.entries(read_lines(with_names(text)))))
    rows = _without_preamble(settle(builder.extend(entries)))
    if not rows or _is_nameless(rows, builder.headed):
        raise UnreadableLog(_nothing_read(name, reading))
    columns, logged = gather(rows)
    notes = _restarts(rows, reading.part, columns)
    if reading.overlong:
        notes += (f"{reading.overlong} lines are longer than {LONGEST} characters: what is beyond was not read",)
    if reading.crowded:
        notes += (_crowded(reading),)
    return RawLog(
        columns=columns,
        name=name,
        logged=logged,
        lines=lines(rows),
        totals={key: value for key, value in reading.totals.items() if key in columns},
        context=read_context(text),
        notes=notes,
    )


def _nothing_read(name: str, reading: Reading) -> str:
    """Why a text gave no rows, and what to give instead."""
    example = "line holds a number with a name beside it, such as `d_loss: 0.69`"
    if reading.crowded:
        return f"{name}: {_crowded(reading)}, and no other {example}; give a log that has a line for each step."
    return f"{name}: no {example}, so there is nothing to read; give the file that the training wrote its losses to."


def _crowded(reading: Reading) -> str:
    lines, were = ("line", "was") if reading.crowded == 1 else ("lines", "were")
    return f"{reading.crowded} {lines} of more than {MOST_NUMBERS} numbers {were} taken for data and not read"


def _columns_only(entries: list[Entry | Block]) -> list[Entry | Block]:
    """The entries, each now without the numbers that are no columns."""
    columns = columns_of(entries)
    thinned: dict[Record, tuple[Record, list[int]]] = {}
    for place, entry in enumerate(entries):
        record = entry.record
        if record not in thinned:
            slim = keep(record, columns)
            thinned[record] = slim, [record.slots.index(slot) for slot in slim.slots]
        slim, kept = thinned[record]
        if slim is record:
            continue
        if isinstance(entry, Block):
            entries[place] = replace(entry, record=slim, values=entry.values[:, kept])
        else:
            entry.record, entry.values = slim, [entry.values[slot] for slot in kept]
    return entries


def _without_preamble(rows: list[Row | Stretch]) -> list[Row | Stretch]:
    """The rows from the first that says when it was logged, or that holds what most rows hold.

    What stands before, in a log that usually says when, was measured before training: a score of the data, say.
    """
    usual: Counter[str] = Counter()
    for row in rows:
        if row.counters:
            usual.update(dict.fromkeys(row.metrics, count(row)))
    often = {name for name, times in usual.items() if 2 * times > sum(map(count, rows))}
    start = next((place for place, row in enumerate(rows) if row.counters or often & row.metrics.keys()), 0)
    return rows[start:] if often else rows


def _restarts(rows: Sequence[Row | Stretch], headings: int, columns: dict[str, FloatArray]) -> tuple[str, ...]:
    """Adds the column "restart" where several headings with a date stand in the log; the note that says so."""
    if headings < 2:
        return ()
    columns["restart"] = parts(rows)
    return (f"{headings} headings with a date mark the beginning of a training: column `restart` counts them",)


def _is_nameless(rows: Sequence[Row | Stretch], headed: bool) -> bool:
    """Whether a few numbers without any name are all that was found."""
    named = headed or any(not name.startswith(UNNAMED) for row in rows for name in row.metrics)
    return not named and sum(map(count, rows)) < _FEW
