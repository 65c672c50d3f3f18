"""Many run folders at once: one process a core, where there are enough of them to pay for starting it."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from gandoctor.checks.folders import check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gandoctor.checks.result import CheckResult
    from gandoctor.model import Rulebook

WORTH_IT = 24
"""Folders from which on a second process saves more than the half second that its start takes."""


def check_all(
    folders: Sequence[Path], load: Callable[[], Rulebook], workers: int | None = None
) -> tuple[CheckResult, ...]:
    """Check every folder, results in their order. `load` makes the rulebook and is called once in each process."""
    workers = cores() if workers is None else workers
    if workers < 2 or len(folders) < WORTH_IT:
        book = load()
        return tuple(check(folder, book) for folder in folders)
    # Not forked: a fork of a process with threads, which numpy's linear algebra has, can hang.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(folders)), fresh, _prepare, (load,)) as pool:
        return tuple(pool.map(_check, folders, chunksize=4))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_with_book: Callable[[Path], CheckResult] | None = None


def _prepare(load: Callable[[], Rulebook]) -> None:
    """Load the rulebook of this process."""
    global _with_book
    _with_book = partial(check, rulebook=load())


def _check(folder: Path) -> CheckResult:
    assert _with_book is not None
    return _with_book(folder)
