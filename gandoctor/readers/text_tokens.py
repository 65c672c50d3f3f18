"""Cuts a line at its numbers and takes the text between them apart into words, brackets and separators."""

from __future__ import annotations

import re
from typing import NamedTuple

_CLOCK = r"\d{1,3}:\d{2}:\d{2}(?:[.,]\d+)?|\d{1,2}:\d{2}(?![\d.:])"
_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}_\d{2}_\d{2}"
_SHORT_DATE = r"(?:\d{4}|\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2})(?= \d{1,2}:\d\d:\d\d)"
_NOT_METRICS = (
    r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [^\s\]]+\]",  # the prefix of glog
    rf"(?:{_DATE})(?:[T_ ,-]{{1,2}}(?:{_CLOCK}))?(?: ?[AP]M\b)?(?:Z|[+-]\d\d:?\d\d)?",
    _SHORT_DATE,
    rf"\d+ days?,? *(?:{_CLOCK})?",
    rf"(?:{_CLOCK})(?: ?[AP]M\b)?",
    r"\d+\.\d+\.\d+[\w.]*",  # a version, an address
    r"0x[0-9a-fA-F]+",
    r"\d+(?:x\d+)+",  # a size
)
# what stands before such a sign is none of these: the most frequent numbers need not be tried against them all
_MAY_BE_NONE = r"(?=[IWEF\d])(?!\d+(?:\.\d+[\s,]|(?:\.\d+)?[\])|;]))"
_VALUE = (
    r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)|\d+(?:\.\d+|\.(?=[eE][+-]?\d)|\.#[A-Z]+)?|\.\d+)(?:[eE][+-]?\d+)?"
    r"|[+-]?(?:[nN][aA][nN]|[iI]nf(?:inity)?|INF)(?![A-Za-z0-9_])"
)
# a counter may touch its number: "epoch5", "iter_100"
_GLUED = "".join(rf"|(?<={word})|(?<={word}_)" for word in ("poch", "[iI]ter", "[sS]tep", "[bB]atch"))[1:]
_APART = rf"(?<![A-Za-z0-9_])(?<![A-Za-z0-9_]\.)(?:({_MAY_BE_NONE}(?:{'|'.join(_NOT_METRICS)}))|({_VALUE}))"
_CUT = re.compile(rf"(?=[-+.\dIWEFniN])(?:{_APART}|(?<=[hrp_])(?:{_GLUED})(\d+)(?![A-Za-z0-9_]))")

_ATOM = r"[^\W\d]\w*(?:\((?:[^()\s]|\([^()\s]*\))*\))?"
_LEX = re.compile(
    rf"""(?P<word>{_ATOM}(?:[.+&*@/-](?={_ATOM}){_ATOM}|'(?=[a-z])\w+)*(?:\.(?=\s*[:=(]|\s*$))?\#?)
    |(?P<assign>:=|[-=]>|[→⇒]|[:=\uff1a])
    |(?P<open>[\[({{【])|(?P<close>[\])}}】])
    |(?P<comma>[,\uff0c\u3001])
    |(?P<slash>/)
    |(?P<percent>[%\uff05])
    |(?P<mark>[>#])
    |(?P<fill>(?<!\S)\*{{2,}}(?!\S))
    |(?P<dash>-+|[\u2013\u2014])
    |(?P<bar>[|│┃║;])
    |(?P<quote>["'`_\s]+|\*+)
    |(?P<stop>[^\w\s])""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A piece of a line. `near` says that nothing stands between it and the piece before; `slot` counts the numbers."""

    kind: str
    text: str
    near: bool
    slot: int = -1


class Cut(NamedTuple):
    """A line cut at its numbers: lines of one `shape` differ in nothing but the numbers.

    `numbers` holds None where the piece is a date, a time, a version or a size. `kinds` has one letter a number:
    i (digits only), f, or x for None.
    """

    gaps: list[str]
    numbers: list[str | None]
    kinds: str

    @property
    def shape(self) -> str:
        """What the line is without its numbers."""
        return "\x00".join(self.gaps) + "\x01" + self.kinds


def cut(line: str) -> Cut:
    """The line cut at its numbers."""
    parts = _CUT.split(line)
    numbers = [plain or glued for plain, glued in zip(parts[2::4], parts[3::4], strict=True)]
    return Cut(parts[0::4], numbers, "".join(["x" if n is None else "i" if n.isdigit() else "f" for n in numbers]))


def lex(line: Cut) -> list[Token]:
    """The tokens of a line in order; quotes and spaces are dropped."""
    tokens: list[Token] = []
    for slot, gap in enumerate(line.gaps):
        near = _lex_gap(gap, tokens)
        if slot < len(line.kinds):
            value = line.numbers[slot]
            tokens.append(Token("skip" if value is None else "number", value or "", near, slot))
    return tokens


def _lex_gap(gap: str, tokens: list[Token]) -> bool:
    """Appends the gap's tokens; whether the next piece follows without a space."""
    near = True
    for match in _LEX.finditer(gap):
        kind = match.lastgroup or ""
        if kind == "quote":
            near = near and not any(c.isspace() for c in match.group())
            continue
        tokens.append(Token(kind, match.group(), near))
        near = True
    return near


def to_float(text: str | None) -> float:
    """The value of a number as `cut` found it, "-1.#IND" of C on Windows too; NaN for what is no number."""
    if not text or "#I" in text.replace("#INF", ""):
        return float("nan")
    if "#" in text:
        return float("-inf" if text.startswith("-") else "inf") if "#INF" in text else float("nan")
    return float(text.replace(",", ""))
