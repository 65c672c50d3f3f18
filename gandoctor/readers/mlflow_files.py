"""MLflow's `mlruns` folders: a folder an experiment, in it a folder a run, in it a file a metric and a file a param.

A metric's file has one line a point: milliseconds since 1970, value, step; the first versions left the step out, later
ones add the name of a data set.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.flatyaml import read_flat
from gandoctor.readers.layouts import MLFLOW_META, MLFLOW_METRICS
from gandoctor.readers.tracked import Tracked, log_of, newest, some
from gandoctor.readers.union import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.readers.raw import RawLog

_PARAMS = "params"
_MOST_FILES = 10_000
_LONGEST_PARAM = 6000
_LARGEST = 1 << 30
_LEVELS = 3
"""All experiments, one experiment, one run."""


def runs_in(folder: Path) -> list[Path]:
    """The run folders that a folder stands for: itself, those of an experiment, or those of all experiments in it."""
    below = [folder]
    for _ in range(_LEVELS):
        found = [at for at in below if (at / MLFLOW_METRICS).is_dir() and (at / MLFLOW_META).is_file()]
        if found:
            return found
        below = [at for parent in below for at in _folders(parent)][:_MOST_FILES]
    return []


def read_runs(folders: Sequence[Path], name: str) -> list[RawLog]:
    """The logs of run folders, the newest last; UnreadableLog where no run holds a point."""
    runs, notes = newest([run for folder in folders if (run := _run(folder)) is not None])
    return some([_log(run, name if len(folders) > 1 else run.key, notes) for run in runs], name)


def _run(folder: Path) -> Tracked | None:
    stated = read_flat(folder / MLFLOW_META)
    if stated.get("lifecycle_stage") == "deleted":
        return None
    begun = stated.get("start_time", "")
    label = stated.get("run_name") or stated.get("name") or folder.name
    return Tracked(str(folder), label, float(begun) if begun.isdecimal() else 0.0)


def _log(run: Tracked, name: str, notes: Sequence[str]) -> RawLog | None:
    folder = Path(run.key)
    series: dict[str, Series] = {}
    told = list(notes)
    for path in _files(folder / MLFLOW_METRICS):
        metric = path.relative_to(folder / MLFLOW_METRICS).as_posix()
        series[metric], odd = _points(path)
        if odd:
            told.append(f"{metric}: {odd} line(s) of its file are no point and were left out")
    return log_of(Tracked(run.key, run.label, run.started, _params(folder)), series, name, told)


def _points(path: Path) -> tuple[Series, int]:
    """The points in a metric's file, and how many of its lines are none; a last line that was not ended is written now.

    Each line gives its first three words.
    """
    if path.stat().st_size > _LARGEST:
        raise UnreadableLog(f"{path} holds more than {_LARGEST >> 20} MB, as no metric does")
    lines = path.read_bytes().split(b"\n")
    lines.pop()
    points, odd = [], 0
    for line in lines:
        words = line.split(None, 3)
        try:
            points.append((float(words[0]) / 1000, float(words[1]), float(words[2]) if len(words) > 2 else 0.0))
        except (ValueError, IndexError):
            odd += bool(words)
    table = np.array(points, dtype=np.float64).reshape(-1, 3)
    table = table[np.isfinite(table[:, 2])]
    times, values, steps = (np.ascontiguousarray(column) for column in table.T)
    return Series(steps, values, times), odd


def _params(folder: Path) -> dict[str, str]:
    found = {}
    for path in _files(folder / _PARAMS):
        with path.open("rb") as file:
            found[path.name] = file.read(_LONGEST_PARAM).decode("utf-8", "replace")
    return found


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, by name; a metric called `loss/g` lies in a folder `loss`."""
    seen = 0
    for at, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            seen += 1
            if seen > _MOST_FILES:
                return
            if (Path(at) / name).is_file():
                yield Path(at) / name


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(at for at in parent.iterdir() if at.is_dir() and not at.is_symlink() and at.name[0] != ".")
    except OSError:
        return []
