"""How the time of reading grows: ten times the rows at most eleven times the time.

    python tests/benchmarks/reading.py

Prints seconds and their ratio for progress-bar frames, plain lines, tables with restarts, and, for information, random
characters, where every line is of another shape.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from gandoctor import GandoctorError, read

ROWS = (2_000, 20_000)


def frames(rows: int) -> str:
    """A progress bar that is redrawn with every step."""
    return "".join(f"\rTrain: 5%|#  | {n}/{rows} [00:01<00:02, 9.5it/s, D={n / 7:.4f}, G=2.5]" for n in range(rows))


def lines(rows: int) -> str:
    """A line a step."""
    return "".join(
        f"Epoch [{n // 400}/250] Batch {n % 400}/400 Loss D: {n / 9e4:.4f} Loss G: 1.5\n" for n in range(rows)
    )


def rubbish(rows: int) -> str:
    """Lines of random characters."""
    source = random.Random(5)
    signs = "abcXYZ 0123456789.,:;=[](){}|/-+%<>#'\"\t"
    return "\n".join("".join(source.choices(signs, k=60)) for _ in range(rows))


def restarts(rows: int) -> str:
    """A table that goes back twenty steps after every hundred."""
    return "step,d_loss,g_loss\n" + "".join(f"{n - 20 * (n // 100)},1.2,{n / 9e4:.5f}\n" for n in range(rows))


def seconds(text: str, path: Path) -> float:
    """The least processor time of three readings."""
    path.write_text(text, encoding="utf-8")
    took = []
    for _ in range(3):
        began = time.process_time()
        with suppress(GandoctorError):
            read(path)
        took.append(time.process_time() - began)
    return min(took)


def main() -> int:
    """Print the table; 1 where a ratio is above eleven."""
    worst = 0.0
    print(f"{'text':12}" + "".join(f"{rows:>10} rows" for rows in ROWS) + f"{'ratio':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for make in (frames, lines, rubbish, restarts):
            few, many = (seconds(make(rows), Path(folder) / "log.txt") for rows in ROWS)
            worst = max(worst, many / few if make is not rubbish else 0.0)
            print(f"{make.__name__:12}{few:13.3f} s{many:13.3f} s{many / few:10.1f}")
    print(f"worst {worst:.1f}, at most 11 wanted: {'kept' if worst <= 11 else 'MISSED'}")
    return int(worst > 11)


if __name__ == "__main__":
    sys.exit(main())
