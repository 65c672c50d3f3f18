"""Which logs several paths stand for: patterns that the shell left as they are, and folders that hold other paths."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.discover import logs

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAGIC = frozenset("*?[")


def chosen(paths: Sequence[str], below: bool = False) -> tuple[str, ...]:
    """Return the logs that the paths stand for, in order; a path that is no pattern usually stands for itself.

    A pattern that names no file is matched, `**` through folders. Where one of the paths is a folder that holds others
    of them, as in what a shell makes of `runs/**`, or where all are asked for that lie `below`, a folder stands for
    the runs and logs in it, and each log is taken once.
    """
    expanded = [match for path in paths for match in _matches(path)]
    folders = {path for path in expanded if Path(path).is_dir()}
    held = {folder for folder in folders if any(_inside(path, folder) for path in expanded)}
    if not held and not below:
        return tuple(expanded)
    tops = [path for path in dict.fromkeys(expanded) if not any(_inside(path, folder) for folder in folders)]
    made = (_logs(path) if path in folders and (below or path in held) else [path] for path in tops)
    return tuple(dict.fromkeys(log for found in made for log in found))


def _matches(path: str) -> list[str]:
    """Return the files and folders of a pattern; the path itself where it is none, or nothing matches."""
    if not _MAGIC & set(path) or Path(path).exists():
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]  # noqa: PTH207 - Path.glob takes no absolute pattern


def _inside(path: str, folder: str) -> bool:
    return Path(folder) in Path(path).parents


def _logs(folder: str) -> list[str]:
    return [str(found) for found in logs([folder])]
