"""One pair of networks through a run: its curves, the convention they are read by, and the judge that follows them.

Evaluations happen at row counts that depend on nothing but the count: every fourth row at first, later every
`1/STRIDE` of the run so far. What is known at row n is the same whether the rows came one by one or from a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.inference import infer
from gandoctor.judge import Judge
from gandoctor.model import Convention, FloatArray, Rulebook, Unit
from gandoctor.series import Series
from gandoctor.snapshot import Snapshot, prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.convention import Derived

STRIDE = 40
FIRST = 4

Chunk = dict[str, tuple[FloatArray, FloatArray]]
"""Metric -> steps and values of the rows between two evaluations."""


def next_evaluation(rows: int) -> int:
    """The row count of the evaluation after the one at `rows`: half of the 5 % window further on, at least 4."""
    return rows + max(FIRST, rows // STRIDE)


def is_warm(rows: int, step: float, unit: Unit) -> bool:
    """Whether warm-up is over: 10 rows, and 100 steps, 2 epochs, 2 kimg or, where rows are all that is known, 50 rows.

    The losses of a DCGAN settle between step 100 and step 300 (Brownlee 2019). A log that starts later than that has no
    warm-up. A row is one update at least, so that 100 rows are 100 steps whatever they are numbered by.
    """
    least = {"step": 100.0, "epoch": 2.0, "kimg": 2.0, "row": 50.0}[unit]
    return rows >= 10 and (step >= least or rows >= 100)


@dataclass(slots=True)
class Track:
    """What is known of one pair of networks so far."""

    rulebook: Rulebook
    pair: str = ""
    unit: Unit = "step"
    context: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    boundaries: list[tuple[int, float]] = field(default_factory=list)
    rows: int = 0
    step: float = float("nan")
    first_step: float = float("nan")
    convention: Convention | None = None
    judge: Judge = field(init=False)
    due: int = FIRST
    was_bad: bool = False
    alarmed: bool = False
    _infer_at: int = FIRST
    _made: dict[str, Derived | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge = Judge(self.rulebook, self.pair)

    def is_urgent(self, bad: bool) -> bool:
        """Whether a row is judged at once, `bad` being that it holds a non-finite value and the row before does not.

        At most once between two evaluations that are due, so that a flickering NaN costs nothing.
        """
        return bad and not self.alarmed

    def extend(self, chunk: Chunk, rows: int, step: float, *, urgent: bool = False) -> None:
        """Add the rows up to and including the one at `step`; `rows` of them. Never past the evaluation that is due."""
        if not self.rows:
            self.first_step = min((float(s[0]) for s, _ in chunk.values() if len(s)), default=step)
        self.rows += rows
        self.step = step
        for metric, (steps, values) in chunk.items():
            if metric not in self.series:
                self.series[metric] = Series()
                self._made = {}
            self.series[metric].extend(steps, values)
        if self.rows >= self.due or urgent:
            self._evaluate()
        self.alarmed = self.alarmed or urgent
        if self.rows >= self.due:
            self.due = next_evaluation(self.rows)
            self.alarmed = False

    def _evaluate(self) -> None:
        self.boundaries.append((self.rows, self.step))
        if self.rows >= self._infer_at or self.convention is None:
            self._infer_at = 2 * max(self.rows, FIRST)
            found = self.infer()
            self._made = {}
            if self.convention is None or _reads_differently(found, self.convention):
                self.convention = found
                self.judge = self._judged_again(found)
                return
            self.convention = found
        assert self.convention is not None
        self._look(self.judge, Snapshot(self.series, self.convention, self.rows, self.step, self._made))

    def infer(self) -> Convention:
        """The convention that the curves so far speak for."""
        return infer(self.series, {**self.context, "first_step": self.first_step}, self.columns)

    def _judged_again(self, reading: Convention) -> Judge:
        """A judge that has followed the whole run so far under another reading of the losses."""
        judge = Judge(self.rulebook, self.pair)
        for rows, step in self.boundaries:
            self._look(judge, Snapshot(prefix(self.series, step), reading, rows, step))
        return judge

    def _look(self, judge: Judge, now: Snapshot, *, all_of_them: bool = False) -> None:
        judge.look(now, warm=is_warm(now.rows, now.step, self.unit), all_of_them=all_of_them)

    @property
    def warm_since(self) -> float:
        """The step of the first evaluation, or of the last row, at which warm-up is over; NaN before."""
        seen = [*self.boundaries, (self.rows, self.step)]
        return next((step for rows, step in seen if is_warm(rows, step, self.unit)), float("nan"))

    def present(self, reading: Convention | None = None) -> tuple[Snapshot, Judge]:
        """The state at the last row, under the reading that the whole log speaks for; changes nothing."""
        reading = reading or self.infer()
        if self.convention is None or _reads_differently(reading, self.convention):
            judge = self._judged_again(reading)
        else:
            judge = self.judge.copy()
        now = Snapshot(self.series, reading, self.rows, self.step)
        self._look(judge, now, all_of_them=True)
        return now, judge


def _reads_differently(a: Convention, b: Convention) -> bool:
    return (a.family, a.d_form, a.sign, a.real_target, a.fake_target) != (
        b.family,
        b.d_form,
        b.sign,
        b.real_target,
        b.fake_target,
    ) or _forms(a) != _forms(b)


def _forms(one: Convention) -> set[str]:
    return {form for family, form in one.alternatives if family == one.family}
