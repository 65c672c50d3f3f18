"""Curves in short notation: what the cases of rule files are written in.

A curve is a list of segments joined by spaces, each `BODY*COUNT` (`*COUNT` may be left out for one point):

| body | the points |
|---|---|
| `10` | a level |
| `10..2` | a ramp, both ends included |
| `8+-2/25`, `8-+2/25` | a sine of amplitude 2 and period 25 points around 8; `-+` is the same in opposite phase |
| `8~1.5`, `8~1.5@0.9` | Gaussian noise of standard deviation 1.5, white or AR(1) with lag-1 correlation .9 |
| `_` | not logged |
| `nan`, `inf`, `-inf` | logged as such |

Level or ramp, sine and noise combine in that order: `10..2+-1/25~0.5@0.9*300`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from gandoctor.model import Curve, FloatArray

MAX_POINTS: Final = 1_000_000
"""The longest curve that is drawn, so that a slip in a count cannot fill the memory."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?"
_SIZE = _NUMBER.removeprefix("[+-]?")
_BODY = re.compile(
    rf"(?P<start>{_NUMBER})(?:\.\.(?P<end>{_NUMBER}))?"
    rf"(?:(?P<phase>\+-|-\+)(?P<amplitude>{_SIZE})/(?P<period>{_SIZE}))?"
    rf"(?:~(?P<noise>{_SIZE})(?:@(?P<phi>{_NUMBER}))?)?"
)
_CONSTANTS: Final = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": float("-inf")}
_FORMS: Final = "10*20, 10..2*40, 8+-2/25*300, 8~1.5*300, 8~1.5@0.9*300, _*50, nan*3"


@dataclass(frozen=True, slots=True)
class Segment:
    """`count` points: a line from `start` to `end`, plus a sine, plus AR(1) noise; not logged where `absent`.

    `amplitude` is negative for a sine that begins downwards; `phi` is the noise's lag-1 correlation.
    """

    count: int
    start: float = 0.0
    end: float = 0.0
    amplitude: float = 0.0
    period: float = 1.0
    noise: float = 0.0
    phi: float = 0.0
    absent: bool = False


def parse(text: str) -> tuple[Segment, ...]:
    """Read the segments of a curve; ValueError names the segment that is wrong and the forms that are right."""
    segments = tuple(_segment(word) for word in text.split())
    if not segments:
        raise ValueError(f"an empty curve; write segments such as {_FORMS}")
    if (points := sum(segment.count for segment in segments)) > MAX_POINTS:
        raise ValueError(f"{points} points; a curve may have {MAX_POINTS} at most")
    return segments


def draw(text: str, seed: str = "") -> Curve:
    """Draw the curve at steps 1, 2, ..., n; a segment of `_` moves the steps on and leaves no points.

    `seed` decides the noise: the same text and seed give the same bits. ValueError as `parse`.
    """
    import hashlib  # loads OpenSSL, which a file of rules that is only checked does not need

    segments = parse(text)
    # The legacy generator is the one whose stream NumPy promises never to change (NEP 19).
    random = np.random.RandomState(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big"))
    values = np.concatenate([_points(segment, random) for segment in segments])
    logged = np.concatenate([np.full(segment.count, not segment.absent) for segment in segments])
    steps = np.arange(1, len(values) + 1, dtype=np.float64)
    return Curve(steps[logged], values[logged])


def _segment(word: str) -> Segment:
    body, _, number = word.rpartition("*") if "*" in word else (word, "", "1")
    if not number.isascii() or not number.isdigit() or int(number[:9]) < 1 or len(number) > 9:
        raise ValueError(f"{word!r}: {number!r} is no count of points; write a whole number from 1, as in {body}*40")
    count = int(number)
    if body == "_":
        return Segment(count, absent=True)
    if body in _CONSTANTS:
        return Segment(count, start=_CONSTANTS[body], end=_CONSTANTS[body])
    if not (match := _BODY.fullmatch(body)):
        raise ValueError(f"{word!r} is no segment of a curve; the forms are {_FORMS}")
    return _shaped(word, count, match)


def _shaped(word: str, count: int, match: re.Match[str]) -> Segment:
    part = {name: float(text) for name, text in match.groupdict().items() if text and name != "phase"}
    if not all(map(isfinite, part.values())):
        raise ValueError(f"{word!r}: a number is too large")
    if part.get("period", 2.0) < 2:
        raise ValueError(f"{word!r}: a period of {part['period']:g} points; two is the shortest that can be seen")
    if not -1 < part.get("phi", 0.0) < 1:
        raise ValueError(f"{word!r}: a lag-1 correlation of {part['phi']:g}; it must lie between -1 and 1")
    sign = -1.0 if match["phase"] == "-+" else 1.0
    return Segment(
        count,
        start=part["start"],
        end=part.get("end", part["start"]),
        amplitude=sign * part.get("amplitude", 0.0),
        period=part.get("period", 2.0),
        noise=part.get("noise", 0.0),
        phi=part.get("phi", 0.0),
    )


def _points(segment: Segment, random: np.random.RandomState) -> FloatArray:
    if segment.start == segment.end or not isfinite(segment.start):
        line = np.full(segment.count, segment.start)
    else:
        line = np.linspace(segment.start, segment.end, segment.count)
    if segment.amplitude:
        line = line + segment.amplitude * np.sin(2 * np.pi * np.arange(segment.count) / segment.period)
    if segment.noise:
        line = line + segment.noise * _red_noise(segment.count, segment.phi, random)
    return line


def _red_noise(count: int, phi: float, random: np.random.RandomState) -> FloatArray:
    """Stationary AR(1) noise of mean 0 and variance 1: x_k = phi x_(k-1) + sqrt(1 - phi^2) e_k."""
    noise: FloatArray = random.standard_normal(count)
    if phi == 0.0:
        return noise
    innovation = (1 - phi * phi) ** 0.5
    for k in range(1, count):
        noise[k] = phi * noise[k - 1] + innovation * noise[k]
    return noise
