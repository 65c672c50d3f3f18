"""Runs of Weights & Biases on disk, written here by the documentation of the format, and the CSV exports of charts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
import stored_runs as stored

from gandoctor.errors import UnreadableLog
from gandoctor.readers import read, read_all
from gandoctor.readers.formats import read_raw
from gandoctor.readers.ledger import Damage, records
from gandoctor.readers.wire import fields

if TYPE_CHECKING:
    from pathlib import Path

ROWS = stored.curves()
D = [row["d_loss"] for row in ROWS]


def test_a_run_file_gives_its_curves_to_the_bit_and_says_how_it_was_trained(tmp_path: Path) -> None:
    config = {"batch_size": 64, "model/latent_dim": 100, "adv_loss": "hinge", "notes": "x" * 500, "seeds": [1, 2]}
    folder = stored.wandb_run(tmp_path, ROWS, name="fancy-run", config=config)
    for place in (folder / "run-abc123.wandb", folder, folder.parent, tmp_path):
        run = read(place)
        assert run.curves["d_loss"].values.tolist() == D
        assert run.curves["d_loss"].steps.tolist() == list(range(60))
        assert run.name.endswith("run-abc123.wandb, run fancy-run")
        assert {"batch_size": 64, "latent_dim": 100, "family": "hinge"}.items() <= run.context.items()
        assert "notes" not in run.context
        assert not run.notes


def test_what_is_no_number_in_a_row_is_no_curve(tmp_path: Path) -> None:
    picture = {"_type": "image-file", "path": "media/a.png", "size": 12, "width": 8}
    rows = [{**row, "samples": picture, "weights": {"_type": "histogram", "bins": [1]}, "deep/a": i, "text": "hello",
             "nothing": None, "list": [1, 2]} for i, row in enumerate(ROWS)]  # fmt: skip
    (log,) = read_raw([stored.wandb_run(tmp_path, rows)])
    assert set(log.columns) == {"_step", "d_loss", "g_loss", "deep/a"}


def test_values_that_are_no_finite_numbers_stay_what_they_are(tmp_path: Path) -> None:
    rows = [{"d_loss": value, "g_loss": 0.7} for value in (1.4, float("nan"), float("inf"), -float("inf"), "NaN", 3)]
    (log,) = read_raw([stored.wandb_run(tmp_path, rows)])
    np.testing.assert_array_equal(log.columns["d_loss"], [1.4, np.nan, np.inf, -np.inf, np.nan, 3])


def test_a_metric_of_a_few_rows_is_logged_in_those_alone(tmp_path: Path) -> None:
    rows = [{**row, **({"fid": 90.0 - i} if i % 20 == 0 else {})} for i, row in enumerate(ROWS)]
    assert read(stored.wandb_run(tmp_path, rows)).curves["fid"].steps.tolist() == [0, 20, 40]


def test_a_resumed_run_is_one_run(tmp_path: Path) -> None:
    stored.wandb_run(tmp_path, ROWS[:30], date="20260101_120000")
    later = stored.wandb_run(tmp_path, [], date="20260102_120000")
    (later / "run-abc123.wandb").write_bytes(stored.wandb_file(ROWS[30:], start=30))
    (run,) = read_all(tmp_path / "wandb")
    assert run.curves["d_loss"].values.tolist() == D


def test_of_several_runs_the_newest_is_read_and_named(tmp_path: Path) -> None:
    stored.wandb_run(tmp_path, ROWS, date="20260103_000000", run="new", name="the new one")
    stored.wandb_run(tmp_path, stored.curves(50, shift=1.0), date="20260102_000000", run="old", name="the old one")
    run = read(tmp_path / "wandb")
    assert run.curves["d_loss"].values.tolist() == D
    assert "2 runs in this log (50, 60 points): run 2 " in run.notes[0]
    assert "run the new one) was read, --run N picks another" in run.notes[0]
    assert read(tmp_path / "wandb", run=1).name.endswith("run the old one")


def test_what_wandb_writes_about_itself_is_no_log_of_a_run_that_has_none(tmp_path: Path) -> None:
    logs = tmp_path / "wandb" / "offline-run-20260103_000000-abc" / "logs"
    logs.mkdir(parents=True)
    (logs / "debug.log").write_text("2026-01-03 INFO config: d_loss 5 step 4\n" * 9)
    (tmp_path / "wandb" / "debug.log").symlink_to(logs / "debug.log")
    with pytest.raises(UnreadableLog, match="holds no log"):
        read(tmp_path / "wandb")
    (logs.parent / "files").mkdir()
    (logs.parent / "files" / "output.log").write_text("".join(f"step {i} d_loss 1.2 g_loss 0.9\n" for i in range(30)))
    assert read(tmp_path / "wandb").points == 30


@pytest.mark.parametrize("newest", ["aaa", "zzz"])
def test_of_two_runs_of_one_second_the_one_that_was_written_last_is_read(tmp_path: Path, newest: str) -> None:
    for age, run in enumerate(sorted(["aaa", "zzz"], key=lambda run: run != newest)):
        stored.wandb_run(tmp_path, ROWS, date="20260103_000000", run=run, name=f"the {run} one")
        (file,) = (tmp_path / "wandb").glob(f"*-{run}/*.wandb")
        os.utime(file, (1e9 - age, 1e9 - age))
    assert read(tmp_path / "wandb").name.endswith(f"run the {newest} one")


@pytest.mark.parametrize("size", [1, 100, 20_000, 32_754, 32_761, 40_000, 200_000])
def test_records_of_any_size_are_put_together_over_the_blocks(size: int) -> None:
    written = [bytes([i]) * (size + i) for i in range(9)]
    damage = Damage()
    assert list(records(stored.ledger(written), damage)) == written
    assert (damage.blocks, damage.cut) == ([], False)


def test_a_file_that_is_being_written_is_read_up_to_its_last_whole_record(tmp_path: Path) -> None:
    whole = stored.wandb_file(ROWS)
    path = tmp_path / "run-a.wandb"
    path.write_bytes(whole[:-3])
    run = read(path)
    assert run.curves["d_loss"].values.tolist() == D[:-1]
    assert "its last record is cut off" in run.notes[0]


def test_a_damaged_block_costs_what_stands_in_it(tmp_path: Path) -> None:
    rows = stored.curves(2000)
    whole = bytearray(stored.wandb_file(rows))
    whole[stored.BLOCK + 500] ^= 0xFF
    path = tmp_path / "run-a.wandb"
    path.write_bytes(whole)
    run = read(path)
    steps = run.curves["d_loss"].steps
    assert 1000 < len(steps) < 2000
    assert (steps[0], steps[-1]) == (0, 1999)
    assert f"of {len(whole)}: what could be checked was read" in run.notes[0]


def test_zeros_that_a_crash_left_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "run-a.wandb"
    path.write_bytes(stored.wandb_file(ROWS) + bytes(3 * stored.BLOCK))
    assert read(path).curves["d_loss"].values.tolist() == D


FALLBACKS = {
    "wandb-history.jsonl": "".join(f'{{"_step": {i}, "d_loss": {d}, "g_loss": 0.7}}\n' for i, d in enumerate(D)),
    "output.log": "".join(f"step {i} d_loss: {d} g_loss: 0.7\n" for i, d in enumerate(D)),
}


@pytest.mark.parametrize("name", FALLBACKS)
def test_a_run_that_logged_no_curve_is_read_from_what_else_it_left(name: str, tmp_path: Path) -> None:
    folder = stored.wandb_run(tmp_path, [])
    with pytest.raises(UnreadableLog, match="holds no curve: nothing was logged, or not yet"):
        read(folder)
    (folder / "files" / name).write_text(FALLBACKS[name])
    run = read(folder)
    assert run.curves["d_loss"].values.tolist() == D
    assert f"{name} was read instead" in run.notes[0]


@pytest.mark.parametrize("data", [b"\x0a", b"\x0a\x05abc", b"\x09abc", b"\x0b", b"\xff" * 12, b"\x08"])
def test_bytes_that_are_no_message_are_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"longer|no end|unknown"):
        list(fields(data))


def test_fields_of_every_kind_are_told_apart() -> None:
    data = b"\x08\x96\x01" + b"\x11" + np.float64(1.5).tobytes() + b"\x1d" + np.float32(2.5).tobytes() + b"\x22\x02hi"
    assert list(fields(data)) == [(1, 150), (2, 1.5), (3, 2.5), (4, b"hi")]


# --- exports of charts -------------------------------------------------------------------------------------------


def export(path: Path, runs: tuple[str, ...], metric: str, spread: float = 0.0) -> Path:
    """What "Export CSV" of a chart gives: each cell in quotes, empty where a run has no such step."""
    names = [f"{run} - {metric}{bound}" for run in runs for bound in ("", "__MIN", "__MAX")]
    lines = [",".join(f'"{name}"' for name in ("Step", *names))]
    for i, row in enumerate(ROWS):
        cells = [
            f"{row[metric] + place + bound}" if i % (place + 1) == 0 else ""
            for place in range(len(runs))
            for bound in (0, -spread, spread)
        ]
        lines.append(",".join(f'"{cell}"' for cell in (i, *cells)))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_charts_of_one_run_are_put_together(tmp_path: Path) -> None:
    run = read(export(tmp_path / "d.csv", ("base",), "d_loss"))
    assert dict(run.columns) == {"d_loss": "d_loss"}
    export(tmp_path / "g.csv", ("base",), "g_loss")
    run = read(tmp_path)
    assert run.curves["d_loss"].values.tolist() == D
    assert run.curves["g_loss"].values.tolist() == [row["g_loss"] for row in ROWS]
    assert not run.unmapped


def test_the_runs_in_a_chart_are_told_apart(tmp_path: Path) -> None:
    path = export(tmp_path / "d.csv", ("a - b", "second"), "d_loss")
    first, second = read_all(path)
    assert (first.name, second.name) == (f"{path}, run a - b", f"{path}, run second")
    assert second.curves["d_loss"].steps.tolist() == list(range(0, 60, 2))
    assert second.curves["d_loss"].values.tolist() == [d + 1 for d in D[::2]]


def test_averages_of_a_group_are_called_averages(tmp_path: Path) -> None:
    run = read(export(tmp_path / "d.csv", ("Group: base",), "d_loss", spread=0.1))
    assert "60 points are averages" in run.notes[0]
