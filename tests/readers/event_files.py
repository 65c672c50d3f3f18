"""Writes TensorBoard event files for the tests of the readers."""

import struct

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util.tensor_util import make_tensor_proto

from gandoctor.readers.records import masked_crc

Point = tuple[str, int, float]


def record(event: Event) -> bytes:
    data: bytes = event.SerializeToString()
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", masked_crc(head)) + data + struct.pack("<I", masked_crc(data))


def value(tag: str, number: float, form: str) -> Summary.Value:
    if form == "simple":
        return Summary.Value(tag=tag, simple_value=number)
    kind = {"tensor": "float32", "double": "float64", "half": "float16"}[form]
    found = Summary.Value(tag=tag, tensor=make_tensor_proto(np.array(number, kind)))
    found.metadata.plugin_data.plugin_name = "scalars"
    return found


def events(points: list[Point], form: str = "simple", start: float = 1e9) -> bytes:
    parts = [record(Event(wall_time=start, file_version="brain.Event:2"))]
    for i, (tag, step, number) in enumerate(points):
        summary = Summary(value=[value(tag, number, form)])
        parts.append(record(Event(wall_time=start + i + 1, step=step, summary=summary)))
    return b"".join(parts)
