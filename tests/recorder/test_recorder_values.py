"""What can be recorded: numbers of every kind, on any device; what cannot is left out and said once."""

from __future__ import annotations

import csv
import logging
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from gandoctor import Recorder, read
from gandoctor.recorder.scalars import NotOneNumber, fetch, is_deferred, keep, now

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {
    "float": (0.1 + 0.2, 0.1 + 0.2),
    "int": (3, 3.0),
    "bool": (True, 1.0),
    "beyond float64": (10**400, float("inf")),
    "below float64": (-(10**400), float("-inf")),
    "numpy float64": (np.float64(1 / 3), 1 / 3),
    "numpy float32": (np.float32(0.1), 0.1),
    "numpy float16": (np.float16(0.1), 0.1),
    "numpy int": (np.int64(7), 7.0),
    "array without dimensions": (np.array(0.25), 0.25),
    "array of one": (np.array([[0.25]], dtype=np.float32), 0.25),
    "decimal": (Decimal("1.25"), 1.25),
    "fraction": (Fraction(1, 4), 0.25),
    "infinite": (float("-inf"), float("-inf")),
    "tiny": (5e-324, 5e-324),
    "negative zero": (-0.0, 0.0),
}
NO_NUMBERS = {
    "two elements": np.array([1.0, 2.0]),
    "no element": np.array([]),
    "text": "0.5",
    "bytes": b"0.5",
    "complex": 1j,
    "complex of numpy": np.complex64(1j),
    "date": np.datetime64("2026-01-01"),
    "list": [0.5],
    "object": object(),
    "array of objects": np.array({}, dtype=object),
}


class Rude:
    """A value that cannot even be turned into a number."""

    def __float__(self) -> float:
        raise RuntimeError("the device is lost")


def column(log: Path, name: str) -> list[str]:
    with log.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_number_of_any_kind_reads_back_as_what_it_was(kind: str, tmp_path: Path) -> None:
    given, meant = NUMBERS[kind]
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 4):
            doctor.record(step, d_loss=0.5, g_loss=given)
    # Older versions of pandas round in the last bit.
    assert pd.read_csv(tmp_path / "run.csv")["g_loss"].tolist() == pytest.approx([meant] * 3, rel=1e-15, abs=0)
    assert read(tmp_path / "run.csv").curves["g_loss"].values.tolist() == [meant] * 3


def test_random_doubles_read_back_to_the_last_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(1).standard_normal(3000) * 10.0 ** np.arange(-150, 150, 0.1)
    with Recorder(tmp_path / "run.csv") as doctor:
        for step, value in enumerate(values.tolist()):
            doctor.record(step, d_loss=value, g_loss=1.0)
    assert read(tmp_path / "run.csv").curves["d_loss"].values.tolist() == values.tolist()
    assert [float(text) for text in column(tmp_path / "run.csv", "d_loss")] == values.tolist()


