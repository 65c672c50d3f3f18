"""The nouns of gandoctor: frozen data, no behaviour beyond checking and lookup.

A reader makes a `Run`, the engine makes `Finding`s, the verdict makes a `Diagnosis`, a report prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.float64]
VerdictName = Literal["stable", "mode_collapse", "convergence_failure", "inconclusive"]
Family = Literal["bce", "lsgan", "hinge", "wgan", "wgan-gp", "relativistic", "unknown"]
DForm = Literal["sum", "mean", "separate"]
Unit = Literal["step", "epoch", "kimg", "row"]
Basis = Literal["derived", "published", "documented", "calibrated"]
Severity = Literal["info", "warning", "error"]
Status = Literal["experimental", "stable"]

PAIR = "@"
"""Separates a metric from the pair of networks that it belongs to: `d_loss@A` in a CycleGAN."""


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


def _kept(array: FloatArray) -> FloatArray:
    """The array itself where nobody can write to it, else a copy that nobody can."""
    if isinstance(array, np.ndarray) and array.dtype == np.float64 and array.ndim and not array.flags.writeable:
        return array
    copy = np.array(array, dtype=np.float64, ndmin=1)
    copy.setflags(write=False)
    return copy


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One metric over its own steps: two float64 arrays of one length, steps never falling.

    A NaN or an infinity in `values` was logged as such; a step at which the metric was not logged is absent.
    """

    steps: FloatArray
    values: FloatArray

    def __post_init__(self) -> None:
        steps, values = _kept(self.steps), _kept(self.values)
        if steps.ndim != 1 or steps.shape != values.shape:
            raise ValueError(f"a curve needs as many steps as values, got {steps.shape} and {values.shape}")
        if not np.isfinite(steps).all() or (steps[1:] < steps[:-1]).any():
            raise ValueError("the steps of a curve must be finite and must not fall")
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One training: canonical metric name (`metrics.py`) -> `Curve`, and what is known around it.

    A metric of one of several pairs of networks is named `metric@PAIR`. `columns` maps a metric to the column of the
    log that it was read from, `unmapped` lists the columns that were not understood, `notes` says what was repaired on
    reading. `context` is what the log or the caller says about the training: `family`, `d_form`, `batch_size`, ...
    `lines` has the line of the file, from 1, for each step; None where the log has no lines that an editor shows.
    """

    curves: Mapping[str, Curve]
    name: str = "run"
    unit: Unit = "step"
    context: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lines: Curve | None = None

    def __post_init__(self) -> None:
        for name in ("curves", "context", "columns"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of networks in this run, `("",)` for the usual single one, in order of appearance."""
        found = dict.fromkeys(name.partition(PAIR)[2] for name in self.curves)
        named = tuple(pair for pair in found if pair)
        return named or ("",)

    @property
    def points(self) -> int:
        """The length of the longest curve."""
        return max((len(curve) for curve in self.curves.values()), default=0)

    @property
    def first_step(self) -> float:
        """The lowest step of any curve; NaN for a run without points."""
        return min((float(c.steps[0]) for c in self.curves.values() if len(c)), default=float("nan"))

    @property
    def last_step(self) -> float:
        """The highest step of any curve; NaN for a run without points."""
        return max((float(c.steps[-1]) for c in self.curves.values() if len(c)), default=float("nan"))

    def line(self, step: float) -> int | None:
        """The line of the file that holds this step, or else the step before it; None where that is not known."""
        if self.lines is None or not len(self.lines):
            return None
        place = int(np.searchsorted(self.lines.steps, step, side="right")) - 1
        return int(self.lines.values[max(place, 0)])


# --- rules ---------------------------------------------------------------------------------------------------------


class Window(NamedTuple):
    """A trailing window: the longer of `points` and `share` of the run so far.

    A tuple, as `Signal` is: they are looked up in every evaluation, and a tuple hashes in a tenth of the time.
    """

    points: int
    share: float = 0.0

    def length(self, seen: int) -> int:
        """How many points the window spans once `seen` points were logged."""
        return max(self.points, int(self.share * seen))


