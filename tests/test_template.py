from __future__ import annotations

import pytest

from gandoctor.template import SPEC, fill

FILLED = [
    ("{a:.2f}", -0.691, "-0.69"),
    ("{a:+.1f}", 2.0, "+2.0"),
    ("{a:.0%}", 0.25, "25%"),
    ("{a:size .2f} {a:side} it", -0.691, "0.69 below it"),
    ("{a:size .2f} {a:side} it", 0.691, "0.69 above it"),
    ("{a:factor} times", 2.3, "200 times"),
    ("{a:factor} times", 4.0, "10,000 times"),
    ("{a:factor} times", 0.5, "3.2 times"),
    ("{a:factor} times", 30.4, "10^30 times"),
    ("{a:factor} times", float("inf"), "10^inf times"),
    ("{{a}}", 1.0, "{a}"),
]


@pytest.mark.parametrize(("template", "value", "text"), FILLED)
def test_a_place_is_filled_as_its_format_says(template: str, value: float, text: str) -> None:
    assert fill(template, {"a": value}) == text


@pytest.mark.parametrize("spec", ["", ".2f", "+.2g", "size .2g", "side", "factor", ".0%", ",.0f"])
def test_formats_that_a_rule_may_use(spec: str) -> None:
    assert SPEC.fullmatch(spec)


@pytest.mark.parametrize("spec", ["999", "size", "side .2f", "factor .2f", "sized", ".2f>9", "{a}"])
def test_formats_that_a_rule_may_not_use(spec: str) -> None:
    assert not SPEC.fullmatch(spec)
