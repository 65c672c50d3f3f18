"""From rows of named numbers to runs: which column is what, where each row stands, which rows belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import NoGanCurve
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Curve, FloatArray, Run
from gandoctor.readers.axis import Axis, build_axis
from gandoctor.readers.blank_tail import with_nan
from gandoctor.readers.columns import ColumnMap, map_columns
from gandoctor.readers.counters import filled, finite
from gandoctor.readers.held import measured_only
from gandoctor.readers.known import known_context
from gandoctor.readers.lines import lines_of
from gandoctor.readers.options import ReadOptions
from gandoctor.readers.order import IntArray, Order, one_run
from gandoctor.readers.renamed import joined
from gandoctor.readers.repair import put_in_order
from gandoctor.readers.repeats import without_repeats
from gandoctor.readers.synonyms import rows_of_losses
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.readers.counters import BoolArray
    from gandoctor.readers.raw import RawLog


def assemble(raw: RawLog, options: ReadOptions | None = None) -> tuple[Run, ...]:
    """Return the runs of a log, in the order in which they began; at least one.

    NoGanCurve where the log holds no curve of a GAN, BadOption where `options.map` names no column or metric. Several
    runs in one file are told apart by their counters; each gets the columns that were logged in it.
    """
    chosen = options or ReadOptions()
    columns = map_columns(raw, chosen.map)
    raw, repeated = without_repeats(raw, columns)
    raw, blank = with_nan(raw, columns)
    rows = rows_of_losses(raw, columns)
    axis = build_axis(raw, rows, columns.counter)
    order = _order(raw, axis, rows, columns)
    renamed: tuple[str, ...] = ()
    if order.runs == 1:  # of several runs each has the columns that were logged in it
        raw, renamed = joined(raw, chosen.map.values())
        columns = map_columns(raw, chosen.map) if renamed else columns
    made = _Made(raw, axis, order, chosen, (*raw.notes, *renamed, *repeated, *blank, *axis.notes, *order.notes))
    runs = [run for i in range(order.runs) if (run := made.run(i, columns)) is not None]
    if not runs:
        raise NoGanCurve(f"{raw.name}: its discriminator, generator and quality columns hold no value")
    return tuple(runs)


def _order(raw: RawLog, axis: Axis, rows: BoolArray, columns: ColumnMap) -> Order:
    """Return the order of all rows, decided by those with a loss; the rows between go with the row before them."""
    if axis.unit == "row":
        return one_run(axis.steps)
    places = np.flatnonzero(rows)
    losses = [c for m, c in columns.metrics.items() if METRICS[m.partition(PAIR)[0]].kind == "loss"]
    every = len(places) == len(rows)
    restart = next((filled(finite(raw, c)) for c in raw.columns if tokenise(c) == ("restart",)), None)
    pick = slice(None) if every else places
    order = put_in_order(
        axis.steps[pick],
        None if restart is None else restart[pick],
        [raw.columns[column][pick] for column in losses],
        axis.loops,
    )
    return order if every else _spread(order, axis.steps, places)


def _spread(order: Order, steps: FloatArray, places: IntArray) -> Order:
    """`order` of some rows, carried over to the rows between: same run, same shift, replaced by the same restart."""
    before = np.maximum(np.searchsorted(places, np.arange(len(steps)), side="right") - 1, 0)
    shift = order.steps - steps[places]
    keep = np.ones(len(steps), np.bool_)
    keep[places] = order.keep
    run, moved = order.run[before], steps + shift[before]
    if not order.keep.all():
        between = np.ones(len(steps), np.bool_)
        between[places] = False
        keep &= ~(between & ~order.keep[before] & (moved >= order.steps[before]))
    return Order(run, moved, keep, order.notes)


@dataclass(frozen=True, slots=True)
class _Made:
    """What every run of one log shares."""

    raw: RawLog
    axis: Axis
    order: Order
    options: ReadOptions
    notes: tuple[str, ...]

    def run(self, number: int, columns: ColumnMap) -> Run | None:
        """Run `number` of the log; None where nothing of a GAN was logged in it."""
        mine = None if self.order.runs == 1 and self.order.keep.all() else (self.order.run == number) & self.order.keep
        raw = self.raw if self.order.runs == 1 else _part(self.raw, self.order.run == number)
        if self.order.runs > 1:
            try:
                columns = map_columns(raw, _logged_only(self.options.map, raw))
            except NoGanCurve:
                return None
        found = {m: self._curve(c, mine, columns.scales.get(m, 1.0)) for m, c in columns.metrics.items()}
        curves = {metric: curve for metric, (curve, _) in found.items() if len(curve)}
        if not curves:
            return None
        curves, held = measured_only(curves)
        notes = (*self.notes, *columns.notes, *_said_of_twins({m: twins for m, (_, twins) in found.items()}), *held)
        return Run(
            curves,
            name=self.raw.title,
            unit=self.axis.unit,
            context=known_context(self.raw.context, self.options),
            columns={metric: columns.metrics[metric] for metric in curves},
            unmapped=columns.unmapped,
            notes=tuple(dict.fromkeys(notes)),
            lines=None if self.raw.lines is None else lines_of(self.raw.lines, self.order.steps, mine),
        )

    def _curve(self, column: str, mine: BoolArray | None, scale: float) -> tuple[Curve, _Twins]:
        """Return the values of a column at their steps, rising; of values at one step the last one stays."""
        logged = self.raw.logged.get(column)
        rows = mine if logged is None else logged if mine is None else logged & mine
        steps, values = self.order.steps, self.raw.columns[column]
        if rows is not None:
            steps, values = steps[rows], values[rows]
        if scale != 1.0:
            values = values * scale
        if (steps[1:] > steps[:-1]).all():
            return Curve(_read_only(steps), _read_only(values)), _Twins()
        if (steps[1:] < steps[:-1]).any():
            order = np.argsort(steps, kind="stable")
            steps, values = steps[order], values[order]
        return _last_of_equals(steps, values)


def _read_only(array: FloatArray) -> FloatArray:
    """A view that cannot be written to, which a Curve keeps without a copy; nobody writes to a RawLog's arrays."""
    view = array.view()
    view.setflags(write=False)
    return view


