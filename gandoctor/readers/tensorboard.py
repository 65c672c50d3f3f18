"""TensorBoard event files and folders, through the classes of the tensorboard package, and VisualDL's records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.records import frame_of, frames
from gandoctor.readers.union import Series, join
from gandoctor.readers.visualdl import scalars_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.source import Source

STEP, WALL_TIME = "Step", "Wall time"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One logged number; `time` in seconds since 1970."""

    tag: str
    step: float
    time: float
    value: float


def read_events(source: Source) -> tuple[list[Scalar], tuple[str, ...]]:
    """The scalars of one file in the order in which they were written, and a note where the file is damaged."""
    frame = frame_of(source.head)
    assert frame is not None
    data = source.content[:]
    parse = scalars_of if frame == "visualdl" else _event_parser(source.name)
    found: list[Scalar] = []
    end = 0
    for at, payload in frames(data, frame):
        try:
            found += [Scalar(*each) for each in parse(payload)]
        except Exception as error:  # protobuf raises types of its own; a broken record is noted
            return found, (_damaged(source, at, str(error)),)
        end = at + len(payload) + (16 if frame == "tfrecord" else 8)
    return found, () if end == len(data) else (_damaged(source, end, "the record is cut off or its checksum is wrong"),)


def _damaged(source: Source, at: int, why: str) -> str:
    return f"{source.name} is damaged at byte {at} of {source.size} ({why}): the records before it were read"


def _event_parser(name: str) -> Any:
    try:
        from tensorboard.compat.proto import event_pb2
    except ImportError as error:
        raise GandoctorError(
            f"{name} is a TensorBoard event file: install its reader with `pip install gandoctor[tensorboard]`, "
            "or download the curves as CSV in TensorBoard"
        ) from error

    def parse(payload: bytes) -> list[tuple[str, float, float, float]]:
        event = event_pb2.Event.FromString(payload)
        return [
            (value.tag, float(event.step), event.wall_time, number)
            for value in event.summary.value
            if (number := _scalar(value)) is not None
        ]

    return parse


def _scalar(value: Any) -> float | None:
    """The number of a summary value, in either of the forms in which writers store one; None for anything else."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return float(value.simple_value)
    if kind != "tensor" or value.metadata.plugin_data.plugin_name not in ("scalars", ""):
        return None
    return _tensor(value.tensor)


def _tensor(tensor: Any) -> float | None:
    from tensorboard.util.tensor_util import make_ndarray

    if any(axis.size != 1 for axis in tensor.tensor_shape.dim):
        return None
    try:
        array = make_ndarray(tensor)
    except (TypeError, ValueError):  # a type that NumPy does not know
        return None
    return float(array.item()) if array.size == 1 and array.dtype.kind in "fiubV" else None


def read_tensorboard(sources: Sequence[tuple[str, Source]], name: str) -> list[RawLog]:
    """The logs in event files, each given with the sub-folder in which it lies ("" for the folder itself).

    Files of one sub-folder are one writer's, started again and again, and follow each other in time. Sub-folders are
    series of one run, as `add_scalars` makes them, unless two of them hold the same several tags: those are runs of
    their own. Files without a scalar are passed over.
    """
    folders: dict[str, list[list[Scalar]]] = {}
    notes: list[str] = []
    for folder, source in sources:
        scalars, told = read_events(source)
        notes += told
        if scalars:
            folders.setdefault(folder, []).append(scalars)
    if not folders:
        raise UnreadableLog(f"{name} holds no scalar: {'; '.join(notes) or 'nothing was logged to its event files'}")
    curves = {folder: _curves(sorted(files, key=lambda file: file[0].time)) for folder, files in folders.items()}
    return [
        join(series, f"{name}/{run}" if run else name, step=STEP, time=WALL_TIME, notes=notes)
        for run, series in _runs(curves).items()
    ]


def _curves(files: Sequence[Sequence[Scalar]]) -> dict[str, Series]:
    by_tag: dict[str, list[Scalar]] = {}
    for file in files:
        for scalar in file:
            by_tag.setdefault(scalar.tag, []).append(scalar)
    return {
        tag: Series(
            steps=np.array([scalar.step for scalar in found]),
            values=np.array([scalar.value for scalar in found]),
            times=np.array([scalar.time for scalar in found]),
        )
        for tag, found in by_tag.items()
    }


def _runs(folders: Mapping[str, Mapping[str, Series]]) -> dict[str, dict[str, Series]]:
    """Run name -> its curves; "" where all sub-folders belong to one run."""
    tags = Counter(tag for series in folders.values() for tag in series)
    shared = {tag for tag, count in tags.items() if count > 1}
    several = [folder for folder, series in folders.items() if len(shared & set(series)) > 1 and not _is_split(folder)]
    if len(several) > 1:
        return {folder: dict(folders[folder]) for folder in several}
    return {"": {_title(tag, folder, shared): s for folder, series in folders.items() for tag, s in series.items()}}


def _is_split(folder: str) -> bool:
    """Whether a sub-folder is a part of the data and no run: Keras writes `train` and `validation`."""
    words = Path(folder).name.lower().replace("-", "_").split("_")
    return bool({"val", "valid", "validation", "test", "eval", "dev"} & set(words))


def _title(tag: str, folder: str, shared: set[str]) -> str:
    """The name of a curve: its tag, the series behind it (`add_scalars`), or the folder before it where shared."""
    last = Path(folder).name
    stem = tag.replace("/", "_")
    if last.startswith(stem + "_"):
        return f"{tag}/{last[len(stem) + 1 :]}"
    return f"{folder}/{tag}" if folder and (tag in shared or _is_split(folder)) else tag
