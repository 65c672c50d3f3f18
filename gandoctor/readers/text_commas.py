"""Text logs whose program writes decimals with a comma, as in a German or a Russian locale: "d_loss: 0,5123".

Repetitions are possessive: a line of a million digits must not be tried at every length.
"""

from __future__ import annotations

import re

_SAMPLE = 200_000
_FEW = 3
_PROOF = re.compile(r"(?<![\d.,:])(?:0,\d++|\d++,(?:\d{4,}+|\d{1,2}))(?![\d.,]*\d)")
"""A lone comma in what can be no thousands: a zero before it, or other than three digits behind."""
_LONE = re.compile(r"(?<![\d.,:])\d{1,3},\d{3}(?![\d.,]*\d)")
"""What may be thousands; where no number has a point and no counter a comma, all losses would be whole numbers then."""
_COUNTED = re.compile(
    r"(?:step|iter|ation|epoch|batch|kimg|images)s?\W{0,3}\d{1,3},\d{3}|\d,\d{3} (?:step|iter|image)", re.IGNORECASE
)
_POINT = re.compile(r"(?<![\d.,:])\d++\.\d++(?![\d.]*\d)")
_NUMBER = re.compile(r"(?<![\d.,:])(\d{1,3}(?:\.\d{3})++|\d++),(\d++)(?!,?\d)")


def with_points(text: str) -> str:
    """The text with decimal points where its decimals are commas; as it is where points are as frequent.

    "1.234,5" becomes "1234.5". A comma followed by a blank separates and stays.
    """
    start = text[:_SAMPLE]
    if "," not in start:
        return text
    commas, points = len(_PROOF.findall(start)), len(_POINT.findall(start))
    if not (commas or points or _COUNTED.search(start)):
        commas = len(_LONE.findall(start))
    if commas < _FEW or commas <= points:
        return text
    return _NUMBER.sub(_pointed, text)


def _pointed(found: re.Match[str]) -> str:
    return found[1].replace(".", "") + "." + found[2]
