"""What is not as expected: an outcome held against an expectation, demand by demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gandoctor.checks.bypass import Bypass
    from gandoctor.checks.expectation import Expectation, Steps, Window
    from gandoctor.checks.outcome import Outcome
    from gandoctor.model import Finding


@dataclass(frozen=True, slots=True)
class Difference:
    """One demand that was not met: its `key`, the `rule` that it is about ("" for none), what was wanted and found.

    `step` is where in the run what was found began, None where there is no such place. `bypass` lets it pass.
    """

    key: str
    expected: str
    found: str
    rule: str = ""
    step: float | None = None
    bypass: Bypass | None = None


def differences(expected: Expectation, found: Outcome) -> Iterator[Difference]:
    """Every demand that the outcome does not meet, the verdict first."""
    yield from _answer(expected, found)
    yield from _rules(expected, found)
    if expected.suspicion and expected.suspicion not in {f.verdict for f in (*found.findings, *found.suspicions)}:
        yield Difference("suspicion", expected.suspicion, "not even suspected")
    same = found.verdict == expected.verdict
    for key, window, step in (
        ("since", expected.since, found.since),
        ("fired_at", expected.fired_at, found.fired_at),
    ):
        if window is not None and same and (step is None or not window[0] <= step <= window[1]):
            yield Difference(key, _span(window), _place(step), found.kind, step)
    for wanted in expected.windows:
        yield from _window(wanted, found.findings)


def _answer(expected: Expectation, found: Outcome) -> Iterator[Difference]:
    """Verdict and kind; the kind is asked for only where the verdict is the one that it belongs to."""
    verdicts = (expected.verdict, *expected.also)
    if found.verdict not in verdicts:
        truth = ", which is the truth" if found.verdict == expected.truth else ""
        yield Difference("verdict", " or ".join(verdicts), found.verdict + truth, found.kind, found.since)
    elif found.verdict == expected.verdict and found.kind not in (expected.kind, *expected.also_kind):
        kinds = " or ".join(kind or "no rule" for kind in (expected.kind, *expected.also_kind))
        yield Difference("kind", kinds, found.kind or "no rule", found.kind, found.since)


def _rules(expected: Expectation, found: Outcome) -> Iterator[Difference]:
    fired = {finding.rule for finding in found.findings}
    for rule in expected.fired:
        if rule not in fired:
            suspected = any(finding.rule == rule for finding in found.suspicions)
            yield Difference("fired", f"{rule} fires", "only suspected" if suspected else "did not fire", rule)
    spoke = [f for f in (*found.findings, *found.suspicions) if f.active]
    for rule in expected.silent:
        first = next((finding for finding in spoke if finding.rule == rule), None)
        if first is not None:
            how = "fired" if first in found.findings else "suspected"
            yield Difference("silent", f"{rule} is silent", f"{how}: {first.evidence}", rule, first.since)


def _window(wanted: Window, findings: Iterable[Finding]) -> Iterator[Difference]:
    """Whether some finding of the rule lies in both windows."""
    of_rule = [finding for finding in findings if finding.rule == wanted.rule]
    if any(_inside(wanted.since, f.since) and _inside(wanted.fired_at, f.fired) for f in of_rule):
        return
    spans = (("since", wanted.since), ("fired_at", wanted.fired_at))
    text = " and ".join(f"{key} {_span(window)}" for key, window in spans if window is not None) or "fires"
    told = "; ".join(f"since {_place(f.since)}, fired_at {_place(f.fired)}" for f in of_rule) or "did not fire"
    yield Difference("window", f"{wanted.rule}: {text}", told, wanted.rule, of_rule[0].since if of_rule else None)


def _inside(window: Steps | None, step: float) -> bool:
    return window is None or window[0] <= step <= window[1]


def _span(window: Steps) -> str:
    return f"{_place(window[0])} to {_place(window[1])}"


def _place(step: float | None) -> str:
    return "no failure" if step is None else f"{step:.15g}"
