"""The state of every pattern as the run goes on: idle, pending, firing, over. The only maker of findings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gandoctor.model import Condition, Finding, Pattern, Reading, Rule, Rulebook, Window
from gandoctor.snapshot import Snapshot, dating, interval, paces
from gandoctor.statistics import STATISTICS
from gandoctor.template import fill

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class _Active:
    """A pattern whose conditions hold: since when, and, once it held long enough, where it fired.

    Once it has fired it holds on while its rows are beyond `clear`. `readings` are those of the last look, `proof` are
    those of the last at which every row was beyond its bound: what is measured later may contradict that it fired.
    """

    since: float
    index: int
    fired: float | None = None
    readings: tuple[Reading, ...] = ()
    proof: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class _Watched:
    """A pattern as it is looked at a thousand times a run; `rows` has the conditions that cost least first."""

    key: tuple[str, str]
    rule: Rule
    pattern: Pattern
    metric: str
    warm: bool
    families: frozenset[str]
    paces: tuple[tuple[float, Window], ...]
    rows: tuple[Condition, ...]

    @classmethod
    def of(cls, rule: Rule, pattern: Pattern) -> _Watched:
        metric = pattern.when[0].signal.metrics[0]
        families = frozenset(pattern.families)
        rows = tuple(sorted(pattern.when, key=lambda row: STATISTICS[row.signal.statistic].cost))
        return cls((rule.id, pattern.name), rule, pattern, metric, pattern.warm, families, paces(pattern), rows)


@dataclass(slots=True)
class Judge:
    """Follows one pair of networks through a run, snapshot by snapshot.

    `due` is the number of points of its metric at which a pattern is judged next.
    """

    rulebook: Rulebook
    pair: str = ""
    active: dict[tuple[str, str], _Active] = field(default_factory=dict)
    over: list[Finding] = field(default_factory=list)
    due: dict[tuple[str, str], int] = field(default_factory=dict)
    watched: tuple[_Watched, ...] = ()
    metrics: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.watched = self.watched or tuple(_Watched.of(r, p) for r in self.rulebook.rules for p in r.patterns)
        self.metrics = frozenset(one.metric for one in self.watched)

    def copy(self) -> Judge:
        """A judge in the same state that goes its own way."""
        return Judge(self.rulebook, self.pair, dict(self.active), list(self.over), dict(self.due), self.watched)

    def look(self, now: Snapshot, *, warm: bool, all_of_them: bool = False) -> None:
        """Move every pattern on that is due; those that need warm-up to be over are left alone before."""
        seen = {metric: now.count(metric) for metric in self.metrics}
        family = now.convention.family
        for one in self.watched:
            points = seen[one.metric]
            if not points or (one.families and family not in one.families) or not (warm or not one.warm):
                continue
            if all_of_them or points >= self.due.get(one.key, 1):
                self.due[one.key] = points + interval(one.paces, points)
                self._move(now, one)

    def _move(self, now: Snapshot, one: _Watched) -> None:
        key, rule, pattern = one.key, one.rule, one.pattern
        state = self.active.get(key)
        holds = _all_hold(now, one.rows, clear=state is not None and state.fired is not None)
        if holds is None:
            return
        if not holds:
            if state is not None:
                del self.active[key]
                if state.fired is not None:
                    self.over.append(self._finding(rule, pattern, state, until=now.step))
            return
        if state is None:
            state = _begin(now, pattern)
        if state.fired is None and now_index(now, pattern) - state.index >= _hold(now, pattern):
            state = replace(state, fired=now.step)
        readings = tuple(_reading(now, c) for c in pattern.when if _is_asked(now, c))
        proved = state.fired is None or _all_hold(now, one.rows, clear=False)
        self.active[key] = replace(state, readings=readings, proof=readings if proved else state.proof)

    def findings(self) -> Iterator[Finding]:
        """Everything that fired, what is over first."""
        yield from self.over
        for (rule_id, name), state in self.active.items():
            if state.fired is not None:
                rule = self.rulebook.rule(rule_id)
                pattern = next(p for p in rule.patterns if p.name == name)
                yield self._finding(rule, pattern, state, until=None)

    def _finding(self, rule: Rule, pattern: Pattern, state: _Active, until: float | None) -> Finding:
        assert state.fired is not None
        values = {reading.condition: reading.value for reading in state.proof}
        return Finding(
            rule=rule.id,
            pattern=pattern.name,
            title=rule.title,
            verdict=rule.verdict,
            severity=rule.severity,
            weight=pattern.weight,
            since=state.since,
            fired=state.fired,
            until=until,
            readings=state.readings,
            evidence=fill(pattern.evidence, values),
            confidence=float("nan"),
            pair=self.pair,
            status=rule.status,
        )


def _all_hold(now: Snapshot, rows: tuple[Condition, ...], *, clear: bool) -> bool | None:
    """Whether every row holds; None, which moves nothing, where a row is unknown and none is known to fail."""
    known = True
    for row in rows:
        if row.optional and not _is_asked(now, row):
            continue
        holds = now.holds(row, clear=clear)
        if holds is False:
            return False
        known = known and holds is not None
    return True if known else None


def _is_asked(now: Snapshot, row: Condition) -> bool:
    """Whether a row counts for this log: any does but an optional one on metrics that it does not hold."""
    return not row.optional or all(map(now.count, row.signal.metrics))


def now_index(now: Snapshot, pattern: Pattern) -> int:
    """The number of points so far of the metric that the pattern's first row is about."""
    return now.count(pattern.when[0].signal.metrics[0])


def _hold(now: Snapshot, pattern: Pattern) -> int:
    return pattern.hold.length(now_index(now, pattern))


def _begin(now: Snapshot, pattern: Pattern) -> _Active:
    """The state of a pattern whose rows have just come to hold: since the last of their onsets.

    Rows about metrics that are logged at different steps are compared by step; `index` counts points of the first.
    """
    since = max(now.onset(condition) for condition in dating(pattern))
    return _Active(since=since, index=now.points_before(pattern.when[0].signal.metrics[0], since))


def _reading(now: Snapshot, condition: Condition) -> Reading:
    seen = now.count(condition.signal.metrics[0])
    return Reading(
        condition=condition.name,
        signal=str(condition.signal),
        value=now.value(condition.signal, condition.window),
        bound=condition.bound,
        direction="above" if condition.above is not None else "below",
        points=min(condition.window.length(seen), seen),
        basis=condition.basis,
        why=condition.why,
        source=condition.source,
    )
