"""The stores of MLflow and Trackio, folders and databases, written here by their documentation."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import stored_runs as stored

from gandoctor.errors import UnreadableLog
from gandoctor.readers import read, read_all
from gandoctor.readers.formats import read_raw
from gandoctor.readers.source import open_bytes, open_source
from gandoctor.readers.stores import read_store
from gandoctor.readers.tracked import MOST_RUNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = stored.curves()
D = [row["d_loss"] for row in ROWS]
ODD = [{"d_loss": value, "g_loss": 0.7} for value in (1.4, float("nan"), float("inf"), -float("inf"), 0.0, -2.5)]


def in_folders(root: Path, runs: dict[str, Any]) -> Path:
    for number, (name, rows) in enumerate(runs.items()):
        stored.mlflow_run(
            root, rows, run=f"{9 - number}-id", name=name, begun=1000 + number, batch_size=64, z_dim="100"
        )
    return root / "mlruns"


STORES: dict[str, Callable[[Path, dict[str, Any]], Path]] = {
    "MLflow's folders": in_folders,
    "MLflow's database": lambda root, runs: stored.mlflow_store(root / "mlflow.db", runs, batch_size=64, z_dim="100"),
    "Trackio's database": lambda root, runs: stored.trackio_store(
        root / "trackio" / "gan.db", runs, {"batch_size": 64, "z_dim": 100}
    ),
    "Trackio's first database": lambda root, runs: stored.trackio_store(root / "trackio" / "gan.db", runs, first=True),
}
pytestmark = pytest.mark.parametrize("how", STORES)


def test_a_run_reads_back_the_same(how: str, tmp_path: Path) -> None:
    run = read(STORES[how](tmp_path, {"first": ROWS}))
    assert run.curves["d_loss"].values.tolist() == D
    assert run.curves["g_loss"].values.tolist() == [row["g_loss"] for row in ROWS]
    assert run.curves["d_loss"].steps.tolist() == list(range(60))
    if "Trackio's first" not in how:
        assert (run.context["batch_size"], run.context["latent_dim"]) == (64, 100)


def test_values_that_are_no_finite_numbers_stay_what_they_are(how: str, tmp_path: Path) -> None:
    (log,) = read_raw([STORES[how](tmp_path, {"first": ODD})])
    np.testing.assert_array_equal(log.columns["d_loss"], [row["d_loss"] for row in ODD])


def test_of_several_runs_the_newest_is_read_and_named(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"one": stored.curves(70, 1.0), "two": ROWS, "short": ROWS[:7]})
    run = read(path)
    assert run.curves["d_loss"].values.tolist() == D
    assert run.name == f"{path}, run two"
    assert "3 runs in this log (70, 60, 7 points): run 2 (" in run.notes[0]
    assert [run.name.rpartition(" ")[2] for run in read_all(path)] == ["one", "two", "short"]
    assert read(path, run=3).curves["d_loss"].values.tolist() == D[:7]


def test_the_folder_around_a_store_stands_for_it(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"first": ROWS})
    folder = tmp_path if "mlflow" in path.name or "mlruns" in path.name else path.parent
    assert read(folder).curves["d_loss"].values.tolist() == D


def test_a_run_that_logged_nothing_is_passed_over(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"first": ROWS, "empty": [], "text": [{}]})
    assert len(read_all(path)) == 1


def test_a_store_without_a_point_says_so(how: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="holds no run with a metric: nothing was logged to it, or not yet"):
        read(STORES[how](tmp_path, {"empty": []}))


def test_of_very_many_runs_the_newest_are_looked_at(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {f"n{i}": ROWS[:2] for i in range(MOST_RUNS + 5)})
    runs = read_all(path)
    assert len(runs) == MOST_RUNS
    assert runs[0].name.endswith("run n5")
    assert f"{MOST_RUNS + 5} runs are stored: the newest {MOST_RUNS} were looked at" in runs[0].notes


def test_a_name_in_a_store_is_only_text(how: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("step,d_loss,g_loss\n")
    (tmp_path / "secret.recipe.toml").write_text('log = "secret.csv"\n[context]\nleaked = true\n')
    name = "/../../secret.csv" if "folders" not in how else "../secret.csv"
    run = read(STORES[how](tmp_path, {name: ROWS}))
    assert "leaked" not in run.context
    assert run.curves["d_loss"].values.tolist() == D


def test_reading_leaves_nothing_behind_and_changes_nothing(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"first": ROWS})

    def everything() -> dict[str, bytes]:
        return {str(each): each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}

    before = everything()
    read(path)
    assert everything() == before


def test_a_packed_database_is_read_as_well(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"first": ROWS})
    if path.is_dir():
        pytest.skip("a folder is not packed")
    (log,) = read_store(open_bytes(gzip.compress(path.read_bytes()), "<stdin>"))
    assert log.columns["d_loss"].tolist() == D


def test_what_a_training_has_just_committed_is_read(how: str, tmp_path: Path) -> None:
    path = STORES[how](tmp_path, {"first": ROWS})
    if "Trackio's database" not in how:
        pytest.skip("only a write-ahead log keeps it apart")
    writer = sqlite3.connect(path)
    writer.execute(
        "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, '', 'first', 60, ?)",
        ("id of first", '{"d_loss": 9.5, "g_loss": 1.0}'),
    )
    writer.commit()
    assert path.with_name("gan.db-wal").exists()
    assert read(path).curves["d_loss"].values.tolist() == [*D, 9.5]
    (log,) = read_store(open_source(path))
    assert log.rows == 61
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("gan.db", "gan.db-wal"):
        shutil.copyfile(path.with_name(name), crashed / name)
    writer.close()
    assert read(crashed / "gan.db").curves["d_loss"].values.tolist() == [*D, 9.5]
    assert sorted(each.name for each in crashed.iterdir()) == ["gan.db", "gan.db-wal"]
