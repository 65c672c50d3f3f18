"""Contrast by WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for the lines of a picture (1.4.11)."""

from __future__ import annotations

import re

import pytest

from gandoctor.report.html.document import source

PALETTE = re.compile(r"--([\w-]+): #([0-9a-f]{6});")
SHEET = source("page.css")
LIGHT = dict(PALETTE.findall(SHEET[: SHEET.index("@media")]))
SYSTEM_DARK = dict(PALETTE.findall(SHEET[SHEET.index("@media") : SHEET.index(':root[data-theme="dark"]')]))
CHOSEN_DARK = dict(PALETTE.findall(SHEET[SHEET.index(':root[data-theme="dark"]') :]))
TEXTS = [
    ("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("ink", "card"), ("soft", "card"),
    ("good", "good-paper"), ("bad", "bad-paper"), ("open", "open-paper"),
]  # fmt: skip
LINES = [(f"{side}{number}", "paper") for side in "dgo" for number in (1, 2, 3)] + [("o0", "paper"), ("keep", "paper")]


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, CHOSEN_DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXTS)
def test_text_can_be_read(theme: dict[str, str], front: str, back: str) -> None:
    assert contrast(theme[front], theme[back]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, CHOSEN_DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), LINES)
def test_curves_can_be_seen(theme: dict[str, str], front: str, back: str) -> None:
    assert contrast(theme[front], theme[back]) >= 3


def test_the_dark_theme_is_the_same_whoever_chose_it() -> None:
    assert SYSTEM_DARK == CHOSEN_DARK
    assert set(LIGHT) == set(CHOSEN_DARK)


def test_black_on_white_has_the_contrast_that_the_standard_gives() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
