"""`GANDoctor` in real trainings by `model.fit`: what it records, when it stops them, that it never disturbs them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

import keras
from small_gan import BATCH, LATENT, SmallGAN, compiled, data, restore, state_of

import gandoctor
from gandoctor.callbacks.keras import GANDoctor
from gandoctor.callbacks.keras_means import BatchValues
from gandoctor.errors import GandoctorError

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor import Finding

pytestmark = pytest.mark.filterwarnings(  # Keras saves its weights so, under numpy 2
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


class Accident(Exception):
    """Something that ends a training."""


class Fails(keras.callbacks.Callback):  # type: ignore[misc] # Keras publishes no types
    """Ends the training after so many batches, as a machine that is taken away does."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if not self.left:
            raise Accident


def fit(model: SmallGAN, doctor: Any, *more: Any, epochs: int = 2, batches: int = 30, **settings: Any) -> SmallGAN:
    given = data(batches, rest=settings.pop("rest", 0))
    model.fit(given, epochs=epochs, verbose=0, shuffle=False, callbacks=[doctor, *more], **settings)
    return model


def test_the_log_stays_in_the_folder_in_which_the_callback_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "one")
    doctor, model = GANDoctor("run.csv", report="report.md"), compiled()
    for folder in ("two", "three"):
        monkeypatch.chdir(tmp_path / folder)
        fit(model, doctor, epochs=1)
    assert pd.read_csv(tmp_path / "one" / "run.csv")["step"].tolist() == list(range(1, 61))
    assert (tmp_path / "one" / "report.md").exists()
    assert not [*(tmp_path / "two").iterdir(), *(tmp_path / "three").iterdir()]


def spoilt(model: SmallGAN, good: int = 40) -> SmallGAN:
    """The model, its losses NaN after so many batches."""
    model.good.assign(float(good))
    return model


@pytest.fixture(scope="module")
def traced() -> tuple[SmallGAN, list[tuple[Any, Any]]]:
    model = compiled()
    return model, state_of(model)


@pytest.fixture
def model(traced: tuple[SmallGAN, list[tuple[Any, Any]]]) -> SmallGAN:
    """A model as it was before any training; once its step is traced it stays so."""
    model, state = traced
    restore(state)
    return model


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.csv"


def test_a_training_is_recorded_with_the_losses_of_each_batch(log: Path, model: SmallGAN) -> None:
    report = log.with_name("report.md")
    doctor = GANDoctor(log, report=report)
    fit(model, doctor, rest=5)
    rows = pd.read_csv(log)
    assert list(rows["step"]) == list(range(1, 63))
    assert rows["d_loss"].to_numpy() == pytest.approx(rows["raw_d"].to_numpy(), abs=1e-5)
    assert rows["g_loss"].to_numpy() == pytest.approx(rows["raw_g"].to_numpy(), abs=1e-5)
    whole = np.arange(1, 63) % 31 != 0
    hits = rows["d_accuracy"].to_numpy() * np.where(whole, BATCH, 5)
    assert hits == pytest.approx(hits.round(), abs=1e-3)
    assert "run.csv" in report.read_text(encoding="utf-8")
    live, later = doctor.diagnosis(), gandoctor.diagnose(log)
    assert live is not None
    assert (live.verdict, live.findings, live.conventions) == (later.verdict, later.findings, later.conventions)
    assert live.run.context["d_optimiser"] == "adam"


def test_several_batches_an_execution_count_as_such(log: Path) -> None:
    fit(compiled(steps_per_execution=4), GANDoctor(log))
    rows = pd.read_csv(log)
    assert list(rows["step"]) == [4, 8, 12, 16, 20, 24, 28, 30, 34, 38, 42, 46, 50, 54, 58, 60]
    assert rows["d_loss"].between(0.5, 3).all()


def test_steps_go_on_over_calls_of_fit(log: Path, model: SmallGAN) -> None:
    doctor = GANDoctor(log)
    fit(model, doctor, epochs=1)
    fit(model, doctor, epochs=1)
    fit(model, doctor, epochs=4, initial_epoch=2)
    assert list(pd.read_csv(log)["step"]) == list(range(1, 121))


def test_what_was_validated_stands_in_the_row_of_the_last_batch(log: Path, model: SmallGAN) -> None:
    class Judge(keras.callbacks.Callback):  # type: ignore[misc] # Keras publishes no types
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["fid"] = 40.0 - epoch

    model.fit(data(10), epochs=3, verbose=0, shuffle=False, callbacks=[Judge(), GANDoctor(log)])
    rows = pd.read_csv(log).set_index("step")
    assert rows["fid"].dropna().to_dict() == {10: 40.0, 20: 39.0, 30: 38.0}


def test_a_restart_from_a_backup_replaces_the_steps_that_are_trained_again(log: Path) -> None:
    backup = str(log.with_name("backup"))
    with pytest.raises(Accident):
        fit(compiled(), GANDoctor(log), keras.callbacks.BackupAndRestore(backup), Fails(75), epochs=3)
    fit(compiled(), GANDoctor(log), keras.callbacks.BackupAndRestore(backup), epochs=3)
    assert list(pd.read_csv(log)["step"]) == list(range(1, 91))


def test_a_training_that_fails_is_stopped_where_that_is_asked_for(log: Path, model: SmallGAN) -> None:
    alerts: list[Finding] = []
    fit(spoilt(model), GANDoctor(log, stop_on="convergence_failure", on_alert=alerts.append), epochs=9)
    assert model.stop_training
    assert {finding.rule for finding in alerts} == {"non-finite"}
    assert 40 < int(pd.read_csv(log)["step"].max()) < 70


