"""Judges logs on a Dask cluster; one that kills its worker again and again costs the others nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import BadOption
from gandoctor.scanning.work import Task, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.scanning.row import Row


def on_cluster(tasks: Sequence[Task], address: str) -> Iterator[Row]:
    """Judge the logs on the workers, and give the row of each as soon as it is there.

    BadOption where there is no cluster, or its workers cannot run gandoctor. A log that Dask gives up, because each
    worker that had it was killed, has a row that says so.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise BadOption("--scheduler: needs Dask; pip install 'gandoctor[scan]'") from None
    try:
        client = Client(address)  # type: ignore[no-untyped-call]  # distributed has no annotations
    except (OSError, ValueError) as error:
        raise BadOption(f"--scheduler {address}: no cluster answers there ({error})") from error
    with client:
        futures = client.map(judged, tasks, pure=False)
        in_hand = {future.key: task for future, task in zip(futures, tasks, strict=True)}
        for future in as_completed(futures):  # type: ignore[no-untyped-call]  # as above
            wrong = future.exception() if future.status == "error" else None
            if wrong is None:
                yield future.result()
            elif isinstance(wrong, KilledWorker):
                yield in_hand[future.key].killed()
            else:
                raise BadOption(f"--scheduler: is the same gandoctor on its workers? {type(wrong).__name__}: {wrong}")
