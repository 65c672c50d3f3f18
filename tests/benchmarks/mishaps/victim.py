"""A small training that records and has a mishap; run by `faults.py` as a process of its own.

It says "ready" when the recorder is built, then the last step that was recorded, and "done" at the end.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from gandoctor import GandoctorError, Recorder
from mishaps.strokes import FLUSH_ROWS, LAST, STROKES, Stroke, Training


def main() -> int:
    """Train; status 2 where the recorder refuses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--stroke", choices=STROKES, default="none")
    parser.add_argument("--at", type=int, default=0)
    parser.add_argument("--slow", type=float, default=0.0, help="seconds a step, for those who strike from outside")
    args = parser.parse_args()
    stroke, training = STROKES[args.stroke], Training(args.log)
    try:
        doctor = Recorder(args.log, flush_rows=FLUSH_ROWS, flush_seconds=1000, on_alert=stroke.listeners)
    except GandoctorError as error:
        print(error, file=sys.stderr)
        return 2
    with doctor:
        print("ready", flush=True)
        _train(doctor, training, stroke, args)
    print("done", flush=True)
    return 0


def _train(doctor: Recorder, training: Training, stroke: Stroke, args: argparse.Namespace) -> None:
    steps = iter(range(args.first, args.first + args.steps))
    while True:
        try:
            for step in steps:
                _step(doctor, training, stroke, step, args)
            return
        except KeyboardInterrupt:
            if not stroke.goes_on:
                raise


def _step(doctor: Recorder, training: Training, stroke: Stroke, step: int, args: argparse.Namespace) -> None:
    if step == args.at:
        stroke.begin(training)
    if step == args.at + LAST:
        stroke.end(training)
    row = {"d_loss": 1.2 + step / 1e7, "g_loss": float("nan") if training.ill else 0.9}
    doctor.record(step, row | ({"fid": 30.0} if step % 50 == 0 and step > args.at else {}))
    os.write(1, b"%d\n" % step)
    time.sleep(args.slow)


if __name__ == "__main__":
    sys.exit(main())
