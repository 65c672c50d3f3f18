"""Chooses the reader of a log: by its content first, by its name only where the content leaves it open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.dialect import DELIMITERS, could_be_header, is_comment, shortened, split_line
from gandoctor.readers.ledger import MAGIC as WANDB_MAGIC
from gandoctor.readers.own import refusal
from gandoctor.readers.records import is_records
from gandoctor.readers.source import SQLITE_MAGIC, STDIN, Source, decode, open_source
from gandoctor.readers.table import dialect_of, read_table
from gandoctor.readers.tagcsv import is_export, is_tag_table, read_tag_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gandoctor.readers.dialect import Dialect
    from gandoctor.readers.raw import RawLog

NUMPY_MAGIC = b"\x93NUMPY"
STATS = "stats.jsonl"
ZIP_MAGIC = b"PK\x03\x04"


def read_raw(paths: Sequence[str | os.PathLike[str]]) -> list[RawLog]:
    """The logs in files, folders and stdin ("-"): files before folders, each in the order given.

    TensorBoard downloads, event files, NumPy arrays, StyleGAN's metric files, exports of Weights & Biases and its run
    files that are given together make one log, since each holds a part of it; it comes before the others. Any other
    file makes its own. Raises GandoctorError, and
    UnreadableLog where a file is no log.
    """
    if not paths:
        raise GandoctorError("no log was named; give a file, a folder or - for stdin")
    if not all(os.fspath(path) for path in paths):
        raise GandoctorError("a log has an empty name: is a variable of the shell not set? Name a file or a folder")
    folders = [path for path in paths if os.fspath(path) != STDIN and Path(path).is_dir()]
    files = [path for path in paths if path not in folders]
    logs: list[RawLog] = []
    if files:
        logs += read_together([open_source(path) for path in files])
    for folder in folders:
        from gandoctor.readers.folder import read_folder

        logs += read_folder(Path(folder))
    return logs


def read_together(sources: Sequence[Source]) -> list[RawLog]:
    """The logs in opened files; those that hold one curve each are joined."""
    if len(sources) == 1:
        return read_source(sources[0])
    kinds = [kind_of(source) for source in sources]
    stats = {source.beside for source in sources if source.beside is not None and Path(source.name).name == STATS}
    logs = []
    for kind, join in _JOINED.items():
        group = [source for source, found in zip(sources, kinds, strict=True) if found == kind]
        if kind == "metrics":
            group = [source for source in group if source.beside not in stats]  # they are read with their stats
        logs += join(group) if group else []
    single = [source for source, found in zip(sources, kinds, strict=True) if found not in _JOINED]
    return logs + [log for source in single for log in read_source(source)]


def kind_of(source: Source) -> str:
    """The format.

    "arrays", "events", "tags" (a download), "metrics" (StyleGAN's), "exports" (of Weights & Biases), "ledger" (its run
    file), "store" (a tracker's database), "json", "table" or "text".
    """
    return _kind(source)[0]


def _kind(source: Source) -> tuple[str, Dialect | None]:
    """The format, and how the table is written where it is one."""
    head = source.head
    if head.startswith((NUMPY_MAGIC, ZIP_MAGIC)):
        return "arrays", None
    if head.startswith((SQLITE_MAGIC, WANDB_MAGIC)):
        return ("store" if head.startswith(SQLITE_MAGIC) else "ledger"), None
    if is_records(head):
        return "events", None
    start = head[:4096].decode(source.encoding, "replace").lstrip("\ufeff \t\r\n")
    if why := refusal(start):
        raise UnreadableLog(f"{source.name}: {why}")
    if start.startswith(("{", "[")):
        from gandoctor.readers.jsonl import looks_like_json
        from gandoctor.readers.stylegan import is_metric_text

        if looks_like_json(start):
            return ("metrics" if is_metric_text(start) else "json"), None
    dialect = None if _begins_with_list(start) else dialect_of(source)
    if dialect is None:
        return "text", None
    if is_tag_table(dialect):
        return "tags", dialect
    return ("exports" if is_export(dialect) else "table"), dialect


def _begins_with_list(start: str) -> bool:
    if "[" not in start:
        return False
    from gandoctor.readers.text_histories import begins_with_list

    return begins_with_list(start)


def read_source(source: Source) -> list[RawLog]:
    """The logs in one opened file; more than one where it holds several runs apart.

    They know their lines only where an editor would show them: not in stdin and not in what is packed.
    """
    logs = _logs_of(source)
    return logs if source.path is not None else [replace(log, lines=None) for log in logs]


def _logs_of(source: Source) -> list[RawLog]:
    kind, dialect = _kind(source)
    if kind in _JOINED:
        return _JOINED[kind]([source])
    if kind == "table":
        return [read_table(source, dialect)]
    if kind == "store":
        from gandoctor.readers.stores import read_store

        return read_store(source)
    text, notes = decode(source)
    notes = (*source.notes, *notes)
    log = _read_json(text, source) if kind == "json" else None
    if log is None:
        _refuse_header_only(text, source.name)
        log = _read_text(text, source.name)
    return [replace(log, notes=(*notes, *log.notes))]


def _read_arrays(sources: Sequence[Source]) -> list[RawLog]:
    from gandoctor.readers.arrays import read_arrays

    return [read_arrays(sources)]


def _read_events(sources: Sequence[Source]) -> list[RawLog]:
    from gandoctor.readers.tensorboard import read_tensorboard

    return read_tensorboard([("", source) for source in sources], sources[0].name)


def _read_tags(sources: Sequence[Source]) -> list[RawLog]:
    return [read_tag_tables(sources)]


def _read_metrics(sources: Sequence[Source]) -> list[RawLog]:
    from gandoctor.readers.stylegan import join_metrics

    return [join_metrics(sources)]


def _read_exports(sources: Sequence[Source]) -> list[RawLog]:
    from gandoctor.readers.wandb_export import read_exports

    return read_exports(sources)


def _read_ledgers(sources: Sequence[Source]) -> list[RawLog]:
    from gandoctor.readers.wandb_run import read_wandb

    return read_wandb(sources)


_JOINED: dict[str, Callable[[Sequence[Source]], list[RawLog]]] = {
    "arrays": _read_arrays,
    "events": _read_events,
    "exports": _read_exports,
    "ledger": _read_ledgers,
    "metrics": _read_metrics,
    "tags": _read_tags,
}


def _read_json(text: str, source: Source) -> RawLog | None:
    from gandoctor.readers.jsonl import read_json
    from gandoctor.readers.notebook import notebook_output
    from gandoctor.readers.stylegan import is_stats, merge, metrics_beside

    output = notebook_output(text)
    if output is not None:
        return _read_text(output, source.name)
    log = read_json(text, source.name)
    if log is not None and is_stats(log) and source.beside is not None:
        metrics = metrics_beside(source.beside)
        return merge(log, metrics) if metrics else log
    return log


def _read_text(text: str, name: str) -> RawLog:
    from gandoctor.readers.text import read_text

    return read_text(text, name)


def _refuse_header_only(text: str, name: str) -> None:
    lines = [line for line in text[:20_000].splitlines() if not is_comment(line)]
    if len(lines) != 1:
        return
    for mark in DELIMITERS:
        cells = split_line(lines[0], mark)
        if len(cells) > 1 and could_be_header(cells):
            raise UnreadableLog(
                f"{name} holds a header ({shortened(cells)}) and no row below it: nothing was logged, or not yet"
            )
