from __future__ import annotations

import pytest

from gandoctor.readers.text_commas import with_points

PROOF = "loss 0,5123\nloss 0,4987\nloss 0,5001\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("loss 1,234", "loss 1.234"),
        ("loss 1.234,5", "loss 1234.5"),
        ("loss -0,25, acc 50,2%", "loss -0.25, acc 50.2%"),
        ("step 5, loss 3", "step 5, loss 3"),
        ("[1,2,3]", "[1,2,3]"),
        ("10:00:00,123 loss", "10:00:00,123 loss"),
    ],
)
def test_in_a_log_with_decimal_commas_a_lone_comma_is_the_point(written: str, meant: str) -> None:
    assert with_points(PROOF + written).endswith("\n" + meant)


@pytest.mark.parametrize(
    "text",
    [
        "loss 0.5123 and 0.25, 0.75\n" * 9,
        "step 1,234 loss 5,678\n" * 9,
        "shape (0,5) loss 0.25 0.75\n" * 9,
        "losses: 1,2,3,4\n" * 9,
        "10:00:00,12 step 5 loss 2\n" * 9,
        "loss 0,5\n",
        "loss 1,500 at 1,000 images\n" * 9,
        "loss 1,500 of 0.25\n" * 9,
    ],
)
def test_points_thousands_lists_and_clocks_prove_no_decimal_comma(text: str) -> None:
    assert with_points(text) == text


def test_three_digits_behind_each_comma_are_decimals_where_nothing_has_a_point_and_no_counter_a_comma() -> None:
    text = "step 7 d_loss 1,312 g_loss 1,498\n" * 9
    assert with_points(text) == text.replace(",", ".")
