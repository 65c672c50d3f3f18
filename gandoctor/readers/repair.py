"""Puts the rows of a log in order: several runs in one file, restarts, processes that wrote into one file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gandoctor.readers.order import IntArray, Order, one_run
from gandoctor.readers.segments import segments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import FloatArray
    from gandoctor.readers.counters import BoolArray

_LATE = 2
"""A row that was written late by at most so many rows is sorted back."""
_JUMBLED = 8
"""Where many rows were written late, by at most so many rows, several workers shared the counter: sorted back."""
_MANY = 0.05
"""Share of rows from which "many" is said."""
_AT_ONCE = 0.15
"""Share of falls of the counter from which several processes may have written at once."""
_PROCESSES = 12
"""No more processes than this are told apart; a counter that seems to have more of them is no counter."""


def put_in_order(steps: FloatArray, restart: FloatArray | None, values: Sequence[FloatArray], loops: int) -> Order:
    """Give each row, by its position in `steps`, its run and its place in it.

    `restart` rises where the log says that a process began; `values` are the losses, by which an untrained state is
    known again; from `loops` beginnings on (0: never) the counter may be one that begins again in each epoch.
    """
    falls = np.flatnonzero(_begins(steps, restart))
    if not len(falls):
        return one_run(steps)
    headed = restart is not None and bool((restart[falls] > restart[falls - 1]).any())
    if not headed and _is_jumbled(steps, len(falls)):
        return one_run(steps, (f"{len(falls)} row(s) were written out of order: sorted by step",))
    segments = segments_of(steps, falls, restart, tuple(values))
    if len(falls) > _AT_ONCE * len(steps) and segments.advance() and (chains := _chains(steps)) is not None:
        return chains
    return segments.looped() if loops and segments.is_loop(loops) else segments.walked()


def _begins(steps: FloatArray, restart: FloatArray | None) -> BoolArray:
    """Mark where a row does not follow the one before: the counter falls, or a process begins and it stands still."""
    change = np.diff(steps, prepend=-np.inf)
    begins: BoolArray = change < 0
    if restart is not None:
        begins |= (np.diff(restart, prepend=restart[:1]) > 0) & (change <= 0)
    return begins


def _is_jumbled(steps: FloatArray, falls: int) -> bool:
    """Tell whether rows are only out of order: every step was logged once, and no row is far from its place."""
    order = np.argsort(steps, kind="stable")
    if (np.diff(steps[order]) == 0).any():
        return False
    away = int(np.abs(order - np.arange(len(steps))).max())
    return away <= _LATE or (away <= _JUMBLED and falls > _MANY * len(steps))


def _chains(steps: FloatArray) -> Order | None:
    """Split the rows of processes that wrote at once: each row follows the chain whose counter is nearest below it.

    None where that takes more chains than there can be processes.
    """
    run: list[int] = []
    ends: list[tuple[float, int, int]] = []
    for row, step in enumerate(steps.tolist()):
        below = max((end for end in ends if end[0] < step), default=None)
        chain = below[2] if below else len(ends)
        if chain == _PROCESSES:
            return None
        ends[chain : chain + 1] = [(step, row, chain)]
        run.append(chain)
    note = f"{len(ends)} processes wrote into this log at once: their rows were told apart by their counters"
    chains: IntArray = np.array(run, dtype=np.int64)
    return Order(chains, steps, np.ones(len(steps), dtype=np.bool_), (note,))
