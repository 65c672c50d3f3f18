"""The training logs of VITS and what was made from it: a line of numbers without names, after a line with the epoch.

    2023-04-05 09:00:00,914 <tab> ljs_base <tab> INFO <tab> Train Epoch: 3 [12%]
    2023-04-05 09:00:00,914 <tab> ljs_base <tab> INFO <tab> [2.61, 2.33, 5.9, 21.4, 1.3, 1.5, 2400, 0.0002]

The numbers are the losses of the discriminators, of the generator, of features and of the mel spectrogram, then terms
that differ from program to program; the last two are step and learning rate. so-vits-svc writes `Losses: [...]` and
names the rest; RVC names the losses and writes `[step, learning rate]` on a line before.
Source: VITS, train.py, and 10 programs that follow it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD = 1 << 18
_MARK = re.compile(r"Train Epoch: \d+ \[\d+%\]")
_NUMBER = r"-?(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|nan|inf)"
_LINE = re.compile(
    r"^(?P<stamp>\d{4}-\d\d-\d\d [\d:,]+)\t[^\t\n]*\tINFO\t"
    rf"(?P<losses>Losses: )?(?:\[(?P<list>{_NUMBER}(?:, {_NUMBER})*)\])?",
    re.MULTILINE,
)
_LEAD = ("loss_disc", "loss_gen", "loss_fm", "loss_mel")
_TAIL = ("global_step", "learning_rate")


def with_names(text: str) -> str:
    """The text with a name before each number of such a line, and no logger's name before it; any other as it is."""
    return _LINE.sub(_named, text) if _MARK.search(text[:_HEAD]) else text


def _named(match: re.Match[str]) -> str:
    if match["list"] is None:
        return f"{match['stamp']} {match['losses'] or ''}"
    values = match["list"].split(", ")
    names = _names(values, whole=match["losses"] is None)
    if not names:
        return match[0]
    return match["stamp"] + " " + ", ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))


def _names(values: Sequence[str], *, whole: bool) -> tuple[str, ...]:
    """What the numbers of a list are, which is `whole` where step and learning rate end it; () where it is another."""
    tail = _TAIL if whole else ()
    if whole and not (len(values) > 1 and values[-2].isdecimal()):
        return ()
    losses = len(values) - len(tail)
    if 0 < losses < len(_LEAD):
        return ()
    return (*_LEAD[:losses], *(f"loss_term_{i}" for i in range(1, losses - len(_LEAD) + 1)), *tail)
