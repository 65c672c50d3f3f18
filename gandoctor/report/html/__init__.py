"""The report as a page: one file that opens offline, asks no network for anything, and can be read without a script.

The figure is SVG of our own, drawn here, and made to zoom by a script of some 300 lines. The libraries that embed
themselves were weighed and left: plotly.js has 4.8 MB; Bokeh's core alone 1.2 MB, which leaves no room for a report
below 1.5 MB, and it draws on a canvas, which shows nothing without a script, to a screen reader or to a search in the
page; matplotlib's SVG can neither be zoomed nor follow the width and the theme of the screen. Our own is 16 kB, each
curve is an element with a description, and the content-security policy of the page allows one script and one style
sheet, by their hashes, images that are part of the file, and nothing else: no eval, no inline attribute, no request.

Places along the step axis are percent, and the paths lie in a box that stretches, so the figure fits a phone and
paper without a script; the texts around it keep their size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.report.html.data import data
from gandoctor.report.html.document import page, part
from gandoctor.report.html.figure import figure
from gandoctor.report.html.scan import overview
from gandoctor.report.html.several import Entry, entry, several
from gandoctor.report.html.view import view

__all__ = ["Entry", "entry", "fragment", "render", "render_scan", "render_several"]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gandoctor.model import Diagnosis
    from gandoctor.report.html.samples import Picture
    from gandoctor.scanning import Row


def _untried(_rule: str, _remedy: str) -> Sequence[str]:
    return ()


def render(
    diagnosis: Diagnosis,
    samples: Sequence[Picture] = (),
    tried: Callable[[str, str], Sequence[str]] = _untried,
) -> str:
    """Return the page of one run, ending with a line break.

    `samples` are pictures of generated samples; `tried` gives, for a rule and a remedy, the sentences on where that
    remedy was tried.
    """
    drawn = figure(diagnosis)
    return page(
        "run.html",
        ("page.js", "numbers.js", "plots.js"),
        view=view(diagnosis, tried),
        figure=drawn,
        data="" if drawn is None else data(drawn),
        samples=samples,
        prefix="",
    )


def fragment(diagnosis: Diagnosis) -> str:
    """Return verdict, picture and sections of the page as HTML for a notebook: a style sheet, no script, no request."""
    return part("fragment.html", view=view(diagnosis, _untried), figure=figure(diagnosis, whole=False), samples=())


def render_several(entries: Sequence[Entry]) -> str:
    """Return one page for the runs that `entry` made small: a table, small plots on one scale, and their recipes."""
    return page("several.html", ("page.js",), view=several(entries), prefix="", data="")


def render_scan(groups: Mapping[str, Sequence[Row]]) -> str:
    """Return one page for the rows of a scan, which `scanning.order.grouped` has put into groups."""
    return page("scan.html", ("page.js",), view=overview(groups), prefix="", data="")
