"""The runs of experiment trackers in a folder: their own folders, and a project's in which they stored theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import GandoctorError
from gandoctor.readers.layouts import DATABASES, MLFLOW_META, WANDB_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gandoctor.readers.raw import RawLog

_MOST = 5000


def read_tracked(folder: Path) -> list[RawLog]:
    """The runs in a folder that is a tracker's own; none where it is not."""
    folders = _folders(folder)
    runs = [at for at in (folder, *folders) if any(at.glob("*" + WANDB_SUFFIX))]
    if runs:
        from gandoctor.readers.wandb_run import read_wandb_folders

        return read_wandb_folders(runs)
    if any((at / MLFLOW_META).is_file() for at in (folder, *folders)):
        from gandoctor.readers.mlflow_files import read_runs, runs_in

        found = runs_in(folder)
        return read_runs(found, str(folder)) if found else []
    return []


def read_tracked_within(folder: Path) -> list[RawLog]:
    """The runs that trackers stored in a project's folder: in `wandb`, in `mlruns`, in databases."""
    for name in ("wandb", "mlruns"):
        if (folder / name).is_dir():
            try:
                found = read_tracked(folder / name)
            except GandoctorError:
                continue
            if found:
                return found
    return list(_stored(folder))


def _stored(folder: Path) -> Iterator[RawLog]:
    from gandoctor.readers.formats import kind_of, read_source
    from gandoctor.readers.source import open_source

    files = [path for path in folder.iterdir() if path.suffix in DATABASES and path.is_file()]
    for path in sorted(files[:_MOST], key=lambda path: path.stat().st_mtime):
        try:
            source = open_source(path)
            if kind_of(source) == "store":
                yield from read_source(source)
        except GandoctorError:
            continue


def _folders(folder: Path) -> list[Path]:
    return sorted(at for at in folder.iterdir() if at.is_dir() and not at.is_symlink())[:_MOST]
