"""What is tried first when a line is cut changes nothing about where it is cut."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import example, given, settings

from gandoctor.readers import text_tokens

PIECES = (
    *"0123456789.,:-+/_ xTZeEN]);|[\t",
    *(
        "12",
        "2023",
        "1.5",
        "10:30",
        " days",
        " day",
        "PM",
        "nan",
        "inf",
        "Inf",
        "0x1F",
        "I0819 08:57:32.1 5 a]",
        "step",
    ),
)
WHOLE = re.compile(text_tokens._CUT.pattern.replace(text_tokens._MAY_BE_NONE, ""))


@settings(max_examples=3_000, deadline=None)
@given(line=st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example(line="10.11.2023 1.5, 3] 2 days, 10:30 1.2.3 64x64")
def test_numbers_before_a_bracket_or_a_space_are_no_dates(line: str) -> None:
    assert text_tokens._CUT.split(line) == WHOLE.split(line)


def test_the_short_cut_is_there() -> None:
    assert WHOLE.pattern != text_tokens._CUT.pattern