@dataclass(frozen=True, slots=True)
class _Twins:
    """How many points stood at a step that was logged again, and how many of them had another value."""

    dropped: int = 0
    differ: int = 0


def _last_of_equals(steps: FloatArray, values: FloatArray) -> tuple[Curve, _Twins]:
    """One value a step: the last that was logged."""
    last = np.r_[np.diff(steps) > 0, True]
    same = (values[:-1] == values[1:]) | (np.isnan(values[:-1]) & np.isnan(values[1:]))
    twins = _Twins(int(np.count_nonzero(~last)), int(np.count_nonzero(~same & ~last[:-1])))
    return Curve(steps[last], values[last]), twins


def _said_of_twins(found: Mapping[str, _Twins]) -> list[str]:
    """Say it once for each group of metrics with the same counts."""
    groups: dict[_Twins, list[str]] = {}
    for metric, twins in found.items():
        if twins.dropped:
            groups.setdefault(twins, []).append(metric)
    return [
        f"{', '.join(metrics)}: {twins.dropped} point(s) at a step that was logged again were dropped, "
        + (f"{twins.differ} with another value: the last one stays" if twins.differ else "all with the same value")
        for twins, metrics in groups.items()
    ]


def _part(raw: RawLog, mine: BoolArray) -> RawLog:
    """Return the rows of one run; a column that was not logged in them is left out."""
    logged = {c: mask[mine] for c, mask in raw.logged.items() if mask[mine].any()}
    columns = {c: values[mine] for c, values in raw.columns.items() if c not in raw.logged or c in logged}
    return replace(raw, columns=columns, logged=logged, lines=None if raw.lines is None else raw.lines[mine])


def _logged_only(given: Mapping[str, str], raw: RawLog) -> dict[str, str]:
    spelling = {column.strip().lower() for column in raw.columns}
    return {metric: column for metric, column in given.items() if column.strip().lower() in spelling}
