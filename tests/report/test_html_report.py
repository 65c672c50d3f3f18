from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pages
import pytest
import situations

from gandoctor.engine import diagnose
from gandoctor.model import Advice, Curve, Rule, Run, Source
from gandoctor.report import html
from gandoctor.report.html.document import source
from gandoctor.report.html.sources import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

LIMIT = 1_500_000
"""Bytes that no page may exceed."""


def policy(page: str) -> dict[str, list[str]]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    parts = (part.split() for part in found[1].replace("&#39;", "'").split(";"))
    return {name: values for name, *values in parts}


# --- a page that any browser understands -------------------------------------------------------------------------


def test_a_page_is_html_without_an_error(diagnosis: Diagnosis) -> None:
    names = [name for name, _ in pages.elements(pages.parsed(html.render(diagnosis)))]
    assert names.count("h1") == 1
    assert names.count("main") == 1


def test_every_id_is_unique_and_every_reference_leads_somewhere(diagnosis: Diagnosis) -> None:
    tree = pages.parsed(html.render(diagnosis))
    ids = [one.get("id") for _, one in pages.elements(tree) if one.get("id")]
    assert len(ids) == len(set(ids))
    wanted = [one.get("aria-labelledby") for _, one in pages.elements(tree) if one.get("aria-labelledby")]
    wanted += [one.get("href", "")[1:] for _, one in pages.elements(tree) if one.get("href", "").startswith("#")]
    wanted += re.findall(r"url\(#([^)]+)\)", html.render(diagnosis))
    assert set(wanted) <= set(ids)


