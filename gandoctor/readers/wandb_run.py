"""Runs of Weights & Biases as they lie on disk: `offline-run-*` and `run-*` folders with a `run-*.wandb` file each.

The file is a ledger of protobuf messages `Record`: field 2 is a row of the history, 5 a change of the config, 17 the
run. A row's items (field 1) have a key (1) or a path of keys (2) and a JSON text (16); so have those of a config.
Source: wandb/proto/wandb_internal.proto.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.jsonrows import rows_of
from gandoctor.readers.layouts import WANDB_SUFFIX
from gandoctor.readers.ledger import Damage, records
from gandoctor.readers.settings import settings_of
from gandoctor.readers.source import open_source
from gandoctor.readers.tracked import MOST_RUNS
from gandoctor.readers.wire import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.source import Source

_HISTORY, _CONFIG, _RUN = 2, 5, 17
_RUN_ID, _RUN_CONFIG, _RUN_NAME = 1, 4, 8
_ITEM, _KEY, _PATH, _JSON = 1, 1, 2, 16
_OWN = frozenset({"_runtime", "_timestamp", "_wandb"})
"""Keys of W&B's own that are no curve; `_step` counts."""
_FALLBACKS = ("wandb-history.jsonl", "output.log", "wandb-summary.json")


@dataclass(slots=True)
class _Told:
    """What a run file tells, row by row of its history."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    run: str = ""
    title: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether there is no curve in it."""
        return not any(set(row) - {"_step"} for row in self.rows)


def read_wandb(sources: Sequence[Source]) -> list[RawLog]:
    """The logs of run files, those of one run that was resumed as one; UnreadableLog where none holds a curve."""
    return _logs([_told(source) for source in sources])


def read_wandb_folders(folders: Sequence[Path]) -> list[RawLog]:
    """The logs of run folders, the newest last.

    Where no run file holds a curve, what else the newest run left in its folder `files` is read.
    """
    dated = sorted(folders, key=_begun)[-MOST_RUNS:]
    told, faults = [], []
    for path in (path for folder in dated for path in sorted(folder.glob("*" + WANDB_SUFFIX)) if path.is_file()):
        try:
            told.append(_told(open_source(path)))
        except GandoctorError as error:
            faults.append(error)
    try:
        return _logs(told)
    except UnreadableLog as error:
        return _fallback(dated[-1], faults[-1] if faults else error)


def _begun(folder: Path) -> tuple[str, int, str]:
    """When a run began, by the second that its folder is named after, and of one second by what was written last."""
    second, _, run = folder.name.partition("run-")[2].rpartition("-")
    return second, max((path.stat().st_mtime_ns for path in folder.glob("*" + WANDB_SUFFIX)), default=0), run


def _fallback(folder: Path, fault: GandoctorError) -> list[RawLog]:
    from gandoctor.readers.formats import read_source

    for name in _FALLBACKS:
        try:
            logs = read_source(open_source(folder / "files" / name))
        except GandoctorError:
            continue
        return [replace(log, notes=(f"{fault}; {name} was read instead", *log.notes)) for log in logs]
    raise fault


def _logs(files: Sequence[_Told]) -> list[RawLog]:
    runs: dict[str, list[_Told]] = {}
    for told in files:
        runs.setdefault(told.run or told.name, []).append(told)
    logs = []
    for parts in runs.values():
        rows = [row for told in parts for row in told.rows]
        config = {key: value for told in parts for key, value in told.config.items()}
        last = parts[-1]
        if not all(told.empty for told in parts):
            log = rows_of(rows, last.name, notes=[note for told in parts for note in told.notes])
            logs.append(replace(log, part=last.title or last.run, context=settings_of(config)))
    if not logs:
        why = "; ".join(note for told in files for note in told.notes)
        name = files[-1].name if files else "the folder"
        raise UnreadableLog(f"{name} holds no curve: nothing was logged, or not yet{f' ({why})' if why else ''}")
    return logs


def _told(source: Source) -> _Told:
    told, damage = _Told(source.name), Damage()
    for record in records(source.content, damage):
        try:
            _take(record, told)
        except ValueError:
            damage.wrong += 1
    told.notes += _said(source, damage)
    return told


def _said(source: Source, damage: Damage) -> list[str]:
    said = []
    if damage.blocks:
        places = ", ".join(map(str, damage.blocks[:5])) + (", ..." if len(damage.blocks) > 5 else "")
        said.append(f"{source.name} is damaged at byte {places} of {source.size}: what could be checked was read")
    if damage.wrong:
        said.append(f"{source.name}: {damage.wrong} record(s) are none of Weights & Biases' and were left out")
    if damage.cut:
        said.append(f"{source.name}: its last record is cut off, as while it is written: it was left out")
    return said


def _take(record: bytes, told: _Told) -> None:
    """Add what a record tells; ValueError where it is none."""
    for number, value in fields(record):
        if not isinstance(value, bytes):
            continue
        if number == _HISTORY:
            row = ((key, _point(text)) for key, text in _items(value) if key not in _OWN)
            told.rows.append({key: item for key, item in row if _may_count(item)})
        elif number == _CONFIG:
            told.config |= {key: _value(text) for key, text in _items(value)}
        elif number == _RUN:
            _take_run(value, told)


def _take_run(run: bytes, told: _Told) -> None:
    for number, value in fields(run):
        if not isinstance(value, bytes):
            continue
        if number == _RUN_CONFIG:
            told.config |= {key: _value(text) for key, text in _items(value)}
        elif number == _RUN_ID:
            told.run = value.decode("utf-8", "replace")
        elif number == _RUN_NAME:
            told.title = value.decode("utf-8", "replace")


def _items(message: bytes) -> Iterator[tuple[str, bytes]]:
    """(key, JSON text) of each item that a row of the history or a change of the config sets."""
    for number, item in fields(message):
        if number != _ITEM or not isinstance(item, bytes):
            continue
        path, text = [], b""
        for part, value in fields(item):
            if part == _JSON and isinstance(value, bytes):
                text = value
            elif part in (_KEY, _PATH) and isinstance(value, bytes) and value:
                path.append(value.decode("utf-8", "replace"))
        yield path[0] if len(path) == 1 else "/".join(path), text


def _value(text: bytes) -> Any:
    """What a JSON text says, None where it goes too deep; ValueError where it is none."""
    try:
        return json.loads(text)
    except RecursionError:
        return None


def _point(text: bytes) -> Any:
    """The same for a row of the history, where nearly all are numbers and a tenth of the time is enough."""
    try:
        return float(text)
    except ValueError:
        return _value(text)


def _may_count(item: Any) -> bool:
    """Whether an item may be a point of a curve; pictures, tables and histograms are objects with a `_type`."""
    return not isinstance(item, list) and not (isinstance(item, dict) and "_type" in item)
