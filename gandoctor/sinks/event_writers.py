"""TensorBoard's event files, through whatever writes them."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class EventWriter(Protocol):
    """Writes scalars and texts (markdown) under tags."""

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number."""

    def text(self, tag: str, text: str, step: int) -> None:
        """Write a text."""

    def flush(self) -> None:
        """Bring everything to the disk."""


class EventFolder:
    """An event file of its own in a folder, which is made when there is something to write; never open for long.

    It needs the tensorboard package, but not what would load TensorFlow wherever that is installed (EventFileWriter),
    or fails with NumPy 2 up to TensorBoard 2.16 (`summary.scalar_pb`).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()  # a training may change its own
        self._file: Path | None = None

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        self._add(step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=value)]))

    def text(self, tag: str, text: str, step: int) -> None:
        """Write a text."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.compat.proto.tensor_pb2 import TensorProto
        from tensorboard.plugins.text.metadata import create_summary_metadata

        kind = create_summary_metadata(display_name=None, description=None)
        tensor = TensorProto(dtype="DT_STRING", string_val=[text.encode()])
        self._add(step=step, summary=Summary(value=[Summary.Value(tag=tag, metadata=kind, tensor=tensor)]))

    def flush(self) -> None:
        """Everything is on the disk already."""

    def _add(self, **event: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"events.out.tfevents.{time.time():.6f}.{socket.gethostname()}.{os.getpid()}.gandoctor"
            self._file = self._folder / name  # behind older ones in the order in which TensorBoard reads them
            self._add(file_version="brain.Event:2")
        with self._file.open("ab") as file:
            RecordWriter(file).write(Event(wall_time=time.time(), **event).SerializeToString())


class OfTorch:
    """A SummaryWriter of PyTorch or tensorboardX; it is the training's, and stays open."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number."""
        self._writer.add_scalar(tag, value, step)

    def text(self, tag: str, text: str, step: int) -> None:
        """Write a text."""
        self._writer.add_text(tag, text, step)

    def flush(self) -> None:
        """Bring everything to the disk."""
        self._writer.flush()


class OfTensorFlow:
    """A writer of `tf.summary.create_file_writer`; it is the training's, and stays open."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write a number."""
        import tensorflow as tf

        with self._writer.as_default():
            tf.summary.scalar(tag, value, step=step)

    def text(self, tag: str, text: str, step: int) -> None:
        """Write a text."""
        import tensorflow as tf

        with self._writer.as_default():
            tf.summary.text(tag, text, step=step)

    def flush(self) -> None:
        """Bring everything to the disk."""
        self._writer.flush()
