"""The text of an `expect.toml` that demands what was found: the old one with its comments, changed where it must be."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.checks.expectation import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tomlkit import TOMLDocument

    from gandoctor.checks.outcome import Outcome
    from gandoctor.checks.result import CheckResult
    from gandoctor.model import Rulebook

_ROOM = 0.05
"""By how much of the run's length a new window reaches to either side of the step that was found."""

_NEW = "What gandoctor finds, written by `gandoctor check --update`; whether it is right nobody has checked yet."


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file and what would stand in it; `old` is "" for a file that is not there."""

    path: Path
    old: str
    new: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff."""
        before, after = (text.splitlines(keepends=True) for text in (self.old, self.new))
        return "".join(unified_diff(before, after, str(self.path), str(self.path), n=1))


def rewrites(results: Sequence[CheckResult], rulebook: Rulebook) -> tuple[Rewrite, ...]:
    """What would make every changed run as expected, and give an expectation to each run that has none."""
    made = []
    for result in results:
        path = Path(result.folder) / FILE
        if result.outcome is None or (path.exists() and not result.differences):
            continue
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old and result.error:
            continue
        new = _changed(old, result, result.outcome) if old else _fresh(result.outcome, rulebook)
        made.append(Rewrite(path, old, new))
    return tuple(one for one in made if one.new != one.old)


def _changed(old: str, result: CheckResult, found: Outcome) -> str:
    """The old text with the demands that were not met replaced by what was found, and what is let pass left alone."""
    from tomlkit import parse

    document = parse(old)
    for one in result.differences:
        if one.bypass is None:
            _replace(document, one.key, one.rule, found)
    return document.as_string()


def _replace(document: TOMLDocument, key: str, rule: str, found: Outcome) -> None:
    """Change one demand in the document."""
    if key in ("verdict", "kind"):
        document["verdict"], document["kind"] = found.verdict, found.kind
        for window in ("since", "fired_at"):
            _window(document, window, found)
        if found.verdict in document.get("also", ()):
            document["also"].remove(found.verdict)
    elif key in ("fired", "silent"):
        document[key].remove(rule)
    elif key == "suspicion":
        del document["suspicion"]
    elif key == "window":
        _windows(document, rule, found)
    else:
        _window(document, key, found)


def _window(document: TOMLDocument, key: str, found: Outcome) -> None:
    """Move a window of the file around what was found; without a failure there is nothing that it could hold."""
    if key not in document:
        return
    step = found.since if key == "since" else found.fired_at
    if step is None:
        del document[key]
    else:
        document[key] = _around(step, found)


def _windows(document: TOMLDocument, rule: str, found: Outcome) -> None:
    """Move the windows of a rule around its last spell; they go where it did not fire."""
    spells = [finding for finding in found.findings if finding.rule == rule]
    tables: Any = document["window"]
    for place in reversed(range(len(tables))):
        if tables[place]["rule"] != rule:
            continue
        if not spells:
            del tables[place]
            continue
        for key, step in (("since", spells[-1].since), ("fired_at", spells[-1].fired)):
            if key in tables[place]:
                tables[place][key] = _around(step, found)


def _around(step: float, found: Outcome) -> list[int]:
    room = _ROOM * (found.last_step - found.first_step)
    return [int(max(step - room, min(found.first_step, step))), int(-(-min(step + room, found.last_step) // 1))]


def _fresh(found: Outcome, rulebook: Rulebook) -> str:
    """A whole expectation: the verdict, what fired, its windows, and that every other failure stays silent."""
    from tomlkit import comment, document, item

    spoke = {finding.rule for finding in (*found.findings, *found.suspicions)}
    failures = [r.id for r in rulebook.rules if r.verdict in ("mode_collapse", "convergence_failure")]
    values: Mapping[str, Any] = {
        "verdict": found.verdict,
        "kind": found.kind,
        "since": None if found.since is None else _around(found.since, found),
        "fired_at": None if found.fired_at is None else _around(found.fired_at, found),
        "fired": sorted({finding.rule for finding in found.findings if finding.active}),
        "silent": [rule for rule in failures if rule not in spoke],
    }
    made = document()
    made.add(comment(_NEW))
    for key, value in values.items():
        if value is not None:
            made.add(key, item(value))
    return made.as_string()
