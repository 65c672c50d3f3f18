"""The page in a browser: opened, zoomed by mouse, button and key, read, printed. Skipped where no Chromium is found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import browser as driver
import pytest
import situations

from gandoctor.report import html
from gandoctor.scanning import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from browser import Browser

    from gandoctor.model import Diagnosis

pytestmark = pytest.mark.skipif(driver.program() is None, reason="no Chromium is installed")

WIDE, NARROW = (1200, 900), (400, 800)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with driver.chromium() as made:
        yield made


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Browser]]:
    """Open a page; in the end it has asked for nothing and complained of nothing."""

    def opened(page: str) -> Browser:
        path = tmp_path / 'a "page" & more.html'
        path.write_text(page, encoding="utf-8")
        browser.size(*WIDE)
        browser.media()
        browser.open(path)
        return browser

    yield opened
    assert browser.complaints == []
    assert [url for url in browser.requests if not url.startswith(("file:", "data:"))] == []
    assert sum(url.startswith("file:") for url in browser.requests) <= 1


def ticks(browser: Browser) -> list[str]:
    found: list[str] = browser.run("[...document.querySelector('.gd-x').children].map(one => one.textContent)")
    return found


def readout(browser: Browser) -> str:
    return str(browser.run("document.getElementById('readout').textContent"))


def paths(browser: Browser) -> list[str]:
    found: list[str] = browser.run("[...document.querySelectorAll('.gd-course')].map(one => one.getAttribute('d'))")
    return [path for path in found if path]


def everything() -> str:
    return html.render_several([html.entry(make(), name) for name, make in situations.SITUATIONS.items()])


def a_scan(name: str = "x" * 300) -> str:
    return html.render_scan(
        {
            "failed": [Row(f"{name}/{at}.csv", "mode_collapse", name, 0.9, headline=name * at) for at in range(1, 4)],
            "unreadable": [Row(f"{name}.txt", error=name)],
        }
    )


def test_the_page_of_every_situation_opens(show: Callable[[str], Browser], diagnosis: Diagnosis) -> None:
    browser = show(html.render(diagnosis))
    assert browser.run("document.querySelector('h1').getBoundingClientRect().height") > 0
    assert browser.run("typeof alert") == "function"


@pytest.mark.parametrize("size", [WIDE, NARROW, (320, 600)], ids=["wide", "narrow", "smallest"])
@pytest.mark.parametrize("make", [situations.dominance, situations.cycle, situations.hostile, everything, a_scan])
def test_no_page_is_wider_than_the_screen(
    show: Callable[[str], Browser], make: Callable[[], Any], size: tuple[int, int]
) -> None:
    made = make()
    browser = show(made if isinstance(made, str) else html.render(made))
    browser.size(*size)
    assert browser.run("document.documentElement.scrollWidth") <= size[0]


def test_a_script_in_a_name_does_not_run(show: Callable[[str], Browser]) -> None:
    evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    run = situations.cycle().run
    curves = {metric.replace("@A", f"@{evil}"): curve for metric, curve in run.curves.items()}
    made = replace(situations.hostile(), run=replace(run, curves=curves, name=evil), headline=evil)
    assert show(html.render(made)).run("document.title") != "owned"
    assert show(a_scan(evil)).run("document.title") != "owned"


def test_the_policy_stops_a_script_and_a_request_that_were_smuggled_in(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "smuggled.html"
    smuggled = "<script>document.title='owned'</script><img src='http://127.0.0.1:9/x.png'><p onclick='1'>"
    path.write_text(html.render(situations.stable()).replace("</main>", f"{smuggled}</main>"), encoding="utf-8")
    browser.open(path)
    assert browser.run("document.title") != "owned"
    assert any("Content Security Policy" in complaint for complaint in browser.complaints)


def test_the_picture_is_there_without_a_script(browser: Browser, tmp_path: Path) -> None:
    page = html.render(situations.dominance())
    path = tmp_path / "plain.html"
    path.write_text(page[: page.rindex("<script>")] + "</body></html>", encoding="utf-8")
    browser.size(*WIDE)
    browser.open(path)
    assert browser.complaints == []
    boxes = browser.run("[...document.querySelectorAll('.gd-course')].map(one => one.getBoundingClientRect().width)")
    assert max(boxes) > 500
    assert browser.run("getComputedStyle(document.getElementById('tools')).display") == "none"


def test_the_script_draws_what_was_drawn_without_it(show: Callable[[str], Browser]) -> None:
    page = html.render(situations.dominance())
    browser = show(page)
    drawn = browser.run("[...document.querySelectorAll('.gd-box .gd-course')].map(one => one.getBBox().height)")
    plain = browser.run(
        f"(() => {{ const page = new DOMParser().parseFromString({json.dumps(page)}, 'text/html');"
        " document.body.append(...page.querySelectorAll('.gd-plots'));"
        " return [...document.querySelectorAll('.gd-box .gd-course')].map(one => one.getBBox().height) })()"
    )
    assert plain[len(drawn) :] == pytest.approx(drawn, abs=3)


def test_dragging_over_a_plot_zooms_all_of_them(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    whole = paths(browser)
    x, y = browser.middle(".gd-box")
    browser.drag((x - 100, y), (x + 100, y))
    assert all(before != after for before, after in zip(whole, paths(browser), strict=True))
    assert "to" in readout(browser)
    first = [int(text.replace(",", "")) for text in ticks(browser)]
    assert min(first) > 100
    assert max(first) < 400


@pytest.mark.parametrize(
    ("actions", "zoomed"), [(["in"], True), (["in", "out"], False), (["in", "left", "all"], False)]
)
def test_the_buttons_zoom(show: Callable[[str], Browser], actions: list[str], zoomed: bool) -> None:
    browser = show(html.render(situations.dominance()))
    whole = ticks(browser)
    for action in actions:
        browser.click(f'[data-do="{action}"]')
    assert (ticks(browser) != whole) is zoomed


def test_the_keyboard_zooms_and_reads_values(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    whole = ticks(browser)
    browser.run("document.getElementById('plots').focus()")
    browser.key("Home")
    assert "step 1: D loss" in readout(browser)
    browser.key("ArrowRight")
    assert "step 2: D loss" in readout(browser)
    browser.key("End")
    assert "step 450: D loss 0.0009, G loss 10.4" in readout(browser)
    browser.key("+")
    assert ticks(browser) != whole
    browser.key("0")
    assert ticks(browser) == whole


def test_the_plots_and_the_buttons_can_be_reached_by_tab(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    focusable = browser.run(
        "[...document.querySelectorAll('a[href], button, summary, [tabindex]')].filter(one => one.tabIndex >= 0).length"
    )
    seen = set()
    for _ in range(focusable + 1):
        browser.key("Tab")
        seen.add(browser.run("document.activeElement.id || document.activeElement.dataset.do || ''"))
    assert {"plots", "theme", "in", "out", "left", "right", "all"} <= seen


def test_hovering_shows_the_values_beside_the_names(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    browser.hover(*browser.middle(".gd-box"))
    values = browser.run("[...document.querySelectorAll('.gd-now')].map(one => one.textContent)")
    assert all(values)
    assert readout(browser).startswith("step 2")


def test_the_theme_follows_the_system_until_the_button_is_pressed(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    paper = "getComputedStyle(document.body).backgroundColor"
    light = browser.run(paper)
    browser.media("dark")
    dark = browser.run(paper)
    assert dark != light
    browser.click("#theme")
    assert browser.run(paper) == light
    browser.click("#theme")
    assert browser.run(paper) == dark


def test_paper_shows_what_was_folded_away_in_black_on_white(show: Callable[[str], Browser]) -> None:
    browser = show(html.render(situations.dominance()))
    browser.media("dark")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("[...document.querySelectorAll('details')].every(one => one.open)")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert not browser.run("[...document.querySelectorAll('details')].some(one => one.open)")
    assert browser.pdf().startswith(b"%PDF")


def test_a_part_for_a_notebook_brings_its_own_style(show: Callable[[str], Browser]) -> None:
    browser = show(f"<!DOCTYPE html><title>x</title><body>{situations.dominance()._repr_html_()}</body>")
    assert browser.run("document.querySelector('.gd-box').getBoundingClientRect().height") == 250
    assert browser.run("getComputedStyle(document.querySelector('.gd-course')).stroke") == "rgb(0, 114, 178)"
