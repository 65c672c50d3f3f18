"""How a check of one run ended, and of several: plain data that every report of `gandoctor check` is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from gandoctor.checks.bypass import standing
from gandoctor.checks.differences import Difference, differences

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gandoctor.checks.bypass import Bypass
    from gandoctor.checks.expectation import Expectation
    from gandoctor.checks.outcome import Outcome

Status = Literal["ok", "bypassed", "changed", "unusable"]
"""As expected; changed, and all of it let pass; changed; or no answer, since log or expectation cannot be read."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One run held against its expectation.

    `folder` and `log` are paths as text; `expected` and `found` are a verdict with its kind; `idle` are bypasses that
    let nothing pass, or that have run out. `error` says why a run is "unusable"; `outcome` is None for such a run.
    """

    name: str
    folder: str
    log: str
    expected: str
    found: str
    differences: tuple[Difference, ...] = ()
    idle: tuple[Bypass, ...] = ()
    outcome: Outcome | None = None
    error: str = ""
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        """How it ended."""
        if self.error:
            return "unusable"
        if any(one.bypass is None for one in self.differences):
            return "changed"
        return "bypassed" if self.differences else "ok"


def answer(verdict: str, kind: str) -> str:
    """A verdict and the rule behind it in one text: "mode_collapse (low-diversity)"."""
    return f"{verdict} ({kind})" if kind else verdict


def judge(blank: CheckResult, expected: Expectation, found: Outcome, today: date) -> CheckResult:
    """`blank`, which names the run, filled in with what is not as expected and what lets it pass today."""
    valid = standing(expected.bypasses, today)
    seen = tuple(_let_pass(one, valid) for one in differences(expected, found))
    used = {id(one.bypass) for one in seen}
    return replace(
        blank,
        expected=answer(expected.verdict, expected.kind),
        found=answer(found.verdict, found.kind),
        differences=seen,
        idle=tuple(one for one in expected.bypasses if id(one) not in used),
        outcome=found,
    )


def _let_pass(difference: Difference, bypasses: Sequence[Bypass]) -> Difference:
    names = {difference.key, difference.rule}
    return replace(difference, bypass=next((one for one in bypasses if one.what in names), None))


def exit_status(results: Sequence[CheckResult]) -> int:
    """2 where a run could not be judged, else 1 where one changed, else 0."""
    ended = {result.status for result in results}
    return 2 if "unusable" in ended else 1 if "changed" in ended else 0
