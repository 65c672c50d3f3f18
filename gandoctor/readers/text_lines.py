"""Turns the text of a log into lines to scan: terminal codes, frames of progress bars, HTML tables, tensors."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, NamedTuple

from gandoctor.readers.text_commas import with_points

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 100_000
"""A longer line is no line of a log; what is beyond is left unread."""
_PIECE = 1 << 18

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_TAG = re.compile(r"<[^<>\n]{0,400}>")
_TENSOR_OPEN = re.compile(r"(?:\b(?:tf|torch|np|numpy|jnp)\.)?\b(?:[Tt]ensor|[Aa]rray|float(?:16|32|64))\(")
_TENSOR_ARGUMENT = re.compile(
    r"(?:,\s*+|(?<!\s)\s++|(?<![,\s]))\b(?:device|grad_fn|dtype|shape|requires_grad|weak_type)=(?:'[^'\n]*'|\([^()\n]*\)|[^,)\s]*)\)?"
)
_TF_REPR = re.compile(r"<tf\.(?:Tensor|Variable)[^<>\n]*?numpy=([^<>\n]*)>")
_CUT_OFF = re.compile(r"(?<![\w.])[+-]?(?:\d{1,20}\.|\d{1,20}(?:\.\d{1,20})?[eE][+-]?)\Z")
"""A number that the end of the file cut off: "0." or "1.5e-"."""
_REPLACED = {
    "│": "|",
    "┃": "|",
    "║": "|",
    "\x00": " ",
    "\u2212": "-",
    "\u00a0": " ",
    "\ufeff": " ",
    "\v": " ",
    "\f": " ",
}


class Line(NamedTuple):
    """A line to scan: its 1-based number in the file, and whether it is one frame of a line that rewrites itself."""

    number: int
    text: str
    frame: bool


def read_lines(text: str) -> Iterator[Line]:
    """The lines of a log without terminal codes, each frame of a progress bar apart; blank ones are left out."""
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    text = with_points(text)
    text = text[:-60] + _CUT_OFF.sub(" ", text[-60:])
    for odd, plain in _REPLACED.items():
        text = text.replace(odd, plain)
    for number, raw in enumerate(_split(_with_tables(text)), start=1):
        if "\r" in raw or "\b" in raw:
            yield from _frames(number, raw)
        elif raw.strip():
            yield Line(number, unwrapped(raw[:LONGEST]), frame=False)


def _split(text: str) -> Iterator[str]:
    """The lines of a text; those of a long one are never all there at once."""
    begin = 0
    while (end := text.find("\n", begin + _PIECE)) >= 0:
        yield from text[begin:end].split("\n")
        begin = end + 1
    yield from text[begin:].split("\n")


def _frames(number: int, raw: str) -> Iterator[Line]:
    """The frames of a line that a carriage return or backspaces take back to its start."""
    frames = [frame for frame in re.split(r"\r|\x08+", raw) if frame.strip()]
    for frame in frames:
        yield Line(number, unwrapped(frame[:LONGEST]), frame=len(frames) > 1)


def unwrapped(line: str) -> str:
    """The line with plain numbers for `tensor(0.5, device=...)`, `np.float32(0.5)` and `<tf.Tensor: ... numpy=0.5>`."""
    if "=<" not in line and "(" not in line and "<tf." not in line:
        return line
    if "<tf." in line:
        line = _TF_REPR.sub(r" \1 ", line)
    if _TENSOR_OPEN.search(line):
        line = _TENSOR_OPEN.sub(" ", line)
    return _TENSOR_ARGUMENT.sub("", line) if "=" in line else line


def _with_tables(text: str) -> str:
    """The text with each row of an HTML table on one line, its cells between bars."""
    if "<tr" not in text:
        return text
    head, *rows = re.split(r"<tr\b[^<>]{0,400}>", text)
    parts = [head]
    for row in rows:
        inside, closed, rest = row.partition("</tr>")
        parts.append((_row(inside) if closed else inside) + rest)
    return "".join(parts)


def _row(inside: str) -> str:
    """One line for a row; as many line breaks follow as it had, so that line numbers stay true."""
    cells = re.split(r"</t[dh]>", inside)
    bare = [html.unescape(_TAG.sub("", cell)).strip().replace("\n", " ") for cell in cells[:-1]]
    return "| " + " | ".join(bare) + " |" + "\n" * max(1, inside.count("\n"))
