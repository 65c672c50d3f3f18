"""When samples are taken while a training runs, and which real ones they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor.callbacks.sampling import FIRST, Sampling, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Clock:
    """Seconds that pass with every batch, and with every look at samples."""

    now: float = 0.0
    a_look: float = 0.0

    def __call__(self) -> float:
        return self.now


def looked_at(every: int | None, a_look: float, steps: int = 1000) -> list[int]:
    """The steps after which samples were taken, of batches that take a second."""
    clock = Clock()
    rng = np.random.default_rng(0)

    def sample(count: int) -> Any:
        clock.now += a_look
        return rng.standard_normal((count, 2))

    sampling = Sampling(sample, rng.standard_normal((100, 2)), every, clock=clock)
    found = []
    for step in range(1, steps + 1):
        clock.now += 1
        if sampling.is_due(step):
            assert "coverage" in sampling.measure(step, list)
            found.append(step)
    return found


@pytest.mark.parametrize(
    ("every", "a_look", "expected"),
    [
        (200, 0.001, [200, 400, 600, 800, 1000]),
        (200, 10.0, [200, 690]),  # ten seconds are a fiftieth of five hundred
        (None, 4.0, [FIRST, 246, 442, 638, 834]),
    ],
    ids=["as asked", "no more than the share of time", "as often as that allows"],
)
def test_samples_are_taken_as_asked_and_as_time_allows(every: int | None, a_look: float, expected: list[int]) -> None:
    assert looked_at(every, a_look) == expected


def test_of_an_array_that_is_sorted_by_class_all_classes_are_taken() -> None:
    chosen = first_of(np.repeat(np.arange(10), 1000).reshape(-1, 1), 512)
    assert set(chosen.ravel().tolist()) == set(range(10))
    assert len(chosen) == 512


def batches(labels: bool) -> Iterator[Any]:
    for start in range(0, 1000, 64):
        images = np.arange(start, start + 64).reshape(-1, 1)
        yield (images, np.zeros(64)) if labels else images


@pytest.mark.parametrize("labels", [False, True])
def test_of_batches_the_first_samples_are_taken(labels: bool) -> None:
    assert first_of(batches(labels), 100).ravel().tolist() == list(range(100))


@pytest.mark.parametrize("real", [np.zeros((5, 2)), []])
def test_too_few_real_samples_are_refused(real: Any) -> None:
    with pytest.raises(ValueError, match="too few"):
        first_of(real, 100)


def test_samples_that_hold_nan_are_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    sampling = Sampling(lambda count: np.full((count, 2), np.nan), np.random.default_rng(0).standard_normal((100, 2)))
    assert sampling.measure(60, list) == {}
    assert "no diversity was measured" in caplog.text


def test_a_fault_of_the_users_function_ends_the_sampling(caplog: pytest.LogCaptureFixture) -> None:
    def sample(_: int) -> Any:
        raise ZeroDivisionError("no images")

    sampling = Sampling(sample, np.random.default_rng(0).standard_normal((100, 2)), 10)
    assert sampling.measure(60, list) == {}
    assert not sampling.is_due(1000)
    assert "ZeroDivisionError: no images" in caplog.text
