"""One fuzzing process without atheris: the same mutations and judges, ten times as many inputs, blind to coverage.

    python tests/fuzz/fuzz_plain.py logs|rules|tables OUT SECONDS [SEED]

Begins with the seeds and with what `fuzz_target.py` left in OUT as worth keeping, if it ran before.
"""

from __future__ import annotations

import random
import sys
import time
from contextlib import suppress
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parents[1]), *(str(_HERE.parent / part) for part in ("", "readers", "fuzz"))]

import fuzz_limits
import fuzz_mutations
from fuzz_session import LONGEST, TARGETS, Session


def main(target: str, out: str, seconds: str, seed: str = "0") -> None:
    """Fuzz one target for so many seconds."""
    end = time.monotonic() + float(seconds)
    corpus = Path(out) / f"{target}-corpus"
    pool = [*TARGETS[target][1](), *(path.read_bytes() for path in sorted(corpus.glob("*")))]
    session = Session(target, Path(out), "plain")
    fuzz_limits.cap_memory()
    source = random.Random(seed)
    mutator = fuzz_mutations.Mutator(source, pool)
    for data in pool:
        session.one(data)
    while time.monotonic() < end:
        data = source.choice(pool)
        for _ in range(source.choice((1, 1, 2, 4))):
            with suppress(MemoryError, RecursionError):
                data = mutator.input(data, target)[:LONGEST]
        session.one(data)
    session.save()


if __name__ == "__main__":
    main(*sys.argv[1:])
