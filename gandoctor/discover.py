"""Finds the logs below a folder of runs: run folders as one log each, and the files beside them that may be logs."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from gandoctor.readers.layouts import AHEAD, DATABASES, is_store, is_tracked_run, is_wandb_root
from gandoctor.readers.own import PART, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".out", ".txt"})
"""Suffixes of files that are taken for logs when nobody named them; a compressed one has `.gz` and the like behind."""

_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
_RUN_FILES = frozenset({"run.csv", "stats.jsonl", "metrics.csv", "recipe.toml"})
_NOT_LOGS = ("requirements", "license", "readme", "changelog", "setup", ".")
_DEPTH = 8
_Place = TypeVar("_Place", bound=PurePath)
_BESIDE_EVENTS = 2
"""A run may leave a printed log and a table beside its event files; where there are more, each is a run of its own."""


def logs(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    """The logs that the paths stand for, sorted and each once.

    A file stands for itself, whether it exists yet or not. A folder stands for what lies below it: every folder that is
    a run (it holds run.csv, stats.jsonl, metrics.csv or event files, or is a run's of W&B or MLflow) is one log, and in
    the others every file with the suffix of a log is one, and each database of MLflow or Trackio, but no report that
    gandoctor wrote. Links to folders are not followed, nor are folders more than 8 levels down.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        below = list(_below(path)) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return tuple(sorted(found))


def _below(root: Path) -> Iterator[Path]:
    return filter(_is_log, choose(_walk(root)))


def _is_log(path: Path) -> bool:
    """Whether it is a run's folder or a file, and not one that gandoctor wrote itself: a report, a table of a scan."""
    try:
        if not path.is_file():
            return path.is_dir()
        if is_event_file(path.name) or path.suffix in (*DATABASES, *_PACKED):
            return True
        with path.open("rb") as file:
            return not refusal(file.read(PART).decode("utf-8", "replace"))
    except OSError:
        return True  # whoever reads it says why it cannot be read


def _walk(root: Path) -> Iterator[tuple[Path, int, list[str], list[str]]]:
    for at, folders, names in os.walk(root, followlinks=False):
        here = Path(at)
        yield here, len(here.relative_to(root).parts), folders, names


def choose(tree: Iterable[tuple[_Place, int, list[str], Sequence[str]]]) -> Iterator[_Place]:
    """The runs and logs of a tree: of each folder its place, its depth, the folders in it and the names of its files.

    A folder comes before those in it, and what is taken out of its list of folders is not to be walked.
    """
    for here, depth, folders, names in tree:
        if is_run(names, folders):
            folders.clear()
            yield here
            continue
        if is_wandb_root(here.name, folders):
            names = []
        folders[:] = [] if depth >= _DEPTH else [name for name in folders if not name.startswith(".")]
        yield from (here / name for name in names if may_be_log(name) or is_store(here / name))


def files_of(log: Path) -> list[Path]:
    """The files whose change is a change of the log: those below a folder, or a database and what runs ahead of it."""
    if log.is_dir():
        return sorted(log.rglob("*"))
    ahead = log.with_name(log.name + AHEAD)
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
