"""Finds the logs below a folder of runs: run folders as one log each, and the files beside them that may be logs."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from gandoctor.errors import GandoctorError
from gandoctor.readers.layouts import AHEAD, DATABASES, is_store, is_tracked_run, is_wandb_root
from gandoctor.readers.own import PART, refusal

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".out", ".txt"})
"""Suffixes of files that are taken for logs when nobody named them; a compressed one has `.gz` and the like behind."""

_DOCUMENT = ".json"
"""The suffix of some logs and of many settings; such a file is a log if a run can be read from it."""

LARGEST_DOCUMENT = 1 << 28
"""Bytes of a document that is not opened to find out: annotations of a data set may be as large."""

_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})
_RUN_FILES = frozenset({"run.csv", "stats.jsonl", "metrics.csv", "recipe.toml"})
_NOT_LOGS = ("requirements", "license", "readme", "changelog", "setup", ".")
_DEPTH = 8
_Place = TypeVar("_Place", bound=PurePath)
_BESIDE_EVENTS = 2
"""A run may leave a printed log and a table beside its event files; where there are more, each is a run of its own."""


def logs(paths: Sequence[str | Path], known: Container[Path] = ()) -> tuple[Path, ...]:
    """The logs that the paths stand for, sorted and each once.

    A file stands for itself, whether it exists yet or not. A folder stands for what lies below it: every folder that is
    a run (it holds run.csv, stats.jsonl, metrics.csv or event files, or is a run's of W&B or MLflow) is one log, and in
    the others every file with the suffix of a log is one, and each database of MLflow or Trackio, and each .json file
    that holds a run, but no report that gandoctor wrote. Links to folders are not followed, nor are folders more than 8
    levels down. What is `known` to be a log is not opened to find out.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        below = list(_below(path, known)) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return tuple(sorted(found))


def _below(root: Path, known: Container[Path]) -> Iterator[Path]:
    return (path for path in choose(_walk(root), documents=True) if path in known or is_log(path))


def is_log(path: Path) -> bool:
    """Whether it is a run's folder or a file, and not one that gandoctor wrote itself: a report, a table of a scan."""
    try:
        if not path.is_file():
            return path.is_dir()
        if is_document(path.name):
            told = path.stat()
            return told.st_size <= LARGEST_DOCUMENT and _holds_a_run(path, told.st_size, told.st_mtime_ns)
        if is_event_file(path.name) or path.suffix in (*DATABASES, *_PACKED):
            return True
        with path.open("rb") as file:
            return not refusal(file.read(PART).decode("utf-8", "replace"))
    except OSError:
        return True  # whoever reads it says why it cannot be read


@lru_cache(maxsize=1 << 16)
def _holds_a_run(path: Path, _size: int, _changed: int) -> bool:
    """Whether a GAN's curve of more than one point can be read from a file; remembered while its stamp is the same."""
    from gandoctor import readers  # who looks for logs by their names needs none of it

    try:
        return readers.read(path).points > 1
    except GandoctorError:
        return False
    except Exception:  # whoever judges it says that gandoctor failed on it
        return True


def _walk(root: Path) -> Iterator[tuple[Path, int, list[str], list[str]]]:
    for at, folders, names in os.walk(root, followlinks=False):
        here = Path(at)
        yield here, len(here.relative_to(root).parts), folders, names


def choose(
    tree: Iterable[tuple[_Place, int, list[str], Sequence[str]]], *, documents: bool = False
) -> Iterator[_Place]:
    """The runs and logs of a tree: of each folder its place, its depth, the folders in it and the names of its files.

    A folder comes before those in it, and what is taken out of its list of folders is not to be walked. With
    `documents` each .json file is among them, though few are logs.
    """
    for here, depth, folders, names in tree:
        if is_run(names, folders):
            folders.clear()
            yield here
            continue
        if is_wandb_root(here.name, folders):
            names = []
        folders[:] = [] if depth >= _DEPTH else [name for name in folders if not name.startswith(".")]
        for name in names:
            if may_be_log(name) or is_store(here / name) or (documents and is_document(name)):
                yield here / name


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
    return _suffix(name) in SUFFIXES and not name.lower().startswith(_NOT_LOGS)


def is_document(name: str) -> bool:
    """Whether a file of that name is JSON, which only its content says to be a log or none (`is_log`)."""
    return _suffix(name) == _DOCUMENT and not name.startswith(".")


def _suffix(name: str) -> str:
    """The suffix of what is in a file, in small letters: ".csv" of "run.CSV.gz"."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""
