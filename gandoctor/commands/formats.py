"""The formats of a report by name and by file suffix: one text a run, and how several are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gandoctor.commands.screen import Screen
    from gandoctor.model import Diagnosis

TEXTS = ("terminal", "json", "jsonl", "markdown")
"""The formats that can be written to standard output."""

SUFFIXES = {
    ".txt": "terminal",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".png": "png",
    ".svg": "svg",
    ".pdf": "pdf",
}

PICTURES = ("png", "svg", "pdf")


def of_file(path: Path) -> str:
    """Return the format for a file of that name; BadOption for a suffix that stands for none."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise BadOption(f"-o {path}: the suffix says the format, and {suffix or 'no suffix'} is none of {known}")
    return SUFFIXES[suffix]


def text(format_: str, path: str, diagnosis: Diagnosis, screen: Screen) -> str:
    """Return the report of one run in one of `TEXTS`."""
    if format_ == "markdown":
        from gandoctor.report import markdown

        return markdown.render(diagnosis)
    if format_ == "terminal":
        from gandoctor.report import terminal

        return terminal.render(diagnosis, screen.colour, screen.width, screen.blocks)
    from gandoctor.report import json

    return json.render_line(diagnosis, path) if format_ == "jsonl" else json.render(diagnosis, path)


def joined(format_: str, texts: Sequence[str]) -> str:
    """Return the reports of several runs as one: JSON as an array, the rest one after the other."""
    if format_ == "json" and len(texts) != 1:
        return "[\n" + ",\n".join(text.rstrip("\n") for text in texts) + "\n]\n"
    if format_ == "jsonl":
        return "".join(texts)
    return "\n".join(texts)