def test_headings_leave_no_level_out(diagnosis: Diagnosis) -> None:
    tree = pages.parsed(html.render(diagnosis))
    levels = [int(name[1]) for name, _ in pages.elements(tree) if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_picture_has_a_description_or_is_hidden_from_readers(diagnosis: Diagnosis) -> None:
    inside = False
    for name, one in pages.elements(pages.parsed(html.render(diagnosis))):
        if name == "svg" and one.get("role") == "img":
            assert one.get("aria-label")
            inside = True
        elif name == "svg" and "gd-curves" not in one.get("class", "") and "gd-phase" not in one.get("class", ""):
            assert one.get("aria-hidden") == "true"
        elif name == "img":
            assert one.get("alt")
    assert inside or not diagnosis.run.points


def test_a_table_names_its_columns_and_rows(diagnosis: Diagnosis) -> None:
    for name, one in pages.elements(pages.parsed(html.render(diagnosis))):
        if name == "table":
            rows = [[cell for part, cell in pages.elements(row) if part in ("th", "td")] for row in one.iter("tr")]
            assert {len(row) for row in rows} == {len(rows[0])}
            assert all(cell.get("scope") == "col" for cell in rows[0])
            assert all(row[0].get("scope") == "row" for row in rows[1:])


# --- a page that asks nobody for anything --------------------------------------------------------------------------


def test_the_policy_allows_this_script_this_style_and_nothing_else(diagnosis: Diagnosis) -> None:
    page = html.render(diagnosis)
    allowed = policy(page)
    assert allowed["default-src"] == ["'none'"]
    assert allowed["img-src"] == ["data:"]
    assert "unsafe" not in " ".join(value for values in allowed.values() for value in values)
    for name, directive in (("style", "style-src"), ("script", "script-src")):
        inline = [one for part, one in pages.elements(pages.parsed(page)) if part == name and one.get("type") is None]
        assert [one.get("src") for one in inline] == [None]
        digest = base64.b64encode(hashlib.sha256((inline[0].text or "").encode()).digest()).decode()
        assert allowed[directive] == [f"'sha256-{digest}'"]


def test_nothing_on_a_page_is_loaded_or_run_from_an_attribute(diagnosis: Diagnosis) -> None:
    for name, one in pages.elements(pages.parsed(html.render(diagnosis))):
        attributes = {key.rpartition("}")[2] for key in one.keys()}  # noqa: SIM118 - an element is no mapping
        assert not {key for key in attributes if key == "style" or key.startswith("on")}, name
        assert "srcset" not in attributes
        assert one.get("src", "data:").startswith("data:")
        assert one.get("href", "#").startswith(("#", "data:,", "https://", "http://"))
        assert name not in ("iframe", "object", "embed", "base", "form")


def test_the_style_sheet_and_the_script_name_no_address() -> None:
    for name in ("page.css", "page.js", "numbers.js", "plots.js"):
        text = source(name).replace("http://www.w3.org/2000/svg", "").replace('[href^="http"]', "")
        assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest|innerHTML|eval\(|Function\(", text)
        assert "</s" not in text


# --- text from a log stays text -------------------------------------------------------------------------------------

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!-- x",
    "&lt;b&gt;",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "]]>",
    "a`<b>`c",
    "\u2028\u2029\x00\x1b[31m\u202e\ud800",
)


@pytest.mark.parametrize("name", EVIL)
def test_a_name_from_a_log_cannot_become_markup(name: str) -> None:
    plain = pages.parsed(html.render(situations.cycle()))
    run = situations.cycle().run
    curves = {metric.replace("@A", f"@{name}"): curve for metric, curve in run.curves.items()}
    evil = replace(
        situations.hostile(),
        run=replace(run, curves=curves, name=name, columns={"d_loss@B": name}, unmapped=(name,), notes=(name,)),
        headline=name,
        limits=(name,),
    )
    tree = pages.parsed(html.render(evil))
    scripts = [one for part, one in pages.elements(tree) if part == "script"]
    assert len(scripts) == sum(part == "script" for part, _ in pages.elements(plain))
    assert not [one for part, one in pages.elements(tree) if part == "img" or (part == "b")]
    if name.isprintable() and "`" not in name:
        assert " ".join(name.split()) in pages.text(tree)


def test_the_numbers_for_the_script_hold_no_text(diagnosis: Diagnosis) -> None:
    def strings(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for one in inner for text in strings(one)]

    assert strings(pages.data(pages.parsed(html.render(diagnosis)))) == []


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://arxiv.org/abs/1406.2661", True),
        ("http://example.org/a?b=c", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(url: str, kept: bool) -> None:
    assert bool(safe(url)) is kept


# --- what the page says ---------------------------------------------------------------------------------------------


def with_sources() -> Diagnosis:
    made = situations.dominance()
    rule = Rule(
        "discriminator-dominance", "D has won", "error", "stable", "First.\n\nSecond,\non two lines.", "", None, (),
        false_positives=("a weighted loss",),
        sources=(
            Source("law", "Jensen 1906", "https://example.org/jensen"),
            Source("heusel2017", "Heusel et al. 2017", "javascript:alert(1)"),
        ),
    )  # fmt: skip
    return replace(made, rules=(rule,))


def test_a_source_is_cited_with_a_link() -> None:
    page = html.render(with_sources())
    assert '<a href="https://example.org/jensen" rel="noreferrer">Jensen 1906</a>' in page
    assert "Heusel et al. 2017" in page
    assert "javascript:" not in page


def test_the_page_says_what_the_rule_means_and_what_it_is_confused_with() -> None:
    said = pages.text(pages.parsed(html.render(with_sources())))
    assert "Second, on two lines." in said
    assert "A weighted loss." in said


def test_a_remedy_says_where_it_was_tried() -> None:
    page = html.render(situations.dominance(), tried=lambda rule, remedy: (f"Verified: {rule}, {remedy}",))
    assert "Verified: discriminator-dominance, r1" in page


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("dominance", "Do this first Lower D's learning rate to a quarter."),
        ("dominance", "Steps 61 to 96: the losses stayed in balance."),
        ("dominance", "The two networks no longer teach each other anything."),
        ("dominance", "Median D level over the last 50 points 0.0013 below 0.05"),
        ("dominance", "Check: the learning rates of the two optimisers"),
        ("dominance", "If it works: D's loss rises above 0.1"),
        ("dominance", "loss/disc D loss"),
        ("dominance", "What to log: coverage of 256 generated samples"),
        ("dominance", "D loss, each half 0.5 to 0.8 0.0005 0.0013 outside"),
        ("dominance", "began: step 97"),
        ("dominance", "sure: step 146"),
        ("dominance", "D loss, D undecided: 1.39"),
        ("suspected_collapse", "Suspected, not certain enough for a verdict"),
        ("suspected_collapse", "G may cover only part of the data"),
        ("undecided", "--family bce --d-loss sum confirms this"),
        ("undecided", "This log cannot decide between health and failure."),
        ("broken", "x: NaN or infinity"),
        ("cycle", "losses of pair A"),
        ("cycle", "losses of pair B"),
        ("empty", "no points"),
    ],
)
def test_the_page_of_a_situation_says(situation: str, said: str) -> None:
    page = pages.text(pages.parsed(html.render(situations.SITUATIONS[situation]())))
    assert said in page.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("verdict", "do"), [("convergence_failure", "What to do"), ("inconclusive", "What to do, if so")]
)
def test_what_to_do_is_an_offer_where_nothing_is_certain(verdict: str, do: str) -> None:
    made = replace(situations.dominance(), verdict=verdict)  # type: ignore[arg-type]  # the verdict's name
    heads = [one.text for name, one in pages.elements(pages.parsed(html.render(made))) if name == "h2"]
    assert do in heads


