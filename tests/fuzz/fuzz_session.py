"""Judges inputs one after the other, counts, and keeps what is no report and no sentence, or slow, or large."""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fuzz_judges
import fuzz_limits
import fuzz_seeds

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS: dict[str, tuple[Callable[[bytes, Path], str], Callable[[], Any]]] = {
    "logs": (fuzz_judges.log, fuzz_seeds.logs),
    "rules": (fuzz_judges.rule, fuzz_seeds.rules),
    "tables": (fuzz_judges.tables, fuzz_seeds.tables),
}
_KEPT_OF_A_KIND = 3
LONGEST = 1 << 14
"""Bytes of an input."""
_SLOW, _LARGE = 1.0, 100 << 20


class Session:
    """Judges inputs of one target; `way` tells two sessions with the same folder apart."""

    def __init__(self, target: str, out: Path, way: str) -> None:
        self._judge = TARGETS[target][0]
        self._target, self._out, self._numbers = target, out, out / f"{target}-{way}.json"
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm"))
        self._finds: Counter[str] = Counter()
        self._ends: Counter[str] = Counter()
        self._slowest, self._largest = 0.0, 0
        (out / "finds").mkdir(parents=True, exist_ok=True)

    def one(self, data: bytes) -> None:
        """Judge one input; what is neither a report nor a sentence is kept, as is what is slow or large."""
        inside = self._folder / "in"
        shutil.rmtree(inside, ignore_errors=True)
        inside.mkdir()
        cost = fuzz_limits.Cost()
        try:
            with warnings.catch_warnings(), fuzz_limits.measured() as cost:
                warnings.simplefilter("error")
                warnings.filterwarnings("ignore", category=ResourceWarning)
                self._ends[self._judge(data, inside)] += 1
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._find(data, error)
            if isinstance(error, MemoryError):
                gc.collect()
        if cost.seconds > max(self._slowest, _SLOW):
            self._keep(f"slow-{cost.seconds:.1f}s", data, "")
        if cost.memory > max(self._largest, _LARGE):
            self._keep(f"large-{cost.memory >> 20}MB", data, "")
        self._slowest, self._largest = max(self._slowest, cost.seconds), max(self._largest, cost.memory)
        self._ends["all"] += 1
        if self._ends["all"] % 100 == 0:
            self.save()

    def save(self) -> None:
        """Write the numbers; libFuzzer ends the process without giving Python a last word."""
        told = {"ends": self._ends, "finds": self._finds, "seconds": self._slowest, "memory": self._largest}
        self._numbers.write_text(json.dumps(told), encoding="utf-8")

    def _find(self, data: bytes, error: BaseException) -> None:
        kind = kind_of(error)
        self._finds[kind] += 1
        if self._finds[kind] <= _KEPT_OF_A_KIND:
            self._keep(kind, data, "".join(traceback.format_exception(error)))
            self.save()

    def _keep(self, kind: str, data: bytes, told: str) -> None:
        path = self._out / "finds" / f"{self._target}-{kind}-{hashlib.sha256(data).hexdigest()[:8]}"
        path.write_bytes(data)
        if told:
            path.with_name(path.name + ".txt").write_text(told, encoding="utf-8", errors="backslashreplace")


def kind_of(error: BaseException) -> str:
    """The type of an error and the last line of gandoctor in its traceback: one kind for one fault."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/gandoctor/" in frame.filename]
    place = f"{Path(frames[-1].filename).stem}.{frames[-1].lineno}" if frames else "judge"
    return f"{type(error).__name__}-{place}"
