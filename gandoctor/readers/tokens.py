"""Splits a column name into lower-case words: `lossD`, `Loss/D/loss`, `errD_real`, `DisLoss`, `D(G(z))`, `损失`."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gandoctor.readers.aliases import FOREIGN, GLUE, GLUE_MEANING, KNOWN

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PAIR = re.compile(r"(?<![A-Za-z])([DG])([ABXY])(?![A-Za-z])")
_LOSS = re.compile("loss|err|cost", re.IGNORECASE)
_ARROW = re.compile(r"(?<![A-Za-z0-9])([A-Za-z])(?:2|to|->)([A-Za-z])(?![a-z])")
_WHOLE = r"wgan[\W_]?gp(?![a-z])|pix2pix(?:hd)?|[rl][12](?!\d)|[a-z]2[a-z](?![a-z0-9])"
_WORD = re.compile(_WHOLE + r"|[^\W\d_]+|\d+k?(?![a-z])|\d+|[+%]")


_LONGEST_GLUED = 48
"""Letters of which no more were ever written together by somebody who meant several words."""


@lru_cache(maxsize=4096)
def tokenise(name: str) -> tuple[str, ...]:
    """Return the words of a column name, lower case, in order.

    Words end at separators, at a change of case, between letters and digits, and inside words that are two known words
    written together (`dloss`). `r1`, `l2` and directions (`A2B`, `XtoY` -> `a2b`, `x2y`) stay whole; `+` and `%` are
    words; Chinese, Japanese and Korean names of the networks are translated.
    """
    text = unicodedata.normalize("NFKC", name)
    for foreign, english in FOREIGN:
        text = text.replace(foreign, f" {english} ")
    text = _ARROW.sub(r" \g<1>2\g<2> ", text)
    if _LOSS.search(text):
        text = _PAIR.sub(r" \g<1> \g<2> ", text)
    words = [re.sub(r"wgan[\W_]?gp", "wgangp", word) for word in _WORD.findall(_CAMEL.sub(" ", text).lower())]
    return tuple(part for word in words for part in _apart(word))


def _apart(word: str) -> tuple[str, ...]:
    """Return the known words that were written together in `word`, or `word` itself."""
    if word in KNOWN or not word.isascii() or not word.isalpha() or len(word) > _LONGEST_GLUED:
        return (word,)
    if word.startswith("l") and (rest := _pieces(word[1:])) and len(rest) == 1 and len(rest[0]) > 1:
        return ("loss", *rest)
    pieces = _pieces(word)
    if pieces and GLUE_MEANING & set(pieces):
        return pieces
    return (word,)


def _pieces(word: str) -> tuple[str, ...]:
    """`word` as a sequence of words of GLUE, longest first, at most one of them a letter; () where it is none."""
    if not word:
        return ()
    for start in GLUE:
        if not word.startswith(start):
            continue
        rest = word[len(start) :]
        if not rest:
            return (start,)
        tail = _pieces(rest)
        if tail and sum(len(piece) == 1 for piece in (start, *tail)) <= 1:
            return (start, *tail)
    return ()
