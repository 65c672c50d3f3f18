"""Counters of logs, and the steps, runs and repairs that they must become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from gandoctor.readers.assemble import assemble
from gandoctor.readers.raw import RawLog

if TYPE_CHECKING:
    from gandoctor.model import FloatArray, Run

NAN = float("nan")


def log_of(totals: dict[str, float] | None = None, /, **columns: ArrayLike) -> RawLog:
    """A log with the given counters, and losses that tell every row apart; NaN means not logged in a counter."""
    arrays: dict[str, FloatArray] = {name: np.array(values, dtype=float) for name, values in columns.items()}
    rows = len(next(iter(arrays.values())))
    logged = {name: ~np.isnan(values) for name, values in arrays.items() if np.isnan(values).any()}
    arrays = {"d_loss": np.arange(0.25, rows), "g_loss": np.arange(0.75, rows), **arrays}
    return RawLog(arrays, "log", logged, totals=totals or {})


def runs_of(totals: dict[str, float] | None = None, /, **columns: ArrayLike) -> tuple[Run, ...]:
    return assemble(log_of(totals, **columns))


def steps_of(run: Run, metric: str = "d_loss") -> list[float]:
    return [round(step, 6) for step in run.curves[metric].steps.tolist()]


def rows_of(run: Run) -> list[int]:
    """The file rows that a run's D loss came from."""
    return [int(value) for value in run.curves["d_loss"].values]


SIMPLE = {
    "step": ({"step": [10, 20, 30]}, "step", [10, 20, 30]),
    "a step goes before an epoch": ({"epoch": [1, 1, 2, 2], "iteration": [5, 10, 15, 20]}, "step", [5, 10, 15, 20]),
    "kimg": ({"Progress/tick": [0, 1, 2], "Progress/kimg": [0.0, 4.0, 8.5]}, "kimg", [0, 4, 8.5]),
    "nimg counts single images": ({"cur_nimg": [0, 4000, 8500]}, "kimg", [0, 4, 8.5]),
    "an epoch a row": ({"epoch": [1, 2, 3, 4]}, "epoch", [1, 2, 3, 4]),
    "an unnamed index": ({"": [0, 1, 2]}, "step", [0, 1, 2]),
    "epoch before index": ({"": [0, 1, 2], "epoch": [5, 6, 7]}, "epoch", [5, 6, 7]),
    "an index where epochs repeat": ({"": [0, 1, 2, 3], "epoch": [1, 1, 2, 2]}, "step", [0, 1, 2, 3]),
    "nothing": ({"lr": [0.1, 0.1, 0.1]}, "row", [1, 2, 3]),
    "a constant step is none": ({"step": [7, 7, 7]}, "row", [1, 2, 3]),
    "a step that was hardly logged is none": ({"step": [NAN, NAN, 3, NAN]}, "row", [1, 2, 3, 4]),
    "a gap takes the step before, and the later row wins": ({"step": [1, NAN, 3, 4]}, "step", [1, 3, 4]),
    "two columns of one kind that never meet": (
        {"Step": [1, NAN, 3, NAN], "global iteration": [NAN, 2, NAN, 4]},
        "step",
        [1, 2, 3, 4],
    ),
    "infinite steps are gaps": ({"step": [1, 2, float("inf"), 4]}, "step", [1, 2, 4]),
}


@pytest.mark.parametrize(("columns", "unit", "steps"), SIMPLE.values(), ids=SIMPLE)
def test_the_counter_that_is_there_is_used(columns: dict[str, list[float]], unit: str, steps: list[float]) -> None:
    (run,) = runs_of(**columns)
    assert run.unit == unit
    assert steps_of(run) == steps


def test_epoch_and_batch_make_a_step_with_the_printed_total() -> None:
    (run,) = runs_of({"batch": 469.0}, epoch=[0, 0, 1, 1, 2], batch=[0, 400, 0, 400, 0])
    assert run.unit == "step"
    assert steps_of(run) == [0, 400, 469, 869, 938]


def test_a_training_that_begins_at_epoch_one_begins_at_step_zero() -> None:
    (run,) = runs_of({"batch": 10.0}, epoch=[1, 1, 2, 2], batch=[0, 5, 0, 5])
    assert steps_of(run) == [0, 5, 10, 15]


