"""The run's timeline: its phases, and the stretch that was healthiest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.metrics import METRICS
from gandoctor.model import Curve, Finding, Phase, Run, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def phases(run: Run, warm_since: float, findings: Sequence[Finding], *, judged: bool) -> tuple[Phase, ...]:
    """The run cut into stretches of one state each, in order and without gaps.

    A stretch that no finding covers is "warm-up" before `warm_since` (NaN: it never ended), then "stable", or
    "unjudged" where nothing could be judged.
    """
    first, last = run.first_step, run.last_step
    if first != first:
        return ()
    cuts = {first, last}
    for finding in findings:
        cuts |= {finding.since, last if finding.until is None else finding.until}
    if first < warm_since < last:
        cuts.add(warm_since)
    ordered = sorted(cut for cut in cuts if first <= cut <= last)
    if len(ordered) == 1:
        ordered *= 2
    made = [_phase(a, b, warm_since, findings, judged=judged) for a, b in pairwise(ordered)]
    return tuple(_merged(made))


def _phase(start: float, end: float, warm_since: float, findings: Sequence[Finding], *, judged: bool) -> Phase:
    middle = 0.5 * (start + end)
    here = [f for f in findings if f.since <= middle and (f.until is None or middle <= f.until)]
    if here:
        worst = max(here, key=lambda f: (f.active, f.confidence))
        return Phase(worst.rule, worst.verdict, start, end)
    if not (warm_since <= middle):
        return Phase("warm-up", None, start, end)
    return Phase("stable", "stable", start, end) if judged else Phase("unjudged", None, start, end)


def _merged(made: Iterable[Phase]) -> Iterable[Phase]:
    held: Phase | None = None
    for phase in made:
        if held is not None and held.state == phase.state:
            held = Phase(held.state, held.verdict, held.start, phase.end)
            continue
        if held is not None:
            yield held
        held = phase
    if held is not None:
        yield held


def best_span(run: Run, made: Sequence[Phase]) -> Span | None:
    """The steps whose checkpoints are most worth keeping; None where nothing speaks for any.

    Where a quality metric was logged, the steps around its best value (median of three); else the longest stable phase.
    A coverage or recall that was never above 0 speaks for no steps at all.
    """
    for name in ("fid", "kid", "coverage", "recall", "inception_score"):
        curve = run.curves.get(name)
        if curve is not None and np.isfinite(curve.values).sum() >= 3:
            return _around_best(name, curve)
    stable = [phase for phase in made if phase.state == "stable"]
    if not stable:
        return None
    longest = max(stable, key=lambda phase: phase.end - phase.start)
    return Span(longest.start, longest.end, "the longest stretch without a finding")


def _around_best(name: str, curve: Curve) -> Span | None:
    good = np.isfinite(curve.values)
    steps, values = curve.steps[good], curve.values[good]
    median = np.median(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)
    at = int(median.argmin() if METRICS[name].better == "lower" else median.argmax())
    if METRICS[name].better == "higher" and median[at] <= 0:
        return None
    return Span(float(steps[at]), float(steps[at + 2]), f"{_said(name)} was best: {median[at]:.4g}")


def _said(name: str) -> str:
    """A quality metric as people write it."""
    return name.upper() if name in ("fid", "kid") else name.replace("_", " ")
