from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
import situations
from hypothesis import given
from hypothesis import strategies as st

from gandoctor.model import Curve, Phase, Run
from gandoctor.report.envelope import BINS, envelope, smooth
from gandoctor.report.plot import figure, picture, spread
from gandoctor.report.plot_panels import limits, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    from gandoctor.model import Diagnosis

NUMBER = re.compile(r"[-\u2212\d.,e+\s]*")
"""What stands at the ticks of an axis."""

START = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.mark.parametrize("format_", START)
def test_every_situation_can_be_drawn_in_every_format(diagnosis: Diagnosis, format_: str) -> None:
    assert picture(diagnosis, format_).startswith(START[format_])


def test_the_same_diagnosis_gives_the_same_bytes() -> None:
    assert picture(situations.cycle(), "svg") == picture(situations.cycle(), "svg")
    assert picture(situations.cycle(), "pdf") == picture(situations.cycle(), "pdf")


def test_a_png_is_wide_enough_to_read() -> None:
    width, height = struct.unpack(">II", picture(situations.dominance())[16:24])
    assert width == 1200
    assert 600 < height < 2000


def test_drawing_opens_no_window_and_keeps_the_settings() -> None:
    before = mpl.rcParams.copy()
    picture(situations.stable())
    assert mpl.rcParams.copy() == before


def test_drawing_does_not_load_pyplot() -> None:
    code = "import sys, situations, gandoctor.report.plot as p; p.picture(situations.stable()); "
    code += "sys.exit('matplotlib.pyplot' in sys.modules)"
    paths = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": paths})


def words(made: Figure) -> list[tuple[str, Bbox]]:
    """All visible texts of a figure but the numbers of its axes, with their boxes."""
    made.canvas.draw()
    renderer: Any = made.canvas.get_renderer()  # type: ignore[attr-defined]  # every Agg canvas has one
    texts: list[Text] = made.findobj(mpl.text.Text)
    seen = [text for text in texts if text.get_visible() and not NUMBER.fullmatch(text.get_text())]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in seen]


@pytest.mark.parametrize(
    "name", ["stable", "dominance", "mismatch", "cycle", "broken", "healed", "undecided", "suspected_collapse"]
)
def test_no_text_covers_another_or_leaves_the_picture(name: str) -> None:
    made = figure(situations.SITUATIONS[name]())
    inside = [(text, box) for text, box in words(made) if box.width > 0]
    for (one, first), (other, second) in combinations(inside, 2):
        assert not first.padded(-1).overlaps(second.padded(-1)), f"{one!r} covers {other!r}"
    width, height = made.get_size_inches() * made.dpi
    for text, box in inside:
        assert box.x0 >= -1, text
        assert box.x1 <= width + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= height + 1, text


@pytest.mark.parametrize("since", [1, 20, 97, 225, 300, 400, 440])
def test_onset_and_alarm_never_cover_each_other(since: int) -> None:
    fired = min(since + 30, 450)
    finding = situations.finding("discriminator-dominance", since, fired)
    phases = (Phase("discriminator-dominance", "convergence_failure", since, 450),)
    made = figure(replace(situations.dominance(), findings=(finding,), phases=phases))
    labels = [(text, box) for text, box in words(made) if "began" in text or "sure:" in text]
    assert labels
    for (one, first), (other, second) in combinations(labels, 2):
        assert not first.overlaps(second), f"{one!r} covers {other!r}"


def test_quality_metrics_have_panels_of_their_own() -> None:
    run = situations.healthy_run()
    curves = {**run.curves, "fid": Curve([0, 100, 200], [90.0, 40.0, 30.0]), "recall": Curve([0, 200], [0.1, 0.4])}  # type: ignore[arg-type]  # lists will do
    titles = [panel.title for panel in panels(replace(situations.stable(), run=replace(run, curves=curves)))]
    assert titles == ["losses", "FID, lower is better", "shares, higher is better"]


def test_the_bounds_of_the_evidence_are_drawn_where_they_belong() -> None:
    losses, normalised = panels(situations.dominance())
    assert "D level: alarm below 0.05" in {level.text for level in normalised.levels}
    assert {level.text for level in losses.levels} == {
        "D loss, D undecided: 1.39",
        "G loss, D undecided: 0.693",
    }


def test_a_run_with_nothing_but_scores_is_drawn_too() -> None:
    run = Run({"d_score_real": situations.curve(np.linspace(0.5, 0.9, 50))})
    (panel,) = panels(replace(situations.stable(), run=run))
    assert panel.title == "D(x)"


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (np.geomspace(1e-4, 10, 200), True),
        (np.linspace(0.5, 2, 200), False),
        (np.linspace(-50, 3, 200), False),
        (np.concatenate([np.zeros(50), np.geomspace(1e-3, 1, 200)]), True),
        (np.zeros(10), False),
    ],
)
def test_the_axis_is_logarithmic_where_a_positive_curve_spans_decades(values: np.ndarray, log: bool) -> None:
    assert limits(values, [])[2] is log


def test_one_spike_does_not_shrink_the_axis() -> None:
    values = np.full(1000, 1.0) + np.linspace(0, 1, 1000)
    values[3] = 1e9
    assert limits(values, [])[1] < 3


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.01, 0.1))
def test_names_of_levels_are_moved_apart_and_keep_their_order(heights: list[float], gap: float) -> None:
    places = spread(heights, gap)
    ordered = [place for _, place in sorted(zip(heights, places, strict=True))]
    assert all(b - a > gap - 1e-9 for a, b in zip(sorted(places), sorted(places)[1:], strict=False))
    assert ordered == sorted(ordered)
    assert max(places) <= 1.0


def test_an_envelope_keeps_the_lowest_and_the_highest_value() -> None:
    values = np.random.default_rng(0).standard_normal(100_000)
    values[[7, 50_001]] = -40, 90
    values[60_000:61_000] = np.nan
    band = envelope(situations.curve(values))
    assert len(band.steps) == BINS
    assert np.nanmin(band.low) == -40
    assert np.nanmax(band.high) == 90
    assert np.isnan(band.low[605])


def test_a_short_curve_is_drawn_as_it_is() -> None:
    one = situations.curve(np.arange(100.0))
    assert envelope(one).exact
    assert np.array_equal(envelope(one).high, one.values)


def test_smoothing_drops_spikes_and_keeps_steps() -> None:
    values = np.concatenate([np.zeros(300), np.ones(300)])
    values[100] = 50
    smoothed = smooth(values)
    assert smoothed[100] == 0
    assert (smoothed[50], smoothed[550]) == (0, 1)


def test_a_million_points_are_drawn() -> None:
    n = 1_000_000
    noise = np.random.default_rng(0).standard_normal((2, n))
    run = Run({"d_loss": situations.curve(1.2 + 0.1 * noise[0]), "g_loss": situations.curve(1 + 0.2 * noise[1])})
    assert len(picture(replace(situations.stable(), run=run, phases=()))) > 10_000
