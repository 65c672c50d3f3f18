"""The line of the file on which each step stands, for every format that has lines."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from gandoctor import readers
from gandoctor.demo import recorded

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.demo import Recorded

ROWS = [(step, 1.4 - step / 1000, 0.7 + step / 500) for step in range(1, 61)]
HEADER = "step,d_loss,g_loss"
TABLE = [f"{s},{d:.4f},{g:.4f}" for s, d, g in ROWS]

LOGS = {
    "a table": ("a.csv", [HEADER, *TABLE], 2),
    "Windows line ends": ("a.csv", [f"{line}\r" for line in (HEADER, *TABLE)], 2),
    "comments before the header": ("a.csv", ["# seed 1", "# lr 2e-4", HEADER, *TABLE], 4),
    "a blank line within": ("a.csv", [HEADER, *TABLE[:10], "", *TABLE[10:]], 2),
    "a header that is repeated": ("a.csv", [HEADER, *TABLE[:10], HEADER, *TABLE[10:]], 2),
    "a note in quotes over two lines": (
        "a.csv",
        ["step,note,d_loss,g_loss", '1,"a', 'b",1.3990,0.7020', *(t.replace(",", ",c,", 1) for t in TABLE[1:])],
        2,
    ),
    "no header": ("a.csv", [f"{s} {d:.4f} {g:.4f}" for s, d, g in ROWS], 1),
    "a text log": (
        "a.log",
        ["Loading data", "", *(f"[step {s}] d_loss: {d:.4f} g_loss: {g:.4f}" for s, d, g in ROWS)],
        3,
    ),
    "a text log with prose between": (
        "a.log",
        [x for s, d, g in ROWS for x in (f"step {s} d_loss={d:.4f} g_loss={g:.4f}", "saved a checkpoint")],
        1,
    ),
    "JSON lines": ("a.jsonl", [f'{{"step": {s}, "d_loss": {d:.4f}, "g_loss": {g:.4f}}}' for s, d, g in ROWS], 1),
    "a restart that replaces rows": ("a.csv", [HEADER, *TABLE[:40], *TABLE[30:]], 2),
    "rows out of order": ("a.csv", [HEADER, *TABLE[:20], TABLE[21], TABLE[20], *TABLE[22:]], 2),
}


@pytest.mark.parametrize("case", LOGS)
def test_every_step_is_found_on_its_line(case: str, tmp_path: Path) -> None:
    name, lines, first = LOGS[case]
    path = tmp_path / name
    path.write_bytes(("\n".join(lines) + "\n").encode())
    run = readers.read(path)
    curve = run.curves["d_loss"]
    assert run.line(curve.steps[0]) == first
    for step, value in zip(curve.steps, curve.values, strict=True):
        at = run.line(step)
        assert at is not None
        assert f"{value:.4f}" in " ".join(lines[at - 1 : at + 1]), (step, at)


def test_of_a_row_that_a_restart_wrote_again_the_last_line_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *TABLE[:40], *TABLE[30:]]) + "\n")
    run = readers.read(path)
    assert [run.line(step) for step in (30, 31, 60)] == [31, 42, 71]


@pytest.mark.parametrize("rows", [5_000, 200_000])
@pytest.mark.parametrize("quoted", [False, True])
def test_large_tables_know_their_lines_by_whichever_way_they_were_read(rows: int, quoted: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    note = '"n\n' if quoted else '"n'
    body = "".join(f'{i},{1 + i % 7 / 10:.6f},{1 + i % 5 / 10:.6f},"n"\n' for i in range(1, rows))
    path.write_text(f'step,d_loss,g_loss,note\n0,1.000000,1.000000,{note}"\n{body}')
    run = readers.read(path)
    last = run.line(rows - 1)
    assert last in (None, rows + 1 + quoted)
    assert last is not None or quoted


def test_a_step_between_two_rows_is_on_the_line_of_the_row_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *TABLE]) + "\n")
    run = readers.read(path)
    assert (run.line(10.5), run.line(-5), run.line(1e9)) == (11, 2, 61)


def test_what_is_packed_or_has_no_lines_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *TABLE]).encode()))
    assert readers.read(path).line(10) is None
    array = tmp_path / "a.json"
    array.write_text('{"d_loss": [1, 2, 1, 2, 1], "g_loss": [1, 1, 2, 2, 1]}')
    assert readers.read(array).line(2) is None


@pytest.mark.parametrize("run", recorded(), ids=lambda run: run.name)
def test_the_lines_of_recorded_runs_hold_what_was_read(run: Recorded) -> None:
    log = run.log
    read = readers.read(log)
    lines = log.read_text(encoding="utf-8").split("\n")
    name, curve = next((name, c) for name, c in read.curves.items() if name in ("d_loss", "d_loss_real"))
    for step, value in list(zip(curve.steps, curve.values, strict=True))[:: max(1, len(curve) // 20)]:
        at = read.line(step)
        assert at is not None
        assert value != value or any(_same(word, value) for word in _numbers(lines[at - 1])), (name, step, at)


def _numbers(line: str) -> list[str]:
    return "".join(c if c.isdigit() or c in ".eE+-" else " " for c in line).split()


def _same(word: str, value: float) -> bool:
    try:
        return abs(float(word) - value) <= 1e-9 * abs(value)
    except ValueError:
        return False