def test_the_size_of_an_epoch_is_inferred_from_even_spacing() -> None:
    true = np.arange(100, 4001, 100)
    epoch, iters = (true - 1) // 1067 + 1, (true - 1) % 1067 + 1
    (run,) = runs_of(epoch=epoch, iters=iters)
    assert steps_of(run) == true.tolist()


def test_the_size_of_an_epoch_is_inferred_from_rows_far_apart() -> None:
    true = np.arange(100, 4001, 100)
    epoch, iters = (true - 1) // 24 + 1, (true - 1) % 24 + 1
    (run,) = runs_of(epoch=epoch, iters=iters)
    assert steps_of(run) == true.tolist()


def test_a_counter_over_all_epochs_is_not_put_together_with_them() -> None:
    (run,) = runs_of(Epoch=[1, 1, 1, 2, 2, 2], batch=[0, 100, 200, 200, 300, 400])
    assert steps_of(run) == [0, 100, 200, 300, 400]


def test_rows_of_one_epoch_are_spread_over_it() -> None:
    (run,) = runs_of(epoch=np.repeat([1, 2, 3, 4], 5))
    assert run.unit == "epoch"
    assert steps_of(run)[:7] == [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2]


def test_an_epoch_cut_short_is_not_stretched() -> None:
    (run,) = runs_of(epoch=[1] * 10 + [2] * 10 + [3] * 10 + [4] * 2)
    assert steps_of(run)[-2:] == [4, 4.1]


def test_rows_of_two_epochs_are_counted() -> None:
    (run,) = runs_of(epoch=[1] * 30 + [2] * 30)
    assert run.unit == "row"
    assert steps_of(run) == list(range(1, 61))


def test_values_logged_at_few_steps_keep_their_order() -> None:
    (run,) = runs_of(Step=np.repeat([0, 1, 2, 3], 25))
    assert rows_of(run) == list(range(100))
    assert steps_of(run)[:2] == [0, 0.04]


def test_sparse_rows_keep_their_own_steps() -> None:
    log = RawLog(
        {
            "Step": np.array([100.0, 200, 200, 300, 400, 400]),
            "d_loss": np.array([1, 2, NAN, 3, 4, NAN]),
            "FID": np.array([NAN, NAN, 50, NAN, NAN, 40]),
        },
        "log",
        {"d_loss": np.array([1, 1, 0, 1, 1, 0], bool), "FID": np.array([0, 0, 1, 0, 0, 1], bool)},
    )
    (run,) = assemble(log)
    assert steps_of(run) == [100, 200, 300, 400]
    assert steps_of(run, "fid") == [200, 400]


def test_a_late_evaluation_of_an_old_checkpoint_goes_to_its_step() -> None:
    steps = np.array([100.0, 200, 200, 300, 400, 400, 200])
    fid = np.array([NAN, NAN, 50, NAN, NAN, 90, 48])
    log = RawLog(
        {"Step": steps, "d_loss": np.arange(7.0), "FID score": fid},
        "log",
        {"d_loss": np.isnan(fid), "FID score": ~np.isnan(fid)},
    )
    (run,) = assemble(log)
    assert steps_of(run) == [100, 200, 300, 400]
    assert run.curves["fid"].steps.tolist() == [200, 400]
    assert run.curves["fid"].values.tolist() == [48, 90]


def test_curves_of_other_lengths_keep_their_steps() -> None:
    g = np.array([1.0, NAN, NAN, 2, NAN, NAN])
    log = RawLog({"step": np.arange(6.0), "d_loss": np.ones(6), "g_loss": g}, "log", {"g_loss": ~np.isnan(g)})
    (run,) = assemble(log)
    assert steps_of(run, "g_loss") == [0, 3]


# --- repairs -----------------------------------------------------------------------------------------------------


def test_after_a_restart_from_a_checkpoint_the_later_process_wins() -> None:
    (run,) = runs_of(step=[*range(0, 1000, 100), *range(600, 2000, 100)])
    assert steps_of(run) == list(range(0, 2000, 100))
    assert rows_of(run)[5:8] == [5, 10, 11]
    assert any("restarted 1 time(s)" in note and "4 rows" in note for note in run.notes)


