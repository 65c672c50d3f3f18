"""The page of a scan: complete, the most ill first, small, and made of nothing but text from the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pages
import pytest

from gandoctor.report import html
from gandoctor.report.html import scan as page_of_scan
from gandoctor.report.html.names import apart
from gandoctor.report.html.scan import overview
from gandoctor.scanning import Row
from gandoctor.scanning.order import grouped, ranked

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 1_000_000

WON = Row(
    "runs/won.csv", "convergence_failure", "discriminator-dominance", 0.94, 96.0, 140.0, 1.0, 450.0, "step", 450,
    fired_rules="discriminator-dominance", headline="The discriminator has won",
    d_curve="█▇▅▃▂▁▁▁▁▁▁▁", g_curve="▁▁▂▃▄▅▆▇███!", stamp="a", rulebook="r",
)  # fmt: skip
ALIKE = replace(WON, log="runs/alike.csv", verdict="mode_collapse", kind="low-diversity", confidence=0.97, since=400.0)
OPEN = Row("runs/open.csv", "inconclusive", points=40, headline="The log is too short to judge", unit="step")
WELL = Row(
    "runs/well.csv", "stable", confidence=0.9, first_step=1.0, last_step=450.0, unit="step", points=450,
    headline="Stable dynamics: D is ahead", d_curve="▅▅▅▅", g_curve="▄▄▄▄",
)  # fmt: skip
DOUBTED = replace(WELL, log="runs/doubted.csv", suspected="low-diversity mode-hopping")
BROKEN = Row("runs/broken.csv", error="runs/broken.csv: is empty")
ROWS = [WELL, BROKEN, OPEN, DOUBTED, WON, ALIKE]


def render(rows: Sequence[Row]) -> str:
    return html.render_scan(grouped(rows))


def names(page: str) -> list[str]:
    return [
        one.text or ""
        for table in _tables(page)
        for part, one in pages.elements(table)
        if part == "th" and one.get("scope") == "row"
    ]


def _tables(page: str) -> list[pages.Element]:
    tables = (one for name, one in pages.elements(pages.parsed(page)) if name == "table")
    return [table for table in tables if table.get("class") == "gd-scan"]


def cells(page: str, name: str) -> list[str]:
    for table in _tables(page):
        for part, one in pages.elements(table):
            if part == "tr" and pages.text(one).startswith(name):
                return [pages.text(cell) for kind, cell in pages.elements(one) if kind == "td"]
    raise AssertionError(name)


# --- the order ------------------------------------------------------------------------------------------------------


def test_the_most_ill_run_comes_first_and_what_could_not_be_read_before_what_is_well() -> None:
    expected = ["alike.csv", "won.csv", "open.csv", "broken.csv", "doubted.csv", "well.csv"]
    assert names(render(ROWS)) == expected
    assert [row.log.rpartition("/")[2] for row in ranked(reversed(ROWS))] == expected


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (WON, replace(WON, confidence=0.8)),
        (replace(WON, since=5.0), WON),
        (WON, replace(WON, since=None)),
        (replace(WON, log="runs/a.csv"), WON),
        (replace(WELL, confidence=0.7), WELL),
    ],
)
def test_of_two_alike_the_surer_failure_the_earlier_one_and_the_less_sure_health_lead(worse: Row, better: Row) -> None:
    assert ranked([better, worse]) == [worse, better]


# --- what the page says ---------------------------------------------------------------------------------------------


def test_the_page_is_html_without_an_error_and_its_ids_are_its_own() -> None:
    tree = pages.parsed(render(ROWS))
    ids = [one.get("id") for _, one in pages.elements(tree) if one.get("id")]
    assert len(ids) == len(set(ids))
    links = [one.get("href", "") for name, one in pages.elements(tree) if name == "a"]
    assert {link[1:] for link in links} <= set(ids)


def test_the_counts_stand_at_the_top() -> None:
    said = pages.text(pages.parsed(render(ROWS)))
    assert "6 logs: 2 failed, 1 undecided, 1 not readable, 2 stable" in said
    assert "Convergence failure 1 17 % Mode collapse 1 17 % Inconclusive 1 17 % Not readable 1 17 % Stable 2 33 %" in (
        said.replace("\N{NO-BREAK SPACE}", " ")
    )
    assert "The discriminator has won discriminator-dominance 1" in said


def test_a_row_says_what_since_when_how_sure_and_of_how_many_rows() -> None:
    found = [text.replace("\N{NO-BREAK SPACE}", " ") for text in cells(render(ROWS), "won.csv")]
    assert found == [
        "Convergence failure The discriminator has won", "step 96, certain from 140", "94 %", "450", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken.csv", "Is empty."),
        ("doubted.csv", "Stable D is ahead. Suspected: low-diversity , mode-hopping"),
        ("open.csv", "Inconclusive The log is too short to judge"),
        ("maybe.csv", "Inconclusive Suspected, not proved: the samples are too alike low-diversity"),
    ],
)
def test_a_row_says_why_a_log_is_not_judged_and_what_is_suspected(name: str, said: str) -> None:
    maybe = "Suspected, not proved: the samples are too alike"
    rows = [*ROWS, replace(OPEN, log="runs/maybe.csv", headline=maybe, suspected="low-diversity")]
    assert cells(render(rows), name)[0] == said


def test_the_folder_of_all_runs_is_said_once() -> None:
    said = pages.text(pages.parsed(render(ROWS)))
    assert "All lie below runs/" in said
    assert said.count("runs/") == 1


@pytest.mark.parametrize(
    ("given", "folder", "left"),
    [
        ([], "", []),
        (["runs/a.csv"], "", ["runs/a.csv"]),
        (["runs/a", "runs/a/b.csv"], "runs/", ["a", "a/b.csv"]),
        (["runs/ab.csv", "runs/ac.csv"], "runs/", ["ab.csv", "ac.csv"]),
        (["a.csv", "b.csv"], "", ["a.csv", "b.csv"]),
        (["s3://one/a", "s3://one/b"], "s3://one/", ["a", "b"]),
        (["s3://one/a", "s3://other/b"], "", ["s3://one/a", "s3://other/b"]),
    ],
)
def test_names_are_told_apart_from_their_folder(given: list[str], folder: str, left: list[str]) -> None:
    assert apart(given) == (folder, left)


def test_the_curves_are_drawn_and_what_is_not_finite_is_marked() -> None:
    (picture,) = [line.picture for line in overview(grouped([WON])).blocks[0].lines]
    assert picture is not None
    assert [look for look, _ in picture.lines] == ["d1", "g1"]
    assert picture.lines[0][1].startswith("M0 2l5 2l5 4")
    assert picture.lines[0][1].endswith("h30")
    assert picture.broken == "M55 0v18"
    assert picture.began == "M12 0v18"


@pytest.mark.parametrize("since", [None, -5.0, 9999.0, float("nan"), float("inf")])
def test_an_onset_outside_of_the_log_is_not_drawn(since: float | None) -> None:
    (line,) = overview(grouped([replace(WON, since=since)])).blocks[0].lines
    assert line.picture is not None
    assert line.picture.began == ""


@pytest.mark.parametrize(
    ("bars", "path"),
    [
        ("", None),
        ("   ", None),
        ("!!", ""),
        ("▁ ▁▁", "M0 16M10 16h5"),
        ("▁█", "M0 16l5-14"),
        ("▁▁▁█", "M0 16h10l5-14"),
        ("rubbish from a table", ""),
    ],
)
def test_a_curve_has_gaps_where_it_was_not_logged(bars: str, path: str | None) -> None:
    (line,) = overview(grouped([replace(WELL, d_curve=bars, g_curve="")])).blocks[0].lines
    drawn = None if line.picture is None else "".join(path for _, path in line.picture.lines)
    assert drawn == path


def test_a_page_without_a_log_says_so() -> None:
    said = pages.text(pages.parsed(render([])))
    assert "No logs found" in said
    assert "there is no file with the name of a log" in said


# --- size and safety ------------------------------------------------------------------------------------------------


def test_two_thousand_runs_take_less_than_a_megabyte() -> None:
    wave = "▁▂▃▄▅▆▇█▇▆▅▄▃▂▁▂▃▄▅▆"
    many = [
        replace(row, log=f"/data/experiments/sweep-17/{at:05}/dcgan-64-celeba.csv", d_curve=wave, g_curve=wave[::-1])
        for at, row in enumerate([WON, ALIKE, OPEN, WELL, DOUBTED] * 400)
    ]
    page = render(many)
    assert len(page.encode()) < LIMIT
    assert len(names(page)) == 2000


def test_of_more_runs_than_a_page_holds_the_most_ill_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of_scan, "MOST", 3)
    page = render(ROWS)
    assert names(page) == ["alike.csv", "won.csv", "open.csv"]
    said = pages.text(pages.parsed(page))
    assert said.count("and 1 more, which the table lists.") == 1
    assert said.count("and 2 more, which the table lists.") == 1
    assert "6 logs" in said


def test_the_page_asks_for_nothing_and_runs_one_script() -> None:
    tree = pages.parsed(render(ROWS))
    found = list(pages.elements(tree))
    assert [one.get("src") for name, one in found if name == "script"] == [None]
    assert not [one for name, one in found if name in ("img", "iframe", "form", "object") or one.get("style")]
    assert [one.get("href") for name, one in found if name == "link"] == ["data:,"]


EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "a`<b>`c",
    "\u2028\u2029\x00\x1b[31m\u202e\ud800",
)


@pytest.mark.parametrize("name", EVIL)
def test_nothing_from_a_path_or_a_log_becomes_markup(name: str) -> None:
    evil = replace(
        WON, log=f"runs/{name}.csv", headline=name, kind=name, suspected=name, unit=name, d_curve=name, g_curve=name,
        rulebook=name,
    )  # fmt: skip
    page = render([evil, replace(BROKEN, log=f"runs/{name}.txt", error=f"{name} is {name}"), WELL])
    tree = pages.parsed(page)
    assert [name for name, _ in pages.elements(tree)].count("script") == 1
    assert not [part for part, _ in pages.elements(tree) if part in ("img", "b")]
    assert "49" not in pages.text(tree)
    page.encode("utf-8")
