from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from gandoctor.report import words
from gandoctor.statistics import STATISTICS

if TYPE_CHECKING:
    from gandoctor.model import Unit

EVERYBODY_KNOWS = {"median", "mean", "minimum", "maximum"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.0, "0"),
        (1.97, "1.97"),
        (10.4271, "10.4"),
        (0.00041, "0.00041"),
        (0.000412345, "0.000412"),
        (0.0000412, "4.12e-5"),
        (1234.0, "1,234"),
        (1234.56, "1,235"),
        (-0.6931, "-0.693"),
        (3e9, "3.00e9"),
        (3e300, "3.00e300"),
        (1e-12, "1.00e-12"),
        (0.5, "0.5"),
        (100, "100"),
        (99.96, "100"),
        (math.nan, "NaN"),
        (math.inf, "infinity"),
        (-math.inf, "-infinity"),
    ],
)
def test_a_number_is_said_with_three_digits(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        ("step", 96, "step 96"),
        ("epoch", 12.0, "epoch 12"),
        ("step", 1234567, "step 1,234,567"),
        ("kimg", 1.5, "1.5 kimg"),
        ("epoch", 2.345678, "epoch 2.346"),
        ("row", math.nan, "row NaN"),
    ],
)
def test_a_step_is_never_rounded_to_three_digits(unit: Unit, value: float, said: str) -> None:
    assert words.step(unit, value) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.999, "more than 99 %"),
        (0.001, "less than 1 %"),
        (0.94, "94 %"),
        (math.nan, "not estimated"),
    ],
)
def test_only_what_is_certain_is_called_certain(share: float, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.99, "almost certain (99 %)"),
        (0.9, "very likely (90 %)"),
        (0.7, "likely (70 %)"),
        (0.5, "more likely than not (50 %)"),
        (0.2, "less likely than not (20 %)"),
        (math.nan, "how sure is not known"),
    ],
)
def test_a_probability_is_said_in_words_and_percent(probability: float, said: str) -> None:
    assert words.sureness(probability) == said


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("D/loss", "D/loss"),
        ("损失 é", "损失 é"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc", "a b c"),
        ("\u202eevil", "\\u202eevil"),
        ("half \ud800", "half \\ud800"),
        ("bell\x07\x9b", "bell\\x07\\x9b"),
        ("line\u2028sep", "line\\u2028sep"),
    ],
)
def test_text_from_a_log_cannot_steer_a_terminal(text: str, safe: str) -> None:
    assert words.clean(text) == safe


def test_every_statistic_that_a_rule_may_name_is_explained() -> None:
    assert set(STATISTICS) - EVERYBODY_KNOWS == set(words.STATISTICS)
    assert set(STATISTICS) == set(words.PHRASES)
