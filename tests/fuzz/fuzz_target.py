"""One fuzzing process under atheris: instruments gandoctor, changes seeds, judges each input, keeps what it finds.

    python tests/fuzz/fuzz_target.py logs|rules|tables OUT SECONDS [SEED]

A find does not end it: the input is written to OUT/finds under the name of its fault, three of a kind at most. Numbers
go to OUT/<target>-atheris.json. `fuzz_hour.py` starts it and says what came out.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import sys
from contextlib import suppress
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parents[1]), *(str(_HERE.parent / part) for part in ("", "readers", "fuzz"))]

import atheris

_PARTS = (
    *("readers", "checks", "report", "reference", "rulebook", "rulebuild", "rulecheck", "ruleshape", "ruletest"),
    *("explain", "engine", "commands.formats", "commands.screen"),
)


def _instrumented() -> None:
    """Import what is fuzzed under atheris; what gandoctor imports late would else go unseen."""
    with atheris.instrument_imports(include=["gandoctor"], enable_loader_override=False):
        import gandoctor

        for part in _PARTS:
            module = importlib.import_module(f"gandoctor.{part}")
            for info in pkgutil.walk_packages(getattr(module, "__path__", ()), f"gandoctor.{part}."):
                importlib.import_module(info.name)
        del gandoctor


_instrumented()

import fuzz_limits
import fuzz_mutations
from fuzz_session import LONGEST, TARGETS, Session

_WALL_SECONDS = 120
"""After this time on the clock libFuzzer ends a process that does not come back, as one in C code would not."""


def main(target: str, out: str, seconds: str, seed: str = "0") -> None:
    """Fuzz one target for so many seconds."""
    pool = list(TARGETS[target][1]())
    folder = Path(out)
    corpus, seeds = folder / f"{target}-corpus", folder / f"{target}-seeds"
    for each in (corpus, seeds, folder / "artifacts"):
        each.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(pool):
        (seeds / f"{number:04}").write_bytes(data)
    session = Session(target, folder, "atheris")
    fuzz_limits.cap_memory()

    def mutate(data: bytes, most: int, number: int) -> bytes:
        source = random.Random(number)
        if source.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        mutator = fuzz_mutations.Mutator(source, pool)
        with suppress(MemoryError, RecursionError):
            data = mutator.input(data, target)
        return data[:most]

    flags = [f"-max_total_time={seconds}", f"-timeout={_WALL_SECONDS}", "-rss_limit_mb=4000", f"-max_len={LONGEST}"]
    flags += ["-report_slow_units=60"]
    flags += [f"-seed={seed}", f"-artifact_prefix={folder}/artifacts/{target}-", "-print_final_stats=1", "-reload=0"]
    atheris.Setup([sys.argv[0], *flags, str(corpus), str(seeds)], session.one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
