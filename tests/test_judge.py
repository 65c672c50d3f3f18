"""What is computed of a pattern: cheap rows first, and no more than decides it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from gandoctor.engine import diagnose
from gandoctor.judge import Judge
from gandoctor.model import Condition, Convention, Curve, Finding, Pattern, Rulebook, Run, Signal, Window
from gandoctor.report.measured import crossed
from gandoctor.rulebook import load
from gandoctor.ruletest import case_run
from gandoctor.series import Series
from gandoctor.snapshot import Snapshot
from gandoctor.statistics import STATISTICS
from gandoctor.template import fill

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


CASES = [case_run(case) for rule in load().rules for case in rule.cases if case.fires]


def after_a_storm(widths: tuple[tuple[int, float, float], ...]) -> Run:
    """Losses about the same levels all along, with so many rows at a time of this scatter of D's and of G's."""
    noise = np.random.default_rng(5).standard_normal((2, sum(rows for rows, _, _ in widths)))
    d, g = (np.concatenate([np.full(rows, width[side]) for rows, *width in widths]) for side in (0, 1))
    steps = np.arange(1.0, len(d) + 1)
    return Run({"d_loss": Curve(steps, 1.2 + d * noise[0]), "g_loss": Curve(steps, 0.9 + g * noise[1])})


def everything(run: Run) -> list[Finding]:
    found = diagnose(run)
    return [*found.findings, *found.suspicions, *found.remarks]


@pytest.mark.parametrize("run", CASES, ids=lambda run: run.name)
def test_the_sentence_of_a_finding_has_the_numbers_of_its_rows_while_they_are_beyond_their_bounds(run: Run) -> None:
    for finding in everything(run):
        if all(map(crossed, finding.readings)):
            rule = load().rule(finding.rule)
            sentence = next(pattern.evidence for pattern in rule.patterns if pattern.name == finding.pattern)
            assert finding.evidence == fill(sentence, {one.condition: one.value for one in finding.readings})


@pytest.mark.parametrize(
    ("later", "over"),
    [(((1500, 0.4, 0.12),), False), (((2500, 0.05, 0.05),), True)],
    ids=["it goes on as widely", "it has ended"],
)
def test_a_storm_is_told_by_what_was_measured_while_it_blew(
    later: tuple[tuple[int, float, float], ...], over: bool
) -> None:
    run = after_a_storm(((1000, 0.03, 0.03), (300, 0.4, 0.5), *later))
    [storm] = [finding for finding in everything(run) if finding.pattern == "storm"]
    assert (storm.until is not None) is over
    assert not all(map(crossed, storm.readings))
    times = re.fullmatch(r"D's loss scatters (\d+) times as widely as before and G's (\d+) times, .*", storm.evidence)
    assert times is not None
    assert min(map(int, times.groups())) >= 4  # as many as it fires above
