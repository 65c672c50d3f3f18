"""Rubbish and size: reading takes time in proportion to the text, whatever the text is."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.errors import UnreadableLog
from gandoctor.readers.text import read_text

MEGABYTE = 1_000_000
HANG = 60.0
"""Seconds that only a pattern of more than linear time takes on a megabyte; how fast it is, a benchmark says."""

RUBBISH = {
    "brackets": "[" * MEGABYTE,
    "brackets with numbers": "[1" * (MEGABYTE // 2),
    "closing brackets": ")" * MEGABYTE,
    "digits": "1" * MEGABYTE,
    "digits and commas": "1," * (MEGABYTE // 2),
    "a comma in a long number": "0," + "1" * MEGABYTE + ",1",
    "digits and dots": "1." * (MEGABYTE // 2),
    "digits and colons": "12:" * (MEGABYTE // 3),
    "dashes": "-" * MEGABYTE,
    "a long word": "a" * MEGABYTE,
    "words and slashes": "a/" * (MEGABYTE // 2),
    "calls": "f(" * (MEGABYTE // 2),
    "dots": "." * MEGABYTE,
    "equals": "=" * MEGABYTE,
    "spaces": " " * MEGABYTE + "x",
    "tags": "<tr" * (MEGABYTE // 3),
    "open tags": "<" * MEGABYTE,
    "escapes": "\x1b" * MEGABYTE,
    "escapes that never end": "\x1b[" + "0;" * (MEGABYTE // 2),
    "carriage returns": "\r" * MEGABYTE,
    "tensors": "tensor(" * (MEGABYTE // 7),
    "tensor arguments": ", device=" * (MEGABYTE // 9),
    "quotes": "'" * MEGABYTE,
    "names": "d_loss: " * (MEGABYTE // 8),
    "settings": "lr=" * (MEGABYTE // 3),
}


WORDS = "Epoch step D loss G(z) real acc. 12 0.5 nan 1,000 3/4 50% 2024-01-02 1:02:03 -> ... it/s tensor( █ 损失 of N/A"
PIECES = st.sampled_from([*WORDS.split(), *":=,;|/[](){}<>#-\n\r\t \"'", "\x1b[1m"])


@given(st.lists(PIECES, max_size=60).map(" ".join) | st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_table_or_a_clear_refusal(text: str) -> None:
    try:
        log = read_text(text, "log")
    except UnreadableLog:
        return
    assert log.rows > 0
    assert {len(values) for values in log.columns.values()} == {log.rows}
    assert all(mask.shape == (log.rows,) and not mask.all() for mask in log.logged.values())
    assert all(name.strip() for name in log.columns)


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH.keys())
def test_a_megabyte_of_rubbish_in_one_line_is_passed_over(text: str) -> None:
    began = time.process_time()
    with suppress(UnreadableLog):
        read_text(text, "log")
    assert time.process_time() - began < HANG
