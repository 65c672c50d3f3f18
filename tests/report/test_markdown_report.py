from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import situations

from gandoctor.report.markdown import escape, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

OURS = re.compile(r"<!-- -->|</?code>|</?sub>")
"""The only HTML that a report holds."""


def test_no_html_but_ours_is_in_a_report(diagnosis: Diagnosis) -> None:
    assert "<" not in OURS.sub("", render(diagnosis))


def test_every_row_of_the_table_has_the_cells_of_its_header(diagnosis: Diagnosis) -> None:
    rows = [line for line in render(diagnosis).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {7}


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("d_loss", r"d\_loss"),
        ("a|b", r"a\|b"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("**bold**", r"\*\*bold\*\*"),
        ("[a](http://e.example)", r"\[a\](http<!-- -->://e.example)"),
        ("HTTPS://e.example", "HTTP<!-- -->S://e.example"),
        ("www.e.example", "www<!-- -->.e.example"),
        ("@someone fixed #12", r"@<!-- -->someone fixed \#<!-- -->12"),
        ("run `rm -rf`", "run <code>rm -rf</code>"),
        ("lone ` tick", r"lone \` tick"),
        ("`<i>|`", r"<code>&lt;i&gt;\|</code>"),
        ("- not a list", r"\- not a list"),
        ("1. not a list", r"1\. not a list"),
        ("$x$ ~y~", r"\$x\$ \~y\~"),
        (":smile:", ":<!-- -->smile:"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_text_is_shown_letter_by_letter(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_the_report_holds_everything_that_a_screen_leaves_out() -> None:
    text = render(situations.dominance())
    assert "It bounds D's slope near real images" in text
    assert "What to log: coverage of 256 generated samples" in text
    assert "rules default 0123456789ab" in text


@pytest.mark.parametrize("name", ["dominance", "hostile", "undecided"])
def test_the_report_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.md", render(situations.SITUATIONS[name]()))
