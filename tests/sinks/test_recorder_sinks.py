"""A Recorder with several listeners: who hears what, how often, and what the training notices of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sink_material import train

from gandoctor import Recorder
from gandoctor.errors import BadOption
from gandoctor.recorder import listeners
from gandoctor.sinks import Tracker

if TYPE_CHECKING:
    from gandoctor import Finding
    from gandoctor.sinks.figures import Figures
    from gandoctor.sinks.message import Alert


class Kept(Tracker):
    """Keeps what it gets."""

    def __init__(self) -> None:
        super().__init__("the test", "info")
        self.told: list[Alert] = []
        self.shown: list[Figures] = []

    def _tell(self, alert: Alert, to: Any) -> None:
        self.told.append(alert)

    def _show(self, figures: Figures, to: Any) -> None:
        self.shown.append(figures)


def test_every_listener_hears_of_a_failure_and_a_sink_once_for_a_rule() -> None:
    found: list[Finding] = []
    sink, other = Kept(), Kept()
    with Recorder(on_alert=[found.append, sink, other]) as doctor:
        train(doctor, 1, 400, ill=False)
        train(doctor, 401, 900, ill=True)
    assert {f.rule for f in found} == {"discriminator-dominance"}
    assert [alert.finding for alert in sink.told] == [alert.finding for alert in other.told] == found[:1]


def test_a_listener_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    sink = Kept()

    def failing(finding: Finding) -> None:
        raise ValueError("no mail today")

    with Recorder(on_alert=[failing, sink]) as doctor:
        train(doctor, 1, 500, ill=True)
        assert doctor.diagnosis().verdict == "convergence_failure"
    assert len(sink.told) == 1
    assert caplog.text.count("on_alert failed") == 1


def test_a_sink_gets_the_last_figures_though_the_training_was_short() -> None:
    sink = Kept()
    with Recorder(on_alert=sink) as doctor:
        train(doctor, 1, 500, ill=True)
        last = doctor.diagnosis()
    [figures] = sink.shown
    assert figures.step == 500
    assert figures.words["verdict"] == last.verdict == "convergence_failure"
    assert figures.words["kind"] == "discriminator-dominance"
    assert figures.numbers["failing"] == 1
    assert figures.numbers["confidence"] == last.confidence
    assert figures.numbers["d_level"] < 0.01 < 5 < figures.numbers["g_level"]


def test_figures_come_no_more_often_than_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(listeners, "monotonic", lambda: now)
    sink = Kept()
    with Recorder(on_alert=sink, flush_rows=1) as doctor:
        for step in range(1, 101):
            now = step / 2
            train(doctor, step, step, ill=False)
    assert [figures.step for figures in sink.shown] == [19, 39, 59, 79, 99, 100]  # a row is held back, and the end


def test_a_sink_costs_at_most_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def look() -> float:
        nonlocal now
        now += 1.0  # so that a diagnosis seems to take a second
        return now

    monkeypatch.setattr(listeners, "monotonic", look)
    sink = Kept()
    with Recorder(on_alert=sink, flush_rows=1) as doctor:
        train(doctor, 1, 150, ill=False)
    assert len(sink.shown) == 2


def test_pairs_of_networks_have_figures_of_their_own() -> None:
    sink = Kept()
    with Recorder(on_alert=sink) as doctor:
        train(doctor, 1, 300, ill=False, pair="../A")
        assert doctor.diagnosis().run.pairs == ("../A",)
    assert {"___A/d_level", "___A/g_level"} <= set(sink.shown[0].numbers)


def test_one_sink_serves_two_trainings_in_turn() -> None:
    sink = Kept()
    for _ in range(2):
        with Recorder(on_alert=sink) as doctor:
            train(doctor, 1, 300, ill=False)
            train(doctor, 301, 600, ill=True)
    assert len(sink.told) == 2
    assert len(sink.shown) == 2


def test_a_failure_that_comes_back_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    sink = Kept()
    with Recorder(on_alert=sink) as doctor:
        train(doctor, 1, 300, ill=True)
        train(doctor, 301, 1500, ill=False)
        train(doctor, 1501, 2200, ill=True)
    assert [alert.finding.rule for alert in sink.told].count("discriminator-dominance") == 2
    assert caplog.text.count("The discriminator has won") == 2


@pytest.mark.parametrize("wrong", [3, "mail", [None], {"a": 1}])
def test_what_cannot_be_called_is_refused_before_the_training(wrong: Any) -> None:
    with pytest.raises(BadOption, match="on_alert"):
        Recorder(on_alert=wrong)
