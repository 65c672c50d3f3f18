"""The short notation of curves: every form, its numbers, and the sentence that a slip gets."""

from __future__ import annotations

import contextlib
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.notation import MAX_POINTS, draw, parse

EXACT = [
    ("10*3", [1, 2, 3], [10, 10, 10]),
    ("10", [1], [10]),
    ("-0.5*2", [1, 2], [-0.5, -0.5]),
    (".5*1 1e-3*1", [1, 2], [0.5, 0.001]),
    ("10..2*5", [1, 2, 3, 4, 5], [10, 8, 6, 4, 2]),
    ("-1..-2*2", [1, 2], [-1, -2]),
    ("0.5..1.5*3", [1, 2, 3], [0.5, 1.0, 1.5]),
    ("1*1 _*2 3*1", [1, 4], [1, 3]),
    ("_*3", [], []),
    ("8+-2/4*5", [1, 2, 3, 4, 5], [8, 10, 8, 6, 8]),
    ("8-+2/4*5", [1, 2, 3, 4, 5], [8, 6, 8, 10, 8]),
    ("0..4+-1/4*5", [1, 2, 3, 4, 5], [0, 2, 2, 2, 4]),
    ("nan*2 1", [1, 2, 3], [np.nan, np.nan, 1]),
    ("inf -inf*2", [1, 2, 3], [np.inf, -np.inf, -np.inf]),
    ("  1*1\n 2*1\t", [1, 2], [1, 2]),
]


@pytest.mark.parametrize(("text", "steps", "values"), EXACT)
def test_a_form_draws_exactly_these_points(text: str, steps: list[float], values: list[float]) -> None:
    curve = draw(text)
    np.testing.assert_array_equal(curve.steps, steps)
    np.testing.assert_allclose(curve.values, values, atol=1e-12)


def test_a_ramp_includes_both_ends_and_has_the_number_of_points_that_is_written() -> None:
    values = draw("10..2*40").values
    assert len(values) == 40
    assert (values[0], values[-1]) == (10, 2)


@pytest.mark.parametrize(("text", "phi"), [("8~1.5*20000", 0.0), ("8~1.5@0.9*20000", 0.9), ("8~1.5@-0.5*20000", -0.5)])
def test_noise_has_the_deviation_and_the_correlation_that_are_written(text: str, phi: float) -> None:
    values = draw(text, "a case").values
    assert np.mean(values) == pytest.approx(8, abs=0.2)
    assert np.std(values) == pytest.approx(1.5, rel=0.08)
    assert np.corrcoef(values[1:], values[:-1])[0, 1] == pytest.approx(phi, abs=0.03)


def test_the_seed_alone_decides_the_noise() -> None:
    text = "1~1*5"
    np.testing.assert_array_equal(draw(text, "one").values, draw(text, "one").values)
    assert (draw(text, "one").values != draw(text, "two").values).all()


def test_the_noise_of_a_seed_is_pinned_so_that_cases_mean_the_same_everywhere() -> None:
    np.testing.assert_allclose(draw("0~1*3", "pinned").values, PINNED, rtol=1e-12)


PINNED = [0.7650586519902297, -0.8126839143591051, -1.0651483554718433]

WRONG = [
    ("", "empty curve"),
    ("abc*3", "'abc*3' is no segment"),
    ("10*", "'' is no count"),
    ("10*0", "'0' is no count"),
    ("10*-3", "'-3' is no count"),
    ("10*2.5", "'2.5' is no count"),
    ("10x20", "'10x20' is no segment"),
    ("10...*4", "is no segment"),
    ("8~-1*4", "is no segment"),
    ("8~1@1*4", "lag-1 correlation of 1"),
    ("8+-2*4", "is no segment"),
    ("8+-2/1*9", "period of 1 points"),
    ("1e999*4", "too large"),
    (f"1*{MAX_POINTS} 1", f"{MAX_POINTS + 1} points"),
    ("1*9999999999", "is no count"),
    ("1*٣", "is no count"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_slip_is_named_with_the_segment(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.~@+-*/_ einaf", max_size=24))
def test_any_text_is_drawn_with_its_number_of_points_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        points = sum(segment.count for segment in parse(text))
        if points < 10_000:
            last = draw(text + " 1").steps[-1]
            assert last == points + 1