def test_single_precision_is_written_with_the_digits_that_it_has(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        doctor.record(1, d_loss=np.float32(0.1), g_loss=0.1)
        doctor.record(2, d_loss=0.1, g_loss=np.float32(1 / 3))
        doctor.record(3, d_loss=None, g_loss=np.float32(np.nan))
    assert column(tmp_path / "run.csv", "d_loss") == ["0.1", "0.1", ""]
    assert column(tmp_path / "run.csv", "g_loss") == ["0.1", "0.33333334", "nan"]


def test_nan_was_measured_and_none_was_not(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 7):
            doctor.record(step, d_loss=1.0, g_loss=[float("nan"), None, float("inf")][step % 3])
    curve = read(tmp_path / "run.csv").curves["g_loss"]
    assert curve.steps.tolist() == [2, 3, 5, 6]
    assert np.isinf(curve.values).tolist() == [True, False, True, False]
    frame = pd.read_csv(tmp_path / "run.csv")
    assert frame["g_loss"].isna().sum() == 4
    assert frame["g_loss"].dtype == np.float64


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_what_is_no_number_is_left_out_and_said_once(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 9):
            doctor.record(step, d_loss=1.0, g_loss=NO_NUMBERS[kind] if step > 4 else 0.5)
    assert column(tmp_path / "run.csv", "g_loss") == ["0.5"] * 4 + [""] * 4
    assert column(tmp_path / "run.csv", "d_loss") == ["1.0"] * 8
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert "g_loss at step 5 is not recorded" in said[0]


def test_a_value_whose_conversion_fails_is_left_out_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        doctor.record(1, d_loss=Rude(), g_loss=0.5)
    assert column(tmp_path / "run.csv", "g_loss") == ["0.5"]
    assert "the device is lost" in caplog.text


@pytest.mark.parametrize(
    ("step", "word"),
    [(5, "came after"), (4, "came after"), (-1, "came after"), (float("nan"), "came after"),
     (float("inf"), "came after"), (10**400, "too large"), ("ten", "is text"), (None, "None"), ([1], "not recorded"),
     (np.array([1, 2]), "not one number")],
)  # fmt: skip
def test_a_step_that_does_not_rise_is_left_out(
    step: Any, word: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        doctor.record(5, d_loss=1.0, g_loss=1.0)
        doctor.flush()
        doctor.record(step, d_loss=2.0, g_loss=2.0)
        doctor.record(6, d_loss=3.0, g_loss=3.0)
    assert column(tmp_path / "run.csv", "d_loss") == ["1.0", "3.0"]
    assert word in caplog.text
    assert len(caplog.records) == 1


def test_steps_may_be_of_any_kind_of_number(tmp_path: Path) -> None:
    steps: list[Any] = [1, np.int64(2), np.float32(3.0), 3.5, np.array(4), Fraction(9, 2), 2**60]
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in steps:
            doctor.record(step, d_loss=1.0, g_loss=1.0)
    assert column(tmp_path / "run.csv", "step") == ["1", "2", "3", "3.5", "4", "4.5", "1.152921504606847e+18"]


def test_a_step_may_be_recorded_in_parts(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 30):
            doctor.record(step, d_loss=1.0)
            doctor.record(step, g_loss=2.0, d_loss=None if step % 2 else 3.0)
    assert column(tmp_path / "run.csv", "step") == [str(step) for step in range(1, 30)]
    assert column(tmp_path / "run.csv", "g_loss") == ["2.0"] * 29


def test_the_array_that_the_training_goes_on_writing_to_does_not_change_what_was_recorded(tmp_path: Path) -> None:
    running = np.zeros(())
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 9):
            running += 1.0
            doctor.record(step, d_loss=running, g_loss=1.0)
    assert column(tmp_path / "run.csv", "d_loss") == [f"{k}.0" for k in range(1, 9)]


@pytest.mark.parametrize("metrics", [7, "d_loss", [("d_loss",)], {3: 1.0}, {"": 1.0}, {"a\nb": 1.0}, {"17": 1.0}])
def test_rubbish_instead_of_metrics_stops_nothing(
    metrics: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 9):
            doctor.record(step, {"d_loss": 1.0, "g_loss": 1.0} if step != 5 else metrics)
        assert doctor.diagnosis().run.points in (7, 8)
    assert set(pd.read_csv(tmp_path / "run.csv").columns) == {"step", "d_loss", "g_loss"}
    assert len(caplog.records) == 1


def test_numpy_numbers_wait_for_no_device() -> None:
    assert not any(is_deferred(keep(value)) for value, _ in NUMBERS.values())
    assert now(np.array([2.0])) == 2.0
    with pytest.raises(NotOneNumber, match="None"):
        now(None)


# --- frameworks ----------------------------------------------------------------------------------------------------


def test_scalars_of_tensorflow(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tf = pytest.importorskip("tensorflow")
    total = tf.Variable(0.0)

    @tf.function  # type: ignore[untyped-decorator]  # TensorFlow has no types
    def traced(value: Any) -> Any:
        doctor.record(3, d_loss=value)
        return value

    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 3):
            total.assign_add(0.1)
            doctor.record(tf.constant(step), d_loss=total, g_loss=tf.constant([0.5], tf.float64))
        traced(tf.constant(1.0))
        doctor.record(4, d_loss=tf.constant([1.0, 2.0]), g_loss=tf.cast(0.1, tf.bfloat16))
    assert column(tmp_path / "run.csv", "d_loss") == ["0.1", "0.2", "", ""]
    assert column(tmp_path / "run.csv", "g_loss")[:3] == ["0.5", "0.5", ""]
    assert float(column(tmp_path / "run.csv", "g_loss")[3]) == pytest.approx(0.1, rel=0.01)
    assert "outside of tf.function" in caplog.text


def test_scalars_of_torch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    torch = pytest.importorskip("torch")
    running = torch.zeros(())
    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 4):
            running += 1
            weight = torch.tensor(0.1, requires_grad=True)
            loss = torch.nn.functional.softplus(weight)
            doctor.record(torch.tensor(step), d_loss=running, g_loss=loss, d_score_real=weight.to(torch.bfloat16))
            loss.backward()
        doctor.record(4, d_loss=torch.ones(2), g_loss=torch.tensor(1, dtype=torch.int64), d_score_real=running.double())
        doctor.record(5, d_loss=torch.zeros((), device="meta"), g_loss=torch.tensor([1.5]))
    assert column(tmp_path / "run.csv", "d_loss") == ["1.0", "2.0", "3.0", "", ""]
    assert column(tmp_path / "run.csv", "g_loss") == ["0.7443967"] * 3 + ["1.0", "1.5"]
    assert column(tmp_path / "run.csv", "d_score_real") == ["0.100097656"] * 3 + ["3.0", ""]
    assert "(2,) is not one number" in caplog.text