def test_words_that_the_page_uses_are_explained_on_it() -> None:
    remedy = replace(situations.REMEDY, do="wrap D's layers in spectral normalisation")
    made = replace(situations.dominance(), remedies=(Advice("discriminator-dominance", remedy),))
    said = pages.text(pages.parsed(html.render(made)))
    assert "spectral normalisation a layer wrapper that limits how fast D's answer can change" in said
    assert "instance noise" not in said


@pytest.mark.parametrize("name", ["dominance", "undecided", "cycle"])
def test_the_page_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.html", pages.outline(html.render(situations.SITUATIONS[name]())))


# --- size -----------------------------------------------------------------------------------------------------------


def long_run(columns: int) -> Diagnosis:
    n = 1_000_000
    values = np.abs(np.random.default_rng(0).standard_normal(n) * 0.1 + 1)
    values[567_890] = 50
    values[123_456] = np.nan
    steps = np.arange(1.0, n + 1)
    names = ["d_loss", "g_loss", "d_accuracy", "fid", "coverage", "d_grad_norm", "g_grad_norm", "learning_rate"]
    names += [f"{name}@{pair}" for pair in "ABCDEF" for name in ("d_loss", "g_loss", "d_accuracy", "fid")]
    return situations.diagnosis(Run({name: Curve(steps, values) for name in names[:columns]}))


@pytest.mark.parametrize("columns", [2, 6, 30])
def test_a_page_of_a_million_rows_stays_small_and_loses_no_spike(columns: int) -> None:
    page = html.render(long_run(columns))
    assert len(page.encode()) < LIMIT
    lines = pages.data(pages.parsed(page))["plots"][0]["lines"]
    assert max(value for value in lines[0]["high"] if value is not None) == 50
    assert "Long curves are cut into" in page


def test_a_short_run_is_drawn_point_by_point() -> None:
    drawn = pages.data(pages.parsed(html.render(situations.stable())))
    line = drawn["plots"][0]["lines"][0]
    assert "high" not in line
    assert len(line["low"]) == len(drawn["steps"][line["steps"]]) == 450


def test_curves_with_the_same_steps_share_them() -> None:
    assert len(pages.data(pages.parsed(html.render(situations.dominance())))["steps"]) == 1


# --- in a notebook --------------------------------------------------------------------------------------------------


def test_a_notebook_shows_the_picture_of_the_page_without_a_script(diagnosis: Diagnosis) -> None:
    part = diagnosis._repr_html_()
    names = [name for name, _ in pages.elements(pages.parsed_fragment(part))]
    assert "script" not in names
    assert "button" not in names
    paths = re.findall(r'<path class="[^"]*" d="[^"]*"/>', part)
    assert paths == re.findall(r'<path class="[^"]*" d="[^"]*"/>', html.render(diagnosis))[: len(paths)]
    assert bool(paths) == bool(diagnosis.run.points)


def test_two_runs_in_one_notebook_share_no_id() -> None:
    both = [re.findall(r' id="([^"]+)"', run._repr_html_()) for run in (situations.stable(), situations.dominance())]
    assert both[0]
    assert not set(both[0]) & set(both[1])


def test_every_style_of_a_part_is_for_the_part_alone() -> None:
    selectors = re.findall(r"^\s*([^@{}/\n][^{}]*)\{", source("page.css"), re.MULTILINE)
    assert len(selectors) > 50
    for selector in (one.strip() for group in selectors if "@" not in group for one in group.split(",")):
        assert re.search(r"\.(gandoctor|gd-)", selector), selector


@pytest.mark.parametrize("step", [0.0, 1.0, -1e18, 1e20, 1e300])
def test_one_point_is_drawn_wherever_it_is(step: float) -> None:
    at = np.array([step])
    run = Run({"d_loss": Curve(at, np.array([1.0])), "g_loss": Curve(at, np.array([2.0]))})
    assert "<svg" in html.render(diagnose(run))


@pytest.mark.parametrize("level", [0.0, 1e16, -1e20, -1e308, 1e308])
def test_a_curve_that_does_not_move_is_drawn_at_any_level(level: float) -> None:
    steps, flat = np.arange(40.0), np.full(40, level)
    for values in (flat, np.where(steps == 30, np.nextafter(level, 0), flat)):
        run = Run({name: Curve(steps, values) for name in ("d_loss", "g_loss", "learning_rate")})
        assert "<svg" in html.render(diagnose(run))
