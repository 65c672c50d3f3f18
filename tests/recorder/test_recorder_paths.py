"""A log stays where it is when the program changes its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from gandoctor import GandoctorError, Recorder

if TYPE_CHECKING:
    from pathlib import Path


def train(doctor: Recorder, first: int, last: int) -> None:
    for step in range(first, last + 1):
        doctor.record(step, d_loss=1.2, g_loss=0.9, **({"fid": 30.0} if step > 200 else {}))


def steps(log: Path) -> list[int]:
    return [int(step) for step in pd.read_csv(log)["step"]]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Where a training begins, and where it goes; in the second there is another training's log of the same name."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    monkeypatch.chdir(here)
    with Recorder(there / "run.csv") as other:
        train(other, 1, 50)
    return here, there


@pytest.mark.parametrize("given", ["run.csv", "./run.csv", "../here/run.csv"])
@pytest.mark.parametrize("when", [1, 2, 100, 250])
def test_a_training_that_changes_its_folder_goes_on_in_its_own_log(
    given: str, when: int, folders: tuple[Path, Path]
) -> None:
    here, there = folders
    kept = {path.name: path.read_bytes() for path in there.iterdir()}
    with Recorder(given, report=["report.md", "./report.json"]) as doctor:
        train(doctor, 1, when - 1)
        os.chdir(there)
        train(doctor, when, 300)
    assert {path.name: path.read_bytes() for path in there.iterdir()} == kept
    assert steps(here / "run.csv") == list(range(1, 301))
    assert sorted(path.name for path in here.iterdir()) == ["recipe.toml", "report.json", "report.md", "run.csv"]


@pytest.mark.parametrize(("given", "name"), [("run.csv", "run.csv"), ("../there/new.csv", "../there/new.csv")])
def test_reports_call_a_run_as_it_was_given(given: str, name: str, folders: tuple[Path, Path]) -> None:
    with Recorder(given) as doctor:
        train(doctor, 1, 60)
        os.chdir(folders[1])
        assert doctor.diagnosis().run.name == name


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder that a program is in")
def test_a_folder_that_is_gone_is_refused_like_any_other(folders: tuple[Path, Path]) -> None:
    here, _ = folders
    here.rmdir()
    with pytest.raises(GandoctorError, match=r"run\.csv cannot be written"):
        Recorder("run.csv")
