"""What a training and its log suffer from kills, full disks, lost files, interrupts and faults of gandoctor itself.

    python tests/benchmarks/faults.py [--kills N] [--times N] [--only WORD]

Every case trains in a process of its own (`mishaps/victim.py`) that has the mishap at a random step or moment, reads
the log with pandas and with gandoctor, and, where the process died, trains on in the same log: every third time from an
earlier checkpoint. Exit status 1 where a training did not go on or could not be resumed, a number is wrong, a row
stands twice, or one is lost that is not among those that the case may cost. A full disk is a real one where the user
may mount a tmpfs. What each case says on standard error stands below the table.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from mishaps.strokes import FLUSH_ROWS, LAST

from gandoctor import read

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
VICTIM = (sys.executable, "-m", "mishaps.victim")
STEPS = 1500
INTERVAL = FLUSH_ROWS + 1
"""Rows that a kill may cost: those since the last flush, and the one that is held for its second part."""
FIGURES = r"(rows|steps?|last) \d+( to \d+)?|\d+ rows"
TO_THE_END = STEPS
"""Rows that a disk may cost that stays full, or a folder that is never made again."""


@dataclass(frozen=True, slots=True)
class Case:
    """A mishap: from inside (`stroke`), from outside (`sends` that signal so many `blows`), or both.

    `costs` rows at most; it befalls so many `lives` of a training, the second while it starts. With `second` another
    recorder wants the file.
    """

    title: str
    stroke: str = "none"
    sends: int = 0
    blows: int = 1
    costs: int = 0
    lives: int = 1
    second: bool = False


CASES = (
    Case("killed (signal 9)", sends=signal.SIGKILL, costs=INTERVAL, lives=2),
    Case("killed, a worker lives on", "worker", sends=signal.SIGKILL, costs=INTERVAL),
    Case("SIGTERM, unhandled", sends=signal.SIGTERM, costs=INTERVAL),
    Case("SIGTERM, handled by sys.exit", "sigterm", sends=signal.SIGTERM),
    Case("Ctrl-C", sends=signal.SIGINT),
    Case("Ctrl-C 50 times, caught each time", "notebook", sends=signal.SIGINT, blows=50),
    Case("disk full for a while", "full"),
    Case("disk full to the end", "full to the end", costs=TO_THE_END),
    Case("file size limit for a while", "limit"),
    Case("file size limit to the end", "limit to the end", costs=TO_THE_END),
    Case("read-only for a while (simulated)", "read-only"),
    Case("file removed", "removed"),
    Case("file moved", "moved"),
    Case("folder removed, made again", "folder"),
    Case("folder removed for good", "folder to the end", costs=TO_THE_END),
    Case("another file in its place", "in the way"),
    Case("second recorder on the file", second=True),
    Case("the monitor raises", "monitor"),
    Case("no memory to judge (simulated)", "memory"),
    Case("on_alert raises", "alert"),
    Case("a sink finds nobody", "sink"),
    Case("the program's logging raises", "logging"),
    Case("standard error is closed", "stderr"),
    Case("the clock steps back a day", "clock"),
)


@dataclass(frozen=True, slots=True)
class Life:
    """A process: the steps that it recorded for certain, whether it ended well, what it said."""

    told: frozenset[int]
    ended_well: bool
    said: str


def life(case: Case, log: Path, chance: random.Random, first: int = 1) -> Life:
    """Train, with the mishap of the case."""
    words = [*VICTIM, str(log), "--first", str(first), "--stroke", case.stroke]
    words += ["--at", str(first if case.sends else chance.randint(first + 1, first + STEPS - LAST - 100))]
    endless = case.sends and case.stroke != "notebook"
    words += ["--steps", str(10**9 if endless else 3 * STEPS if case.sends else STEPS)]
    words += ["--slow", "0.001"] if case.second or case.stroke == "notebook" else []
    said: list[str] = []
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(words, cwd=HERE, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            assert process.stdout is not None
            if first == 1:
                process.stdout.readline()
            reader = threading.Thread(target=lambda out=process.stdout: said.append(out.read()))
            reader.start()  # a pipe that nobody reads would hold the training up
            others = _strike(case, process, log, chance)
            reader.join(60)
        errors.seek(0)
        complaints = errors.read()
    *told, last = said[0].split() or [""]
    steps = frozenset(int(word) for word in (*told, last) if word.isdigit())
    return Life(steps, last == "done" and process.returncode == 0, others + complaints)


def _strike(case: Case, process: subprocess.Popen[str], log: Path, chance: random.Random) -> str:
    """Do to a training what comes from outside; what a second recorder says of it."""
    others = ""
    if case.second:
        other = subprocess.run([*VICTIM, str(log)], cwd=HERE, capture_output=True, text=True, check=False)
        assert other.returncode == 2, "the second recorder was not refused"
        others = f"(the second one) {other.stderr}"
    for _ in range(case.blows if case.sends else 0):
        time.sleep(chance.uniform(0.0, 0.5 if case.lives == 1 else 1.0) / case.blows**0.5)
        process.send_signal(case.sends)
    return others


@dataclass(slots=True)
class Tally:
    """What came of the repetitions of a case."""

    times: int = 0
    went_on: int = 0
    resumed: int = 0
    lost: int = 0
    twice: int = 0
    broken: int = 0
    said: dict[str, None] = field(default_factory=dict)

    def line(self, case: Case) -> str:
        """A row of the table."""
        counts = (self.times, self.went_on, self.resumed, self.lost, case.costs, self.twice, self.broken)
        return f"{case.title:<36}" + "".join(f"{count:>10}" for count in counts)

    def is_bad(self, case: Case) -> bool:
        """Whether a promise was broken."""
        dead = self.went_on + self.resumed < self.times
        return dead or self.lost > case.costs or bool(self.twice or self.broken)


def examine(tally: Tally, log: Path, told: frozenset[int]) -> int:
    """Count what is wrong with a log that should hold the steps `told`; returns its last step."""
    if not log.exists() or not log.stat().st_size:
        tally.lost = max(tally.lost, len(told))
        return 0
    torn = not log.read_bytes().endswith(b"\n")
    frame = pd.read_csv(log)
    whole = frame.iloc[:-1] if torn else frame
    steps = whole["step"].astype(int)
    tally.twice += int(steps.duplicated().sum())
    right = (whole["d_loss"] == 1.2 + steps / 1e7).all() and steps.is_monotonic_increasing
    tally.broken += not (right and read(log).curves["d_loss"].steps.tolist() == steps.tolist())
    tally.lost = max(tally.lost, len(told - set(steps)))
    return int(steps.iloc[-1]) if len(steps) else 0


def repeat(case: Case, times: int, chance: random.Random, place: Path) -> Tally:
    """Have a case happen so many times; each time in a new log."""
    tally = Tally()
    for number in range(times):
        log = place / f"{number}" / "run.csv"
        log.parent.mkdir()
        tally.times += 1
        start = 1
        for _ in range(case.lives):
            lived = life(case, log, chance, start)
            tally.said.update(dict.fromkeys(_sentences(lived.said, log)))
            last = examine(tally, log, lived.told)
            start = max(last - 200, 2) if number % 3 == 2 else last + 1
        if lived.ended_well:
            tally.went_on += 1
        else:
            lived = life(Case("resumed"), log, chance, start)
            tally.resumed += lived.ended_well
            examine(tally, log, frozenset(range(1, start + STEPS)))
        shutil.rmtree(log.parent, ignore_errors=True)
    return tally


def _sentences(said: str, log: Path) -> list[str]:
    """What was said, without the place of the log and the figures of this repetition."""
    lines = [line for line in said.splitlines() if line.strip()]
    if lines and lines[0].startswith("Traceback"):
        lines = lines[-1:]
    return [re.sub(FIGURES, _figure, line.replace(str(log), "run.csv")) for line in lines]


def _figure(found: re.Match[str]) -> str:
    return re.sub(r"\d+", "N", found[0])


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A file system of 4 MB; None where this user may not mount one."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["mount", "-t", "tmpfs", "-o", "size=4m", "gandoctor-faults", folder]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def main() -> int:
    """Print the table; status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--only", default="", help="cases whose title holds this word")
    args = parser.parse_args()
    chance, bad, said = random.Random(3), 0, {}
    heads = ("times", "went on", "resumed", "rows lost", "allowed", "twice", "broken")
    print(f"{'what happens':<36}" + "".join(f"{head:>10}" for head in heads))
    for case in (case for case in CASES if args.only in case.title):
        times = args.kills if case.sends == signal.SIGKILL and case.stroke == "none" else args.times
        with small_disk() if case.stroke.startswith("full") else tempfile.TemporaryDirectory() as folder:
            if folder is None:
                print(f"{case.title:<36}not tried: this user may not mount a file system")
                continue
            tally = repeat(case, times, chance, Path(folder))
        print(tally.line(case), flush=True)
        bad += tally.is_bad(case)
        said[case.title] = tally.said
    print(f"\nflushed every {FLUSH_ROWS} rows; rows lost: the most in one repetition\n")
    for title, sentences in said.items():
        print(f"{title}:", *(sentences or ["(nothing)"]), sep="\n    ")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