class Signal(NamedTuple):
    """A statistic of one or two metrics: `median(consistency)`, `agreement(d_level, g_level)`."""

    statistic: str
    metrics: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.statistic}({', '.join(self.metrics)})"


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of a pattern: a signal over a window against one bound, with its reason.

    Exactly one of `above` and `below` is set. `clear` is the value at which a condition that held is over (hysteresis);
    it defaults to the bound. `basis` says what kind of knowledge the bound rests on, `source` which entry of the
    rule's sources. A row that is `optional` counts only where its metrics are logged, and never dates a finding.
    """

    name: str
    signal: Signal
    window: Window
    above: float | None
    below: float | None
    clear: float
    basis: Basis
    why: str
    source: str = ""
    optional: bool = False

    @property
    def bound(self) -> float:
        """The value that the signal must pass."""
        bound = self.above if self.above is not None else self.below
        assert bound is not None
        return bound


@dataclass(frozen=True, slots=True)
class Pattern:
    """Conditions that must all hold, for `hold` points, in the loss families named (all where empty).

    `weight` "verdict" decides a verdict; "suspicion" is reported and never decides; "remark" is information.
    `warm` says that it is judged only after warm-up.
    """

    name: str
    when: tuple[Condition, ...]
    hold: Window
    evidence: str
    weight: Literal["verdict", "suspicion", "remark"] = "verdict"
    families: tuple[str, ...] = ()
    warm: bool = True


@dataclass(frozen=True, slots=True)
class Cause:
    """A possible cause; `patterns` names those it explains (all where empty), `context` raises it where it holds.

    `context` maps a key of `Run.context` to the values that speak for this cause.
    """

    text: str
    confirm: str
    rank: int = 0
    patterns: tuple[str, ...] = ()
    context: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do, why, and what the curves should do if it was right; `strength` A to C as in the rules' README."""

    id: str
    do: str
    why: str
    expect: str
    strength: Literal["A", "B", "C"]
    patterns: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a bound, a formula or a remedy comes from."""

    key: str
    cite: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A test that a rule carries: curves in short notation, and what must fire and by which point."""

    name: str
    curves: Mapping[str, str]
    fires: str = ""
    by: float | None = None
    since: tuple[float, float] | None = None
    verdict: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One failure and how it is recognised, from one TOML file."""

    id: str
    title: str
    severity: Severity
    status: Status
    summary: str
    log_this: str
    verdict: VerdictName | None
    patterns: tuple[Pattern, ...]
    false_positives: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    sources: tuple[Source, ...] = ()
    cases: tuple[Case, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A set of rules under one name; `hash` is the first 12 hex digits of the SHA-256 of its files."""

    name: str
    rules: tuple[Rule, ...]
    hash: str

    def rule(self, id_: str) -> Rule:
        """The rule of that id; KeyError where there is none."""
        for rule in self.rules:
            if rule.id == id_:
                return rule
        raise KeyError(id_)


# --- results -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """What a condition measured: `value` of `signal` over the last `points` points, against `bound`."""

    condition: str
    signal: str
    value: float
    bound: float
    direction: Literal["above", "below"]
    points: int
    basis: Basis
    why: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern that fired: `since` where it began, `fired` where it was sure, `until` where it ended (None: it holds).

    `readings` are what was measured when it was last looked at; `evidence` tells what was measured when all its rows
    were last beyond the bounds at which it fires. `confidence` is the probability that a run on which this fired is ill
    in the way the rule says; `status` says how tried the rule is.
    """

    rule: str
    pattern: str
    title: str
    verdict: VerdictName | None
    severity: Severity
    weight: Literal["verdict", "suspicion", "remark"]
    since: float
    fired: float
    until: float | None
    readings: tuple[Reading, ...]
    evidence: str
    confidence: float
    pair: str = ""
    status: Status = "stable"

    @property
    def active(self) -> bool:
        """Whether it still held at the end of the log."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A rule that could not be judged, why, and what to log so that it can."""

    rule: str
    why: str
    log_this: str


