"""Terminal codes, frames of progress bars, headings, restarts, prose around the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from logged_rows import rows_of

from gandoctor.errors import UnreadableLog
from gandoctor.readers.text import read_text


def bar(count: int, d: float, g: float) -> str:
    return f"\rTraining: {count}%|###   | {count}/100 [00:0{count % 9}<00:09, 9.5it/s, D={d}, G={g}]"


def test_a_bar_drawn_twice_at_one_batch_gives_one_row_with_the_newer_values() -> None:
    text = bar(1, 0.5, 1.5) + bar(2, 0.5, 1.5) + bar(2, 0.25, 1.25) + bar(3, 0.125, 1.0)
    assert rows_of(text) == [
        {"batch": 1, "D": 0.5, "G": 1.5},
        {"batch": 2, "D": 0.25, "G": 1.25},
        {"batch": 3, "D": 0.125, "G": 1.0},
    ]


def test_a_live_bar_keeps_a_pinned_loss_at_every_batch() -> None:
    text = "".join(bar(n, 0.5 / n, 1.5) for n in range(1, 9)) + "".join(bar(n, 0.0, 99.5) for n in range(9, 30))
    assert [row["batch"] for row in rows_of(text)] == list(range(1, 30))


def test_a_bar_whose_values_change_now_and_then_gives_a_row_a_change_and_the_last() -> None:
    text = "".join(bar(n, 0.5 + n // 10, 1.5) for n in range(40))
    assert [row["batch"] for row in rows_of(text)] == [0, 10, 20, 30, 39]


def test_lines_that_are_no_frames_keep_equal_rows() -> None:
    text = "".join(f"Epoch {n} D 0.0 G 99.5\n" for n in range(5))
    assert len(rows_of(text)) == 5


def test_windows_line_ends_are_no_frames() -> None:
    assert rows_of("Epoch 1 D 0.5 G 1\r\nEpoch 1 D 0.5 G 1\r\n") == [{"Epoch": 1, "D": 0.5, "G": 1}] * 2


def test_backspaces_take_a_bar_back_like_carriage_returns() -> None:
    text = " 1/9 [==>.....] - d_loss: 0.5" + "\b" * 30 + " 2/9 [=====>..] - d_loss: 0.25\n"
    assert rows_of(text) == [{"batch": 1, "d_loss": 0.5}, {"batch": 2, "d_loss": 0.25}]


def test_terminal_codes_and_zero_bytes_are_no_text() -> None:
    assert rows_of("\x1b]0;title\x07\x1b[1;32mEpoch\x1b[0m 3\x00 D \x1b[31m0.5\x1b[K G 1.5") == [
        {"Epoch": 3, "D": 0.5, "G": 1.5}
    ]


def test_several_dated_headings_are_counted_in_a_column() -> None:
    head = "================ Training Loss (Sun Aug 19 08:57:32 2018) ================\n"
    log = read_text(
        head + head + "(epoch: 1, iters: 9, time: 0.1) D: 0.5 G: 1\n" + head + "(epoch: 1, iters: 9) D: 0.5 G: 1\n",
        "log",
    )
    assert log.columns["restart"].tolist() == [2, 3]
    assert "3 headings" in log.notes[0]


def test_one_dated_heading_is_no_restart() -> None:
    log = read_text("=== Training Loss (Sun Aug 19 08:57:32 2018) ===\nepoch: 1 D: 0.5 G: 1\n", "log")
    assert "restart" not in log.columns
    assert log.notes == ()


def test_prose_paths_and_tracebacks_make_no_columns() -> None:
    noise = (
        "Loading 50000 images from C:\\data - 3\\week-9\nNumber of parameters: 3812355\n"
        'Traceback (most recent call last):\n  File "gan.py", line 114, in <module>\n'
        "<matplotlib.figure.Figure at 0x7f26d11e4630>\n  (0): Conv2d(64, 3, kernel_size=(4, 4), stride=(2, 2))\n"
        "GPU Node: gpu04\nJob ID: 146522\n"
    )
    text = noise + "".join(
        f"Epoch {n}/30 | D loss: {n / 8} | G loss: {n / 4}\n{noise if n == 9 else ''}" for n in range(30)
    )
    log = read_text(text, "log")
    assert list(log.columns) == ["Epoch", "D loss", "G loss"]
    assert log.rows == 30


def test_a_score_logged_once_is_a_column() -> None:
    text = "".join(f"Epoch {n} D loss: 0.5 G loss: {n}\n" for n in range(50)) + "FID Score: 12.5\n"
    log = read_text(text, "log")
    assert log.logged["FID Score"].tolist() == [False] * 49 + [True]
    assert log.columns["FID Score"][-1] == 12.5


def test_not_logged_and_logged_as_nan_differ() -> None:
    log = read_text("step 1 D: nan G: 1\nstep 2 D: N/A G: 2\nstep 3 D: 0.5 G: None\n", "log")
    assert log.logged["D"].tolist() == [True, False, True]
    assert log.logged["G"].tolist() == [True, True, False]
    assert np.isnan(log.columns["D"][:2]).all()


def test_settings_in_the_head_become_context() -> None:
    text = (
        "{'model': {'architecture': 'dcgan', 'z_dim': 128}, 'batch_size': 64, 'd_steps_per_iter': 2, "
        "'adv_loss': 'vanilla', 'gradient_penalty_for_dis': False, 'margin': 'N/A', 'd_lr': 0.0002}\n"
        "                    lr: 0.0002                        \n       no_lsgan: False          \t[default: None]\n"
        "step 1 D: 0.5 G: 1\n"
    )
    assert read_text(text, "log").context == {
        "architecture": "dcgan",
        "z_dim": 128,
        "batch_size": 64,
        "d_steps_per_iter": 2,
        "adv_loss": "vanilla",
        "gradient_penalty_for_dis": False,
        "d_lr": 0.0002,
        "lr": 0.0002,
        "no_lsgan": False,
    }


def test_json_settings_become_context() -> None:
    settings = '{\n  "adv_loss": "hinge",\n  "apply_gp": true,\n  "z_dim": 80\n}'
    text = f"[INFO] 2021-01-02 12:09:23 > {settings}\nstep 1 D: 1 G: 1\n"
    assert read_text(text, "log").context == {"adv_loss": "hinge", "apply_gp": True, "z_dim": 80}


def test_prose_is_no_context() -> None:
    text = "    z_dim: the dimension of the noise vector, a scalar\n    lr: the rate\nstep 1 D: 1 G: 1\n"
    assert read_text(text, "log").context == {}


def test_a_heading_for_the_epoch_holds_for_the_rows_below() -> None:
    text = "Epoch 1/3\nBatch 5 D 0.5 G 1\nBatch 6 D 0.25 G 2\nEpoch 2/3\nBatch 5 D 0.5 G 3\n"
    assert rows_of(text) == [
        {"Epoch": 1, "Batch": 5, "D": 0.5, "G": 1},
        {"Epoch": 1, "Batch": 6, "D": 0.25, "G": 2},
        {"Epoch": 2, "Batch": 5, "D": 0.5, "G": 3},
    ]


def test_a_setting_for_the_number_of_epochs_is_no_heading() -> None:
    assert rows_of("epochs: 50\nbatch size: 64\nstep 1 D 0.5 G 1\n") == [{"step": 1, "D": 0.5, "G": 1}]


def test_epochs_that_print_no_number_of_their_own_follow_the_last() -> None:
    assert rows_of("Epoch 1 D 0.5 G 1\nFID: 30.5\nEpoch 2 D 0.5 G 2\n") == [
        {"Epoch": 1, "D": 0.5, "G": 1, "FID": 30.5},
        {"Epoch": 2, "D": 0.5, "G": 2},
    ]


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "no numbers at all\n", "12 34\n", "2024-01-02 03:04:05\n", "5\n6\n7\n", "[00:01<00:02, 3.5it/s]\n"],
)
def test_text_without_a_named_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableLog, match=r"my\.log.*d_loss: 0\.69"):
        read_text(text, "my.log")


def test_scores_of_the_data_before_training_are_no_rows() -> None:
    text = "Inception score of the real images: 11.25\nstep 1 D 0.5 G 1\nstep 2 D 0.25 G 2\n"
    assert rows_of(text) == [{"step": 1, "D": 0.5, "G": 1}, {"step": 2, "D": 0.25, "G": 2}]


BEFORE = {
    "Epoch": "".join(f"d: {k}.5  g: 0.25\nEpoch {k}/9 completed\n" for k in range(1, 10)),
    "step": "".join(f"d: {k}.5\ng: 0.25\nstep: {k}\n" for k in range(1, 10)),
    "epoch": "".join(f"batch {b} d: {k}.5\n" + f"epoch {k} done\n" * (b == 19) for k in (1, 2) for b in range(20)),
}


@pytest.mark.parametrize("counter", BEFORE)
def test_a_counter_that_always_comes_after_rows_counts_them(counter: str) -> None:
    rows = rows_of(BEFORE[counter])
    assert {row["d"] for row in rows} >= {1.5, 2.5}
    assert all(row["d"] == row[counter] + 0.5 for row in rows)


@pytest.mark.parametrize(("first", "last"), [("", ""), ("", "Epoch 9\n"), ("d: 0.5  g: 0.25\n", "")])
def test_a_counter_that_comes_before_rows_counts_what_follows(first: str, last: str) -> None:
    text = first + "".join(f"Epoch {k}\nd: {k}.5  g: 0.25\n" for k in range(1, 9)) + last
    assert [row["d"] - row["Epoch"] for row in rows_of(text) if "Epoch" in row] == [0.5] * 8


def test_one_number_that_stands_still_is_no_echo() -> None:
    text = "".join(f"step {k} d_loss 0.5" + (" g_loss 0.25\n" if k % 5 == 0 else "\n") for k in range(12))
    assert [row["step"] for row in rows_of(text)] == list(range(12))
    assert all(row["d_loss"] == 0.5 for row in rows_of(text))


def test_a_line_too_long_to_be_one_is_noted() -> None:
    log = read_text("step 1 D 0.5 G 1" + " x" * 60_000 + "\nstep 2 D 0.25 G 2\n", "log")
    assert log.rows == 2
    assert "longer than 100000" in log.notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "┏━━━━━━━┳━━━━━━━━┓\n┃ epoch ┃ d_loss ┃\n┡━━━━━━━╇━━━━━━━━┩\n"
            "│ 1     │ 0.5    │\n│ 2     │ 0.25   │\n└───────┴────────┘\n",
            [{"epoch": 1, "d_loss": 0.5}, {"epoch": 2, "d_loss": 0.25}],
        ),
        (
            "epoch       d_loss      fid         g_loss\n1           0.5                     0.75\n"
            "2           0.25        30.5        1.5\n",
            [{"epoch": 1, "d_loss": 0.5, "g_loss": 0.75}, {"epoch": 2, "d_loss": 0.25, "fid": 30.5, "g_loss": 1.5}],
        ),
        (
            "d_loss,epoch,acc\n0.5,1,75%\n0.25,2,50%\n",
            [{"epoch": 1, "d_loss": 0.5, "acc%": 75}, {"epoch": 2, "d_loss": 0.25, "acc%": 50}],
        ),
        ("step d_loss time\n5 0.5 00:03\n6 0.25 00:04\n", [{"step": 5, "d_loss": 0.5}, {"step": 6, "d_loss": 0.25}]),
        ("run|epoch|d_loss\na|1|0.5\nb|1|0.25\n", [{"epoch": 1, "d_loss": 0.5}, {"epoch": 1, "d_loss": 0.25}]),
    ],
    ids=["box drawing", "empty cells", "counter in the middle", "times", "text cells"],
)
def test_a_table_is_read_by_its_header(text: str, expected: list[dict[str, float]]) -> None:
    assert rows_of(text) == expected


def test_rows_before_the_first_epoch_heading_are_kept() -> None:
    assert len(rows_of("D loss: 0.5, G loss: 1\nEpoch 1 finished\nD loss: 0.25, G loss: 2\nEpoch 2 finished\n")) == 2
