"""The report in Markdown, fit for a pull request or an issue: nothing from the log can become markup."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from gandoctor.report import bands
from gandoctor.report.outline import outline
from gandoctor.report.sentences import sentence
from gandoctor.report.words import VERDICTS, clean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gandoctor.model import Diagnosis, Rule
    from gandoctor.report.outline import Section

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~$])")
_LINKS = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=ftp)(?=:)|(?<=mailto)(?=:)|(?<=www)(?=\.)|(?<=[@#:])(?=\w)")
_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
_CODE = re.compile(r"`([^`]+)`")
_BREAK = "<!-- -->"
"""Keeps GitHub from making a link, a mention or a picture of what stands around it."""

LONGEST = 65_536
"""The characters that GitHub takes as a comment."""

_RESERVE = 1000
"""Characters kept for what is said about that which does not fit."""

_ASIDES = "How the log was read, what could not be judged, what else is worth knowing"
_NAMED = 8
_COLUMNS = ("Log", "Verdict", "Since", "How sure")


def render(diagnosis: Diagnosis) -> str:
    """Return the report as GitHub-flavoured Markdown, ending with a line break."""
    text = outline(diagnosis, brief=False)
    asides = [_section(s) for s in text.sections if s.form == "aside" and s.title != "Usual bands"]
    parts = [
        f"## {escape(text.title)}",
        escape(text.subject),
        "\n".join(f"- {escape(sentence)}" for sentence in text.lead),
        *(_section(section) for section in text.sections if section.form != "aside"),
        folded(_ASIDES, (*asides, _bands(diagnosis))),
        f"<sub>gandoctor, rules {escape(clean(diagnosis.rulebook))} {escape(diagnosis.rulebook_hash)}</sub>",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def joined(rows: Sequence[tuple[str, ...]], texts: Sequence[str]) -> str:
    """Return the reports of several runs as one: a table, and each report folded beneath it.

    It keeps to what GitHub takes as a comment; reports that do not fit, those of stable runs first, are named at the
    end. `rows` are those of `sentences.row`, one a report. The report of one run is returned as it is, if it fits.
    """
    if len(texts) == 1:
        return _cut(texts[0], LONGEST)
    cells = [_row(map(escape, row)) for row in rows]
    made = "\n".join((f"## {len(texts)} runs", "", _row(_COLUMNS), _row("---" for _ in _COLUMNS), *cells)) + "\n"
    left = []
    ill_first = sorted(zip(rows, texts, strict=True), key=lambda report: report[0][1] == VERDICTS["stable"])
    for row, text in ill_first:
        part = folded(f"{row[0]}: {row[1]}", (text.rstrip("\n"),))
        if len(made) + len(part) + _RESERVE < LONGEST:
            made += f"\n{part}\n"
        else:
            left.append(escape(row[0]))
    if left:
        made += f"\nToo long for a comment, so not shown: {listed(left, _NAMED)}.\n"
    return _cut(made, LONGEST)


def folded(title: str, parts: Iterable[str]) -> str:
    """Return the parts, which are Markdown, such that only their title shows until one opens it."""
    inside = "\n\n".join(part for part in parts if part)
    shown = _LINKS.sub(_BREAK, html.escape(title, quote=False))  # no Markdown is read within a tag that begins a line
    return f"<details>\n<summary>{shown}</summary>\n\n{inside}\n\n</details>" if inside else ""


def _cut(text: str, most: int) -> str:
    """Return as many lines as fit into `most` characters, and say where it was cut."""
    if len(text) <= most:
        return text
    kept = text[: most - _RESERVE].rpartition("\n")[0]
    closed = "\n\n</details>" * (kept.count("<details>") - kept.count("</details>"))
    return f"{kept}{closed}\n\nCut here: a comment holds {most:,} characters.\n"


def rule_page(rule: Rule) -> str:
    """Return the page of a rule, as `gandoctor explain` prints it."""
    from gandoctor.explain import paragraphs, sections

    head = (escape(text) for text in (sentence(rule.title), *filter(None, paragraphs(rule.summary))))
    return "\n\n".join((*head, *map(_section, sections(rule)))) + "\n"


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
