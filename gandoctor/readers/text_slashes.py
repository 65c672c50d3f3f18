"""Takes a name of several parts between slashes apart: "D/G loss" says "D loss" and "G loss"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.readers.text_words import names_both, says_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

_CALL = re.compile(r"(\w+)\(([^()]*/[^()]*)\)")


def parted(words: Sequence[str], count: int) -> list[str]:
    """The names for `count` numbers behind the words; [] where no word has as many parts."""
    for position, word in enumerate(words):
        parts = _parts(word)
        if len(parts) == count and all(part.count("(") == part.count(")") for part in parts):
            return [" ".join((*words[:position], part, *words[position + 1 :])) for part in parts]
    return []


def parted_networks(words: Sequence[str]) -> list[str]:
    """The two names of "loss D/G", one of each network; [] where the words are no such pair."""
    names = parted(words, 2)
    return names if names and names_both(names) and not any(names_both((name,)) for name in names) else []


def _parts(word: str) -> list[str]:
    """The parts of "D/G", of "(D/G)" and of "D(real/fake)", with the network before each."""
    inner = word.removeprefix("(").removesuffix(")")
    if word == f"({inner})":
        return inner.split("/")
    if not (call := _CALL.fullmatch(word)):
        return word.split("/")
    parts = call[2].split("/")
    return [f"{call[1]} {part}" if says_loss(parts) else f"{call[1]}({part})" for part in parts]
