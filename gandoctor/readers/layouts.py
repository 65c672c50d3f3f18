"""The names by which the folders and files of experiment trackers are known, without looking inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

WANDB_SUFFIX = ".wandb"
MLFLOW_META, MLFLOW_METRICS = "meta.yaml", "metrics"
DATABASES = frozenset({".db", ".sqlite", ".sqlite3"})
AHEAD = "-wal"
"""What is behind the name of a database in that of the file with what was written last."""
_WANDB_RUNS = ("offline-run-", "run-")
_MLFLOW_STORE, _TRACKIO_FOLDER = "mlflow.db", "trackio"


def is_tracked_run(names: Sequence[str], folders: Sequence[str]) -> bool:
    """Whether a folder that holds these files and folders is that of one run of W&B or of MLflow."""
    of_mlflow = MLFLOW_META in names and MLFLOW_METRICS in folders
    return of_mlflow or any(name.endswith(WANDB_SUFFIX) for name in names)


def is_wandb_root(name: str, folders: Sequence[str]) -> bool:
    """Whether a folder of that name, with these in it, is W&B's, whose other files are links into the newest run."""
    return name == "wandb" and any(folder.startswith(_WANDB_RUNS) for folder in folders)


def is_store(path: PurePath) -> bool:
    """Whether a file is by its place a tracker's database: `mlflow.db`, or what lies in a folder `trackio`."""
    return path.name == _MLFLOW_STORE or (path.suffix == ".db" and path.parent.name == _TRACKIO_FOLDER)
