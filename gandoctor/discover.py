"""Finds the logs below a folder of runs: run folders as one log each, and the files beside them that may be logs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

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
    a run (it holds run.csv, stats.jsonl, metrics.csv or event files) is one log, and in the others every file with the
    suffix of a log is one. Links to folders are not followed, nor are folders more than 8 levels down.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        below = list(_below(path)) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return tuple(sorted(found))


def _below(root: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(root, followlinks=False):
        here = Path(at)
        if is_run(names):
            folders.clear()
            yield here
            continue
        if len(here.relative_to(root).parts) >= _DEPTH:
            folders.clear()
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (here / name for name in names if may_be_log(name) and (here / name).is_file())


def is_run(names: Sequence[str]) -> bool:
    """Whether a folder with files of these names is the folder of one run, and not one where many runs left a file."""
    if any(name in _RUN_FILES for name in names):
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
