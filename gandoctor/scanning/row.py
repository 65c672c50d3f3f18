"""One log as one row of the table: the verdict in plain values, or why there is none."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.errors import GandoctorError

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis, Rulebook


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of a log; where it could not be judged `error` says why and the rest is empty.

    `since`, `fired`, `first_step` and `last_step` are in the log's own steps, whose name is `unit`; `suspected` and
    `fired_rules` are separated by spaces. `d_curve` and `g_curve` are the losses of D and G as a row of bars, each on a
    scale of its own, `!` where one is not finite. `stamp` changes with the log's content, with the options by which it
    was read and with the version of gandoctor; it is empty where the next scan should try again.
    """

    log: str
    verdict: str = ""
    kind: str = ""
    confidence: float | None = None
    since: float | None = None
    fired: float | None = None
    first_step: float | None = None
    last_step: float | None = None
    unit: str = ""
    points: int = 0
    fired_rules: str = ""
    suspected: str = ""
    family: str = ""
    headline: str = ""
    d_curve: str = ""
    g_curve: str = ""
    error: str = ""
    stamp: str = ""
    rulebook: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(Row))

BARS = 20
"""Characters of the two curves."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules to judge by, in a form that travels between processes."""

    name: str = "default"
    folders: tuple[str, ...] = ()


def judge(log: str, stamp: str, rules: Rules, options: tuple[tuple[str, Any], ...] = ()) -> Row:
    """Return the row of a log; whatever is wrong with it becomes `error` and never an exception."""
    from gandoctor.scanning.places import fetched

    book = rulebook(rules)
    try:
        with fetched(log) as path:
            return _row(log, stamp, _diagnosed(path, log, book, dict(options)))
    except GandoctorError as error:
        return Row(log, error=_line(str(error)), stamp=stamp, rulebook=book.hash)
    except OSError as error:  # it may be there again the next time
        return failed(log, str(error), book.hash)
    except Exception as error:  # a log on which gandoctor fails is a row like any other, and is told
        return failed(log, f"a fault in gandoctor: {type(error).__name__}: {error}", book.hash)


def _diagnosed(path: Path, log: str, book: Rulebook, options: dict[str, Any]) -> Diagnosis:
    """Diagnose a log that lies at the path for now; an error calls it by its own name."""
    from gandoctor.engine import diagnose

    try:
        return diagnose(path, rulebook=book, **options)
    except GandoctorError as error:
        raise GandoctorError(str(error).replace(str(path), log)) from error


def failed(log: str, why: str, rules: str) -> Row:
    """Return the row of a log that could not be judged for a reason outside of it: the next scan tries again."""
    return Row(log, error=_line(why), rulebook=rules)


@lru_cache(maxsize=4)
def rulebook(rules: Rules) -> Rulebook:
    """The rulebook, read once a process; errors are those of `rulebook.load`."""
    from gandoctor.rulebook import load

    return load(rules.name, tuple(map(Path, rules.folders)))


def _row(log: str, stamp: str, found: Diagnosis) -> Row:
    deciding = [f for f in found.findings if f.active and f.rule == found.kind]
    d_curve, g_curve = _curves(found)
    return Row(
        log=log,
        verdict=found.verdict,
        kind=found.kind,
        confidence=round(found.confidence, 4) if found.verdict != "inconclusive" else None,
        since=found.since,
        fired=min((f.fired for f in deciding), default=None),
        first_step=found.run.first_step if found.run.points else None,
        last_step=found.run.last_step if found.run.points else None,
        unit=found.run.unit if found.run.points else "",
        points=found.run.points,
        fired_rules=" ".join(dict.fromkeys(f.rule for f in found.findings)),
        suspected=" ".join(dict.fromkeys(f.rule for f in found.suspicions)),
        family=found.conventions[0].family if found.conventions else "",
        headline=_line(found.headline),
        d_curve=d_curve,
        g_curve=g_curve,
        stamp=stamp,
        rulebook=found.rulebook_hash,
    )


def _curves(found: Diagnosis) -> tuple[str, str]:
    """Return the first loss of D and the first of G as bars, "" for one that was not logged."""
    from gandoctor.report.curves import losses, pair_shown
    from gandoctor.report.sparkline import Axis, spark

    axis = Axis(found.run.first_step, found.run.last_step, BARS)
    shown = losses(found, pair_shown(found))
    drawn = {one.side: spark(one.curve, axis, 1, blocks=True)[0] for one in reversed(shown)}
    return drawn.get("D", ""), drawn.get("G", "")


def _line(text: str) -> str:
    return " ".join(text.split())
