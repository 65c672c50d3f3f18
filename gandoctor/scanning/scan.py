"""Judges many logs: in processes of this machine, or on a Dask cluster, with the same rows either way."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.scanning.journal import journal_of, known, write
from gandoctor.scanning.places import find
from gandoctor.scanning.row import Row, Rules, judge, rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gandoctor.scanning.places import Place

_CHUNK = 8
"""Logs that a process of this machine takes at once: few, since one log may be a thousand times as long as the next."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to scan: roots (files, folders, fsspec URLs), rules, options of `readers.read`, and where to work.

    `processes` 0 means one a core; `scheduler` is the address of a Dask cluster, used instead. `table` is where the
    rows go (.csv or .parquet); rows that it holds already are kept where log and rulebook are unchanged, unless
    `fresh`.
    """

    roots: tuple[str, ...]
    table: Path | None = None
    rules: Rules = field(default_factory=Rules)
    options: tuple[tuple[str, Any], ...] = ()
    processes: int = 0
    scheduler: str = ""
    fresh: bool = False


def scan(job: Job, on_row: Callable[[Row, int], None] | None = None) -> list[Row]:
    """Judge the logs of a job and return their rows sorted by log; `on_row` gets each row and how many there will be.

    Raises BadOption or BadRule for wrong use before a log is read; a log that cannot be read is a row.
    """
    book = rulebook(job.rules)
    places = find(job.roots)
    old = known(job.table) if job.table is not None and not job.fresh else {}
    kept = {p.name: old[p.name] for p in places if _same(old.get(p.name), p, book.hash)}
    todo = [place for place in places if place.name not in kept]
    rows = dict(kept)
    with _journal(job.table) as note:
        for row in _judged(job, todo):
            rows[row.log] = row
            note(row)
            if on_row is not None:
                on_row(row, len(places))
    made = [rows[place.name] for place in places]
    if job.table is not None:
        write(job.table, made)
        journal_of(job.table).unlink(missing_ok=True)
    return made


def _same(row: Row | None, place: Place, rules: str) -> bool:
    return row is not None and bool(place.stamp) and (row.stamp, row.rulebook) == (place.stamp, rules)


def _judged(job: Job, places: Sequence[Place]) -> Iterable[Row]:
    if not places:
        return []
    if job.scheduler:
        return _on_dask(job, places)
    processes = job.processes or os.cpu_count() or 1
    if processes == 1 or len(places) == 1:
        return (judge(place.name, place.stamp, job.rules, job.options) for place in places)
    return _in_processes(job, places, min(processes, len(places)))


def _in_processes(job: Job, places: Sequence[Place], processes: int) -> Iterator[Row]:
    from concurrent.futures import ProcessPoolExecutor, as_completed

    with ProcessPoolExecutor(processes, initializer=_one_thread) as pool:
        parts = [places[at : at + _CHUNK] for at in range(0, len(places), _CHUNK)]
        try:
            for done in as_completed([pool.submit(_part, part, job.rules, job.options) for part in parts]):
                yield from done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _part(places: Sequence[Place], rules: Rules, options: tuple[tuple[str, Any], ...]) -> list[Row]:
    return [judge(place.name, place.stamp, rules, options) for place in places]


def _one_thread() -> None:
    """Keep numerical libraries from using all cores in each of the processes; they look when they are loaded."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _on_dask(job: Job, places: Sequence[Place]) -> Iterator[Row]:
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise BadOption("--scheduler: needs Dask; pip install 'gandoctor[scan]'") from None
    try:
        client = Client(job.scheduler)  # type: ignore[no-untyped-call]  # distributed has no annotations
    except (OSError, ValueError) as error:
        raise BadOption(f"--scheduler {job.scheduler}: no cluster answers there ({error})") from error
    with client:
        parts = [list(places[at : at + _CHUNK]) for at in range(0, len(places), _CHUNK)]
        tasks = client.map(_part, parts, rules=job.rules, options=job.options, pure=False)
        for done in as_completed(tasks):  # type: ignore[no-untyped-call]  # as above
            yield from done.result()


def _forget(_row: Row) -> None:
    """Note nothing."""


@contextmanager
def _journal(table: Path | None) -> Iterator[Callable[[Row], None]]:
    """Append each row beside the table at once, so that an interruption loses none."""
    if table is None:
        yield _forget
        return
    try:
        file = journal_of(table).open("a", encoding="utf-8")
    except OSError as error:
        raise BadOption(f"{table}: cannot be written ({error.strerror})") from error
    with file:

        def note(row: Row) -> None:
            file.write(json.dumps(row.as_dict()) + "\n")
            file.flush()

        yield note
