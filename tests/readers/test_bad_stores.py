"""Stores of trackers that are broken, odd or hostile: one sentence each, or what can be read and a note."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
import stored_runs as stored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gandoctor.cli import main
from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers import read, read_all
from gandoctor.readers.source import open_bytes
from gandoctor.readers.sqlite import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = stored.curves()
WANDB = stored.wandb_file(ROWS)


def database(path: Path, *statements: str) -> bytes:
    """The bytes of a database after these statements."""
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as store:
        for statement in statements:
            store.execute(statement)
        store.commit()
    return path.read_bytes()


def mlflow(path: Path) -> bytes:
    return stored.mlflow_store(path, {"first": ROWS}).read_bytes()


def blanked(data: bytes, start: int, stop: int) -> bytes:
    return data[:start] + b"\xa5" * (stop - start) + data[stop:]


TRACKIO_TABLE = "CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_name TEXT, step INTEGER, metrics TEXT)"
ENDLESS = (
    "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
    " SELECT id, 'a' AS run_name, id AS step, '{}' AS metrics FROM n"
)

# File name -> content, and what the sentence must say.
REFUSED: dict[str, tuple[Callable[[Path], bytes], tuple[str, ...]]] = {
    "header.wandb": (lambda _: WANDB[:7], ("holds no curve", "nothing was logged, or not yet")),
    "cut-header.wandb": (lambda _: WANDB[:5], ("holds no curve",)),
    "first-record.wandb": (lambda _: WANDB[:30], ("holds no curve", "its last record is cut off")),
    "wrong-sums.wandb": (lambda _: blanked(WANDB, 7, 11), ("holds no curve", "is damaged at byte 7 of")),
    "rubbish.wandb": (lambda _: WANDB[:7] + bytes(range(256)) * 300, ("holds no curve", "is damaged at byte 7")),
    "no-messages.wandb": (lambda _: stored.ledger([b"\xff" * 20] * 9), ("9 record(s) are none of Weights & Biases'",)),
    "other-metrics.wandb": (lambda _: stored.wandb_file([{"mae": 1.0, "rmse": 2.0}] * 9), ("'mae', 'rmse'", "--map")),
    "no-bytes.db": (lambda _: b"", ("is empty",)),
    "empty.db": (lambda path: database(path, "VACUUM"), ("neither MLflow's nor Trackio's", "its tables: none")),
    "other.db": (lambda path: database(path, "CREATE TABLE places (a, b)"), ("neither", "places", "as CSV")),
    "metrics-alone.db": (lambda path: database(path, "CREATE TABLE metrics (a, b)"), ("neither", "metrics")),
    "no-runs.db": (lambda path: stored.mlflow_store(path, {}).read_bytes(), ("holds no run with a metric",)),
    "cut.db": (lambda path: mlflow(path)[:5000], ("SQLite database that cannot be read", "malformed")),
    "header.db": (lambda path: mlflow(path)[:100], ("SQLite database that cannot be read",)),
    "damaged.db": (lambda path: blanked(mlflow(path), 100, 4000), ("SQLite database that cannot be read",)),
    "rubbish.db": (lambda _: b"SQLite format 3\0" + bytes(range(256)) * 40, ("SQLite database that cannot be read",)),
    "words.db": (
        lambda path: database(
            path, *stored.MLFLOW.split(";")[:-1], "INSERT INTO runs VALUES ('a', 'a', '', 1, 'active', 0)",
            "INSERT INTO metrics VALUES ('d_loss', 'much', 1, 'a', 1, 0)",
        ), ("words.db holds 'much' where a number belongs",)
    ),
    "view.db": (lambda path: database(path, f"CREATE VIEW metrics AS {ENDLESS}"), ("neither", "none")),
    "no-json.db": (
        lambda path: database(path, TRACKIO_TABLE, "INSERT INTO metrics VALUES (1, 'a', 1, '[1')"), ("holds no run",)
    ),
    "deep-json.db": (
        lambda path: database(path, TRACKIO_TABLE, f"INSERT INTO metrics VALUES (1, 'a', 1, '{'[' * 100_000}')"),
        ("holds no run",),
    ),
    "long-text.db": (
        lambda path: database(path, TRACKIO_TABLE, "INSERT INTO metrics VALUES (1, 'a', 1, zeroblob(17000000))"),
        ("SQLite database that cannot be read", "too big"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_store_that_cannot_be_read_is_refused_in_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, said = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(make(path))
    with pytest.raises(SystemExit) as ended:
        main(["diagnose", str(path)])
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert err.startswith("gandoctor: ")
    assert err.count("\n") == 1
    assert "fault in gandoctor" not in err
    for words in said:
        assert words in err


def test_a_view_in_the_place_of_a_table_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "trap.db"
    tables = [part for part in stored.MLFLOW.split(";")[:-1] if "TABLE metrics" not in part]
    columns = "'a' AS run_uuid, 'd_loss' AS key, id AS step, 1.0 AS value, id AS timestamp, 0 AS is_nan"
    database(path, *tables, "INSERT INTO runs VALUES ('a', 'a', '', 1, 'active', 0)",
             f"CREATE VIEW metrics AS SELECT {columns} FROM ({ENDLESS})")  # fmt: skip
    with pytest.raises(UnreadableLog, match="neither MLflow's nor Trackio's"):
        read(path)


@pytest.mark.parametrize(
    "query",
    ["SELECT load_extension('x')", "ATTACH 'other.db' AS other", "DELETE FROM runs", "PRAGMA query_only = OFF",
     "SELECT randomblob(1000)", "CREATE TABLE more (a)", f"SELECT count(*) FROM ({ENDLESS})"],
)  # fmt: skip
def test_nothing_but_reading_tables_is_allowed(query: str, tmp_path: Path) -> None:
    source = open_bytes(mlflow(tmp_path / "mlflow.db"), "store")
    with pytest.raises(UnreadableLog, match="cannot be read"), opened(source) as store:
        list(store.rows(query))


def test_a_query_without_end_is_broken_off(tmp_path: Path) -> None:
    source = open_bytes(mlflow(tmp_path / "mlflow.db"), "store")
    endless = "SELECT count(*) FROM metrics a, metrics b, metrics c, metrics d, metrics e, metrics f"
    with pytest.raises(UnreadableLog, match="it takes too long"), opened(source) as store:
        list(store.rows(endless))


def test_more_rows_than_a_file_can_hold_are_refused(tmp_path: Path) -> None:
    source = open_bytes(mlflow(tmp_path / "mlflow.db"), "store")
    endless = "SELECT a.step FROM metrics a, metrics b, metrics c, metrics d, metrics e, metrics f"
    with pytest.raises(UnreadableLog, match="more rows than its size can hold"), opened(source) as store:
        list(store.rows(endless))


ODD_LINES = {
    "a word": ("1000 1.4 0\nhello\n1001 1.3 1\n1002 1.2 2\n", [0, 1, 2], "1 line(s) of its file are no point"),
    "no step": ("1000 1.4\n1001 1.3\n1002 1.2\n", None, ""),
    "a data set": ("1000 1.4 0 mnist abc\n1001 1.3 1 mnist abc\n", [0, 1], ""),
    "a cut line": ("1000 1.4 0\n1001 1.3 1\n1002 1.", [0, 1], ""),
    "bytes": ("1000 1.4 0\n\udcff\udcfe\n1001 1.3 1\n", [0, 1], "1 line(s)"),
    "no finite step": ("1000 1.4 0\n1000 1.4 nan\n1001 1.3 1\n", [0, 1], ""),
}


@pytest.mark.parametrize("case", ODD_LINES)
def test_a_file_of_a_metric_is_read_but_for_what_is_no_point(case: str, tmp_path: Path) -> None:
    content, steps, said = ODD_LINES[case]
    folder = stored.mlflow_run(tmp_path, ROWS[:2])
    (folder / "metrics" / "d_loss").write_bytes(content.encode("utf-8", "surrogateescape"))
    run = read(folder)
    assert said in " ".join(run.notes)
    if steps is not None:
        assert run.curves["d_loss"].steps.tolist() == steps
    else:
        assert run.curves["d_loss"].values.tolist() == [1.4, 1.3, 1.2]


HPARAMS = {
    "batch_size: 64\nlatent_dim: 100 # of noise\n": {"batch_size": 64, "latent_dim": 100},
    "lr: 0.0002\nbatch_size: '64'\n": {"lr": 0.0002, "batch_size": 64},
    "batch_size: !!python/object/apply:os.system ['false']\n": {},
    "batch_size: &a 64\nlatent_dim: *a\n": {},
    "model:\n  batch_size: 64\n": {},
    "batch_size: [64]\nlatent_dim: {a: 1}\n": {},
    "batch_size: null\n": {},
    "\udcff\udcfe": {},
    "a: " * 100_000: {},
}


@pytest.mark.parametrize("text", HPARAMS, ids=range(len(HPARAMS)))
def test_of_a_yaml_file_only_the_flat_part_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("step,d_loss,g_loss\n1,1.4,0.7\n2,1.3,0.8\n")
    (tmp_path / "hparams.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    context = read(tmp_path).context
    keys = ("batch_size", "latent_dim", "lr")
    assert {key: context[key] for key in keys if key in context} == HPARAMS[text]


@pytest.mark.parametrize("kind", ["wandb", "mlflow", "trackio"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_makes_anything_but_a_run_or_a_sentence(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(_contents(kind, tmp_path))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(1, 40))] = data.draw(st.binary(max_size=40))
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content)
    began = time.process_time()
    with contextlib.suppress(GandoctorError):
        assert all(run.curves for run in read_all(path))
    assert time.process_time() - began < 30  # a hang, not a budget


_MADE: dict[str, bytes] = {}


def _contents(kind: str, folder: Path) -> bytes:
    if kind not in _MADE:
        _MADE["wandb"] = WANDB
        _MADE["mlflow"] = mlflow(folder / "mlflow.db")
        _MADE["trackio"] = stored.trackio_store(folder / "gan.db", {"first": ROWS}).read_bytes()
    return _MADE[kind]
