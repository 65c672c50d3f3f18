"""Reads any text log: a scanner of names and numbers that knows of step, epoch and batch, and of no format.

The stages, one module each: `text_lines` undoes terminal codes and tables, `text_tokens` cuts lines at numbers,
`text_walk` and `text_scan` attach numbers to names, `text_records` names counters and lists, `text_entries` goes
through the file, `text_table` reads rows under a header, `text_columns` tells columns from prose, `text_rows` makes
rows, `text_frames` thins progress bars, `text_context` finds settings.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.raw import RawLog
from gandoctor.readers.text_columns import columns_of, keep
from gandoctor.readers.text_context import read_context
from gandoctor.readers.text_entries import Entry, Reading
from gandoctor.readers.text_frames import settle
from gandoctor.readers.text_lines import LONGEST, read_lines
from gandoctor.readers.text_rows import Row, Rows
from gandoctor.readers.text_shape import UNNAMED, Record
from gandoctor.readers.vits import with_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray

_FEW = 3
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


def read_text(text: str, name: str) -> RawLog:
    """The rows of named numbers in a text log, in file order.

    Names are the log's own. A percentage keeps its value and gets "%" at the end of its name; the elements of a list
    are name[0], name[1], the further ones of "a / b" name[1]. Counters that the log does not name are "epoch", "batch",
    "step" or "index" by position; in a log without names the numbers are "value 1", "value 2". "restart" counts the
    dated headings that begin a training, where there are several. Raises UnreadableLog where no row holds a number with
    a name.
    """
    reading = Reading()
    builder = Rows()
    entries = _columns_only(list(reading.entries(read_lines(with_names(text)))))
    rows = _without_preamble(settle(builder.extend(entries)))
    if not rows or _is_nameless(rows, builder.headed):
        raise UnreadableLog(
            f"{name}: no line holds a number with a name beside it, such as `d_loss: 0.69`, "
            "so there is nothing to read; give the file that the training wrote its losses to."
        )
    columns, logged = _columns(rows)
    notes = _restarts(rows, reading.part, columns)
    if reading.overlong:
        notes += (f"{reading.overlong} lines are longer than {LONGEST} characters: what is beyond was not read",)
    return RawLog(
        columns=columns,
        name=name,
        logged=logged,
        lines=np.array([row.line for row in rows], dtype=np.int64),
        totals={key: value for key, value in reading.totals.items() if key in columns},
        context=read_context(text),
        notes=notes,
    )


def _columns_only(entries: list[Entry]) -> list[Entry]:
    """The entries, each now without the numbers that are no columns."""
    columns = columns_of(entries)
    thinned: dict[Record, Record] = {}
    for entry in entries:
        record = entry.record
        if record not in thinned:
            thinned[record] = keep(record, columns)
        slim = thinned[record]
        if slim is not record:
            values = dict(zip(record.slots, entry.values, strict=True))
            entry.record, entry.values = slim, [values[slot] for slot in slim.slots]
    return entries


def _without_preamble(rows: list[Row]) -> list[Row]:
    """The rows from the first that says when it was logged, or that holds what most rows hold.

    What stands before, in a log that usually says when, was measured before training: a score of the data, say.
    """
    usual = Counter(name for row in rows if row.counters for name in row.metrics)
    often = {name for name, times in usual.items() if 2 * times > len(rows)}
    start = next((place for place, row in enumerate(rows) if row.counters or often & row.metrics.keys()), 0)
    return rows[start:] if often else rows


def _columns(rows: Sequence[Row]) -> tuple[dict[str, FloatArray], dict[str, BoolArray]]:
    """Counters first, then metrics, each with the mask of the rows that hold it where not all do."""
    columns: dict[str, FloatArray] = {}
    logged: dict[str, BoolArray] = {}
    for dicts in ([row.counters for row in rows], [row.metrics for row in rows]):
        for name in dict.fromkeys(chain.from_iterable(dicts)):
            values = [row.get(name) for row in dicts]
            columns[name] = np.array(values, dtype=np.float64)
            if None in values:
                logged[name] = np.array([value is not None for value in values], dtype=np.bool_)
    return columns, logged


def _restarts(rows: Sequence[Row], headings: int, columns: dict[str, FloatArray]) -> tuple[str, ...]:
    """Adds the column "restart" where several headings with a date stand in the log; the note that says so."""
    if headings < 2:
        return ()
    columns["restart"] = np.array([row.part for row in rows], dtype=np.float64)
    return (f"{headings} headings with a date mark the beginning of a training: column `restart` counts them",)


def _is_nameless(rows: Sequence[Row], headed: bool) -> bool:
    """Whether a few numbers without any name are all that was found."""
    named = headed or any(not name.startswith(UNNAMED) for row in rows for name in row.metrics)
    return not named and len(rows) < _FEW
