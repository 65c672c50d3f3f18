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

    `since`, `fired` and `last_step` are in the log's own steps; `suspected` and `fired_rules` are separated by spaces;
    `stamp` changes with the log's content.
    """

    log: str
    verdict: str = ""
    kind: str = ""
    confidence: float | None = None
    since: float | None = None
    fired: float | None = None
    last_step: float | None = None
    points: int = 0
    fired_rules: str = ""
    suspected: str = ""
    family: str = ""
    headline: str = ""
    error: str = ""
    stamp: str = ""
    rulebook: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data, keys in the order of the columns."""
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules to judge by, in a form that travels between processes."""

    name: str = "default"
    folders: tuple[str, ...] = ()


def judge(log: str, stamp: str, rules: Rules, options: tuple[tuple[str, Any], ...] = ()) -> Row:
    """Return the row of a log; whatever is wrong with it becomes `error` and never an exception."""
    from gandoctor.engine import diagnose
    from gandoctor.scanning.places import fetched

    book = rulebook(rules)
    try:
        with fetched(log) as path:
            found = diagnose(path, rulebook=book, **dict(options))
    except (GandoctorError, OSError) as error:
        return Row(log, error=_line(str(error)), stamp=stamp, rulebook=book.hash)
    except Exception as error:  # a log on which gandoctor fails is a row like any other, and is told
        fault = f"a fault in gandoctor: {type(error).__name__}: {error}"
        return Row(log, error=_line(fault), stamp=stamp, rulebook=book.hash)
    return _row(log, stamp, found)


@lru_cache(maxsize=4)
def rulebook(rules: Rules) -> Rulebook:
    """The rulebook, read once a process; errors are those of `rulebook.load`."""
    from gandoctor.rulebook import load

    return load(rules.name, tuple(map(Path, rules.folders)))


def _row(log: str, stamp: str, found: Diagnosis) -> Row:
    deciding = [f for f in found.findings if f.active and f.rule == found.kind]
    return Row(
        log=log,
        verdict=found.verdict,
        kind=found.kind,
        confidence=round(found.confidence, 4) if found.verdict != "inconclusive" else None,
        since=found.since,
        fired=min((f.fired for f in deciding), default=None),
        last_step=found.run.last_step if found.run.points else None,
        points=found.run.points,
        fired_rules=" ".join(dict.fromkeys(f.rule for f in found.findings)),
        suspected=" ".join(dict.fromkeys(f.rule for f in found.suspicions)),
        family=found.conventions[0].family if found.conventions else "",
        headline=_line(found.headline),
        stamp=stamp,
        rulebook=found.rulebook_hash,
    )


def _line(text: str) -> str:
    return " ".join(text.split())
