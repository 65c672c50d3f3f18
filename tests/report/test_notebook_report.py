from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import situations

from gandoctor.report.notebook import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

ALLOWED = {"div", "h3", "h4", "p", "ul", "ol", "li", "br", "small", "code", "table", "tr", "th", "td", "img"}
EMBEDDED = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]*)"')


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.depth += tag not in ("br", "img")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


def test_a_report_is_harmless_and_well_formed_html(diagnosis: Diagnosis) -> None:
    tags = parsed(render(diagnosis))
    assert set(tags.tags) <= ALLOWED
    assert tags.attributes <= {"class", "style", "alt", "src"}
    assert tags.depth == 0


def test_names_from_the_log_are_text() -> None:
    html = render(situations.hostile())
    assert "<script" not in html
    assert "<script>alert(1)</script>" in parsed(html).text


def test_the_picture_is_embedded() -> None:
    match = EMBEDDED.search(render(situations.dominance()))
    assert match is not None
    assert base64.b64decode(match[1]).startswith(b"\x89PNG")


def test_a_run_without_points_has_no_picture() -> None:
    assert "<img" not in render(situations.empty())


def test_a_notebook_shows_the_diagnosis_by_itself() -> None:
    assert situations.stable()._repr_html_() == render(situations.stable())


@pytest.mark.parametrize("name", ["dominance", "undecided"])
def test_the_report_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.html", EMBEDDED.sub('src="PICTURE"', render(situations.SITUATIONS[name]())) + "\n")
