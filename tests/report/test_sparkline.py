from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gandoctor.model import Curve
from gandoctor.report.sparkline import BLOCKS, DOTS, Axis, ending, extent, scale, spark


def curve(values: list[float] | np.ndarray, first: float = 1, every: float = 1) -> Curve:
    return Curve(first + every * np.arange(len(values), dtype=np.float64), np.asarray(values, dtype=float))


def whole(one: Curve, columns: int) -> Axis:
    return Axis(float(one.steps[0]), float(one.steps[-1]), columns)


def test_a_rise_is_drawn_as_a_rise() -> None:
    rise = curve(np.linspace(0, 8, 80))
    (line,) = spark(rise, whole(rise, 8), 1, blocks=True)
    assert line == "▁▂▃▄▅▆▇█"


def test_two_rows_give_twice_as_many_heights() -> None:
    rise = curve(np.linspace(0, 16, 1600))
    top, bottom = spark(rise, whole(rise, 16), 2, blocks=True)
    assert top == "        ▁▂▃▄▅▆▇█"
    assert bottom == "▁▂▃▄▅▆▇█████████"


def test_ascii_draws_dots_at_heights() -> None:
    rise = curve(np.linspace(0, 8, 80))
    assert spark(rise, whole(rise, 8), 1, blocks=False) == ("__..--''",)


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=200),
    st.integers(1, 60),
    st.integers(1, 3),
    st.booleans(),
)
def test_any_curve_fills_exactly_its_columns(values: list[float], columns: int, rows: int, blocks: bool) -> None:
    one = curve(values)
    lines = spark(one, whole(one, columns), rows, blocks)
    assert [len(line) for line in lines] == [columns] * rows
    assert set("".join(lines)) <= set(BLOCKS if blocks else DOTS) | {"!", " "}


def test_one_spike_does_not_flatten_the_rest() -> None:
    values = np.linspace(0, 1, 1000)
    values[500] = 1e6
    assert scale(values).high == pytest.approx(0.99, abs=0.01)
    assert "peak 1,000,000" in extent(curve(values))


def test_noise_on_a_steady_curve_does_not_look_like_a_swing() -> None:
    level = curve(0.693 + 0.001 * np.random.default_rng(0).standard_normal(400))
    (line,) = spark(level, whole(level, 40), 1, blocks=True)
    assert len(set(line)) == 1


def test_noise_on_a_steady_negative_curve_does_not_look_like_a_swing() -> None:
    level = curve(-50 + 0.01 * np.random.default_rng(0).standard_normal(400))
    (line,) = spark(level, whole(level, 40), 1, blocks=True)
    assert set(line) <= {"▄", "▅"}


def test_a_loss_over_many_decades_is_drawn_on_a_logarithmic_scale() -> None:
    decay = curve(np.geomspace(1, 1e-5, 80))
    (line,) = spark(decay, whole(decay, 8), 1, blocks=True)
    assert line == "█▇▆▅▄▃▂▁"
    assert extent(decay).endswith("(log)")


def test_zeros_in_a_loss_do_not_break_the_logarithmic_scale() -> None:
    assert scale(np.array([1.0] * 50 + [0.0] * 50 + list(np.geomspace(1e-4, 1, 50)))).log


def test_nan_and_infinity_are_marked_in_their_column() -> None:
    values = np.ones(100)
    values[50], values[95] = np.nan, np.inf
    one = curve(values)
    (line,) = spark(one, whole(one, 10), 1, blocks=True)
    assert [place for place, sign in enumerate(line) if sign == "!"] == [5, 9]


def test_a_sparse_nan_is_marked_until_the_next_point() -> None:
    one = curve([1.0, np.nan, np.nan], first=0, every=10)
    assert spark(one, Axis(0, 20, 8), 1, blocks=True)[0][4:] == "!!!!"


def test_a_curve_of_nothing_but_nan_is_said_to_be_so() -> None:
    one = curve([np.nan] * 5)
    assert spark(one, whole(one, 5), 1, blocks=True) == ("!!!!!",)
    assert (extent(one), ending(one)) == ("never finite", "ends at NaN")


def test_a_sparse_curve_holds_its_value_and_ends_where_it_ends() -> None:
    sparse = curve([4.0, 3.0, 2.0], first=0, every=10)
    (line,) = spark(sparse, Axis(0, 40, 8), 1, blocks=True)
    assert line[0] == line[1]
    assert line[2] == line[3]
    assert line[5:] == "   "


def test_a_constant_curve_is_called_constant() -> None:
    assert extent(curve([0.25] * 9)) == "constant at 0.25"


def test_a_single_point_has_a_place_on_the_axis() -> None:
    one = curve([3.0])
    assert spark(one, whole(one, 4), 1, blocks=True)[0][1:] == "   "
    assert whole(one, 12).column(1) == 0


@given(st.floats(-1e9, 1e9), st.integers(1, 100))
def test_every_step_has_a_column(step: float, columns: int) -> None:
    assert 0 <= Axis(0, 1000, columns).column(step) < columns
