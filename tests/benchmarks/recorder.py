"""What it costs to record a training step, beside what a user would log with instead; and whether that stays so.

    python tests/benchmarks/recorder.py [--steps N] [--blocks N]

6 metrics a step. First a Recorder alone over a long run: time a step, its growth, memory. Then every logger in turn, in
blocks of 2000 steps, and the median of its blocks: csv.writer, the CSVLogger callback of Keras, the writers of
TensorBoard, trainpulse (each where it is installed). Times are CPU seconds of this process with all its threads, so
that other programs do not count. Budgets: 10 us a step on average, no growth with the run's length, 64 MB. Exit status
1 where one is missed.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = dict[str, Any]
    Step = Callable[[int, Row], object]

NAMES = ("d_loss_real", "d_loss_fake", "g_loss", "d_accuracy_real", "d_accuracy_fake", "learning_rate")
STRETCH, BLOCK = 10_000, 2000


def rows(kind: type = float) -> list[Row]:
    """A stretch of a healthy run, used again and again."""
    rng = np.random.default_rng(7)
    losses = np.array([0.62, 0.6, 0.9]) + 0.05 * rng.standard_normal((STRETCH, 3))
    table = np.column_stack([losses, rng.binomial(64, 0.65, (STRETCH, 2)) / 64, np.full(STRETCH, 2e-4)])
    return [dict(zip(NAMES, map(kind, row), strict=True)) for row in table]


def csv_writer(folder: Path) -> Step:
    """The csv module: all that a hand-written loop needs."""
    file = (folder / "plain.csv").open("w", newline="")
    writer = csv.writer(file)
    writer.writerow(["step", *NAMES])
    return lambda step, row: writer.writerow([step, *row.values()])


def keras_csv_logger(folder: Path) -> Step:
    """Keras' callback, called once a step."""
    import keras

    logger = keras.callbacks.CSVLogger(str(folder / "keras.csv"))
    logger.on_train_begin()
    return lambda step, row: logger.on_epoch_end(step, row)


def event_file_writer(folder: Path) -> Step:
    """TensorBoard's own writer, one event a step for all six: less than any of its front ends does."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder / "events"))

    def add(step: int, row: Row) -> None:
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in row.items()]
        writer.add_event(Event(step=step, wall_time=time.time(), summary=Summary(value=values)))

    return add


def tf_summary(folder: Path) -> Step:
    """`tf.summary.scalar` in eager mode."""
    import tensorflow as tf

    writer = tf.summary.create_file_writer(str(folder / "tf"))

    def add(step: int, row: Row) -> None:
        with writer.as_default(step):
            for tag, value in row.items():
                tf.summary.scalar(tag, value)

    return add


def torch_add_scalar(folder: Path) -> Step:
    """`SummaryWriter.add_scalar` of torch."""
    writer_of = importlib.import_module("torch.utils.tensorboard").SummaryWriter

    writer = writer_of(str(folder / "torch"))

    def add(step: int, row: Row) -> None:
        for tag, value in row.items():
            writer.add_scalar(tag, value, step)

    return add


def trainpulse(_: Path) -> Step:
    """trainpulse's Monitor, which keeps everything in memory and writes nothing."""
    monitor = importlib.import_module("trainpulse").Monitor()

    def add(step: int, row: Row) -> None:
        for name, value in row.items():
            monitor.log(name, step, value)

    return add


def recorder(folder: Path) -> Step:
    """Recorded into a file and judged."""
    return Recorder(folder / "run.csv").record


def judged_only(_: Path) -> Step:
    """Judged, no file."""
    return Recorder().record


PEERS: dict[str, tuple[str, Callable[[Path], Step], type]] = {
    "gandoctor.Recorder": ("gandoctor", recorder, float),
    "gandoctor.Recorder, numpy float32": ("gandoctor", lambda folder: recorder(_made(folder / "f32")), np.float32),
    "gandoctor.Recorder without a file": ("gandoctor", judged_only, float),
    "csv.writer": ("csv", csv_writer, float),
    "keras CSVLogger": ("keras", keras_csv_logger, float),
    "tensorboard EventFileWriter": ("tensorboard", event_file_writer, float),
    "tf.summary.scalar": ("tensorflow", tf_summary, float),
    "torch add_scalar": ("torch", torch_add_scalar, float),
    "trainpulse": ("trainpulse", trainpulse, float),
}
"""Name -> the module that it needs, what makes its step, and the type of the values that it gets."""


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def block(step: Step, made: list[Row], first: int, steps: int) -> float:
    """CPU microseconds a step."""
    began = time.process_time()
    for k in range(first, first + steps):
        step(k, dict(made[k % STRETCH]))
    return (time.process_time() - began) / steps * 1e6


def emptied(made: list[Row]) -> float:
    """Microseconds a step that the loop itself takes."""
    return min(block(lambda *_: None, made, 1, STRETCH) for _ in range(5))


def peak() -> float:
    """MB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def verdict(what: str, value: float, bound: float, unit: str) -> bool:
    """Print one budget beside what was measured."""
    kept = value <= bound
    print(f"{what:44}{value:9.2f} {unit:3} at most {bound:g} {unit} wanted: {'kept' if kept else 'MISSED'}")
    return kept


def long_run(folder: Path, steps: int) -> list[bool]:
    """A Recorder alone over many steps."""
    made = rows()
    empty = emptied(made)
    with Recorder(folder / "warm.csv") as warm:
        block(warm.record, made, 1, 3000)
    before, tenth = peak(), steps // 10
    with Recorder(folder / "long.csv") as doctor:
        took = [block(doctor.record, made, 1 + part * tenth, tenth) - empty for part in range(10)]
        state = doctor.diagnosis().verdict
    size = (folder / "long.csv").stat().st_size / 1e6
    print(f"{steps:,} steps of {len(NAMES)} metrics; state at the end: {state}; file {size:,.0f} MB")
    print("a step, by tenths of the run: " + " ".join(f"{us:.1f}" for us in took) + " us")
    later = statistics.median(took[5:]) / statistics.median(took[1:5])
    return [
        verdict("a step, mean", statistics.mean(took), 10, "us"),
        verdict("second half of the run over its first", later, 1.2, "x"),
        verdict("memory held", peak() - before, 64, "MB"),
    ]


def side_by_side(folder: Path, blocks: int) -> None:
    """Every logger that is installed, in turn."""
    there = {name: peer for name, peer in PEERS.items() if importlib.util.find_spec(peer[0])}
    made: dict[type, list[Row]] = {kind: rows(kind) for kind in (float, np.float32)}
    steps = {name: make(folder) for name, (_, make, _) in there.items()}
    took: dict[str, list[float]] = {name: [] for name in there}
    empty = emptied(made[float])
    for turn in range(blocks):
        for name, (_, _, kind) in there.items():
            took[name].append(block(steps[name], made[kind], 1 + turn * BLOCK, BLOCK) - empty)
    ours = statistics.median(took["gandoctor.Recorder"][1:])
    print(f"\n{blocks} blocks of {BLOCK} steps in turn; the first, which warms up, is not in the median")
    print(f"{'':36}{'us a step':>10}{'x Recorder':>12}")
    for name, times in took.items():
        median = statistics.median(times[1:])
        print(f"{name:36}{median:10.1f}{median / ours:12.2f}")
    for name in PEERS.keys() - there.keys():
        print(f"{name:36}not installed")


def main() -> int:
    """Print the tables; status 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--blocks", type=int, default=11)
    args = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as folder:
        kept = long_run(Path(folder), args.steps)
        side_by_side(Path(folder), args.blocks)
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
