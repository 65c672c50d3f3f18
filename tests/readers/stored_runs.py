"""Writes runs in the layouts of experiment trackers, by their documentation and without their packages.

`test_tracker_packages.py` holds the same layouts as the real packages write them, where those are installed.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Rows = Sequence[Mapping[str, Any]]
BLOCK = 1 << 15


def curves(rows: int = 60, shift: float = 0.0) -> list[dict[str, float]]:
    """Rows of a run in balance; no two of its values are the same."""
    return [{"d_loss": 1.38 + shift + 0.0001 * i, "g_loss": 0.7 - 0.0001 * i} for i in range(rows)]


# --- Weights & Biases: LevelDB's log format around protobuf ------------------------------------------------------


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def message(*fields: tuple[int, bytes | int]) -> bytes:
    """A protobuf message of texts, messages and whole numbers."""
    made = b""
    for number, value in fields:
        if isinstance(value, int):
            made += varint(number << 3) + varint(value)
        else:
            made += varint(number << 3 | 2) + varint(len(value)) + value
    return made


def items(values: Mapping[str, Any], place: int = 1) -> list[tuple[int, bytes]]:
    """Items of a history row or a config; a key with a slash goes as a path of keys."""
    made = []
    for key, value in values.items():
        path = [(2, part.encode()) for part in key.split("/")] if "/" in key else [(1, key.encode())]
        made.append((place, message(*path, (16, json.dumps(value).encode()))))
    return made


def history(row: Mapping[str, Any], step: int) -> bytes:
    """A `Record` with one row of the history."""
    return message((1, step + 1), (2, message(*items({**row, "_step": step, "_runtime": 0.5, "_timestamp": 1.7e9}))))


def about(run: str = "abc123", name: str = "", config: Mapping[str, Any] | None = None) -> bytes:
    """A `Record` that names the run and its config."""
    told = [(1, run.encode()), (4, message(*items(config or {})))]
    return message((17, message(*told, *([(8, name.encode())] if name else []))))


def ledger(records: Iterable[bytes]) -> bytes:
    """The records in blocks of 32 KiB behind the header of 7 bytes."""
    made = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for record in records:
        first, rest = True, record
        while first or rest:
            room = BLOCK - len(made) % BLOCK
            if room < 7:
                made += bytes(room)
                continue
            part, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if first else 4) if not rest else (2 if first else 3)
            made += struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
            first = False
    return bytes(made)


def wandb_file(rows: Rows, *, start: int = 0, **told: Any) -> bytes:
    """A run file as `wandb` writes it offline."""
    return ledger([about(**told), *(history(row, start + i) for i, row in enumerate(rows))])


def wandb_run(root: Path, rows: Rows, *, date: str = "20260101_120000", run: str = "abc123", **told: Any) -> Path:
    """The folder of an offline run below the folder `wandb`."""
    folder = root / "wandb" / f"offline-run-{date}-{run}"
    (folder / "files").mkdir(parents=True)
    (folder / f"run-{run}.wandb").write_bytes(wandb_file(rows, run=run, **told))
    return folder


# --- MLflow ------------------------------------------------------------------------------------------------------


def mlflow_run(
    root: Path, rows: Rows, *, run: str = "aaa", name: str = "first", begun: int = 1000, **params: Any
) -> Path:
    """The folder of a run below `mlruns/0`."""
    folder = root / "mlruns" / "0" / run
    for key in rows[0] if rows else ():
        path = folder / "metrics" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{begun + i} {row[key]!r} {i}\n" for i, row in enumerate(rows) if key in row))
    (folder / "params").mkdir(parents=True)
    (folder / "metrics").mkdir(exist_ok=True)
    for key, value in params.items():
        (folder / "params" / key).write_text(str(value))
    (folder / "meta.yaml").write_text(
        f"artifact_uri: file:///nowhere\nend_time: null\nlifecycle_stage: active\nrun_id: {run}\n"
        f"run_name: {name}\nstart_time: {begun}\nstatus: 3\ntags: []\n"
    )
    (root / "mlruns" / "0" / "meta.yaml").write_text("experiment_id: '0'\nname: Default\n")
    return folder


MLFLOW = """
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), lifecycle_stage VARCHAR(32));
CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250), status VARCHAR(9), start_time BIGINT,
    lifecycle_stage VARCHAR(20), experiment_id INTEGER, CONSTRAINT run_pk PRIMARY KEY (run_uuid));
CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
    run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
    CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan));
CREATE TABLE params ("key" VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL,
    CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid));
"""

LARGEST = 1.7976931348623157e308


def mlflow_store(path: Path, runs: Mapping[str, Rows], deleted: Sequence[str] = (), **params: Any) -> Path:
    """A database of runs by their names, begun one after the other; NaN and infinity as MLflow stores them."""
    with sqlite3.connect(path) as store:
        store.executescript(MLFLOW)
        for number, (name, rows) in enumerate(runs.items()):
            run, stage = f"id-{number}", "deleted" if name in deleted else "active"
            store.execute("INSERT INTO runs VALUES (?, ?, 'FINISHED', ?, ?, 0)", (run, name, 1000 + number, stage))
            store.executemany("INSERT INTO params VALUES (?, ?, ?)", [(k, str(v), run) for k, v in params.items()])
            for step, row in enumerate(rows):
                for key, value in row.items():
                    stored = 0.0 if value != value else max(min(value, LARGEST), -LARGEST)
                    cells = (key, stored, 5000 + step, run, step, value != value)
                    store.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", cells)
    store.close()
    return path


# --- Trackio -----------------------------------------------------------------------------------------------------

TRACKIO = """
CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL,
    run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL);
CREATE TABLE configs (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL,
    config TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE(run_id));
"""
TRACKIO_FIRST = """
CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, run_name TEXT NOT NULL,
    step INTEGER NOT NULL, metrics TEXT NOT NULL);
"""


def trackio_store(
    path: Path, runs: Mapping[str, Rows], config: Mapping[str, Any] | None = None, first: bool = False
) -> Path:
    """A project's database; `first`: as the first versions made it, without ids and configs."""
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.executescript(TRACKIO_FIRST if first else TRACKIO)
        for name, rows in runs.items():
            for step, row in enumerate(rows):
                cells = ("2026-01-01T00:00:00", name, step, json.dumps(row))
                if first:
                    store.execute("INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)", cells)
                else:
                    store.execute(
                        "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?, ?)",
                        (f"id of {name}", *cells),
                    )
            if not first:
                store.execute(
                    "INSERT INTO configs (run_id, run_name, config, created_at) VALUES (?, ?, ?, '')",
                    (f"id of {name}", name, json.dumps(config or {})),
                )
    store.close()
    return path
