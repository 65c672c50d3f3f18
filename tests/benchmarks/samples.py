"""What measuring samples costs, beside one product of the matrices that it needs, in turns.

    OMP_NUM_THREADS=1 python tests/benchmarks/samples.py [--repeats 20]

Prints milliseconds a call with the real samples prepared, and of the first one, which prepares them; status 1 where a
call on 256 samples of 784 numbers takes more than 20 ms. The budget is held against the processor's time, all threads
together: on a busy machine the clock also counts what others do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.samples import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of one call."""

    clock: float
    processor: float


BUDGET = 20.0
"""Milliseconds a call at the first of `SIZES`."""

SIZES = ((256, 784), (256, 12_288), (1000, 784), (1000, 2048))


def in_turns(calls: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, list[Took]]:
    """What each call took, every one once unmeasured and then `repeats` times, in turns."""
    took: dict[str, list[Took]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name, call in calls.items():
            one = timed(call)
            if turn:
                took[name].append(one)
    return took


def timed(call: Callable[[], Any]) -> Took:
    """Milliseconds by the clock and of the processor that one call took."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return Took(1e3 * (time.perf_counter() - clock), 1e3 * (time.process_time() - processor))


def measure(n: int, d: int, repeats: int) -> float:
    """Print the row of one size; the median of a call in milliseconds of the processor."""
    rng = np.random.default_rng(0)
    fake, real, other = (rng.random((n, d), dtype=np.float32) for _ in range(3))
    reference = Reference(real, other)
    first = timed(lambda: reference.measure(fake))
    wide = fake.astype(np.float64)
    took = in_turns({"call": lambda: reference.measure(fake), "product": lambda: wide @ wide.T}, repeats)
    clock = statistics.median(one.clock for one in took["call"])
    call, product = (statistics.median(one.processor for one in took[name]) for name in ("call", "product"))
    print(f"{n:6} {d:7} {call:10.1f} {clock:10.1f} {first.processor:10.0f} {product:10.1f} {call / product:8.1f}")
    return call


def main() -> int:
    """Print the table; status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=20)
    args = parser.parse_args()
    print(f"{'n':>6} {'d':>7} {'call, ms':>10} {'by clock':>10} {'first':>10} {'product':>10} {'ratio':>8}")
    calls = [measure(n, d, args.repeats if n < 1000 else max(3, args.repeats // 5)) for n, d in SIZES]
    kept = calls[0] <= BUDGET
    print(f"256 samples of 784 numbers: {calls[0]:.1f} ms, at most {BUDGET:g} wanted: {'kept' if kept else 'MISSED'}")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
