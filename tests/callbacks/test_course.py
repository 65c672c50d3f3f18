"""Steps over epochs, calls of `fit` and restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gandoctor.callbacks.course import Course, last_step

if TYPE_CHECKING:
    from pathlib import Path

Epoch = tuple[int, int]
"""Number of an epoch, and how many batches are trained on in it."""


def steps(course: Course, *fits: tuple[int | None, list[Epoch]]) -> list[int]:
    """The steps of calls of `fit`: how long an epoch is as far as Keras knows, and the epochs."""
    found = []
    for length, epochs in fits:
        course.begin_fit(length)
        for epoch, batches in epochs:
            course.begin_epoch(epoch)
            found += [course.end_batch() for _ in range(batches)]
            course.end_epoch()
    return found


@pytest.mark.parametrize(
    ("fits", "expected"),
    [
        ([(3, [(0, 3), (1, 3)])], [1, 2, 3, 4, 5, 6]),
        ([(None, [(0, 3), (1, 3)])], [1, 2, 3, 4, 5, 6]),
        ([(3, [(0, 3)]), (3, [(0, 3)])], [1, 2, 3, 4, 5, 6]),
        ([(3, [(0, 3)]), (3, [(1, 3)])], [1, 2, 3, 4, 5, 6]),
        ([(3, [(0, 3)]), (2, [(0, 2)])], [1, 2, 3, 4, 5]),
        ([(3, [(4, 2)])], [13, 14]),
        ([(3, [(0, 3), (1, 2)]), (3, [(1, 3)])], [1, 2, 3, 4, 5, 4, 5, 6]),
    ],
    ids=[
        "one fit",
        "of unknown length",
        "a second fit from epoch 0",
        "a second fit from where the first ended",
        "a second fit on less data",
        "a restart in a new process",
        "a restart in the same process",
    ],
)
def test_steps_count_the_batches_of_the_whole_training(
    fits: list[tuple[int | None, list[Epoch]]], expected: list[int]
) -> None:
    assert steps(Course(), *fits) == expected


def test_a_restart_without_a_known_length_goes_on_behind_the_log() -> None:
    assert steps(Course(step=70), (None, [(3, 2)])) == [71, 72]


def test_several_batches_an_execution_end_with_the_epoch() -> None:
    course = Course()
    course.begin_fit(10, each=4)
    course.begin_epoch(0)
    assert [course.end_batch() for _ in range(3)] == [4, 8, 10]


@pytest.mark.parametrize(
    ("content", "step"),
    [
        ("step,d_loss\n1,0.5\n2,0.6\n", 2),
        ("step,d_loss\n1,0.5\n20,0.", 1),
        ("step,d_loss\n", 0),
        ("", 0),
        (None, 0),
    ],
    ids=["whole", "cut off", "header", "empty", "missing"],
)
def test_the_last_whole_line_of_a_log_says_where_it_ends(tmp_path: Path, content: str | None, step: int) -> None:
    log = tmp_path / "run.csv"
    if content is not None:
        log.write_text(content, encoding="utf-8")
    assert last_step(log) == step
