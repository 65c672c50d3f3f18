"""What becomes of a recording when the disk is full, or its file or folder is moved, removed or in use by another."""

from __future__ import annotations

import errno
import json
import os
import shutil
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gandoctor import Recorder, read


class Disk:
    """Stands in for `os.write` of the log: refuses after so many bytes while it is full, and takes a part before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int | None = None, number: int = errno.ENOSPC) -> None:
        self.room, self.number = room, number
        self.really = os.write
        monkeypatch.setattr("gandoctor.recorder.lines.os.write", self.write)
        monkeypatch.setattr("gandoctor.recorder.writer.AGAIN", 0.0)
        monkeypatch.setattr("gandoctor.recorder.writer.SHARE", inf)

    def write(self, fd: int, data: bytes) -> int:
        if self.room == 0:
            raise OSError(self.number, os.strerror(self.number))
        done = self.really(fd, data[: self.room])
        self.room = None if self.room is None else self.room - done
        return done


def numbered(doctor: Recorder, first: int, last: int, **more: Any) -> None:
    for step in range(first, last + 1):
        doctor.record(step, d_loss=1.2 + step / 1e4, g_loss=0.9, **more)


def intact(log: Path, last: int) -> bool:
    """Whether a log holds the rows of `numbered`, all of them and each once."""
    frame = pd.read_csv(log)
    right = frame["step"].tolist() == list(range(1, last + 1))
    return right and bool((frame["d_loss"] == 1.2 + frame["step"] / 1e4).all())


@pytest.mark.parametrize("room", [0, 1, 17, 100, 1000])
@pytest.mark.parametrize("full", [1, 2, 150])
def test_rows_wait_while_the_disk_is_full_and_none_is_missing_afterwards(
    full: int, room: int, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    disk = Disk(monkeypatch)
    with Recorder(log) as doctor:
        numbered(doctor, 1, full - 1)
        disk.room = room
        numbered(doctor, full, 300)
        assert doctor.diagnosis().run.last_step == 300
        disk.room = None
        numbered(doctor, 301, 310)
        doctor.flush()
        assert intact(log, 310)
        numbered(doctor, 311, 320)
    assert intact(log, 320)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert [record.getMessage().partition("run.csv ")[2] for record in caplog.records] == [
        "cannot be written: no space left on device. Make room: the training goes on, its rows wait in memory",
        "is written again, and no row is missing",
    ]


@pytest.mark.parametrize("room", [0, 50, 2000, 20_000])
def test_a_disk_that_fills_up_while_a_column_is_added_costs_no_row(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    disk = Disk(monkeypatch)
    with Recorder(log) as doctor:
        numbered(doctor, 1, 1000)
        doctor.flush()
        disk.room = room
        numbered(doctor, 1001, 1100, fid=30.0)
        doctor.flush()
        assert intact(log, len(pd.read_csv(log)))
        numbered(doctor, 1101, 1200, recall=0.5)
        disk.room = None
    assert intact(log, 1200)
    frame = pd.read_csv(log)
    assert frame["fid"].notna().sum() == frame["recall"].notna().sum() == 100
    assert read(log).curves["recall"].steps[0] == 1101


@pytest.mark.parametrize("mended", [False, True], ids=["to the end", "for a while"])
def test_a_folder_that_takes_no_new_file_costs_no_row_when_a_metric_comes(
    mended: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    Disk(monkeypatch)
    log, really = tmp_path / "run.csv", os.open

    def refusing(path: Any, flags: int, *given: Any, **named: Any) -> int:
        if flags & os.O_CREAT and Path(path).suffix == ".part":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return really(path, flags, *given, **named)

    with Recorder(log) as doctor:
        numbered(doctor, 1, 100)
        monkeypatch.setattr("gandoctor.recorder.logfile.os.open", refusing)
        numbered(doctor, 101, 200, fid=30.0)
        doctor.flush()
        if mended:
            monkeypatch.setattr("gandoctor.recorder.logfile.os.open", really)
        numbered(doctor, 201, 300, fid=31.0)
    assert intact(log, 300)
    assert ("fid" in pd.read_csv(log).columns) is mended
    first, last = [record.getMessage() for record in caplog.records if "run.csv" in record.getMessage()]
    assert f"its folder {tmp_path} takes no new file (permission denied)" in first
    assert ("no row is missing" if mended else "holds steps 101 to 300 without fid") in last
    monkeypatch.undo()
    with Recorder(log) as doctor:
        numbered(doctor, 301, 310, fid=32.0)
    assert intact(log, 310)
    assert read(log).curves["fid"].values[-1] == 32.0


def test_a_disk_that_stays_full_stops_the_log_and_not_the_judgement(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    disk = Disk(monkeypatch)
    with Recorder(log) as doctor:
        numbered(doctor, 1, 100)
        doctor.flush()
        disk.room = 30
        for step in range(101, 301):
            doctor.record(step, d_loss=float("nan") if step > 200 else 1.2, g_loss=0.9)
        assert doctor.diagnosis().kind == "non-finite"
    assert intact(log, 100)
    assert [record.getMessage().partition("run.csv ")[2] for record in caplog.records if "run.csv" in record.msg] == [
        "cannot be written: no space left on device. Make room: the training goes on, its rows wait in memory",
        "could not be written to the end: no space left on device. Its last 200 rows, steps 101 to 300, are lost",
    ]
    disk.room = None
    with Recorder(log) as doctor:
        numbered(doctor, 101, 310)
    assert intact(log, 310)


def test_what_waits_in_memory_has_a_limit_and_the_log_ends_whole(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    disk = Disk(monkeypatch, number=errno.EIO)
    monkeypatch.setattr("gandoctor.recorder.writer.MOST", 1 << 10)
    with Recorder(log) as doctor:
        numbered(doctor, 1, 100)
        doctor.flush()
        disk.room = 0
        numbered(doctor, 101, 300)
        disk.room = None
        numbered(doctor, 301, 310)
    assert intact(log, 100)
    said = [record.getMessage().partition("run.csv ")[2] for record in caplog.records]
    assert len(said) == 2
    assert said[0].startswith("cannot be written: input/output error. Mend that: ")
    assert said[1].startswith("is not written any more: input/output error, and 0 MB of rows have waited in vain. Its")


@pytest.mark.parametrize("what", ["removed", "moved", "removed with its folder, which comes back", "in the way"])
def test_a_log_that_is_moved_or_removed_is_there_again_with_all_its_rows(
    what: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    Disk(monkeypatch)
    log = tmp_path / "run" / "run.csv"
    log.parent.mkdir()
    with Recorder(log, context={"latent_dim": 64}) as doctor:
        numbered(doctor, 1, 100)
        if what == "moved":
            log.rename(tmp_path / "old.csv")
        else:
            shutil.rmtree(log.parent)
            if "folder" not in what:
                log.parent.mkdir()
            if what == "in the way":
                log.write_text("my own notes")
        numbered(doctor, 101, 200)
        assert doctor.diagnosis().run.last_step == 200
        if "folder" in what:
            log.parent.mkdir()
        if what == "in the way":
            assert log.read_text() == "my own notes"
            log.unlink()
        numbered(doctor, 201, 210, fid=30.0)
    assert intact(log, 210)
    assert read(log).context["latent_dim"] == 64
    said = [record.getMessage().partition("run.csv ")[2] for record in caplog.records]
    assert said[-1] == "was moved or removed: it is written anew, with all its rows"
    assert said[:-1] == {
        "in the way": ["cannot be written: another file lies in its place. Move the other file away: the training goes"
                       " on, its rows wait in memory"],
        "removed with its folder, which comes back": ["cannot be written: its folder is gone. Make the folder again:"
                                                      " the training goes on, its rows wait in memory"],
    }.get(what, [])  # fmt: skip


def test_a_log_that_is_gone_with_its_folder_is_said_to_be_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "run" / "run.csv"
    log.parent.mkdir()
    with Recorder(log, report=log.parent / "report.md") as doctor:
        numbered(doctor, 1, 100)
        shutil.rmtree(log.parent)
        numbered(doctor, 101, 200)
        assert doctor.diagnosis().run.last_step == 200
    assert not log.parent.exists()
    assert "could not be written to the end: its folder is gone. It is lost, with all its rows" in caplog.text
    assert "report.md could not be written" in caplog.text


def test_the_report_of_a_log_that_is_gone_is_made_from_memory(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    doctor = Recorder(log, report=tmp_path / "report.json")
    numbered(doctor, 1, 300)
    doctor.flush()
    log.unlink()
    doctor.close()
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "stable"


def test_a_recipe_that_cannot_be_written_costs_no_row(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".run.csv.recipe.part").mkdir()
    with Recorder(tmp_path / "run.csv", context={"latent_dim": 64}) as doctor:
        numbered(doctor, 1, 100)
        (tmp_path / ".run.csv.recipe.part").rmdir()
        numbered(doctor, 101, 200)
    assert intact(tmp_path / "run.csv", 200)
    assert read(tmp_path / "run.csv").context["latent_dim"] == 64
    assert [record.getMessage().count("the context is not kept beside") for record in caplog.records] == [1]
