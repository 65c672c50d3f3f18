"""The report for a notebook: verdict, picture and sections as HTML in which everything from the log is text."""

from __future__ import annotations

import base64
import re
from html import escape
from typing import TYPE_CHECKING

from gandoctor.report import bands, sentences
from gandoctor.report.outline import outline
from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.model import Diagnosis
    from gandoctor.report.outline import Item, Section

_STYLE = "max-width: 60em; font-family: sans-serif; line-height: 1.4"
_CODE = re.compile(r"`([^`]+)`")


def render(diagnosis: Diagnosis) -> str:
    """Return an HTML fragment without scripts, links or outside resources; the picture is embedded as PNG."""
    text = outline(diagnosis, brief=False)
    shown = [section for section in text.sections if section.title != "Usual bands"]
    parts = (
        f'<div class="gandoctor" style="{_STYLE}">',
        f"<h3>{_html(text.title)}</h3>",
        f"<p>{_html(text.subject)}</p>",
        *(f"<p>{_html(sentence)}</p>" for sentence in text.lead),
        _picture(diagnosis),
        *(_section(section) for section in shown),
        _bands(diagnosis),
        f"<p><small>gandoctor, rules {_html(clean(diagnosis.rulebook))} {_html(diagnosis.rulebook_hash)}</small></p>",
        "</div>",
    )
    return "\n".join(part for part in parts if part)


def _html(text: str) -> str:
    """Return the text as HTML; what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _picture(diagnosis: Diagnosis) -> str:
    """Return the picture as a data address; "" where there is nothing to draw."""
    if not diagnosis.run.points:
        return ""
    from gandoctor.report.plot import picture

    content = base64.b64encode(picture(diagnosis, dpi=90)).decode("ascii")
    words = escape(f"The curves of {sentences.subject(diagnosis)}", quote=True)
    return f'<img alt="{words}" style="max-width: 100%" src="data:image/png;base64,{content}">'


def _section(section: Section) -> str:
    tag = "ol" if section.form == "numbered" else "ul"
    return f"<h4>{_html(section.title)}</h4>\n<{tag}>{''.join(map(_item, section.items))}</{tag}>"


def _item(item: Item) -> str:
    details = "".join(f"<br><small>{_html(detail)}</small>" for detail in item.details)
    return f"<li>{_html(item.text)}{details}</li>"


def _bands(diagnosis: Diagnosis) -> str:
    """Return the documented bands as a table; "" where there are none."""
    if not diagnosis.bands:
        return ""
    body = "".join(f"<tr>{_cells(bands.row(band), 'td')}</tr>" for band in diagnosis.bands)
    return f"<h4>Usual bands</h4>\n<table><tr>{_cells(bands.COLUMNS, 'th')}</tr>{body}</table>"


def _cells(cells: Iterable[str], tag: str) -> str:
    return "".join(f'<{tag} style="text-align: left">{_html(cell)}</{tag}>' for cell in cells)
