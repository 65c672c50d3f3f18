"""Are new runs like the reference runs? Features are compared one by one, the error is controlled over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gandoctor.errors import BadReference
from gandoctor.reference import statistics
from gandoctor.reference.features import Feature, table
from gandoctor.robust import middle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.checks.bypass import Bypass
    from gandoctor.reference.measure import Measured
    from gandoctor.reference.statistics import Sight

LEAST, ENOUGH = 3, 5
"""References below which nothing is compared, and below which only coarse changes are visible."""

ROWS_ALIKE = 1.5
"""Up to this factor between the numbers of rows the movement between rows is compared."""

FAILURES = ("mode_collapse", "convergence_failure")
VERDICT = "verdict"

Result = Literal["same", "worse", "moved", "better"]
"""Not distinguishable or within the margin; a change for the worse; a change of which any is one; for the better."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One feature of the new runs beside that of the references, in the compared unit (logarithms of factors).

    `p` is adjusted by Holm for all comparisons made. `low` and `high` are the extreme references. `since` is the first
    step from which on the new runs' curve stays outside of what the references' curves do, NaN where there is none.
    """

    feature: Feature
    result: Result
    references: float
    low: float
    high: float
    found: float
    values: tuple[float, ...]
    p: float
    sight: Sight
    since: float
    bypass: Bypass | None = None

    @property
    def change(self) -> float:
        """By how much the new runs lie above the references."""
        return self.found - self.references


@dataclass(frozen=True, slots=True)
class Failed:
    """A new run with a diagnosed failure that no reference has: a regression whatever its features say."""

    run: str
    verdict: str
    kind: str
    since: float | None
    bypass: Bypass | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """Features of the references that could not be compared, and why."""

    why: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """New runs held against references: what was compared, what failed, what could not be compared and why."""

    new: tuple[Measured, ...]
    references: tuple[Measured, ...]
    moved: tuple[Moved, ...]
    failed: tuple[Failed, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]

    @property
    def regressions(self) -> tuple[Moved | Failed, ...]:
        """What is worse and was not let pass."""
        worse = (one for one in self.moved if one.result in ("worse", "moved") and one.bypass is None)
        return (*(one for one in self.failed if one.bypass is None), *worse)

    @property
    def status(self) -> int:
        """The exit status: 1 for a regression, 2 where nothing could be compared, which is no all-clear, else 0."""
        if self.regressions:
            return 1
        return 0 if self.moved else 2


def compare(new: Sequence[Measured], references: Sequence[Measured], bypasses: Sequence[Bypass] = ()) -> Likeness:
    """Hold new runs against references; BadReference where there are fewer than `LEAST` or they do not fit together.

    New runs must have been measured up to `common_end(references)`.
    """
    require(references)
    chosen, skipped = _comparable(new, references)
    moved = tuple(_moved(new, references, chosen, bypasses))
    return Likeness(
        new=tuple(new),
        references=tuple(references),
        moved=moved,
        failed=tuple(_failed(new, references, bypasses)),
        skipped=tuple(skipped),
        warnings=tuple(_warnings(new, references)),
    )


def require(references: Sequence[Measured]) -> None:
    """BadReference where there are too few references to compare anything with."""
    if len(references) < LEAST:
        raise BadReference(
            f"{len(references)} of the {LEAST} references that a comparison needs at least; {ENOUGH} or more, of"
            " different seeds, make it worth something: gandoctor reference add RUN"
        )


def common_end(references: Sequence[Measured]) -> float:
    """The last step of the shortest reference: up to there all of them say something."""
    return min((one.last_step for one in references), default=float("inf"))


def _comparable(new: Sequence[Measured], references: Sequence[Measured]) -> tuple[list[Feature], list[Skipped]]:
    """The features that every reference and every new run has, and which of the references are left out for what."""
    chosen: list[Feature] = []
    left: dict[str, list[str]] = {}
    for feature in table()[1].values():
        have = sum(feature.id in one.features for one in references)
        why = _obstacle(feature, have, new, references) if have else ""
        if why:
            left.setdefault(why, []).append(feature.id)
        elif have:
            chosen.append(feature)
    return chosen, [Skipped(why, tuple(ids)) for why, ids in left.items()]


def _obstacle(feature: Feature, have: int, new: Sequence[Measured], references: Sequence[Measured]) -> str:
    """Why a feature that `have` references have cannot be compared; "" where it can."""
    if have < len(references):
        return f"only {have} of {len(references)} references have it"
    if lack := [one.name for one in new if feature.id not in one.features]:
        return f"not in {', '.join(lack)}"
    rows = middle(np.sort([float(one.rows) for one in references]))
    if feature.needs_same_rows and any(not rows / ROWS_ALIKE <= one.rows <= rows * ROWS_ALIKE for one in new):
        return "the new runs were logged more or less often than the references"
    return ""


def _moved(
    new: Sequence[Measured], references: Sequence[Measured], chosen: Sequence[Feature], bypasses: Sequence[Bypass]
) -> Iterator[Moved]:
    known = {f.id: [one.features[f.id] for one in references] for f in chosen}
    found = {f.id: [one.features[f.id] for one in new] for f in chosen}
    of = {f.id: statistics.references(known[f.id], f.margin) for f in chosen}
    adjusted = statistics.holm([statistics.p_value(of[f.id], found[f.id]) for f in chosen])
    for feature, p in zip(chosen, adjusted, strict=True):
        mean = float(np.mean(found[feature.id]))
        change = mean - of[feature.id].centre
        seen = p <= statistics.ALPHA and abs(change) > feature.margin
        yield Moved(
            feature=feature,
            result=_result(feature, change) if seen else "same",
            references=of[feature.id].centre,
            low=min(known[feature.id]),
            high=max(known[feature.id]),
            found=mean,
            values=tuple(found[feature.id]),
            p=float(p),
            sight=statistics.sight(of[feature.id], len(new), feature.margin, len(chosen)),
            since=_since(feature, new, references, change) if seen else float("nan"),
            bypass=_bypass(bypasses, feature.id) if seen else None,
        )


def _result(feature: Feature, change: float) -> Result:
    if feature.worse == "either":
        return "moved"
    return "worse" if (feature.worse == "higher") == (change > 0) else "better"


def _since(feature: Feature, new: Sequence[Measured], references: Sequence[Measured], change: float) -> float:
    """The step from which on the new runs' curve stays beyond all references' on the side of the change.

    Looked for in the stretches of the course up to the end of the feature's part; only of levels and drifts, since the
    course holds levels.
    """
    if feature.statistic not in ("level", "size", "drift"):
        return float("nan")
    courses = [np.array([one.course.get(feature.curve, ()) for one in runs]) for runs in (references, new)]
    if not all(course.ndim == 2 and course.shape[1] for course in courses):
        return float("nan")
    bins = courses[0].shape[1]
    end = round(feature.part[1] * bins)
    theirs, ours = (course[:, :end] for course in courses)
    mean = ours.mean(axis=0)
    up = change > 0 if feature.statistic != "size" else mean[-1] > theirs[:, -1].mean()
    beyond = mean > theirs.max(axis=0) if up else mean < theirs.min(axis=0)
    back = int(np.argmin(np.append(beyond[::-1], False)))
    first, last = references[0].first_step, common_end(references)
    return first + (end - back) * (last - first) / bins if back else float("nan")


def _failed(new: Sequence[Measured], references: Sequence[Measured], bypasses: Sequence[Bypass]) -> Iterator[Failed]:
    known = {one.verdict for one in references}
    for one in new:
        if one.verdict in FAILURES and one.verdict not in known:
            yield Failed(one.name, one.verdict, one.kind, one.since, _bypass(bypasses, VERDICT))


def _bypass(bypasses: Sequence[Bypass], what: str) -> Bypass | None:
    return next((one for one in bypasses if one.what == what), None)


def _warnings(new: Sequence[Measured], references: Sequence[Measured]) -> Iterator[str]:
    if len(references) < ENOUGH:
        yield f"only {len(references)} references: nothing but large changes is visible; {ENOUGH} or more are better"
    hashes = {one.log_hash: one.name for one in references if one.log_hash}
    for one in new:
        if one.log_hash in hashes:
            yield f"{one.name} is the same log as the reference {hashes[one.log_hash]}: this says nothing"
        if one.verdict == "inconclusive" and all(other.verdict != "inconclusive" for other in references):
            yield f"{one.name} is inconclusive, as no reference is: gandoctor diagnose says why"
    if len({tuple(sorted(one.features.items())) for one in references}) < len(references):
        yield "some references are equal to the last digit: train each with a seed of its own"
    yield from _recipes(new, references)


IGNORED = frozenset({"seed", "family_by"})
"""What may differ between runs of one recipe."""


def _recipes(new: Sequence[Measured], references: Sequence[Measured]) -> Iterator[str]:
    """What is not the same in the recipes: among the references, and between them and the new runs."""
    keys = dict.fromkeys(key for one in (*references, *new) for key in one.context if key not in IGNORED)
    for key in keys:
        theirs = {str(one.context[key]) for one in references if key in one.context}
        ours = {str(one.context[key]) for one in new if key in one.context}
        if len(theirs) > 1:
            yield f"the references differ in {key}: {', '.join(sorted(theirs))}"
        elif theirs and ours and theirs != ours:
            yield f"{key} is {', '.join(sorted(ours))}; in the references it is {', '.join(theirs)}"
