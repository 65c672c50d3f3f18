"""Following logs: what changed is told once, a verdict is that of `diagnose`, and the price stays bounded."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.engine import diagnose
from gandoctor.watch import NO_LIMIT, Watch

if TYPE_CHECKING:
    from pathlib import Path


def watching(*paths: Path) -> Watch:
    return Watch([str(path) for path in paths], cost=lambda: 0.0)


def told(watch: Watch) -> list[tuple[str, str, bool]]:
    return [(change.log.name, change.after.verdict, change.alarming) for change in watch.poll()]


def test_a_log_is_told_when_it_appears_when_its_state_changes_and_not_else(tmp_path: Path) -> None:
    log, watch = tmp_path / "run.csv", watching(tmp_path / "run.csv")
    [absent] = watch.poll()
    assert absent.after.trouble == "there is no such file"
    assert watch.poll() == []
    write(log, *ROWS[:400])
    assert told(watch) == [("run.csv", "stable", False)]
    assert told(watch) == []
    write(log, *ROWS[:450])
    assert told(watch) == []
    write(log, *ROWS[:400], *BROKEN)
    assert told(watch) == [("run.csv", "convergence_failure", True)]
    write(log, *ROWS[:400], *BROKEN, "601,nan,nan\n")
    assert told(watch) == []


def test_the_verdict_at_every_look_is_that_of_the_file(tmp_path: Path) -> None:
    log, watch = tmp_path / "run.csv", watching(tmp_path / "run.csv")
    rows = [*ROWS[:400], *BROKEN]
    for end in range(10, len(rows) + 1, 59):
        write(log, *rows[:end])
        watch.poll()
        live, whole = watch.diagnoses[log], diagnose(log)
        assert (live.verdict, live.kind, live.since) == (whole.verdict, whole.kind, whole.since)
        assert live.findings == whole.findings


def test_a_log_that_is_cut_replaced_or_removed_is_judged_anew(tmp_path: Path) -> None:
    log, watch = tmp_path / "run.csv", watching(tmp_path / "run.csv")
    write(log, *ROWS[:400], *BROKEN)
    assert told(watch) == [("run.csv", "convergence_failure", True)]
    write(log, *ROWS[:200])
    assert told(watch)[0][1] == "stable"
    other = tmp_path / "other"
    write(other, *ROWS[:400], *BROKEN)
    other.replace(log)
    assert told(watch) == [("run.csv", "convergence_failure", True)]
    log.unlink()
    [gone] = watch.poll()
    assert (gone.diagnosis, gone.after.trouble) == (None, "there is no such file")
    assert watch.diagnoses == {}


def test_runs_that_appear_later_in_a_folder_are_found(tmp_path: Path) -> None:
    watch = watching(tmp_path)
    assert watch.poll() == []
    (tmp_path / "a").mkdir()
    write(tmp_path / "a" / "run.csv", *ROWS)
    write(tmp_path / "b.csv", *ROWS[:400], *BROKEN)
    assert told(watch) == [("a", "stable", False), ("b.csv", "convergence_failure", True)]


@pytest.mark.parametrize("rubbish", [b"", b"step,d_loss,g_loss\n", b"\x80\x04\x95pickle", b"\x00" * 64])
def test_a_log_that_cannot_be_read_is_said_once_and_ends_nothing(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "bad.csv").write_bytes(rubbish)
    write(tmp_path / "good.csv", *ROWS)
    watch = watching(tmp_path)
    bad, good = watch.poll()
    assert bad.diagnosis is None
    assert bad.after.trouble
    assert good.after.verdict == "stable"
    assert watch.poll() == []


@pytest.mark.parametrize(
    ("took", "share", "wait"),
    [
        (0.01, 0.005, 2.0),
        (1.0, 0.01, 60.0),  # not the 100 s that would be a hundredth of a core
        (7.0, 0.01, 70.0),  # a log of which each look takes long: a tenth of a core at most
    ],
)
def test_a_dear_diagnosis_is_not_made_again_before_it_is_paid_for(
    tmp_path: Path, took: float, share: float, wait: float
) -> None:
    log, seconds, now = tmp_path / "run.csv", count(), [0.0]
    watch = Watch([log], share=share, clock=lambda: now[0], cost=lambda: took * next(seconds))
    write(log, *ROWS[:400])
    assert told(watch) == [("run.csv", "stable", False)]
    write(log, *ROWS[:400], *BROKEN)
    assert told(watch) == [("run.csv", "convergence_failure", True)]  # the first look is not paid for
    write(log, *ROWS[:400])
    now[0] = wait - 0.001
    assert told(watch) == []
    now[0] = wait
    assert told(watch) == [("run.csv", "stable", False)]


def test_without_a_limit_every_look_at_a_log_that_grew_is_made(tmp_path: Path) -> None:
    log, seconds = tmp_path / "run.csv", count()
    watch = Watch([log], share=NO_LIMIT, clock=lambda: 0.0, cost=lambda: float(next(seconds)))
    for rows, verdict in ((ROWS[:400], "stable"), ([*ROWS[:400], *BROKEN], "convergence_failure")) * 2:
        write(log, *rows)
        assert told(watch) == [("run.csv", verdict, verdict != "stable")]


def test_a_log_that_appears_late_is_judged_again_at_once_too(tmp_path: Path) -> None:
    log, seconds = tmp_path / "run.csv", count()
    watch = Watch([log], clock=lambda: 0.0, cost=lambda: float(next(seconds)))
    watch.poll()
    write(log, *ROWS[:400])
    assert told(watch) == [("run.csv", "stable", False)]
    write(log, *ROWS[:400], *BROKEN)
    assert told(watch) == [("run.csv", "convergence_failure", True)]


def test_everything_is_looked_at_when_asked_for(tmp_path: Path) -> None:
    log, seconds = tmp_path / "run.csv", count()
    watch = Watch([log], clock=lambda: 0.0, cost=lambda: float(next(seconds)))
    write(log, *ROWS[:400])
    watch.poll()
    write(log, *ROWS[:410])
    watch.poll()
    write(log, *ROWS[:400], *BROKEN)
    assert watch.poll() == []
    assert [change.alarming for change in watch.poll(everything=True)] == [True]
