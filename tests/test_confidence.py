from __future__ import annotations

import pytest

from gandoctor.confidence import Calibration

KNOWN = Calibration(
    failures={"rule.sure": (5.0, 5.0), "rule.once": (1.0, 1.0), "rule.mixed": (1.666, 2.0)},
    stable={"losses": (12.4, 13.0)},
    runs=126,
    programs=34,
)
WHERE = (
    "estimated on 126 runs of 34 programs whose outcome is known;"
    " the fewer of them showed this, the nearer this is to 80 %"
)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("sure", f"right in 5 of 5 programs; {WHERE}"),
        ("once", f"right in 1 of 1 program; {WHERE}"),
        ("mixed", f"right in 83 % of 2 programs; {WHERE}"),
        ("never", "assumed, since none of the 126 runs of known outcome showed this"),
    ],
)
def test_a_probability_says_how_often_it_was_right_before(pattern: str, said: str) -> None:
    assert KNOWN.failure_record("rule", pattern) == said


def test_a_stable_verdict_says_how_often_it_was_right_before() -> None:
    assert KNOWN.healthy_record("losses") == f"right in 95 % of 13 programs; {WHERE}"
    assert KNOWN.healthy_record("quality").startswith("assumed")