def test_a_training_that_was_stopped_goes_on_from_its_backup(log: Path) -> None:
    kept = str(log.with_name("backup"))

    def backup() -> Any:
        return keras.callbacks.BackupAndRestore(kept, delete_checkpoint=False)

    fit(spoilt(compiled()), GANDoctor(log, stop_on="non-finite"), backup(), epochs=9)
    stopped = int(pd.read_csv(log)["step"].max())
    mended = fit(compiled(), GANDoctor(log), backup(), epochs=4)
    assert 40 < stopped < 60  # within the second epoch, which Keras takes for done
    assert list(pd.read_csv(log)["step"]) == [*range(1, stopped + 1), *range(61, 121)]
    assert int(mended.d_optimizer.iterations.numpy()) == stopped + 60


@pytest.mark.parametrize("stop_on", [(), ("mode_collapse",), ("discriminator-dominance",)])
def test_a_training_goes_on_where_no_stop_is_asked_for(log: Path, model: SmallGAN, stop_on: tuple[str, ...]) -> None:
    fit(spoilt(model), GANDoctor(log, stop_on=stop_on), epochs=3)
    assert len(pd.read_csv(log)) == 90


@pytest.mark.parametrize("where", ["begin_epoch", "values", "end_epoch"])
def test_an_error_inside_never_reaches_the_training(
    log: Path, model: SmallGAN, where: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(BatchValues, where, broken)
    doctor = GANDoctor(log)
    fit(model, doctor)
    assert float(model.seen.numpy()) == 60
    assert doctor.failed
    assert [record.message for record in caplog.records if "aside" in record.message] == [
        "gandoctor stands aside and the training goes on: ZeroDivisionError: a fault"
    ]


def test_an_alert_that_raises_does_not_reach_the_training(log: Path, model: SmallGAN) -> None:
    def broken(_: Finding) -> None:
        raise RuntimeError("the pager is off")

    fit(spoilt(model), GANDoctor(log, on_alert=broken))
    assert float(model.seen.numpy()) == 60


def test_samples_are_measured_beside_the_losses(log: Path, model: SmallGAN) -> None:
    real = np.random.default_rng(0).standard_normal((600, 2))
    fit(model, GANDoctor(log, sample=LATENT, real=real, sample_every=25))
    found = pd.read_csv(log).set_index("step")["coverage"].dropna()
    assert found.index[0] == 25  # how soon the next one comes is a matter of time
    assert found.between(0, 1).all()


def test_samples_that_cannot_be_had_stop_the_sampling_alone(log: Path, model: SmallGAN) -> None:
    def sample(_: int) -> Any:
        raise ZeroDivisionError

    doctor = GANDoctor(log, sample=sample, real=np.zeros((600, 2)), sample_every=25)
    fit(model, doctor)
    assert not doctor.failed
    assert len(pd.read_csv(log)) == 60


def test_a_discriminator_that_does_not_learn_is_named(
    log: Path, model: SmallGAN, caplog: pytest.LogCaptureFixture
) -> None:
    model.d_optimizer.learning_rate = 0.0
    doctor = GANDoctor(log)
    fit(model, doctor)
    found = doctor.diagnosis()
    assert found is not None
    assert found.run.context["d_weights_moved"] is False
    assert found.run.context["g_weights_moved"] is True
    assert gandoctor.read(log).context["d_weights_moved"] is False
    assert (
        sum("the discriminator does not learn: its weights are those of step 0" in line for line in caplog.messages)
        == 1
    )


def test_the_log_of_an_interrupted_fit_is_taken_over(log: Path, model: SmallGAN) -> None:
    first = GANDoctor(log)
    with pytest.raises(Accident):
        fit(model, first, Fails(20))
    fit(model, GANDoctor(log), epochs=1)
    assert list(pd.read_csv(log)["step"]) == list(range(1, 51))


def test_a_training_from_the_start_keeps_the_log_of_the_one_before(log: Path, model: SmallGAN) -> None:
    state = state_of(model)
    fit(model, GANDoctor(log))
    restore(state)
    fit(model, GANDoctor(log), epochs=1)
    assert len(pd.read_csv(log)) == 30
    assert len(pd.read_csv(log.with_name("run-1.csv"))) == 60


def test_without_a_path_nothing_is_written(tmp_path: Path, model: SmallGAN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    doctor = GANDoctor(None)
    fit(model, doctor)
    assert not list(tmp_path.iterdir())
    found = doctor.diagnosis()
    assert found is not None
    assert found.run.points == 60


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"names": {"adv": "adversarial"}}, "'adversarial', given for 'adv', is no metric"),
        ({"stop_on": "collapse"}, "stop_on: collapse is none of"),
        ({"sample": 3}, "go together"),
        ({"report": "report.docx"}, "report.docx"),
        ({"rulebook": "mine"}, "mine"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_at_once(
    tmp_path: Path, arguments: dict[str, Any], part: str
) -> None:
    with pytest.raises(GandoctorError, match=part):
        GANDoctor(tmp_path / "run.csv", **arguments)


def test_a_log_of_somebody_else_is_refused_before_the_training(log: Path, model: SmallGAN) -> None:
    log.write_text("name,price\nnut,3\n", encoding="utf-8")
    with pytest.raises(GandoctorError, match="left alone"):
        fit(model, GANDoctor(log))
    assert float(model.seen.numpy()) == 0
    assert log.read_text(encoding="utf-8") == "name,price\nnut,3\n"
