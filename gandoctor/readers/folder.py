"""Finds the log in a folder: a known layout of a training tool, or else the one file that holds the most."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.formats import kind_of, read_source, read_together
from gandoctor.readers.records import is_records
from gandoctor.readers.source import Source, open_source
from gandoctor.readers.trackers import read_tracked, read_tracked_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gandoctor.readers.raw import RawLog

_DEPTH = 4
_MOST_FILES = 5000
_MOST_TRIED = 40
_LISTED = 8
_LOG_SUFFIXES = (
    ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".log", ".txt", ".out", ".err", ".npy", ".npz", ".md", ".html",
    ".ipynb", ".gz", ".bz2", ".xz", ".zst", "",
)  # fmt: skip
_OWN_RUN = "run.csv"
_WANDB = "wandb"
_NOT_LOGS = ("requirements", "license", "readme", "changelog", "package", "setup")


def read_folder(folder: Path) -> list[RawLog]:
    """The logs of a run's folder.

    In this order: our own `run.csv`; the folders of Weights & Biases and MLflow; StyleGAN's `stats.jsonl` with its
    metrics; event files, in sub-folders too; what trackers stored in a project's folder; downloads of TensorBoard and
    Weights & Biases; Chainer's `log`, also in `result`; a pair of NumPy files; else the file with the most numbers, in
    sub-folders where the folder itself has none. Links to folders are not followed. Raises UnreadableLog with a list of
    the files where there is no log.
    """
    if (folder / _OWN_RUN).is_file():
        return read_source(open_source(folder / _OWN_RUN))
    known = read_tracked(folder) or _stylegan(folder) or _events(folder) or read_tracked_within(folder)
    if known:
        return known
    files = _likely(sorted(path for path in folder.iterdir() if path.is_file())) or _likely(list(_below(folder)))
    return _downloads(files) or _chainer(folder) or _best(folder, files)


def _likely(paths: Sequence[Path]) -> list[Path]:
    """The files that may be logs by their names."""
    return [
        path
        for path in paths
        if path.suffix.lower() in _LOG_SUFFIXES
        and not path.name.startswith(".")
        and not path.stem.lower().startswith(_NOT_LOGS)
        and not (path.name.startswith("debug") and _WANDB in path.parts)  # what W&B writes about itself
    ]


def _stylegan(folder: Path) -> list[RawLog]:
    from gandoctor.readers.stylegan import STATS, merge, metrics_beside

    if (folder / STATS).is_file():
        return read_source(open_source(folder / STATS))
    metrics = metrics_beside(folder) if any(folder.glob("metric-*.jsonl")) else []
    return [merge(None, metrics)] if metrics else []


def _events(folder: Path) -> list[RawLog]:
    found = [path for path in _below(folder) if "tfevents" in path.name or path.name.startswith("vdlrecords")]
    sources = [(_inside(path, folder), source) for path in found if (source := _records(path)) is not None]
    if not sources:
        return []
    from gandoctor.readers.tensorboard import read_tensorboard

    try:
        return read_tensorboard(sources, str(folder))
    except UnreadableLog:
        return []  # only empty event files; the losses may lie in another file


def _records(path: Path) -> Source | None:
    try:
        source = open_source(path)
    except UnreadableLog:
        return None
    return source if is_records(source.head) else None


def _inside(path: Path, folder: Path) -> str:
    inside = path.parent.relative_to(folder).as_posix()
    return "" if inside == "." else inside


def _below(folder: Path) -> Iterator[Path]:
    """The files below a folder, a few levels deep, in the order of their names."""
    seen = 0
    for at, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        if len(Path(at).relative_to(folder).parts) >= _DEPTH:
            folders.clear()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            if (Path(at) / name).is_file():  # a pipe would make the reader wait for ever
                yield Path(at) / name


def _downloads(files: Sequence[Path]) -> list[RawLog]:
    tables = [source for path in files if path.suffix == ".csv" and (source := _opened(path)) is not None]
    parts = [source for source in tables if kind_of(source) in ("tags", "exports")]
    return read_together(parts) if parts else []


def _chainer(folder: Path) -> list[RawLog]:
    for path in (folder / "log", folder / "result" / "log"):
        if path.is_file():
            return read_source(open_source(path))
    return []


def _opened(path: Path) -> Source | None:
    try:
        return open_source(path)
    except GandoctorError:
        return None


def _best(folder: Path, files: Sequence[Path]) -> list[RawLog]:
    read: dict[Path, list[RawLog]] = {}
    for path in files[:_MOST_TRIED]:
        try:
            read[path] = read_source(open_source(path))
        except GandoctorError:
            continue
    if not read:
        raise UnreadableLog(f"{folder} holds no log that can be read; it holds {_listing(folder)}")
    best = max(read, key=lambda path: sum(_weight(log) for log in read[path]))
    notes = _passed_over(best, {path: logs for path, logs in read.items() if path != best}, folder)
    return [replace(log, notes=(*notes, *log.notes)) for log in read[best]]


def _place(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _weight(log: RawLog) -> int:
    """How much a log tells: rows, times columns up to a handful, so that one long column does not win."""
    return log.rows * min(len(log.columns), 8) ** 2


def _passed_over(chosen: Path, others: Mapping[Path, Sequence[RawLog]], folder: Path) -> tuple[str, ...]:
    """Say which files were not read: those of several rows are logs, and a report begins with the choice of one.

    That it does is up to `report.sentences.is_choice`, which knows the note by how it begins.
    """
    logs = [path for path, read in others.items() if any(log.rows > 1 for log in read)]
    rest = [_place(path, folder) for path in others if path not in logs]
    few = (f"other files in the folder were not read: {_named(rest)}",) if rest else ()
    if not logs:
        return few
    said = (
        f"{len(logs) + 1} logs in this folder: only {_place(chosen, folder)}, which holds the most, was read, not"
        f" {_named([_place(path, folder) for path in logs])} (all of them: gandoctor scan {quote(str(folder))})"
    )
    return (said, *few)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")


def _listing(folder: Path) -> str:
    names = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir())
    if not names:
        return "nothing"
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
