from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import situations
from markdown_it import MarkdownIt

from gandoctor.report.markdown import LONGEST, escape, joined, render, rule_page
from gandoctor.report.sentences import row
from gandoctor.report.words import clean
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gandoctor.model import Diagnosis, Rule

OURS = re.compile(r"<!-- -->|</?(?:code|sub|details|summary)>")
"""The only HTML that a report holds."""


def many(names: Iterable[str]) -> str:
    """The report of several situations as one."""
    made = {name: situations.SITUATIONS[name]() for name in names}
    return joined([row(one, f"runs/{name}.csv") for name, one in made.items()], [render(one) for one in made.values()])


def shown(text: str) -> list[str]:
    """The texts that a reader of GitHub-flavoured Markdown sees, one a block; markup and our own tags are gone."""
    blocks = MarkdownIt("gfm-like", {"html": True}).parse(text)
    raw = [OURS.sub("", block.content) for block in blocks if block.type == "html_block"]
    inline = [block.children or [] for block in blocks if block.type == "inline"]
    return raw + ["".join(part.content for part in parts if part.type != "html_inline") for parts in inline]


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


def test_a_reader_sees_names_letter_by_letter_and_no_link_or_picture() -> None:
    text = render(situations.hostile())
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(text)
    kinds = {child.type for token in tokens for child in token.children or []}
    assert not kinds & {"link_open", "image", "strong_open", "em_open", "s_open"}
    plain = clean(situations.EVIL).replace("`", "")
    assert any(plain in part for part in shown(text))


def test_every_part_that_is_folded_is_closed_and_holds_markdown(diagnosis: Diagnosis) -> None:
    text = render(diagnosis)
    assert text.count("<details>") == text.count("</details>") == 1
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(text)
    opened = next(i for i, token in enumerate(tokens) if "<details>" in token.content)
    assert any(token.type == "heading_open" for token in tokens[opened:])


def test_what_to_do_is_not_folded() -> None:
    text = render(situations.dominance())
    assert text.index("### What to do") < text.index("<details>") < text.index("### Read as")


def test_several_runs_are_a_table_with_the_reports_folded_beneath() -> None:
    text = many(["stable", "dominance", "hostile"])
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(text)
    assert tokens[0].type == "heading_open"
    assert sum(token.type == "tr_open" for token in tokens if token.level == 2) >= 3
    assert text.count("<details>") == text.count("</details>") == 6
    assert text.index("Convergence failure. The discriminator") < text.index("## Stable.")


def test_a_name_in_the_title_of_a_folded_report_is_text() -> None:
    diagnosis = situations.dominance()
    text = joined([row(diagnosis, situations.EVIL)] * 2, [render(diagnosis)] * 2)
    assert "<" not in OURS.sub("", text)
    title = next(line for line in text.splitlines() if line.startswith("<summary>"))
    assert html.unescape(OURS.sub("", title)).startswith(clean(situations.EVIL))
    assert "\\[" not in title


@pytest.mark.parametrize("runs", [1, 30, 3000])
def test_a_comment_is_never_longer_than_github_takes_and_says_what_is_missing(runs: int) -> None:
    long = replace(situations.dominance(), run=replace(situations.healthy_run(), notes=tuple(map(str, range(9000)))))
    name = f"runs/{'x' * 40}.csv"
    text = joined([row(long, name)] * runs, [render(long)] * runs)
    assert len(text) <= LONGEST
    assert text.count("<details>") == text.count("</details>")
    assert "Cut here" in text or "Too long for a comment" in text


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.id)
def test_the_page_of_each_rule_is_markdown_without_html(rule: Rule) -> None:
    assert "<" not in OURS.sub("", rule_page(rule))


def test_several_runs_are_the_golden_text(golden: Callable[[str, str], None]) -> None:
    golden("several.md", many(["stable", "dominance"]))


@pytest.mark.parametrize("name", ["dominance", "hostile", "undecided"])
def test_the_report_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.md", render(situations.SITUATIONS[name]()))
