"""Maps the columns of a log to the vocabulary of `metrics.py`, by their words, their neighbours and their values."""

from __future__ import annotations

import difflib
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gandoctor.errors import BadOption, NoGanCurve
from gandoctor.metrics import METRICS
from gandoctor.model import PAIR
from gandoctor.readers.collisions import settle
from gandoctor.readers.evidence import Evidence, accuracy_scale
from gandoctor.readers.nameless import counts_up, guess_lone_tag, guess_nameless
from gandoctor.readers.names import Name, understand
from gandoctor.readers.roles import MOST_PAIRS, assign, pairs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.readers.raw import RawLog

_GAN_KINDS = frozenset({"loss", "accuracy", "score", "quality"})
_ANONYMOUS = frozenset({"value", "values", "0", "col0", "column 1", "data", "y"})
_SHOWN = 40
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column is which metric.

    `metrics`: canonical name, with `@PAIR` where a log has several pairs -> column. `scales`: canonical name -> the
    factor its values need (percent accuracies: .01). `unmapped` holds the columns that became nothing, without those
    of the step axis and of clocks and machines. `notes` say what was decided by context. `counter` is the column that
    counts in a log whose columns have no names.
    """

    metrics: Mapping[str, str]
    scales: Mapping[str, float] = field(default_factory=dict)
    unmapped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    counter: str | None = None


def map_columns(raw: RawLog, overrides: Mapping[str, str] | None = None) -> ColumnMap:
    """Return the columns of `raw` as canonical metrics; `overrides` (canonical -> column) go before what the names say.

    BadOption for an override that names no metric or no column; NoGanCurve where nothing of D, of G and of the
    samples' quality was found.
    """
    evidence = Evidence(raw)
    given = _checked(overrides or {}, raw)
    names = [_understood(column, raw) for column in raw.columns if evidence.logged(column)]
    free = [name for name in names if name.column not in given.values()]
    settled, notes = settle(free, evidence)
    metrics = {metric: name.column for metric, name in assign(settled).items()}
    if (pairs := len(pairs_of(settled))) > MOST_PAIRS:
        notes = (*notes, f"the names speak of {pairs} pairs of networks: the first {MOST_PAIRS} were read")
    guess = (guess_nameless(raw) or guess_lone_tag(raw)) if not metrics and not given else None
    if guess:
        metrics = {"d_loss": guess.d} | ({"g_loss": guess.g} if guess.g is not None else {})
        notes = (*notes, guess.note)
    metrics = {metric: column for metric, column in metrics.items() if metric not in given} | given
    scales, refused = _scales(metrics, evidence)
    metrics = {metric: column for metric, column in metrics.items() if column not in refused}
    notes += tuple(f"'{column}' is named like an accuracy and is none by its values: not used" for column in refused)
    if not any(METRICS[metric.partition(PAIR)[0]].kind in _GAN_KINDS for metric in metrics):
        raise NoGanCurve(_nothing_found(raw, names))
    used = {*metrics.values(), guess.counter if guess else None}
    unmapped = tuple(n.column for n in names if n.column not in used and n.what not in ("axis", "telemetry"))
    return ColumnMap(metrics, scales, unmapped, notes, guess.counter if guess else None)


def _understood(column: str, raw: RawLog) -> Name:
    """Return the column's name taken apart; the only column of a log may have left its name to the file."""
    name = understand(column)
    if column.strip().lower() not in _ANONYMOUS:
        return name
    aside = ("axis", "telemetry")
    alone = all(other == column or understand(other).what in aside for other in raw.columns)
    return replace(understand(raw.name), column=column) if alone else name


def _checked(overrides: Mapping[str, str], raw: RawLog) -> dict[str, str]:
    """Return the overrides with the log's spelling of each column."""
    faults: list[str] = []
    found: dict[str, str] = {}
    spelling = {column.strip().lower(): column for column in raw.columns}
    for metric, column in overrides.items():
        name = metric.partition(PAIR)[0]
        exact = column if column in raw.columns else spelling.get(column.strip().lower())
        if name not in METRICS:
            faults.append(f"'{metric}' is no metric; the metrics are {', '.join(METRICS)}{_near(name, list(METRICS))}")
        elif exact is None:
            has = f"it has {_listed(raw.columns)}{_near(column, list(raw.columns))}"
            faults.append(f"{raw.name} has no column '{column}'; {has}")
        elif exact in found.values():
            faults.append(f"column '{column}' is given to two metrics; each has its own")
        else:
            found[metric] = exact
    if faults:
        raise BadOption("--map: " + "; ".join(faults))
    return found


def _near(word: str, good: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, good, n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _listed(columns: Mapping[str, object]) -> str:
    shown = [f"'{_cut(column)}'" for column in list(columns)[:_SHOWN]]
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    return ", ".join(shown) + more


def _cut(column: str) -> str:
    return column if len(column) <= _LONGEST else f"{column[:_LONGEST]}..."


def _scales(metrics: Mapping[str, str], evidence: Evidence) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the factors of the accuracies, and the columns that cannot be accuracies."""
    wanted = {m: column for m, column in metrics.items() if METRICS[m.partition(PAIR)[0]].kind == "accuracy"}
    if not wanted:
        return {}, ()
    losses = [column for m, column in metrics.items() if METRICS[m.partition(PAIR)[0]].kind == "loss"]
    honest = [column for column in wanted.values() if not evidence.is_percent_of(column, losses)]
    scales = accuracy_scale([(column, evidence.values(column)) for column in honest])
    refused = tuple(column for column in wanted.values() if column not in scales)
    return {metric: scales[c] for metric, c in wanted.items() if scales.get(c, 1.0) != 1.0}, refused


def _nothing_found(raw: RawLog, names: Sequence[Name]) -> str:
    """Return the message of NoGanCurve: what is there, what is likeliest, and what to type."""
    likely = sorted((n for n in names if n.what != "axis"), key=_unlikely)
    if not likely:
        return f"{raw.name}: no column of numbers beside the step, so no discriminator, generator or quality curve"
    likely = [n for n in likely if not counts_up(raw.columns[n.column])] or likely
    d = next((n for n in likely if n.who != "G"), None)
    g = next((n for n in likely if n.who == "G"), next((n for n in likely if n is not d), None))
    typed = [f"--map {m}={shlex.quote(_cut(n.column))}" for m, n in (("d_loss", d), ("g_loss", g)) if n]
    if len(likely) == 1:
        typed = [f"--map {m}={shlex.quote(_cut(likely[0].column))}" for m in ("d_loss", "g_loss")]
    listed = _listed({n.column: None for n in names if n.what != "axis"})
    return (
        f"{raw.name}: no discriminator, generator or quality curve was recognised among its columns {listed}. "
        f"Say which they are; the likeliest: {(' or ' if len(likely) == 1 else ' ').join(typed)}"
    )


def _unlikely(name: Name) -> tuple[bool, bool, bool, bool]:
    return name.what == "telemetry", name.what in ("other", "class", "metric"), not name.who, name.what != "loss"
