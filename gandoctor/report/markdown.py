"""The report in Markdown, fit for a pull request or an issue: nothing from the log can become markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.report import bands
from gandoctor.report.outline import outline
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Diagnosis
    from gandoctor.report.outline import Section

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~$])")
_LINKS = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=ftp)(?=:)|(?<=mailto)(?=:)|(?<=www)(?=\.)|(?<=[@#:])(?=\w)")
_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
_CODE = re.compile(r"`([^`]+)`")
_BREAK = "<!-- -->"
"""Keeps GitHub from making a link, a mention or a picture of what stands around it."""


def render(diagnosis: Diagnosis) -> str:
    """Return the report as GitHub-flavoured Markdown, ending with a line break."""
    text = outline(diagnosis, brief=False)
    parts = [
        f"## {escape(text.title)}",
        escape(text.subject),
        "\n".join(f"- {escape(sentence)}" for sentence in text.lead),
        *(_section(section) for section in text.sections if section.title != "Usual bands"),
        _bands(diagnosis),
        f"<sub>gandoctor, rules {escape(clean(diagnosis.rulebook))} {escape(diagnosis.rulebook_hash)}</sub>",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Return the text such that Markdown shows it letter by letter: no markup, HTML, table cell, link or mention.

    Only what stands between backticks is set as code.
    """
    parts = _CODE.split(text)
    return "".join(f"<code>{_letters(part)}</code>" if odd % 2 else _letters(part) for odd, part in enumerate(parts))


def _letters(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return _LINKS.sub(_BREAK, _START.sub(r"\1\\\2", text))


def _section(section: Section) -> str:
    lines = [f"### {section.title}", ""]
    for place, item in enumerate(section.items, 1):
        marker = f"{place}." if section.form == "numbered" else "-"
        lines.append(f"{marker} {escape(item.text)}")
        lines += [f"{' ' * len(marker)} - {escape(detail)}" for detail in item.details]
    return "\n".join(lines)


def _bands(diagnosis: Diagnosis) -> str:
    """Return the documented bands as a table; "" where there are none."""
    if not diagnosis.bands:
        return ""
    rows = (_row(escape(cell) for cell in bands.row(band)) for band in diagnosis.bands)
    header = (_row(bands.COLUMNS), _row("---" for _ in bands.COLUMNS))
    return "\n".join(("### Usual bands", "", *header, *rows))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
