"""Which of the logs are running means, and the values behind them, on stand-ins for Keras' metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_keras import Area, Mean, Model, epochs

from gandoctor.callbacks.keras_means import READ, BatchValues, means_of

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS, EPOCHS = 40, 3
TRUTH = np.random.default_rng(5).uniform(0.2, 2.0, (EPOCHS, STEPS))


@dataclass
class Training:
    """Trains on `TRUTH` and keeps what was made of the logs, which `update` makes of each batch."""

    model: Model
    update: Callable[[float, int], dict[str, float]]
    together: bool = False
    every: int = 1
    values: BatchValues = field(init=False)
    found: list[dict[str, float]] = field(default_factory=list)
    reads: int = 0
    inexact: tuple[str, ...] = ()

    def run(self) -> Training:
        self.values = BatchValues(self.together)
        for epoch, batch in epochs(self.model, STEPS, EPOCHS):
            if batch == 0:
                self.values.begin_epoch(self.model)
            logs = self.update(float(TRUTH[epoch, batch]), batch)
            if (batch + 1) % self.every == 0:
                self.reads += self.values.reads
                self.found.append(self.values.values(logs, batch + 1))
            if batch == STEPS - 1:
                self.inexact += self.values.end_epoch()
        return self

    def curve(self, name: str) -> list[float]:
        return [row[name] for row in self.found]


def averaged(mean: Mean, weight: float = 1.0) -> Callable[[float, int], dict[str, float]]:
    def update(value: float, _: int) -> dict[str, float]:
        mean.update(value, weight)
        return {"d_loss": mean.result()}

    return update


def test_the_result_of_a_mean_is_undone() -> None:
    mean = Mean("d_loss")
    training = Training(Model([mean]), averaged(mean)).run()
    assert training.curve("d_loss") == pytest.approx(TRUTH.ravel(), abs=2e-5)
    assert not training.inexact


def test_a_mean_that_counts_batches_is_read_at_the_first_ones_only() -> None:
    mean = Mean("d_loss")
    assert Training(Model([mean]), averaged(mean)).run().reads == READ


def test_a_log_is_known_by_its_value_and_not_by_its_name() -> None:
    mean, other = Mean("generator_loss_tracker"), Mean("d_loss")

    def update(value: float, _: int) -> dict[str, float]:
        mean.update(value)
        other.update(3 - value)
        return {"d_loss": mean.result()}

    assert Training(Model([mean, other]), update).run().curve("d_loss") == pytest.approx(TRUTH.ravel(), abs=2e-5)


def test_a_loss_that_is_returned_itself_stays_as_it_is() -> None:
    mean = Mean("d_loss")

    def update(value: float, _: int) -> dict[str, float]:
        mean.update(value)
        return {"d_loss": value}

    training = Training(Model([mean, Area()]), update).run()
    assert training.curve("d_loss") == list(TRUTH.ravel())
    assert training.reads == 2


def test_a_model_without_metrics_gives_losses_as_they_are() -> None:
    training = Training(Model(), lambda value, _: {"d_loss": value}).run()
    assert training.curve("d_loss") == list(TRUTH.ravel())


@pytest.mark.parametrize("weight", [2.0, 64.0])
def test_a_mean_over_samples_is_undone_by_its_count(weight: float) -> None:
    mean = Mean("d_loss")
    training = Training(Model([mean]), averaged(mean, weight)).run()
    assert training.curve("d_loss") == pytest.approx(TRUTH.ravel(), abs=5e-5)


def test_a_smaller_last_batch_is_weighed_as_keras_does() -> None:
    mean = Mean("d_loss")

    def update(value: float, batch: int) -> dict[str, float]:
        mean.update(value, 5.0 if batch == STEPS - 1 else 64.0)
        return {"d_loss": mean.result()}

    found = Training(Model([mean]), update).run().curve("d_loss")
    assert found == pytest.approx(TRUTH.ravel(), abs=5e-4)


def test_a_loss_of_every_fifth_batch_stands_in_every_fifth_row() -> None:
    mean = Mean("g_loss")

    def update(value: float, batch: int) -> dict[str, float]:
        if batch % 5 == 4:
            mean.update(value)
        return {"g_loss": mean.result()}

    training = Training(Model([mean]), update).run()
    rows = [index for index, row in enumerate(training.found) if "g_loss" in row]
    assert rows == list(range(4, STEPS * EPOCHS, 5))
    assert [training.found[row]["g_loss"] for row in rows] == pytest.approx(TRUTH.ravel()[rows], abs=2e-5)


def test_a_mean_that_the_model_never_resets_is_undone_as_well() -> None:
    mean = Mean("d_loss")
    model = Model()
    model.__dict__["_metrics"] = [mean]  # a tracker that the user's `metrics` leaves out
    assert Training(model, averaged(mean)).run().curve("d_loss") == pytest.approx(TRUTH.ravel(), abs=5e-5)


def test_of_several_batches_a_call_the_mean_of_those_is_found() -> None:
    mean = Mean("d_loss")
    training = Training(Model([mean]), averaged(mean), together=True, every=4).run()
    assert training.curve("d_loss") == pytest.approx(TRUTH.reshape(-1, 4).mean(axis=1), abs=2e-5)


def test_a_loss_that_stands_still_at_first_is_settled_when_it_moves() -> None:
    mean = Mean("d_loss")
    for raw in (False, True):

        def update(value: float, batch: int, raw: bool = raw) -> dict[str, float]:
            given = 0.693 if batch < 25 else value
            mean.update(given)
            return {"d_loss": float(np.float32(given)) if raw else mean.result()}

        found = Training(Model([mean]), update).run().curve("d_loss")
        truth = np.where(np.arange(STEPS) < 25, 0.693, TRUTH)
        assert found == pytest.approx(truth.ravel(), abs=2e-5)


def test_a_count_that_turns_out_otherwise_is_reported_and_read_from_then_on() -> None:
    mean = Mean("d_loss")
    model, calls = Model([mean]), iter(range(STEPS * EPOCHS))

    def update(value: float, batch: int) -> dict[str, float]:
        mean.update(value, 2.0 if next(calls) == 30 else 1.0)
        return {"d_loss": mean.result()}

    training = Training(model, update).run()
    assert training.inexact == ("d_loss",)
    assert training.curve("d_loss")[STEPS:] == pytest.approx(TRUTH.ravel()[STEPS:], abs=2e-5)


def test_means_are_found_inside_other_metrics_too() -> None:
    inner, outer = Mean("accuracy"), Model([Mean("not this level")])
    outer.__dict__["metrics"] = [inner, Area()]
    assert set(means_of(Model([outer, Mean("loss")]))) == {"accuracy", "loss"}