def test_a_restart_between_logged_steps_leaves_nothing_of_the_overlap() -> None:
    (run,) = runs_of(step=[*range(0, 1000, 100), *range(650, 2000, 100)])
    assert steps_of(run) == [*range(0, 700, 100), *range(650, 2000, 100)]


def test_several_restarts_all_leave_the_last_process() -> None:
    (run,) = runs_of(step=[*range(0, 100, 5), *range(50, 150, 5), *range(70, 90, 5), *range(85, 200, 5)])
    assert steps_of(run) == list(range(0, 200, 5))
    assert rows_of(run)[14:17] == [40, 41, 42]


def test_a_row_written_late_is_sorted_back() -> None:
    (run,) = runs_of(step=[1, 2, 4, 3, 5, 6, 7, 9, 8, 10, 11, 12])
    assert steps_of(run) == list(range(1, 13))
    assert rows_of(run)[2:4] == [3, 2]
    assert any("out of order" in note for note in run.notes)


def test_a_row_logged_twice_alike_is_dropped() -> None:
    (run,) = runs_of(step=[1, 2, 2, 3, 4, 5], d_loss=[1, 2, 2, 3, 4, 5], g_loss=[5, 4, 4, 3, 2, 1])
    assert steps_of(run) == [1, 2, 3, 4, 5]
    assert any("the same value" in note for note in run.notes)


def test_a_step_logged_twice_differently_keeps_the_last() -> None:
    (run,) = runs_of(step=[1, 2, 2, 3, 4, 5])
    assert rows_of(run) == [0, 2, 3, 4, 5]
    assert any("1 with another value" in note for note in run.notes)


def test_a_record_printed_twice_under_two_numbers_counts_once() -> None:
    epoch = np.r_[0, np.repeat(np.arange(1, 20), 2), 20]
    loss = np.repeat(np.random.default_rng(1).random(20), 2)
    (run,) = runs_of(epoch=epoch, d_loss=loss, g_loss=loss[::-1].copy())
    assert run.points == 20
    assert steps_of(run) == list(range(20))


def test_a_frozen_run_is_not_thought_to_be_printed_twice() -> None:
    (run,) = runs_of(step=range(30), d_loss=[7.971] * 30, g_loss=[0.0] * 30)
    assert run.points == 30


def test_a_counter_that_covers_its_range_again_counts_another_run() -> None:
    runs = runs_of(epoch=[*range(100), *range(100)])
    assert [run.points for run in runs] == [100, 100]
    assert rows_of(runs[1])[0] == 100


def test_a_short_second_run_is_known_by_its_untrained_losses() -> None:
    trained = [2.0 - 0.015 * i for i in range(100)]
    runs = runs_of(step=[*range(100), *range(10)], d_loss=[*trained, *trained[:10]], g_loss=[0.1] * 110)
    assert [run.points for run in runs] == [100, 10]


def test_an_aborted_first_try_is_a_run_of_its_own() -> None:
    assert [run.points for run in runs_of(step=[0, 1, 2, *range(50)])] == [3, 50]


def test_a_counter_that_began_again_while_the_losses_went_on_is_counted_on() -> None:
    falling = [2.0 - 0.015 * i for i in range(120)]
    (run,) = runs_of(step=[*range(100), *range(20)], d_loss=falling, g_loss=[0.1] * 120)
    assert steps_of(run) == list(range(120))
    assert any("counted on" in note for note in run.notes)


def test_a_batch_counter_without_an_epoch_goes_round() -> None:
    falling = [2.0 - 0.01 * i for i in range(100)]
    (run,) = runs_of(batch=list(range(0, 100, 10)) * 10, d_loss=falling, g_loss=[0.1] * 100)
    assert steps_of(run) == list(range(0, 1000, 10))


def test_a_heading_at_the_first_epoch_begins_another_run() -> None:
    columns = {"epoch": [1, 2, 3, 4, 5, 1, 2], "restart": [1, 1, 1, 1, 1, 2, 2]}
    assert [run.points for run in runs_of(**columns)] == [5, 2]


def test_a_heading_without_a_step_back_changes_nothing() -> None:
    (run,) = runs_of(epoch=[1, 2, 3, 4, 5], restart=[1, 1, 2, 2, 3])
    assert run.points == 5


