"""A monitor that is fed row by row, or a run at once: the same looks at the same rows; what it refuses and returns."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from gandoctor.engine import WAITING, Monitor, diagnose
from gandoctor.judge import Judge
from gandoctor.model import Curve, Run
from gandoctor.rulebook import load
from gandoctor.track import FIRST, next_evaluation

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.model import Finding

NAN = float("nan")
BCE: dict[str, Any] = {"family": "bce", "d_form": "sum"}


def curve(level: float, rows: int = 400, every: int = 1, start: int = 1, bad: tuple[int, ...] = ()) -> Curve:
    """A level that wobbles; NaN in the rows named."""
    x = np.arange(rows)
    values = level * (1 + 0.05 * np.sin(1.7 * x) + 0.03 * np.cos(0.9 * x))
    values[list(bad)] = NAN
    return Curve((every * x + start).astype(np.float64), values)


def joined(*parts: Curve) -> Curve:
    return Curve(np.concatenate([p.steps for p in parts]), np.concatenate([p.values for p in parts]))


EPOCHS = np.repeat(np.arange(40.0), 10)
LATE = tuple(range(200, 400))
RUNS: dict[str, dict[str, Curve]] = {
    "at the same steps": {"d_loss": curve(1.2), "g_loss": curve(0.9)},
    "D wins": {"d_loss": joined(curve(1.2, 200), curve(0.0005, 300, start=201)), "g_loss": curve(9, 500)},
    "G every fifth step": {"d_loss": curve(1.2), "g_loss": curve(0.9, 80, every=5)},
    "G at other steps": {"d_loss": curve(1.2, 200, every=2), "g_loss": curve(0.9, 200, every=2, start=2)},
    "G first": {"g_loss": curve(0.9), "d_loss": curve(1.2, 150, start=251)},
    "of different lengths": {"d_loss": curve(1.2), "g_loss": curve(0.9, 130), "fid": curve(30, 9, every=50)},
    "rows at one step": {
        "d_loss": Curve(EPOCHS, curve(1.2).values),
        "g_loss": Curve(EPOCHS[::2], curve(0.9, 200).values),
        "fid": Curve(np.arange(40.0), curve(30, 40).values),
    },
    "NaN from a row on": {"d_loss": curve(1.2, bad=LATE), "g_loss": curve(0.9)},
    "NaN at first": {"d_loss": curve(1.2, bad=(0,)), "g_loss": curve(0.9)},
    "NaN at last": {"d_loss": curve(1.2, bad=(399,)), "g_loss": curve(0.9)},
    "NaN now and then": {"d_loss": curve(1.2, bad=(101, 103, 104, 105, 300, 301)), "g_loss": curve(0.9, bad=(302,))},
    "NaN in every second row": {"d_loss": curve(1.2, bad=tuple(range(50, 400, 2))), "g_loss": curve(0.9)},
    "NaN in a rare metric": {"d_loss": curve(1.2), "g_loss": curve(0.9), "fid": curve(30, 9, every=50, bad=(4, 5))},
    "infinite": {"d_loss": Curve(curve(1).steps, np.where(np.arange(400) > 250, np.inf, 1.2)), "g_loss": curve(0.9)},
    "two pairs": {
        "d_loss@A": curve(1.2), "g_loss@A": curve(0.9), "d_loss@B": curve(1.2, 150, every=2, bad=(77,)),
        "g_loss@B": curve(0.9, 150, every=2),
    },
    "one point": {"d_loss": curve(1.2, 1), "g_loss": curve(0.9, 1)},
    "an empty curve": {"d_loss": curve(1.2), "g_loss": curve(0.9, 0)},
}  # fmt: skip


def rows_of(run: Run) -> list[tuple[float, dict[str, float]]]:
    """The rows, worked out one by one: the k-th point of a curve at a step is in the k-th row of that step."""
    rows: dict[tuple[float, int], dict[str, float]] = {}
    for name, one in run.curves.items():
        seen: dict[float, int] = {}
        for step, value in zip(one.steps.tolist(), one.values.tolist(), strict=True):
            rows.setdefault((step, seen.get(step, 0)), {})[name] = value
            seen[step] = seen.get(step, 0) + 1
    return [(step, rows[step, k]) for step, k in sorted(rows)]


def looks(monitor: Monitor) -> dict[str, Any]:
    """At which rows a monitor has looked, and what it saw."""
    tracks = monitor._tracks.items()  # how the looks fall is promised, and no public name shows it
    return {
        pair: (t.rows, t.step, t.boundaries, t.due, t.was_bad, t.alarmed, repr(t.judge.findings()), t.first_step)
        for pair, t in tracks
        if t.rows
    }


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[Any]]:
    """What each judge has seen: the row of every look, and how many points of each metric there were."""
    judged: dict[int, list[Any]] = {}
    look = Judge.look

    def spied(self: Judge, now: Any, **more: Any) -> None:
        points = {name: series.count for name, series in now.series.items()}
        judged.setdefault(id(self), [self]).append((now.rows, now.step, points))  # kept: no other gets its id
        look(self, now, **more)

    monkeypatch.setattr(Judge, "look", spied)
    return judged


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("context", [{}, BCE])
def test_rows_one_by_one_are_looked_at_where_those_of_a_whole_run_are(
    kind: str, context: dict[str, Any], seen: dict[int, list[Any]]
) -> None:
    run = Run(RUNS[kind], context=context)
    live, whole = Monitor(context=context), Monitor(context=context)
    for step, row in rows_of(run):
        live.feed(step, row)
    for pair in list(live._waiting):
        live._flush(pair)
    whole.feed_run(run)
    assert looks(live) == looks(whole)
    for pair, track in whole._tracks.items():
        if track.rows:
            one, other = (seen.get(id(judge), [])[1:] for judge in (live._tracks[pair].judge, track.judge))
            assert one == other
    assert repr(live.diagnosis(run).findings) == repr(whole.diagnosis(run).findings)


@pytest.mark.parametrize("kind", ["D wins", "NaN now and then", "two pairs", "rows at one step"])
def test_a_run_may_come_in_stretches_of_both_kinds(kind: str) -> None:
    run = Run(RUNS[kind], context=BCE)
    rows = rows_of(run)
    at = [k for k in (90, 91, 200) if rows[k - 1][0] < rows[k][0]]
    whole, mixed = Monitor(context=BCE), Monitor(context=BCE)
    whole.feed_run(run)
    for number, (a, b) in enumerate(zip([0, *at], [*at, len(rows)], strict=True)):
        if number % 2:
            mixed.feed_run(_as_run(rows[a:b]))
        else:
            for step, row in rows[a:b]:
                mixed.feed(step, row)
    mixed.diagnosis()
    assert looks(mixed) == looks(whole)


def _as_run(rows: list[tuple[float, dict[str, float]]]) -> Run:
    names = dict.fromkeys(chain.from_iterable(row for _, row in rows))
    points = {name: [(step, row[name]) for step, row in rows if name in row] for name in names}
    return Run({name: Curve(*map(np.array, zip(*found, strict=True))) for name, found in points.items()})


@pytest.mark.parametrize("kind", ["at the same steps", "D wins", "G every fifth step"])
def test_looks_are_taken_when_they_are_due_and_a_monitor_says_when(kind: str) -> None:
    monitor = Monitor(context=BCE)
    assert monitor.due == FIRST
    due, taken = FIRST, []
    for number, (step, row) in enumerate(rows_of(Run(RUNS[kind])), 1):
        assert monitor.due == due - number + 1
        monitor.feed(step, row)
        if number == due:
            taken.append((number, step))
            due = next_evaluation(number)
    assert monitor._tracks[""].boundaries == taken


def test_the_nearest_of_two_pairs_is_due_first() -> None:
    monitor = Monitor()
    for step in range(1, 4):
        monitor.feed(step, {"d_loss@A": 1.2})
    assert monitor.due == 1
    monitor.feed(4, {"d_loss@B": 1.2})
    assert monitor.due == 1
    monitor.feed(5, {"d_loss@A": 1.2})
    assert monitor.due == 3
    monitor.feed(6, {"d_loss@A": 1.2})
    assert monitor.due == 3


def test_a_row_that_turns_bad_is_looked_at_at_once_and_the_next_one_when_it_is_due() -> None:
    monitor = Monitor(context=BCE)
    for step in range(1, 301):
        monitor.feed(step, {"d_loss": NAN if step in (202, 204, 205) else 1.2, "g_loss": 0.9})
    taken = [int(rows) for rows, _ in monitor._tracks[""].boundaries if 195 < rows < 215]
    assert 202 in taken
    assert 204 not in taken
    assert monitor._tracks[""].alarmed is False


@pytest.mark.parametrize("kind", ["D wins", "NaN from a row on", "two pairs", "infinite"])
def test_each_finding_is_returned_once_by_the_row_that_made_it_sure(kind: str) -> None:
    run = Run(RUNS[kind], context=BCE)
    monitor = Monitor(context=BCE)
    told: list[tuple[float, Finding]] = []
    for step, row in rows_of(run):
        told += [(step, finding) for finding in monitor.feed(step, row)]
    keys = [(f.rule, f.pattern, f.pair, f.since) for _, f in told]
    assert len(keys) == len(set(keys)) > 0
    assert all(step == f.fired for step, f in told)
    assert set(keys) == {(f.rule, f.pattern, f.pair, f.since) for f in monitor.findings()}


def test_a_row_returns_what_it_made_sure_of_every_pair() -> None:
    monitor = Monitor(context=BCE)
    for step in range(1, 101):
        monitor.feed(step, {"d_loss@A": 1.2, "g_loss@A": 0.9, "d_loss@B": 1.2, "g_loss@B": 0.9})
    fired = monitor.feed(101, {"d_loss@A": NAN, "g_loss@A": 0.9, "d_loss@B": NAN, "g_loss@B": 0.9})
    assert {(f.rule, f.pair) for f in fired} == {("non-finite", "A"), ("non-finite", "B")}


def test_waiting_rows_of_a_long_run_do_not_pile_up_and_change_nothing() -> None:
    rows = 40 * WAITING + 3 * WAITING
    run = Run({"d_loss": curve(1.2, rows), "g_loss": curve(0.9, rows)}, context=BCE)
    live, whole = Monitor(context=BCE), Monitor(context=BCE)
    most = 0
    for step, row in rows_of(run):
        due = live.due
        live.feed(step, row)
        assert live.due in (due - 1, live._tracks[""].due - live._tracks[""].rows)
        most = max(most, len(live._waiting[""]))
    live._flush("")
    whole.feed_run(run)
    assert looks(live) == looks(whole)
    assert most == WAITING - 1


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["generator_badness", "d_lossy@A", "", "@A", "D_LOSS"])
def test_a_row_with_an_unknown_metric_is_refused_whole(name: str) -> None:
    monitor = Monitor()
    monitor.feed(3, {"d_loss": 1.2})
    with pytest.raises(KeyError) as refused:
        monitor.feed(4, {"d_loss": 1.3, name: 0.5})
    assert refused.value.args == (f"{name!r} is not a metric; the vocabulary is in gandoctor.metrics.METRICS",)
    monitor.feed(3, {"d_loss": 1.4})
    assert monitor.diagnosis().run.curves["d_loss"].values.tolist() == [1.2, 1.4]


@pytest.mark.parametrize("step", [6.5, -1.0, NAN, float("inf"), float("-inf")])
def test_a_step_that_falls_is_refused_and_one_that_stays_is_not(step: float) -> None:
    monitor = Monitor()
    monitor.feed(7, {"d_loss": 1.2})
    with pytest.raises(ValueError, match=rf"^steps must be finite and must not fall: {step} came after 7\.0$"):
        monitor.feed(step, {"d_loss": 1.2})
    monitor.feed(7, {"d_loss": 1.3})
    assert monitor.diagnosis().run.curves["d_loss"].steps.tolist() == [7, 7]


def test_the_first_step_may_be_any_finite_number_but_minus_infinity_is_none() -> None:
    monitor = Monitor()
    monitor.feed(-1e9, {"d_loss": 1.2})
    assert monitor.diagnosis().run.first_step == -1e9


def test_a_stretch_that_begins_before_the_last_row_is_refused() -> None:
    monitor = Monitor()
    monitor.feed_run(Run({"d_loss": curve(1.2, 10)}))
    with pytest.raises(ValueError, match=r"^steps must not fall: 9\.0 came after 10\.0$"):
        monitor.feed_run(Run({"d_loss": curve(1.2, 10, start=9)}))
    with pytest.raises(ValueError, match="must not fall"):
        monitor.feed(9, {"d_loss": 1.2})
    monitor.feed_run(Run({"d_loss": curve(1.2, 2, start=10)}))
    monitor.feed_run(Run({}))
    monitor.feed(11, {"d_loss": 1.2})
    assert monitor.diagnosis().run.curves["d_loss"].steps.tolist() == [*range(1, 11), 10, 11, 11]


def test_an_empty_run_forbids_no_step() -> None:
    monitor = Monitor()
    monitor.feed_run(Run({}))
    monitor.feed_run(Run({"d_loss@A": curve(1.2, 0)}))
    monitor.feed(-3, {"d_loss": 1.2})
    diagnosis = monitor.diagnosis()
    assert diagnosis.run.last_step == -3
    assert [convention.pair for convention in diagnosis.conventions] == [""]


# --- what it is told and remembers ---------------------------------------------------------------------------------


def test_a_monitor_remembers_the_run_under_the_names_it_was_fed() -> None:
    columns = {"d_loss@A": "loss_D_A"}
    monitor = Monitor(unit="epoch", context={"latent_dim": 64}, columns=columns)
    monitor.feed(1, {"d_loss@A": 1.25, "fid": 30.0})
    monitor.feed(2, {"d_loss@A": 1.5, "g_loss@A": NAN})
    run = monitor.diagnosis().run
    assert {name: one.steps.tolist() for name, one in run.curves.items()} == {
        "d_loss@A": [1, 2], "fid": [1], "g_loss@A": [2],
    }  # fmt: skip
    assert run.curves["d_loss@A"].values.tolist() == [1.25, 1.5]
    assert (run.name, run.unit, run.context, run.columns) == ("live", "epoch", {"latent_dim": 64}, columns)


def test_what_is_no_metric_is_not_remembered() -> None:
    monitor = Monitor()
    monitor.feed_run(Run({"d_loss": curve(1.2, 9), "wobble": curve(0.9, 9)}))
    assert set(monitor.diagnosis().run.curves) == {"d_loss"}


def test_a_run_that_is_given_is_the_one_that_is_shown() -> None:
    run = Run(RUNS["at the same steps"])
    assert diagnose(run).run is run
    monitor = Monitor()
    monitor.feed_run(run)
    assert monitor.diagnosis(run).run is run


def test_what_a_monitor_is_told_is_its_own() -> None:
    context, columns = {"family": "hinge"}, {"d_loss": "d"}
    monitor = Monitor(context=context, columns=columns)
    context["family"], columns["d_loss"] = "wgan", "critic_loss"
    monitor.feed_run(Run(RUNS["at the same steps"]))
    assert monitor.diagnosis().conventions[0].family == "hinge"
    assert monitor.columns == {"d_loss": "d"}


def test_a_column_speaks_for_its_own_pair() -> None:
    monitor = Monitor(columns={"d_loss@A": "critic_loss", "d_loss@B": "loss_D", "g_loss": "wgan_g"})
    run = Run({name + pair: one for pair in ("@A", "@B") for name, one in RUNS["at the same steps"].items()})
    monitor.feed_run(run)
    assert [(c.pair, c.family) for c in monitor.diagnosis().conventions] == [("A", "wgan"), ("B", "bce")]


@pytest.mark.parametrize("name", ["default", "documented"])
def test_the_rulebook_is_the_one_asked_for(name: str) -> None:
    run = Run(RUNS["D wins"])
    book = load(name)
    for given in (name, book):
        diagnosis = diagnose(run, rulebook=given)
        assert (diagnosis.rulebook, diagnosis.rulebook_hash) == (name, book.hash)
    assert Monitor(book).rulebook is book
    assert Monitor().rulebook.hash == diagnose(run).rulebook_hash == load().hash


def test_a_path_a_text_and_a_frame_are_read_with_the_options_given(tmp_path: Path) -> None:
    frame = pd.DataFrame({"epoch": range(1, 61), "dd": curve(1.2, 60).values, "gg": curve(0.9, 60).values})
    log = tmp_path / "run.csv"
    frame.to_csv(log, index=False)
    options: dict[str, Any] = {"map": {"d_loss": "dd", "g_loss": "gg"}, "family": "hinge", "d_loss": "mean"}
    for given in (log, str(log), frame):
        diagnosis = diagnose(given, **options)
        assert (diagnosis.conventions[0].family, diagnosis.conventions[0].d_form) == ("hinge", "mean")
        assert (diagnosis.run.unit, diagnosis.run.last_step) == ("epoch", 60)
        assert diagnosis.run.columns == {"d_loss": "dd", "g_loss": "gg"}


def test_the_unit_of_a_run_decides_when_warm_up_is_over() -> None:
    steps = Run({"d_loss": curve(1.2, 40), "g_loss": curve(0.9, 40)})
    epochs = Run(steps.curves, unit="epoch")
    assert (diagnose(steps).verdict, diagnose(epochs).verdict) == ("inconclusive", "stable")


def test_what_the_columns_of_a_run_say_is_heard() -> None:
    curves = RUNS["at the same steps"]
    assert diagnose(Run(curves, columns={"d_loss": "critic_loss"})).conventions[0].family == "wgan"
    assert diagnose(Run(curves, context={"family": "hinge"})).conventions[0].family == "hinge"
