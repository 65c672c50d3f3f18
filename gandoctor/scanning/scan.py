"""Judges many logs: in processes of this machine, or on a Dask cluster, with the same rows either way."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gandoctor import __version__
from gandoctor.checks.parallel import WORTH_IT, cores
from gandoctor.errors import BadOption
from gandoctor.scanning.journal import journal_of, known, write
from gandoctor.scanning.places import digest, find
from gandoctor.scanning.row import Row, Rules, rulebook
from gandoctor.scanning.work import Task, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from gandoctor.scanning.places import Place


@dataclass(frozen=True, slots=True)
class Job:
    """What to scan: roots (files, folders, fsspec URLs), rules, options of `readers.read`, and where to work.

    `processes` 0 means one a core, and one in all for few logs; `scheduler` is the address of a Dask cluster, used
    instead. `table` is where the rows go (.csv or .parquet); rows that it holds already are kept where log, options,
    rulebook and gandoctor's version are unchanged, unless `fresh`.
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
    places = [replace(place, stamp=_stamp(place, job)) for place in find(job.roots)]
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


def _stamp(place: Place, job: Job) -> str:
    """Return what must be the same for a log not to be judged again; "" where its content has no stamp."""
    return digest((place.stamp, job.options, __version__)) if place.stamp else ""


def _same(row: Row | None, place: Place, rules: str) -> bool:
    return row is not None and bool(place.stamp) and (row.stamp, row.rulebook) == (place.stamp, rules)


def _judged(job: Job, places: Sequence[Place]) -> Iterable[Row]:
    tasks = [Task(place, job.rules, job.options) for place in places]
    processes = job.processes or (cores() if len(places) >= WORTH_IT else 1)
    if job.scheduler and tasks:
        from gandoctor.scanning.cluster import on_cluster

        return on_cluster(tasks, job.scheduler)
    if min(processes, len(tasks)) > 1:
        from gandoctor.scanning.processes import in_processes

        return in_processes(tasks, min(processes, len(tasks)))
    return map(judged, tasks)


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