def test_scalars_of_jax(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    jax = pytest.importorskip("jax")
    numpy = jax.numpy

    @jax.jit  # type: ignore[untyped-decorator]  # the decorator is found at run time
    def traced(value: Any) -> Any:
        doctor.record(3, d_loss=value)
        return value

    with Recorder(tmp_path / "run.csv") as doctor:
        for step in range(1, 3):
            doctor.record(numpy.int32(step), d_loss=numpy.float32(0.1) * step, g_loss=numpy.ones(1, numpy.bfloat16))
        traced(numpy.float32(1.0))
        gone = numpy.float32(2.0) + 1
        doctor.record(4, d_loss=gone, g_loss=numpy.ones(2))
        gone.delete()
        doctor.record(5, d_loss=numpy.float32(5.0))
    assert column(tmp_path / "run.csv", "d_loss") == ["0.1", "0.2", "", "", "5.0"]
    assert column(tmp_path / "run.csv", "g_loss") == ["1.0", "1.0", "", "", ""]
    assert "deleted" in caplog.text


@pytest.mark.parametrize("framework", ["tensorflow", "torch", "jax"])
def test_what_waits_on_a_device_is_fetched_together_and_in_order(framework: str) -> None:
    module = pytest.importorskip(framework)
    if framework == "torch":
        tensors = [module.tensor(float(k), dtype=module.float64 if k % 3 else module.bfloat16) for k in range(9)]
    elif framework == "jax":
        tensors = [module.numpy.float32(k) for k in range(9)]
    else:
        tensors = [module.constant(float(k) if k % 2 else [float(k)]) for k in range(9)]
    assert [float(number) for number in fetch(tensors)] == list(range(9))


def test_warnings_come_from_one_logger(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "gandoctor"), Recorder() as doctor:
        doctor.record(1, d_loss="rubbish")
    assert [record.name for record in caplog.records] == ["gandoctor"]
