"""What follows from findings: the verdict, its probability, what is said of it, and what is only suspected."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from gandoctor.bands import bands
from gandoctor.confidence import Calibration
from gandoctor.engine import Monitor
from gandoctor.model import Curve, Diagnosis, Finding, Run, Unit
from gandoctor.rulebook import load
from gandoctor.timeline import best_span
from gandoctor.verdict import conclude, group_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Convention, DForm, Family
    from gandoctor.track import Track

KNOWN = Calibration(
    failures={
        "discriminator-dominance.sure": (8.0, 8.0),
        "discriminator-dominance.surer": (18.0, 18.0),
        "discriminator-dominance.even": (1.0, 3.2),
        "discriminator-dominance.doubtful": (0.0, 8.0),
        "divergence.sure": (8.0, 8.0),
        "divergence.doubtful": (0.0, 8.0),
    },
    stable={"losses": (9.0, 10.0), "quality": (4.0, 4.0), "critic": (1.0, 4.0)},
    runs=20,
    programs=10,
)
"""So 0.96, 0.98, 0.5 and 0.16 for the failures; 53/60, 14/15 and 13/30 for the stable verdicts."""
COLLAPSE = "Losses cannot show that the samples are varied: a mode collapse is not excluded. Log a diversity metric"
COLLAPSE += " (coverage, recall or FID) or look at 64 samples."
CRITIC = "The losses of a critic have no fixed level: only their course was judged."
G_ALONE = "G's loss alone does not show how D does: log D's loss too"
SHORT = "The log is too short to judge"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gandoctor.verdict.calibration", lambda: KNOWN)


def found(rule: str = "discriminator-dominance", pattern: str = "sure", **more: Any) -> Finding:
    """A finding as a judge makes it."""
    made = Finding(
        rule=rule, pattern=pattern, title=f"The {rule}", verdict="convergence_failure", severity="error",
        weight="verdict", since=100, fired=120, until=None, readings=(), evidence=f"evidence of {pattern}",
        confidence=float("nan"),
    )  # fmt: skip
    return replace(made, **more)


class Scripted:
    """A track whose judge finds what it is told to, under its own reading and under others."""

    def __init__(
        self, track: Track, findings: Sequence[Finding], others: Mapping[tuple[Family, DForm], Sequence[Finding]]
    ) -> None:
        self._track, self._findings, self._others = track, findings, others
        self.rows, self.pair, self.warm_since = track.rows, track.pair, track.warm_since
        self.asked: list[Convention] = []

    def infer(self) -> Convention:
        return replace(self._track.infer(), alternatives=tuple(self._others))

    def present(self, reading: Convention | None = None) -> tuple[Any, Scripted]:
        now, _ = self._track.present(reading)
        if reading is None:
            return now, self
        self.asked.append(reading)
        return now, Scripted(self._track, self._others[reading.family, reading.d_form], {})

    def findings(self) -> Sequence[Finding]:
        return self._findings


def tracks_of(run: Run, findings: Sequence[Finding] = (), others: Any = None) -> list[Scripted]:
    monitor = Monitor(unit=run.unit, context=run.context)
    monitor.feed_run(run)
    return [
        Scripted(track, [f for f in findings if f.pair == track.pair], others or {})
        for track in monitor._tracks.values()  # what `conclude` is given
    ]


def concluded(run: Run, findings: Sequence[Finding] = (), others: Any = None) -> Diagnosis:
    return conclude(run, cast("list[Track]", tracks_of(run, findings, others)), load())


def curves(pair: str = "", rows: int = 300, every: int = 1, **levels: float) -> dict[str, Curve]:
    """Curves that wobble about their levels."""
    steps = np.arange(1.0, rows + 1) * every
    wobble = 1 + 0.02 * np.sin(np.arange(rows) * 1.7) + 0.02 * np.cos(np.arange(rows) * 0.9)
    return {name + pair: Curve(steps, level * wobble) for name, level in levels.items()}


LOSSES: dict[str, Any] = {"d_loss": 1.2, "g_loss": 0.9}
RUN = Run(curves(**LOSSES), context={"family": "bce", "d_form": "sum"})


# --- one finding ---------------------------------------------------------------------------------------------------

DOUBT = "Suspected, not proved: the "
ONE: dict[str, tuple[list[Finding], str, float, str, tuple[int, int, int]]] = {
    "none": ([], "stable", 53 / 60, "Stable dynamics", (0, 0, 0)),
    "sure": ([found()], "convergence_failure", 0.96, "The discriminator-dominance", (1, 0, 0)),
    "a collapse": ([found(verdict="mode_collapse")], "mode_collapse", 0.96, "The discriminator-dominance", (1, 0, 0)),
    "as likely as not": (
        [found(pattern="even")], "convergence_failure", 0.5, "The discriminator-dominance", (1, 0, 0),
    ),
    "unlikely": ([found(pattern="doubtful")], "inconclusive", np.nan, f"{DOUBT}discriminator-dominance", (0, 1, 0)),
    "unlikely and mild": (
        [found(pattern="doubtful", severity="warning")], "stable", 53 / 60, "Stable dynamics", (0, 1, 0),
    ),
    "mild, then grave": (
        [found("divergence", "doubtful", severity="warning"), found(pattern="doubtful", since=200)],
        "inconclusive", np.nan, f"{DOUBT}discriminator-dominance", (0, 2, 0),
    ),
    "a suspicion": ([found(weight="suspicion")], "inconclusive", np.nan, f"{DOUBT}discriminator-dominance", (0, 1, 0)),
    "a remark": ([found(weight="remark", verdict=None)], "stable", 53 / 60, "Stable dynamics", (0, 0, 1)),
    "healed": (
        [found(until=200)], "stable", 53 / 60, "Stable dynamics again, after trouble that healed", (1, 0, 0),
    ),
    "healed and unlikely": ([found(pattern="doubtful", until=200)], "stable", 53 / 60, "Stable dynamics", (0, 0, 0)),
    "balance": (
        [found("stable", "band", verdict="stable", weight="remark", severity="info")],
        "stable", 53 / 60, "Stable dynamics: evidence of band", (0, 0, 1),
    ),
    "two balances": (
        [found("stable", name, verdict="stable", weight="remark", severity="info") for name in ("band", "hand")],
        "stable", 53 / 60, "Stable dynamics: evidence of band", (0, 0, 2),
    ),
    "balance that is over": (
        [found("stable", "band", verdict="stable", weight="remark", severity="info", until=200)],
        "stable", 53 / 60, "Stable dynamics", (0, 0, 0),
    ),
    "healed, and balance": (
        [found(until=90), found("stable", "band", verdict="stable", weight="remark", severity="info")],
        "stable", 53 / 60, "Stable dynamics again, after trouble that healed: evidence of band", (1, 0, 1),
    ),
    "a second sign of what is known": (
        [found(), found(pattern="doubtful")], "convergence_failure", 0.96, "The discriminator-dominance", (1, 0, 0),
    ),
    "a second sign of what healed": (
        [found(until=90), found(pattern="doubtful")],
        "inconclusive", np.nan, f"{DOUBT}discriminator-dominance", (1, 1, 0),
    ),
    "a remark on what is known": (
        [found(), found(pattern="doubtful", weight="remark")],
        "convergence_failure", 0.96, "The discriminator-dominance", (1, 0, 1),
    ),
    "something else is suspected too": (
        [found(), found("divergence", "doubtful")],
        "convergence_failure", 0.96, "The discriminator-dominance", (1, 1, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE)
def test_findings_become_a_verdict_suspicions_and_remarks(kind: str) -> None:
    findings, verdict, confidence, headline, counts = ONE[kind]
    diagnosis = concluded(RUN, findings)
    assert (diagnosis.verdict, diagnosis.headline) == (verdict, headline)
    assert diagnosis.confidence == pytest.approx(confidence, nan_ok=True)
    assert tuple(map(len, (diagnosis.findings, diagnosis.suspicions, diagnosis.remarks))) == counts


def test_the_surest_finding_that_holds_decides_then_the_oldest() -> None:
    findings = [
        found("divergence", "sure", since=50, until=90),
        found("divergence", "sure", since=150),
        found("divergence", "sure", since=140, title="Older"),
        found(pattern="surer", since=200, title="Surest"),
        found(pattern="even", since=10),
    ]
    diagnosis = concluded(RUN, findings)
    assert diagnosis.headline == "Surest"
    assert diagnosis.confidence == pytest.approx(0.98)
    assert [(f.confidence, f.since, f.until) for f in diagnosis.findings] == [
        (pytest.approx(0.98), 200, None),
        (pytest.approx(0.96), 140, None),
        (pytest.approx(0.96), 150, None),
        (0.5, 10, None),
        (pytest.approx(0.96), 50, 90),
    ]
    assert [rule.id for rule in diagnosis.rules] == ["discriminator-dominance", "divergence"]


@pytest.mark.parametrize(
    ("weight", "pattern", "confidence"),
    [("verdict", "sure", 0.96), ("suspicion", "sure", 0.49), ("suspicion", "doubtful", 0.16), ("remark", "sure", 0.96),
     ("verdict", "never seen", 0.8)],
)  # fmt: skip
def test_a_suspicion_is_never_more_likely_than_not(weight: Any, pattern: str, confidence: float) -> None:
    diagnosis = concluded(RUN, [found(pattern=pattern, weight=weight)])
    (one,) = (*diagnosis.findings, *diagnosis.suspicions, *diagnosis.remarks)
    assert one.confidence == pytest.approx(confidence)


@pytest.mark.parametrize(
    ("findings", "record"),
    [
        ([], KNOWN.healthy_record("losses")),
        ([found()], KNOWN.failure_record("discriminator-dominance", "sure")),
        ([found(pattern="new")], KNOWN.failure_record("discriminator-dominance", "new")),
        ([found(pattern="doubtful")], KNOWN.words),
    ],
)
def test_a_verdict_says_how_often_it_was_right(findings: list[Finding], record: str) -> None:
    assert concluded(RUN, findings).calibration == record
    assert "runs" in record


@pytest.mark.parametrize(("pair", "suspected"), [("A", 0), ("B", 1)])
def test_what_is_known_of_one_pair_is_suspected_of_another(pair: str, suspected: int) -> None:
    run = Run(curves("@A", **LOSSES) | curves("@B", **LOSSES))
    diagnosis = concluded(run, [found(pair="A"), found(pattern="doubtful", pair=pair)])
    assert len(diagnosis.suspicions) == suspected
    assert [(f.pair, f.pattern) for f in diagnosis.findings] == [("A", "sure")]


def test_findings_of_all_pairs_count() -> None:
    run = Run(curves("@A", **LOSSES) | curves("@B", **LOSSES))
    diagnosis = concluded(run, [found(pair="A"), found(pair="B", pattern="surer")])
    assert [f.pair for f in diagnosis.findings] == ["B", "A"]


# --- nothing was found ---------------------------------------------------------------------------------------------

WGAN: dict[str, Any] = {"family": "wgan"}
Case = tuple[Run, str, float, str, str | None, tuple[str, ...]]


def run_of(made: dict[str, Curve], unit: Unit = "step", **context: Any) -> Run:
    return Run(made, unit=unit, context={"family": "bce", "d_form": "sum"} | context)


NOTHING: dict[str, Case] = {
    "losses": (RUN, "stable", 53 / 60, "Stable dynamics", "losses", (COLLAPSE,)),
    "halves alone": (
        run_of(curves(d_loss_real=0.6, d_loss_fake=0.6, g_loss=0.9), d_form="separate"),
        "stable", 53 / 60, "Stable dynamics", "losses", (COLLAPSE,),
    ),
    "10 rows": (
        run_of(curves(rows=10, every=30, **LOSSES)), "stable", 53 / 60, "Stable dynamics", "losses",
        (COLLAPSE, "Rows are 30 steps apart: swings shorter than 180 steps cannot be seen. Log every few steps to see"
         " them."),
    ),
    "10 rows without steps": (
        run_of(curves(rows=10, **LOSSES), "row"), "inconclusive", np.nan, SHORT, "losses", (),
    ),
    "10 rows of epochs": (
        run_of(curves(rows=10, **LOSSES), "epoch"), "stable", 53 / 60, "Stable dynamics", "losses",
        (COLLAPSE, "Rows are 1 epoch apart: swings shorter than 6 epochs cannot be seen. Log every few steps to see"
         " them."),
    ),
    "9 rows": (
        run_of(curves(rows=9, every=30, **LOSSES)), "inconclusive", np.nan, SHORT, None,
        ("9 rows are too few: levels need 10.",),
    ),
    "20 rows in warm-up": (run_of(curves(rows=20, **LOSSES)), "inconclusive", np.nan, SHORT, "losses", ()),
    "G alone": (run_of(curves(g_loss=0.9)), "inconclusive", np.nan, G_ALONE, None, ()),
    "10 rows of G alone": (run_of(curves(rows=10, g_loss=0.9)), "inconclusive", np.nan, G_ALONE, None, ()),
    "9 rows of G alone": (
        run_of(curves(rows=9, g_loss=0.9)), "inconclusive", np.nan, SHORT, None,
        ("9 rows are too few: levels need 10.",),
    ),
    "FID alone, 5 times": (run_of(curves(rows=5, fid=30.0)), "stable", 14 / 15, "Stable dynamics", "quality", ()),
    "FID alone, 4 times": (
        run_of(curves(rows=4, fid=30.0)), "inconclusive", np.nan, SHORT, None, ("4 rows are too few: levels need 10.",),
    ),
    "losses, and FID 4 times": (
        run_of(curves(**LOSSES) | curves(rows=4, fid=30.0)), "stable", 53 / 60, "Stable dynamics", "losses", (),
    ),
    "losses, and a pair's coverage": (
        run_of(curves("@A", **LOSSES) | curves("@A", rows=4, coverage=0.9)),
        "stable", 53 / 60, "Stable dynamics", "losses", (),
    ),
    "a critic": (
        run_of(curves(**LOSSES), **WGAN), "stable", 13 / 30, "Stable dynamics", "critic", (COLLAPSE, CRITIC),
    ),
    "a few rows of a critic": (
        run_of(curves(rows=9, every=30, **LOSSES), **WGAN), "inconclusive", np.nan, SHORT, None,
        (CRITIC, "9 rows are too few: levels need 10."),
    ),
    "every tenth step": (
        run_of(curves(every=10, **LOSSES)), "stable", 53 / 60, "Stable dynamics", "losses",
        (COLLAPSE, "Rows are 10 steps apart: swings shorter than 60 steps cannot be seen. Log every few steps to see"
         " them."),
    ),
    "nothing": (Run({}), "inconclusive", np.nan, SHORT, None, ("0 rows are too few: levels need 10.",)),
}  # fmt: skip


@pytest.mark.parametrize("kind", NOTHING)
def test_without_findings_the_verdict_rests_on_what_was_logged(kind: str) -> None:
    run, verdict, confidence, headline, group, limits = NOTHING[kind]
    diagnosis = concluded(run)
    assert (diagnosis.verdict, diagnosis.headline) == (verdict, headline)
    assert diagnosis.confidence == pytest.approx(confidence, nan_ok=True)
    assert diagnosis.limits == limits
    assert group_of(diagnosis) == group


def test_one_pair_whose_losses_have_levels_is_enough_for_a_verdict_on_losses() -> None:
    run = Run(curves("@A", **LOSSES) | curves("@B", **LOSSES))
    diagnosis = concluded(run)
    mixed = replace(
        diagnosis,
        conventions=tuple(replace(c, family="wgan" if c.pair == "A" else "bce") for c in diagnosis.conventions),
    )
    assert group_of(mixed) == "losses"
    both = replace(diagnosis, conventions=tuple(replace(c, family="wgan-gp") for c in diagnosis.conventions))
    assert group_of(both) == "critic"


@pytest.mark.parametrize(("long", "group"), [("A", "critic"), ("B", "losses")])
def test_only_pairs_whose_losses_are_long_enough_count(long: str, group: str) -> None:
    run = Run(curves(f"@{long}", **LOSSES) | curves("@B" if long == "A" else "@A", rows=9, **LOSSES))
    diagnosis = concluded(run)
    families = {"A": "wgan", "B": "bce"}
    told = tuple(replace(c, family=cast("Family", families[c.pair])) for c in diagnosis.conventions)
    assert group_of(replace(diagnosis, conventions=told)) == group


# --- other readings ------------------------------------------------------------------------------------------------

DEPENDS = "It depends on how D's loss was logged: say "
OTHERS: dict[str, tuple[dict[tuple[str, str], list[Finding]], str, str]] = {
    "nothing there": ({("bce", "mean"): []}, "inconclusive", f"{DEPENDS}--d-loss mean or --d-loss sum"),
    "another family": ({("lsgan", "sum"): []}, "inconclusive", f"{DEPENDS}--family lsgan or --family bce"),
    "the same": ({("bce", "mean"): [found()]}, "convergence_failure", "The discriminator-dominance"),
    "another failure": ({("bce", "mean"): [found("divergence")]}, "convergence_failure", "The discriminator-dominance"),
    "healed there": (
        {("bce", "mean"): [found(until=200)]}, "inconclusive", f"{DEPENDS}--d-loss mean or --d-loss sum",
    ),
    "suspected there": (
        {("bce", "mean"): [found(weight="suspicion")]}, "inconclusive", f"{DEPENDS}--d-loss mean or --d-loss sum",
    ),
    "the second disagrees": (
        {("bce", "mean"): [found()], ("hinge", "sum"): []},
        "inconclusive", f"{DEPENDS}--family hinge or --family bce",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_a_failure_that_another_reading_does_not_show_is_inconclusive_and_names_the_flags(kind: str) -> None:
    others, verdict, headline = OTHERS[kind]
    diagnosis = concluded(RUN, [found()], others)
    assert (diagnosis.verdict, diagnosis.headline) == (verdict, headline)
    assert isnan(diagnosis.confidence) is (verdict == "inconclusive")
    assert [phase.state for phase in diagnosis.phases][-1] == "discriminator-dominance"


def test_another_reading_is_asked_as_if_it_were_the_only_one() -> None:
    tracks = tracks_of(RUN, [found()], {("bce", "mean"): [found()], ("hinge", "sum"): [found()]})
    conclude(RUN, cast("list[Track]", tracks), load())
    asked = [(one.family, one.d_form, one.alternatives) for one in tracks[0].asked]
    assert asked == [("bce", "mean", ()), ("hinge", "sum", ())]


def test_readings_of_a_pair_where_nothing_was_found_change_nothing() -> None:
    run = Run(curves("@A", **LOSSES) | curves("@B", **LOSSES), context={"family": "bce", "d_form": "sum"})
    a, b = tracks_of(run, [found(pair="B")])
    a._others = {("bce", "mean"): []}
    diagnosis = conclude(run, cast("list[Track]", [a, b]), load())
    assert diagnosis.verdict == "convergence_failure"


def test_without_a_failure_no_other_reading_is_asked() -> None:
    tracks = tracks_of(RUN, [found(until=200)], {("bce", "mean"): []})
    assert conclude(RUN, cast("list[Track]", tracks), load()).verdict == "stable"
    assert tracks[0].asked == []


# --- the rest of a diagnosis ---------------------------------------------------------------------------------------


def test_a_diagnosis_carries_the_run_the_rulebook_and_what_reports_show() -> None:
    (track,) = tracks_of(RUN, [found()])
    book = load()
    diagnosis = conclude(RUN, cast("list[Track]", [track]), book)
    now, _ = track.present()
    assert diagnosis.run is RUN
    assert (diagnosis.rulebook, diagnosis.rulebook_hash) == (book.name, book.hash)
    assert diagnosis.bands == bands(now)
    assert len(diagnosis.bands) >= 2
    assert diagnosis.unanswered
    assert diagnosis.causes
    assert {advice.rule for advice in diagnosis.remedies} == {"discriminator-dominance"}
    assert set(diagnosis.normalised) == {"d_level", "g_level", "consistency"}
    for name, curve in diagnosis.normalised.items():
        steps, values = now.tail(name, now.count(name))
        assert curve.steps.tolist() == steps.tolist()
        assert curve.values.tolist() == values.tolist()
        assert len(curve) == 300


def test_the_steps_worth_keeping_are_those_of_the_longest_stable_phase() -> None:
    diagnosis = concluded(RUN, [found(since=150, until=200)])
    assert diagnosis.best == best_span(RUN, diagnosis.phases)
    assert diagnosis.best is not None
    assert (diagnosis.best.start, diagnosis.best.end) == (200, 300)


def test_suspicions_have_causes_and_remedies_where_nothing_is_proved() -> None:
    diagnosis = concluded(RUN, [found(pattern="doubtful")])
    assert {cause.rule for cause in diagnosis.causes} == {"discriminator-dominance"}
    assert diagnosis.remedies
    assert not concluded(RUN, [found(until=200)]).remedies


def test_every_pair_has_its_convention_and_its_curves() -> None:
    run = Run(curves("@A", **LOSSES) | curves("@B", g_loss=0.9))
    diagnosis = concluded(run)
    assert [convention.pair for convention in diagnosis.conventions] == ["A", "B"]
    assert set(diagnosis.normalised) == {"d_level@A", "g_level@A", "consistency@A", "g_level@B"}


def test_the_first_pair_to_be_warm_ends_the_warm_up() -> None:
    run = Run(curves("@A", rows=30, every=10, **LOSSES) | curves("@B", **LOSSES))
    first = concluded(run).phases[0]
    assert (first.state, first.end) == ("warm-up", 100)


def test_a_run_that_could_not_be_judged_has_no_stable_phase() -> None:
    assert [phase.state for phase in concluded(run_of(curves(g_loss=0.9))).phases] == ["warm-up", "unjudged"]
    assert [phase.state for phase in concluded(RUN).phases] == ["warm-up", "stable"]
    healed = concluded(run_of(curves(g_loss=0.9)), [found(until=200)])
    assert [phase.state for phase in healed.phases] == ["warm-up", "discriminator-dominance", "stable"]


def test_no_tracks_are_no_answer() -> None:
    diagnosis = conclude(Run({}), (), load())
    assert (diagnosis.verdict, diagnosis.bands, diagnosis.conventions, dict(diagnosis.normalised)) == (
        "inconclusive", (), (), {},
    )  # fmt: skip
