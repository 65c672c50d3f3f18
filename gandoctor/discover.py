"""Finds the logs below a folder of runs: run folders as one log each, and the files beside them that may be logs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.readers.layouts import DATABASES, is_store, is_tracked_run, is_wandb_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".out", ".txt"})
"""Suffixes of files that are taken for logs when nobody named them; a compressed one has `.gz` and the like behind."""

_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
_RUN_FILES = frozenset({"run.csv", "stats.jsonl", "metrics.csv", "recipe.toml"})
_NOT_LOGS = ("requirements", "license", "readme", "changelog", "setup", ".")
_DEPTH = 8
_BESIDE_EVENTS = 2
"""A run may leave a printed log and a table beside its event files; where there are more, each is a run of its own."""


def logs(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    """The logs that the paths stand for, sorted and each once.

    A file stands for itself, whether it exists yet or not. A folder stands for what lies below it: every folder that is
    a run (it holds run.csv, stats.jsonl, metrics.csv or event files, or is a run's of W&B or MLflow) is one log, and in
    the others every file with the suffix of a log is one, and each database of MLflow or Trackio. Links to folders are
    not followed, nor are folders more than 8 levels down.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        below = list(_below(path)) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return tuple(sorted(found))


def _below(root: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(root, followlinks=False):
        here = Path(at)
        if is_run(names, folders):
            folders.clear()
            yield here
            continue
        if is_wandb_root(here.name, folders):
            names = []
        if len(here.relative_to(root).parts) >= _DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
        found = (here / name for name in names if may_be_log(name) or is_store(here / name))
        yield from (path for path in found if path.is_file())


def files_of(log: Path) -> list[Path]:
    """The files whose change is a change of the log: those below a folder, or a database and what runs ahead of it."""
    if log.is_dir():
        return sorted(log.rglob("*"))
    ahead = log.with_name(log.name + "-wal")
    return [log, ahead] if log.suffix in DATABASES and ahead.exists() else [log]


def is_run(names: Sequence[str], folders: Sequence[str] = ()) -> bool:
    """Whether a folder with files and folders of these names is that of one run, and not one where many left a file."""
    if any(name in _RUN_FILES for name in names) or is_tracked_run(names, folders):
        return True
    return (
        any(is_event_file(name) for name in names)
        and sum(may_be_log(name) and not is_event_file(name) for name in names) <= _BESIDE_EVENTS
    )


def is_event_file(name: str) -> bool:
    """Whether a file of that name holds TensorBoard's or VisualDL's records."""
    return "tfevents" in name or name.startswith("vdlrecords")


def may_be_log(name: str) -> bool:
    """Whether a file of that name may be a log: it has the suffix of one, or is an event file, and is no README."""
    if is_event_file(name):
        return True
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in SUFFIXES and not name.lower().startswith(_NOT_LOGS)
