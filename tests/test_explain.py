from __future__ import annotations

from dataclasses import replace

import pytest

from gandoctor.explain import page, paragraphs
from gandoctor.model import Condition, Pattern, Rule, Signal, Source, Window
from gandoctor.rulebook import load

RULES = load().rules


def words(rule: Rule, width: int = 100) -> str:
    return " ".join(page(rule, width=width).split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_page_holds_everything_that_the_rule_says(rule: Rule) -> None:
    text = words(rule)
    for said in (
        rule.title,
        *(f"{rule.id}.{pattern.name}.{row.name}=VALUE" for pattern in rule.patterns for row in pattern.when),
        *(row.why for pattern in rule.patterns for row in pattern.when),
        *rule.false_positives,
        *(part for cause in rule.causes for part in (cause.text, cause.confirm)),
        *(part for remedy in rule.remedies for part in (remedy.do, remedy.why, remedy.expect)),
        *(source.cite for source in rule.sources),
        *(case.name for case in rule.cases[:2]),
    ):
        assert unspaced(said.rstrip(".")).lower() in unspaced(text).lower(), said


def unspaced(text: str) -> str:
    """The text without spaces: long words are broken at other places than in the rule."""
    return "".join(text.split())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("width", [80, 100])
def test_a_page_keeps_to_its_width(rule: Rule, width: int) -> None:
    assert max(map(len, page(rule, width=width).splitlines())) <= width
    assert page(rule, width=width, blocks=False).isascii()


def test_a_bound_is_said_with_its_side_its_window_and_its_basis() -> None:
    row = Condition(
        "level",
        Signal("median", ("d_level",)),
        Window(50, 0.05),
        None,
        0.02,
        0.05,
        "calibrated",
        "Nobody is below",
        "key",
    )
    rule = replace(
        RULES[0],
        id="mine",
        patterns=(Pattern("low", (row,), Window(20), "", "suspicion", ("bce",)),),
        sources=(Source("key", "A book", "https://e.example"),),
    )
    text = words(rule)
    assert 'Pattern "low" is reported as a suspicion and never decides' in text
    assert "for cross-entropy (bce) losses, when this holds" in text
    assert "Median D level over the longer of 50 points and 5 % of the run so far is below 0.02" in text
    assert "(it ends when this rises above 0.05)." in text
    assert "Calibrated (measured on runs whose outcome is known; source key). Nobody is below." in text
    assert "key: A book. https://e.example" in text


def test_markup_in_a_rule_is_text() -> None:
    rule = replace(RULES[0], title="[red]x[/red] \x1b[31m")
    assert "[red]x[/red] \\x1b[31m" in page(rule, colour=True)


def test_paragraphs_are_joined_lines() -> None:
    assert paragraphs("a\nb\n\nc\n") == ("", "a b", "", "c")
