"""Whose file a Recorder never touches, and what it does when the monitor or the user fails it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from gandoctor import GandoctorError, Recorder, diagnose

if TYPE_CHECKING:
    from pathlib import Path

HEALTHY = {"d_loss_real": 0.6, "d_loss_fake": 0.6, "g_loss": 0.9}


def fill(log: Path, first: int, last: int) -> None:
    with Recorder(log) as doctor:
        for step in range(first, last + 1):
            doctor.record(step, **HEALTHY)


def steps(log: Path) -> list[int]:
    return [int(step) for step in pd.read_csv(log)["step"]]


# --- others' files -------------------------------------------------------------------------------------------------

FOREIGN = {
    "another header": "epoch,loss\n1,0.5\n",
    "no table": "Traceback (most recent call last):\n",
    "binary": "\0\1\2\n",
    "no curve of a GAN": "step,height\n1,0.5\n2,0.6\n",
    "steps that fall": "step,d_loss,g_loss\n1,1.2,0.9\n2,1.2,0.9\n1,1.2,0.9\n",
    "steps twice": "step,d_loss,g_loss\n1,1.2,0.9\n1,1.3,0.9\n",
    "words": "step,d_loss,g_loss\n1,good,better\n2,good,best\n",
    "a name twice": "step,d_loss,d_loss\n1,1,1\n2,1,1\n",
    "another counter": "kimg,d_loss,g_loss\n1,1.2,0.9\n2,1.2,0.9\n",
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("wish", [{}, {"overwrite": True}, {"resume": False}])
def test_a_file_that_is_no_log_of_a_recorder_is_refused_and_left_alone(
    kind: str, wish: dict[str, bool], tmp_path: Path
) -> None:
    log = tmp_path / "run.csv"
    log.write_text(FOREIGN[kind])
    with pytest.raises(GandoctorError, match="left alone"):
        Recorder(log, **wish)  # type: ignore[arg-type]  # mypy does not see the two flags apart from the others
    assert log.read_text() == FOREIGN[kind]
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]


def test_without_resume_a_log_is_refused_and_overwritten_only_on_demand(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    fill(log, 1, 50)
    before = log.read_bytes()
    with pytest.raises(GandoctorError, match="overwrite=True"):
        Recorder(log, resume=False)
    assert log.read_bytes() == before
    with Recorder(log, overwrite=True) as doctor:
        doctor.record(7, g_loss=1.0)
    assert log.read_text() == "step,g_loss\n7,1.0\n"


def test_a_second_recorder_of_a_file_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    with Recorder(log) as first:
        for step in range(1, 60):
            first.record(step, **HEALTHY)
            if step % 20 == 0:
                with pytest.raises(GandoctorError, match="another Recorder"):
                    Recorder(log)
        first.record(60, fid=3.0)
        first.flush()  # the file is a new one now, with one column more
        with pytest.raises(GandoctorError, match="another Recorder"):
            Recorder(log)
    fill(log, 61, 70)
    assert steps(log) == list(range(1, 71))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"path": "nowhere/run.csv"}, "there is no folder"),
        ({"path": "."}, "is a folder"),
        ({"path": ""}, "is a folder"),
        ({"rulebook": "no such rules"}, "no such rules"),
        ({"unit": "row"}, "unit='row'"),
        ({"context": {"family": "dcgan"}}, "family = 'dcgan' cannot be used"),
        ({"context": {"real_target": "high"}}, "real_target"),
        ({"report": "report.docx"}, "docx"),
        ({"report": "nowhere/report.md"}, "there is no folder"),
        ({"path": "run.json", "report": ["run.json"]}, "is the log itself"),
    ],
)
def test_wrong_use_is_refused_before_the_training_begins(
    options: dict[str, Any], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GandoctorError, match=word):
        Recorder(**options)
    assert not list(tmp_path.iterdir())


WARM_UPS: dict[str, list[dict[str, float]]] = {
    "no metric of a GAN": [{"lr": 1e-3, "time": 0.1}] * 49,
    "nothing at all": [{}] * 49,
    "the rows of only one of two pairs": [{"G_A": 0.7, "D_B": 0.7}] * 49,
}


@pytest.mark.parametrize("kind", WARM_UPS)
def test_a_training_whose_first_part_meant_nothing_yet_goes_on_and_is_judged(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    for first in (1, 1001):
        with Recorder(log, context={"latent_dim": 64}) as doctor:
            for step, row in enumerate(WARM_UPS[kind], first):
                doctor.record(step, row)
    with Recorder(log, context={"latent_dim": 64}) as doctor:
        for step in range(2000, 2200):
            doctor.record(step, lr=1e-3, **HEALTHY)
        assert doctor.diagnosis().verdict == "stable"
    assert steps(log) == [*range(1, 50), *range(1001, 1050), *range(2000, 2200)]
    assert diagnose(log).verdict == "stable"


# --- trouble -------------------------------------------------------------------------------------------------------


def test_a_fault_of_the_monitor_stops_the_judgement_and_not_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "run.csv"
    with Recorder(log) as doctor:
        for step in range(1, 200):
            if step == 100:
                monkeypatch.setattr("gandoctor.engine.Monitor.feed_run", lambda *_: 1 / 0)
            doctor.record(step, **HEALTHY)
        monkeypatch.undo()
        assert doctor.diagnosis().verdict == "inconclusive"
        assert "gandoctor failed" in doctor.diagnosis().headline
        assert doctor.findings == ()
    assert steps(log) == list(range(1, 200))
    assert len(caplog.records) == 1


def test_each_name_that_is_none_is_told_and_of_endless_ones_some(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names: dict[Any, float] = {**HEALTHY, "": 1.0, "a\nb": 2.0, 3: 4.0}
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 100):
            doctor.record(step, names)
    assert [record.getMessage().partition(" is not recorded")[0] for record in caplog.records] == [
        "gandoctor: ''",
        "gandoctor: 'a\\nb'",
        "gandoctor: 3",
    ]
    caplog.clear()
    with Recorder(tmp_path / "other.csv") as doctor:
        for step in range(1, 100):
            doctor.record(step, {**HEALTHY, f"at\n{step}": 1.0})
    assert len(caplog.records) == 21
    assert "and so is no other name of that kind" in caplog.records[-1].getMessage()
    assert list(pd.read_csv(tmp_path / "other.csv").columns) == ["step", *HEALTHY]


def test_an_interrupt_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    def train() -> None:
        for step in range(1, 20):
            doctor.record(step, **HEALTHY)

    doctor = Recorder(tmp_path / "run.csv")
    with monkeypatch.context() as patched:
        patched.setattr("gandoctor.engine.Monitor.feed_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train()
    doctor.close()


def test_a_closed_recorder_takes_no_more_rows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    doctor = Recorder(tmp_path / "run.csv")
    doctor.record(1, **HEALTHY)
    doctor.close()
    doctor.close()
    for step in range(2, 20):
        doctor.record(step, **HEALTHY)
    assert steps(tmp_path / "run.csv") == [1]
    assert len(caplog.records) == 1
