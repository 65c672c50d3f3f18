"""Findings -> Diagnosis: the most probable state at the end of the run, its probability and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gandoctor import advice, gaps, timeline
from gandoctor.bands import bands
from gandoctor.confidence import Calibration, calibration
from gandoctor.families import CRITICS
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR, Convention, Curve, Diagnosis, Finding, Rule, Rulebook, Run, VerdictName
from gandoctor.resolution import too_coarse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.snapshot import Snapshot
    from gandoctor.track import Track

LEAST_ROWS = 10
"""Rows below which a level says nothing: the standard error of a median is 1.25 sd / sqrt n."""

LEAST_EVALUATIONS = 5
"""Evaluations of a quality metric below which its course says nothing."""


@dataclass(frozen=True, slots=True)
class _Answer:
    verdict: VerdictName
    confidence: float
    headline: str
    record: str = ""


def conclude(run: Run, tracks: Sequence[Track], rulebook: Rulebook) -> Diagnosis:
    """The diagnosis of a run from the tracks of its pairs of networks."""
    known = calibration()
    views, found = [], []
    for track in tracks:
        if track.rows:
            now, judge = track.present()
            views.append(now)
            found += [_with_confidence(f, known) for f in judge.findings()]
    found.sort(key=lambda f: (not f.active, -f.confidence, f.since))
    deciding = tuple(f for f in found if _decides(f))
    doubtful = [f for f in found if f.active and f not in deciding]
    known_ill = {(f.rule, f.pair) for f in deciding if f.active}
    suspicions = tuple(f for f in doubtful if f.weight != "remark" and (f.rule, f.pair) not in known_ill)
    warm = min((t.warm_since for t in tracks if t.warm_since == t.warm_since), default=float("nan"))
    answer = _answer(run, views, found, known, warm=warm == warm)
    answer = _if_alternatives_agree(answer, tracks, deciding)
    answer = _unless_doubtful(answer, suspicions)
    present = [f for f in deciding if f.active] or suspicions
    made = timeline.phases(run, warm, deciding, judged=answer.verdict != "inconclusive" or bool(deciding))
    return Diagnosis(
        run=run,
        verdict=answer.verdict,
        confidence=answer.confidence,
        headline=answer.headline,
        calibration=answer.record or known.words,
        limits=tuple(_limits(run, views, answer)),
        phases=made,
        findings=deciding,
        suspicions=suspicions,
        remarks=tuple(f for f in doubtful if f.weight == "remark"),
        unanswered=gaps.unanswered(views, rulebook),
        causes=advice.causes(run, present, rulebook),
        remedies=advice.remedies(present, rulebook),
        best=timeline.best_span(run, made),
        conventions=tuple(
            replace(now.convention, pair=t.pair) for now, t in zip(views, _with_rows(tracks), strict=True)
        ),
        bands=bands(views[0]) if views else (),
        rulebook=rulebook.name,
        rulebook_hash=rulebook.hash,
        normalised=_normalised(views, tracks),
        rules=_fired(rulebook, found),
    )


def _fired(rulebook: Rulebook, found: Sequence[Finding]) -> tuple[Rule, ...]:
    """The rules that fired, in the rulebook's order."""
    named = {finding.rule for finding in found}
    return tuple(rule for rule in rulebook.rules if rule.id in named)


def _decides(finding: Finding) -> bool:
    """Whether a finding can carry the verdict: more likely right than not."""
    return finding.weight == "verdict" and finding.confidence >= 0.5


def _with_rows(tracks: Sequence[Track]) -> list[Track]:
    return [track for track in tracks if track.rows]


def _with_confidence(finding: Finding, known: Calibration) -> Finding:
    share = known.failure(finding.rule, finding.pattern)
    if finding.weight == "suspicion":
        share = min(share, 0.49)
    return replace(finding, confidence=share)


def _answer(
    run: Run, views: Sequence[Snapshot], found: Sequence[Finding], known: Calibration, *, warm: bool
) -> _Answer:
    deciding = [f for f in found if _decides(f)]
    balance = [f for f in found if f.active and f.verdict == "stable"]
    present = [f for f in deciding if f.active]
    if present:
        first = present[0]
        assert first.verdict is not None
        record = known.failure_record(first.rule, first.pattern)
        return _Answer(first.verdict, first.confidence, first.title, record)
    families = [now.convention.family for now in views if now.count("d_loss") >= LEAST_ROWS]
    group = _group(run, families)
    if group is None and any(now.count("g_loss") >= LEAST_ROWS for now in views):
        return _Answer("inconclusive", float("nan"), "G's loss alone does not show how D does: log D's loss too")
    if group is None or (group != "quality" and not warm):
        return _Answer("inconclusive", float("nan"), "The log is too short to judge")
    words = "Stable dynamics again, after trouble that healed" if deciding else "Stable dynamics"
    headline = ": ".join([words, *(f.evidence for f in balance[:1])])
    return _Answer("stable", known.healthy(group), headline, known.healthy_record(group))


