"""StyleGAN2/3 run folders: `stats.jsonl` with the losses, `metric-*.jsonl` with FID, joined by the snapshot's kimg."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.jsonl import read_json
from gandoctor.readers.source import Source, decode, open_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gandoctor.readers.raw import RawLog

KIMG = "Progress/kimg"
STATS = "stats.jsonl"
_RESULT = "results/"
_KIMG_IN_NAME = re.compile(r"(?<!\d)(\d{1,15})\.pkl$")


def is_metric_text(text: str) -> bool:
    """Whether the first line is a metric of one snapshot: results, and the snapshot that they belong to."""
    try:
        first = json.loads(text.lstrip("\ufeff \r\n").partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and isinstance(first.get("results"), dict) and "snapshot_pkl" in first


def is_stats(log: RawLog) -> bool:
    """Whether a log is a `stats.jsonl`."""
    return KIMG in log.columns


def read_metrics(text: str, name: str) -> RawLog | None:
    """A `metric-*.jsonl`: a row a snapshot, its kimg taken from the snapshot's file name."""
    log = read_json(_with_kimg(text), name)
    if log is None:
        return None
    columns = {key.removeprefix(_RESULT): values for key, values in log.columns.items() if key != "num_gpus"}
    logged = {key.removeprefix(_RESULT): mask for key, mask in log.logged.items()}
    return replace(log, columns=columns, logged=logged, context={})


def _with_kimg(text: str) -> str:
    """The same lines with the kimg of the snapshot's name as a field of its own."""
    return "\n".join(_numbered(line) for line in text.splitlines())


def _numbered(line: str) -> str:
    try:
        parsed = json.loads(line)
        found = _KIMG_IN_NAME.search(str(parsed.get("snapshot_pkl"))) if isinstance(parsed, dict) else None
        return json.dumps({KIMG: int(found[1]), **parsed}) if found else line
    except (ValueError, RecursionError):
        return line


def metrics_beside(folder: Path) -> list[RawLog]:
    """The metric files in a folder that tell their kimg."""
    return _with_step([open_source(path) for path in sorted(folder.glob("metric-*.jsonl"))])


def join_metrics(sources: Sequence[Source]) -> RawLog:
    """One log of one or several metric files."""
    if len(sources) == 1:
        log = read_metrics(decode(sources[0])[0], sources[0].name)
        if log is None:
            raise UnreadableLog(f"{sources[0].name} begins as StyleGAN's metrics do, and goes on with what is no JSON")
        return log
    return merge(None, _with_step(sources))


def _with_step(sources: Sequence[Source]) -> list[RawLog]:
    logs = [read_metrics(decode(source)[0], source.name) for source in sources]
    return [log for log in logs if log is not None and KIMG in log.columns]


def merge(stats: RawLog | None, metrics: Sequence[RawLog]) -> RawLog:
    """The stats with the metrics of each snapshot in the row of its tick; a snapshot without a tick gets its own row.

    A snapshot's name is its kimg rounded down, so it belongs to the last tick whose kimg has that whole part.
    """
    logs = ([stats] if stats is not None else []) + list(metrics)
    rows = list(stats.columns[KIMG]) if stats is not None else []
    placed: list[tuple[str, int, float]] = []
    for log in metrics:
        for kimg, values in _snapshots(log):
            row = _row_of(rows, kimg, fixed=0 if stats is None else len(stats.columns[KIMG]))
            placed += [(key, row, value) for key, value in values.items()]
    return _place(logs[0], stats, rows, placed)


def _snapshots(log: RawLog) -> list[tuple[float, Mapping[str, float]]]:
    names = [key for key in log.columns if key not in (KIMG, "timestamp", "total_time")]
    return [
        (kimg, {key: float(log.columns[key][row]) for key in names if key not in log.logged or log.logged[key][row]})
        for row, kimg in enumerate(log.columns[KIMG])
        if np.isfinite(kimg)
    ]


def _row_of(rows: list[float], kimg: float, *, fixed: int) -> int:
    for row in range(len(rows) - 1, -1, -1):
        if (row < fixed and np.floor(rows[row]) == kimg) or rows[row] == kimg:
            return row
    rows.append(kimg)
    return len(rows) - 1


def _place(
    first: RawLog, stats: RawLog | None, rows: Sequence[float], placed: Sequence[tuple[str, int, float]]
) -> RawLog:
    columns: dict[str, Any] = {KIMG: np.array(rows)}
    known = stats.rows if stats is not None else 0
    logged: dict[str, Any] = {}
    for key, values in (stats.columns if stats is not None else {}).items():
        if key == KIMG:
            continue
        columns[key] = np.concatenate([values, np.full(len(rows) - known, np.nan)])
        mask = stats.logged.get(key, np.ones(known, dtype=np.bool_)) if stats is not None else np.empty(0)
        logged[key] = np.concatenate([mask, np.zeros(len(rows) - known, dtype=np.bool_)])
    for key, row, value in placed:
        columns.setdefault(key, np.full(len(rows), np.nan))[row] = value
        logged.setdefault(key, np.zeros(len(rows), dtype=np.bool_))[row] = True
    order = _order(rows, known)
    return replace(
        first,
        columns={key: values[order] for key, values in columns.items()},
        logged={key: mask[order] for key, mask in logged.items() if not mask.all()},
        lines=None,
    )


def _order(rows: Sequence[float], known: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The order of rows: by kimg where it never falls among the ticks, else ticks first as they stand."""
    kimg = np.array(rows)
    if (np.diff(kimg[:known]) < 0).any():
        return np.arange(len(rows))
    return np.argsort(kimg, kind="stable")
