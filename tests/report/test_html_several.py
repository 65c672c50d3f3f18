from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pages
import pytest
import situations

from gandoctor.report import html
from gandoctor.report.html.several import MOST, headline, several
from gandoctor.report.ranking import illness
from gandoctor.report.recipes import Trained, differences, shared

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis
    from gandoctor.report.html import Entry

LIMIT = 1_500_000


def entry(diagnosis: Diagnosis, name: str, **context: object) -> Entry:
    return html.entry(replace(diagnosis, run=replace(diagnosis.run, context=context)), name)


def all_of_them() -> list[Entry]:
    return [html.entry(make(), f"runs/{name}") for name, make in situations.SITUATIONS.items()]


# --- the order ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ("dominance", "undecided"),
        ("undecided", "stable"),
        ("mismatch", "dominance"),
        ("suspected_collapse", "stable"),
        ("cycle", "healed"),
    ],
)
def test_the_more_ill_run_comes_first(worse: str, better: str) -> None:
    assert illness(situations.SITUATIONS[worse]()) < illness(situations.SITUATIONS[better]())


def test_of_two_failures_that_are_as_sure_the_earlier_comes_first() -> None:
    late = situations.dominance()
    early = replace(late, findings=(situations.finding("discriminator-dominance", 5, 40),))
    assert illness(early) < illness(late)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["stable"], "1 run: 1 stable"),
        (["stable", "mode_collapse", "convergence_failure"], "3 runs: 2 failed, 1 stable"),
        (["inconclusive", "inconclusive"], "2 runs: 2 undecided"),
    ],
)
def test_the_headline_counts_the_runs(verdicts: list[str], said: str) -> None:
    assert headline(verdicts) == said


# --- the recipes ----------------------------------------------------------------------------------------------------

RUNS = [
    Trained("a", {"d_lr": 0.01, "batch_size": 64, "seed": 1, "d_lr_by": "recipe"}, failed=True),
    Trained("b", {"d_lr": 0.01, "batch_size": 64, "seed": 2, "d_lr_by": "log"}, failed=True),
    Trained("c", {"d_lr": 0.0002, "batch_size": 64, "seed": 3, "r1": 1.0}, failed=False),
    Trained("d", {"d_lr": 0.0002, "batch_size": 64, "seed": 4}, failed=False),
]


def test_the_setting_that_goes_with_failure_comes_before_others() -> None:
    found = differences(RUNS)
    assert [one.key for one in found] == ["d_lr", "seed", "r1"]
    assert [value.words for value in found[0].values] == ["0.01 (2 of 2 failed)", "0.0002 (0 of 2 failed)"]


def test_what_a_recipe_does_not_say_is_a_value_of_its_own() -> None:
    (r1,) = [one for one in differences(RUNS) if one.key == "r1"]
    assert {value.text: value.runs for value in r1.values} == {"not said": ("a", "b", "d"), "1": ("c",)}


def test_what_is_the_same_everywhere_is_no_difference() -> None:
    assert shared(RUNS) == (("batch_size", "64"),)


@pytest.mark.parametrize("runs", [[], RUNS[:1], [Trained("x", {}, failed=True)] * 3])
def test_runs_that_do_not_differ_have_no_differences(runs: list[Trained]) -> None:
    assert differences(runs) == ()


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_of_several_runs_is_html_without_an_error() -> None:
    tree = pages.parsed(html.render_several(all_of_them()))
    ids = [one.get("id") for _, one in pages.elements(tree) if one.get("id")]
    assert len(ids) == len(set(ids))
    assert {f"run-{number}" for number in range(1, len(situations.SITUATIONS) + 1)} <= set(ids)


def test_the_table_lists_the_most_ill_run_first() -> None:
    tree = pages.parsed(html.render_several(all_of_them()))
    table = next(one for name, one in pages.elements(tree) if name == "table")
    badges = [one.get("class", "") for name, one in pages.elements(table) if "gd-badge" in one.get("class", "")]
    order = [re.sub(".*gd-is-", "", badge) for badge in badges]
    place = {"convergence_failure": 0, "mode_collapse": 0, "inconclusive": 1, "stable": 2}
    assert [place[verdict] for verdict in order] == sorted(place[verdict] for verdict in order)
    assert len(order) == len(situations.SITUATIONS)


def test_plots_of_one_kind_have_one_scale() -> None:
    view = several([entry(situations.stable(), "a"), entry(situations.dominance(), "b")])
    ticks = [card.boxes[0].ticks for card in view.cards]
    assert ticks[0] == ticks[1]
    assert view.one_axis
    assert {card.ends for card in view.cards} == {("1", "450")}


def test_runs_of_very_different_lengths_are_stretched_and_the_page_says_so() -> None:
    long = replace(situations.stable(), run=situations.healthy_run(45_000))
    page = html.render_several([entry(situations.stable(), "a"), entry(long, "b")])
    assert "each run is stretched to its own length" in page


def test_the_folder_that_all_runs_share_is_left_out_of_their_names() -> None:
    view = several([entry(situations.stable(), "runs/x/a.csv"), entry(situations.stable(), "runs/x/b/log.csv")])
    assert [one.name for one in view.entries] == ["a.csv", "b/log.csv"]
    assert "runs/x/a.csv" in view.entries[0].command


def test_the_page_says_what_differs() -> None:
    made = [entry(situations.dominance(), "a", d_lr=0.01, seed=1), entry(situations.stable(), "b", d_lr=0.0002, seed=1)]
    said = pages.text(pages.parsed(html.render_several(made)))
    assert "d_lr 0.01 : 1 of 1 failed (a)" in said
    assert "seed: 1" in said


def test_without_recipes_the_page_says_how_to_write_one() -> None:
    assert "recipe.toml" in html.render_several([entry(situations.stable(), "a"), entry(situations.dominance(), "b")])


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\"b'c", "$(rm -rf ~)", "</title><script>"])
def test_a_name_or_a_setting_cannot_become_markup(name: str) -> None:
    made = [entry(situations.stable(), name, **{name: name}), entry(situations.dominance(), "b", **{name: 1})]
    tree = pages.parsed(html.render_several(made))
    assert sum(part == "script" for part, _ in pages.elements(tree)) == 1
    assert name in pages.text(tree)


def test_a_page_of_a_thousand_runs_plots_the_most_ill_and_lists_all() -> None:
    one, other = entry(situations.stable(), "stable"), entry(situations.dominance(), "ill")
    page = html.render_several([*([one] * 990), *([other] * 10)])
    assert len(page.encode()) < LIMIT
    assert page.count('<article class="gd-run"') == MOST
    assert page.count('<tr><th scope="row">') >= 1000


def test_a_run_without_a_finite_number_has_a_place_on_the_page() -> None:
    steps = situations.curve(np.full(50, np.nan))
    made = replace(situations.broken(), run=replace(situations.broken().run, curves={"d_loss": steps}))
    assert "never finite" in html.render_several([entry(made, "a"), entry(situations.empty(), "b")])