def _group(run: Run, families: Sequence[str]) -> str | None:
    """What a verdict without findings rests on: "quality", "losses" or "critic"; None where there is too little.

    `families` are those of the pairs of networks whose losses are long enough to be judged.
    """
    for name, metric in METRICS.items():
        if metric.kind == "quality" and name in run.curves and len(run.curves[name]) >= LEAST_EVALUATIONS:
            return "quality"
    if not families:
        return None
    return "critic" if all(family in CRITICS for family in families) else "losses"


def group_of(diagnosis: Diagnosis) -> str | None:
    """The group by which the confidence of a stable verdict is estimated; None where nothing could be judged."""
    run = diagnosis.run
    long = [
        convention.family
        for convention in diagnosis.conventions
        if max(_points(run, name, convention.pair) for name in ("d_loss", "d_loss_fake")) >= LEAST_ROWS
    ]
    return _group(run, long)


def _points(run: Run, name: str, pair: str) -> int:
    curve = run.curves.get(name + (PAIR + pair if pair else ""))
    return 0 if curve is None else len(curve)


def _if_alternatives_agree(answer: _Answer, tracks: Sequence[Track], deciding: Sequence[Finding]) -> _Answer:
    """`answer`, or inconclusive where what decides it is not found under another reading that stays possible."""
    present = [f for f in deciding if f.active]
    if not present:
        return answer
    for track in _with_rows(tracks):
        here = {f.rule for f in present if f.pair == track.pair}
        reading = track.infer()
        for family, form in reading.alternatives if here else ():
            other = replace(reading, family=family, d_form=form, alternatives=())
            firing = {f.rule for f in track.present(other)[1].findings() if f.active and f.weight == "verdict"}
            if here and not firing:
                flag = f"--d-loss {form}" if family == reading.family else f"--family {family}"
                return _Answer(
                    "inconclusive",
                    float("nan"),
                    f"It depends on how D's loss was logged: say {flag} or {_flag(reading, family)}",
                )
    return answer


def _unless_doubtful(answer: _Answer, suspicions: Sequence[Finding]) -> _Answer:
    """`answer`, or inconclusive where it would acquit a run in which a grave failure is suspected."""
    grave = [f for f in suspicions if f.severity == "error"]
    if answer.verdict != "stable" or not grave:
        return answer
    title = grave[0].title[0].lower() + grave[0].title[1:]
    return _Answer("inconclusive", float("nan"), f"Suspected, not proved: {title}")


def _flag(reading: Convention, family: str) -> str:
    return f"--d-loss {reading.d_form}" if family == reading.family else f"--family {reading.family}"


def _limits(run: Run, views: Sequence[Snapshot], answer: _Answer) -> list[str]:
    made = []
    measured = any(METRICS[name.partition(PAIR)[0]].kind == "quality" for name in run.curves)
    if answer.verdict == "stable" and not measured:
        made.append(
            "Losses cannot show that the samples are varied: a mode collapse is not excluded. Log a diversity"
            " metric (coverage, recall or FID) or look at 64 samples."
        )
    if views and all(now.convention.family in CRITICS for now in views):
        made.append("The losses of a critic have no fixed level: only their course was judged.")
    if answer.verdict == "stable" and (coarse := too_coarse(run)):
        made.append(coarse)
    if answer.verdict == "inconclusive" and run.points < LEAST_ROWS:
        made.append(f"{run.points} rows are too few: levels need {LEAST_ROWS}.")
    return made


def _normalised(views: Sequence[Snapshot], tracks: Sequence[Track]) -> Mapping[str, Curve]:
    """The derived curves of the reports, block by block."""
    made = {}
    for now, track in zip(views, _with_rows(tracks), strict=True):
        for metric in ("d_level", "g_level", "consistency"):
            if now.count(metric):
                name = metric + (PAIR + track.pair if track.pair else "")
                made[name] = Curve(*now.tail(metric, now.count(metric)))
    return made
