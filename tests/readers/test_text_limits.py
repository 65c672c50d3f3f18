"""Rubbish and size: reading takes time in proportion to the text, whatever the text is."""

from __future__ import annotations

import gc
import random
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.errors import UnreadableLog
from gandoctor.readers.text import read_text

MEGABYTE = 1_000_000
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


def seconds(text: str) -> float:
    """The processor time of reading; objects that other tests left are hidden from the garbage collector meanwhile."""
    gc.collect()
    gc.freeze()
    began = time.process_time()
    with suppress(UnreadableLog):
        read_text(text, "log")
    taken = time.process_time() - began
    gc.unfreeze()
    return taken


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH.keys())
def test_a_megabyte_of_rubbish_in_one_line_is_passed_over(text: str) -> None:
    assert seconds(text) < 5.0


def test_lines_of_random_characters_are_read_in_linear_time() -> None:
    source = random.Random(5)
    signs = "abcXYZ 0123456789.,:;=[](){}|/-+%<>#'\"\t"
    lines = ["".join(source.choices(signs, k=60)) for _ in range(2400)]
    small, large = seconds("\n".join(lines[:800])), seconds("\n".join(lines))
    assert large < 6 * small + 0.2


@pytest.mark.parametrize("rows", [1_000])
def test_ten_times_the_frames_take_at_most_eleven_times_as_long(rows: int) -> None:
    def frames(count: int) -> str:
        return "".join(
            f"\rTrain: 5%|#  | {n}/{count} [00:01<00:02, 9.5it/s, D={n / 7:.4f}, G=2.5]" for n in range(count)
        )

    small = min(seconds(frames(rows)) for _ in range(3))
    assert min(seconds(frames(10 * rows)) for _ in range(2)) < 11 * small + 0.05


def test_thirty_thousand_lines_take_at_most_a_few_seconds() -> None:
    text = "".join(
        f"Epoch [{n // 400}/250] Batch {n % 400}/400 Loss D: {n / 9e4:.4f} Loss G: 1.5\n" for n in range(100_000)
    )
    assert seconds(text) < 5.0
