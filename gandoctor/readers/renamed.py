"""Joins the columns of one meaning of which one takes over where the other ends: the program was changed in mid-log."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.names import understand
from gandoctor.readers.synonyms import meaning

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.raw import RawLog

_KINDS = ("loss", "accuracy", "score", "metric", "")


def joined(raw: RawLog, kept: Collection[str] = ()) -> tuple[RawLog, tuple[str, ...]]:
    """`raw` with such columns as one, under the first one's name, and what was joined; those in `kept` stay apart.

    Columns that are logged in turns are two things, whatever their names, and stay apart as well.
    """
    found: dict[tuple[object, ...], list[str]] = {}
    for column in raw.logged:
        name = understand(column)
        if column not in kept and name.what in _KINDS and (name.who or name.metric) and raw.logged[column].any():
            found.setdefault((*meaning(name), name.metric, name.listed, name.letters), []).append(column)
    columns, logged, said = dict(raw.columns), dict(raw.logged), []
    for group in found.values():
        order = sorted(group, key=lambda column: int(np.argmax(raw.logged[column])))
        if len(order) < 2 or not _in_turn([raw.logged[column] for column in order]):
            continue
        first, *later = order
        for column in later:
            columns[first] = np.where(logged[column], columns.pop(column), columns[first])
            logged[first] = logged[first] | logged.pop(column)
            said.append(f"'{column}' goes on where '{first}' ends: they were read as one")
    return (replace(raw, columns=columns, logged=logged), tuple(said)) if said else (raw, ())


def _in_turn(masks: Sequence[BoolArray]) -> bool:
    """Whether each column begins after the one before it has ended."""
    ends = [(int(np.argmax(mask)), len(mask) - int(np.argmax(mask[::-1]))) for mask in masks]
    return all(end <= begin for (_, end), (begin, _) in pairwise(ends))
