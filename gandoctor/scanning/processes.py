"""Judges logs in several processes of this machine; one that kills its process costs the others nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from gandoctor.scanning.work import Task, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.scanning.row import Row

_AHEAD = 3
"""Logs in hand for each process: as few as keep it busy, since all of them are suspects when one is killed."""


def in_processes(tasks: Sequence[Task], processes: int) -> Iterator[Row]:
    """Judge the logs, and give the row of each as soon as it is there.

    When a process is killed (the system is out of memory, a library crashes), what was in hand is judged again, each in
    a process of its own, and the log that kills that one too has a row that says so.
    """
    waiting = deque(tasks)
    while waiting:
        in_hand: dict[Future[Row], Task] = {}
        with _pool(processes) as pool:
            try:
                yield from _until_broken(pool, waiting, in_hand, _AHEAD * processes)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        yield from map(_alone, in_hand.values())


def _pool(processes: int) -> ProcessPoolExecutor:
    # Not forked: a fork of a process with threads, which numpy and the progress bar have, can hang.
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin)


def _begin() -> None:
    """Prepare a process: it has one thread, and leaves it to its parent to be interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # numerical libraries look at them when they are loaded


def _until_broken(
    pool: ProcessPoolExecutor, waiting: deque[Task], in_hand: dict[Future[Row], Task], most: int
) -> Iterator[Row]:
    """Take from what is waiting until there is nothing left, or until a process is killed: that stays in hand."""
    try:
        while waiting or in_hand:
            while waiting and len(in_hand) < most:
                in_hand[pool.submit(judged, waiting[0])] = waiting[0]
                waiting.popleft()
            done, _ = wait(in_hand, return_when=FIRST_COMPLETED)
            for future in done:
                row = future.result()
                del in_hand[future]
                yield row
    except BrokenProcessPool:
        return


def _alone(task: Task) -> Row:
    with _pool(1) as pool:
        try:
            return pool.submit(judged, task).result()
        except BrokenProcessPool:
            return task.killed()