def test_a_heading_and_a_step_back_is_a_restart() -> None:
    (run,) = runs_of(epoch=[*range(1, 31), *range(25, 41)], restart=[1] * 30 + [2] * 16)
    assert steps_of(run) == list(range(1, 41))
    assert rows_of(run)[24] == 30


def test_processes_that_wrote_at_once_are_told_apart() -> None:
    first, second = np.arange(500, 700), np.arange(20, 220)
    steps = np.ravel(np.column_stack([first, second]))
    runs = runs_of(step=steps)
    assert sorted(steps_of(run)[0] for run in runs) == [20, 500]
    assert [run.points for run in runs] == [200, 200]


def test_processes_with_epochs_and_batches_are_told_apart() -> None:
    true = np.arange(0, 5000, 50)
    first, second = true + 3000, true
    steps = np.ravel(np.column_stack([first, second]))
    runs = runs_of({"batch": 1000.0}, epoch=steps // 1000, batch=steps % 1000)
    assert [steps_of(run) for run in runs] == [first.tolist(), second.tolist()]


def test_the_columns_of_each_run_are_its_own() -> None:
    d, critic = np.r_[np.arange(60.0), [NAN] * 60], np.r_[[NAN] * 60, -np.arange(60.0)]
    g, generator = d + 1, critic - 1
    log = RawLog(
        {
            "epoch": np.r_[np.arange(60.0), np.arange(60.0)],
            "Loss D": d,
            "Loss G": g,
            "Loss Critic": critic,
            "Loss Generator": generator,
        },
        "log",
        {"Loss D": ~np.isnan(d), "Loss G": ~np.isnan(d), "Loss Critic": np.isnan(d), "Loss Generator": np.isnan(d)},
    )
    first, second = assemble(log)
    assert dict(first.columns) == {"d_loss": "Loss D", "g_loss": "Loss G"}
    assert dict(second.columns) == {"d_loss": "Loss Critic", "g_loss": "Loss Generator"}
    assert second.points == 60


def test_quality_logged_only_keeps_its_axis() -> None:
    (run,) = assemble(RawLog({"kimg": np.array([0.0, 80, 160]), "fid50k_full": np.array([300.0, 100, 40])}, "log"))
    assert run.unit == "kimg"
    assert steps_of(run, "fid") == [0, 80, 160]


@pytest.mark.parametrize("seed", range(5))
def test_every_row_of_a_clean_log_arrives_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.integers(1, 50, 300)).astype(float)
    (run,) = runs_of(step=steps)
    assert steps_of(run) == steps.tolist()
    assert rows_of(run) == list(range(300))


def test_a_batch_counter_may_go_round_but_twice() -> None:
    falling = [2.0 - 0.01 * i for i in range(20)]
    (run,) = runs_of(batch=list(range(10)) * 2, d_loss=falling, g_loss=[0.1] * 20)
    assert steps_of(run) == list(range(20))


def test_numbers_without_order_are_no_step() -> None:
    (run,) = runs_of(step=np.random.default_rng(3).permutation(500))
    assert run.unit == "row"
    assert run.points == 500
    assert any("goes up and down" in note for note in run.notes)


IntArray = np.ndarray[Any, np.dtype[np.int64]]
Make = Callable[[IntArray], Mapping[str, ArrayLike]]
MESSY: dict[str, Make] = {
    "epoch and batch": lambda i: {"epoch": i // 500, "batch": i % 500},
    "epochs alone": lambda i: {"epoch": i // 500},
    "a restart": lambda i: {"step": np.where(i < 60_000, i, i - 10_000)},
    "a thousand restarts": lambda i: {"step": i - 20 * (i // 100)},
    "a batch counter": lambda i: {"batch": i % 100},
    "two processes": lambda i: {"step": i // 2 + (i % 2) * 40_000},
    "no order": lambda i: {"step": np.random.default_rng(1).permutation(len(i))},
}


@pytest.mark.parametrize("make", MESSY.values(), ids=MESSY)
def test_a_long_messy_log_loses_no_row_that_is_not_logged_again(make: Make) -> None:
    rows = 20_000
    runs = assemble(log_of(**make(np.arange(rows))))
    assert 0.7 * rows <= sum(run.points for run in runs) <= rows