@dataclass(frozen=True, slots=True)
class Convention:
    """How the raw losses of one pair were read.

    `d_form`: the logged D loss is the sum or the mean of its real and fake halves, or both were logged apart.
    `real_target` and `fake_target` are the labels in D's loss (label smoothing). `sign` is -1 where the log holds
    the maximised value instead of the loss. `decided_by` is "user" where a flag or the context settled it.
    `alternatives` are the other readings that the log leaves possible; `reasons` say what spoke for this one.
    """

    family: Family
    d_form: DForm
    sign: Literal[1, -1] = 1
    real_target: float = 1.0
    fake_target: float = 0.0
    d_scale: float = 1.0
    decided_by: Literal["user", "context", "log", "default"] = "log"
    reasons: tuple[str, ...] = ()
    alternatives: tuple[tuple[Family, DForm], ...] = ()
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the run in one state: "warm-up", "stable", "unjudged" or the id of the rule that held."""

    state: str
    verdict: VerdictName | None
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Span:
    """Steps from `start` to `end`, both included, and why they were chosen."""

    start: float
    end: float
    why: str


@dataclass(frozen=True, slots=True)
class Band:
    """A documented band beside what was measured: `literal` on the logged numbers, `normalised` after conventions.

    `normalised` is NaN where the run's losses have no such form; `inside` judges it, or `literal` where it is NaN.
    """

    name: str
    low: float
    high: float
    literal: float
    normalised: float
    inside: bool
    source: str


@dataclass(frozen=True, slots=True)
class LikelyCause:
    """A cause of a finding; `supported_by` lists the context and readings that speak for it."""

    rule: str
    text: str
    confirm: str
    supported_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A remedy for a finding of `rule`."""

    rule: str
    remedy: Remedy


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """The answer for one run: the most probable state at its end, with its probability, reasons and advice.

    `findings` holds what fired with weight "verdict" (healed ones have `until`), `suspicions` what is less likely
    than not, `remarks` what is worth knowing and no failure. `calibration` says from which runs `confidence` was
    estimated. `limits` are the sentences that qualify the verdict. `rules` are the rules that the findings, suspicions
    and remarks come from: their summaries and sources.
    """

    run: Run
    verdict: VerdictName
    confidence: float
    headline: str
    calibration: str
    limits: tuple[str, ...]
    phases: tuple[Phase, ...]
    findings: tuple[Finding, ...]
    suspicions: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
    unanswered: tuple[Unanswered, ...]
    causes: tuple[LikelyCause, ...]
    remedies: tuple[Advice, ...]
    best: Span | None
    conventions: tuple[Convention, ...]
    bands: tuple[Band, ...]
    rulebook: str
    rulebook_hash: str
    normalised: Mapping[str, Curve] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    @property
    def kind(self) -> str:
        """The id of the rule behind the verdict; "" where no rule decided it."""
        return next((f.rule for f in self.findings if f.active and f.verdict == self.verdict), "")

    @property
    def since(self) -> float | None:
        """The step at which the present failure began, by the earliest sign of its rule; None where there is none."""
        signs = (f for f in self.findings if f.active and f.verdict == self.verdict and f.rule == self.kind)
        return min((f.since for f in signs), default=None)

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain data, in the published schema (`report/json.py`)."""
        from gandoctor.report.json import to_dict

        return to_dict(self)

    def __str__(self) -> str:
        from gandoctor.report.terminal import render

        return render(self, colour=False)

    def _repr_html_(self) -> str:
        from gandoctor.report.html import fragment

        return fragment(self)
