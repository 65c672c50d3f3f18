"""What is computed of a pattern: cheap rows first, and no more than decides it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gandoctor.judge import Judge
from gandoctor.model import Condition, Convention, Pattern, Rulebook, Signal, Window
from gandoctor.rulebook import load
from gandoctor.series import Series
from gandoctor.snapshot import Snapshot
from gandoctor.statistics import STATISTICS

ROWS = 400


def row(signal: Signal, above: float) -> Condition:
    return Condition(str(signal), signal, Window(100, 0.2), above, None, above, "derived", "")


def looked_at(*rows: Condition) -> set[str]:
    """The statistics that are computed when a pattern of these rows, in this order, is looked at once."""
    rule = load().rules[0]
    book = Rulebook("mine", (replace(rule, patterns=(Pattern("one", rows, Window(1), "", "verdict"),)),), "")
    series = Series()
    series.extend(np.arange(1.0, ROWS + 1), np.random.default_rng(1).normal(1.0, 0.1, ROWS))
    now = Snapshot({"g_loss": series}, Convention("bce", "sum"), ROWS, float(ROWS))
    Judge(book).look(now, warm=True)
    return {signal.statistic for signal, _ in now._values}


DEAR, CHEAP = row(Signal("smoothness", ("g_loss",)), -1.0), row(Signal("median", ("g_loss",)), 5.0)


@pytest.mark.parametrize("rows", [(DEAR, CHEAP), (CHEAP, DEAR)])
def test_a_dear_test_is_not_made_where_a_cheap_row_fails(rows: tuple[Condition, ...]) -> None:
    assert looked_at(*rows) == {"median"}


def test_a_dear_test_is_made_where_the_cheap_rows_hold() -> None:
    assert looked_at(DEAR, replace(CHEAP, above=0.5)) == {"smoothness", "median"}


def test_statistics_of_two_curves_cost_most() -> None:
    dearest = max(one.cost for one in STATISTICS.values())
    assert {one.cost for one in STATISTICS.values() if one.arity == 2} == {dearest}


@pytest.mark.parametrize("points", [1, 5, 37, 100, 199, 200, 399, 400])
def test_a_window_is_the_end_of_the_curve_whatever_was_asked_before(points: int) -> None:
    first, second = Series(), Series()
    steps = np.arange(1.0, ROWS + 1)
    values = np.random.default_rng(2).normal(0.6, 0.1, (2, ROWS))
    first.extend(steps, values[0])
    second.extend(steps, values[1])
    now = Snapshot({"d_loss_real": first, "d_loss_fake": second}, Convention("bce", "sum"), ROWS, float(ROWS))
    for before in (3, 250, points):
        now.window("d_loss", Window(before))
    found = now.window("d_loss", Window(points))
    assert found is not None
    np.testing.assert_array_equal(found, (values[0] + values[1])[-points:])
