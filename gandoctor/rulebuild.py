"""A checked rule file -> `Rule`. What is wrong was found by `rulecheck`; here the keys are taken as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gandoctor.model import Case, Cause, Condition, Pattern, Remedy, Rule, Signal, Source, Window
from gandoctor.rulecheck import signal_parts

if TYPE_CHECKING:
    from gandoctor.ruleshape import Table


def build(table: Table, path: str) -> Rule:
    """Make the rule of one parsed file in which `rulecheck.faults` found nothing."""
    verdict = table.get("verdict")
    return Rule(
        id=table["id"],
        title=table["title"],
        severity=table["severity"],
        status=table["status"],
        summary=_prose(table["summary"]),
        log_this=_prose(table["log_this"]),
        verdict=verdict,
        patterns=tuple(_pattern(row, "verdict" if verdict else "remark") for row in table["pattern"]),
        false_positives=tuple(_prose(text) for text in table["false_positives"]),
        causes=tuple(_cause(row, index) for index, row in enumerate(table.get("cause", ()))),
        remedies=tuple(_remedy(row) for row in table.get("remedy", ())),
        sources=tuple(Source(**row) for row in table.get("source", ())),
        cases=tuple(_case(row) for row in table["test"]),
        path=path,
    )


def _prose(text: str) -> str:
    """Join the lines of each paragraph: in a rule file a line break is only where the author's line was full."""
    paragraphs = (" ".join(lines.split()) for lines in text.strip().split("\n\n"))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _pattern(row: Table, weight: Any) -> Pattern:
    return Pattern(
        name=row["name"],
        when=tuple(_condition(condition) for condition in row["when"]),
        hold=_window(row["hold"]),
        evidence=_prose(row["evidence"]),
        weight=row.get("weight", weight),
        families=tuple(row.get("families", ())),
        warm=row.get("warm", True),
    )


def _condition(row: Table) -> Condition:
    parts = signal_parts(row["signal"])
    assert parts is not None, "rulecheck refuses a signal of another form"
    above, below = row.get("above"), row.get("below")
    return Condition(
        name=row["name"],
        signal=Signal(*parts),
        window=_window(row["window"]),
        above=None if above is None else float(above),
        below=None if below is None else float(below),
        clear=float(row.get("clear", above if above is not None else below)),
        basis=row["basis"],
        why=_prose(row["why"]),
        source=row.get("source", ""),
        optional=row.get("optional", False),
    )


def _window(row: Table) -> Window:
    return Window(row["points"], float(row.get("share", 0.0)))


def _cause(row: Table, index: int) -> Cause:
    context = row.get("context", {})
    return Cause(
        text=_prose(row["text"]),
        confirm=_prose(row["confirm"]),
        rank=row.get("rank", index + 1),
        patterns=tuple(row.get("patterns", ())),
        context={key: tuple(value) if isinstance(value, list) else (value,) for key, value in context.items()},
    )


def _remedy(row: Table) -> Remedy:
    return Remedy(
        id=row["id"],
        do=_prose(row["do"]),
        why=_prose(row["why"]),
        expect=_prose(row["expect"]),
        strength=row["strength"],
        patterns=tuple(row.get("patterns", ())),
        source=row.get("source", ""),
    )


def _case(row: Table) -> Case:
    since = row.get("since")
    return Case(
        name=row["name"],
        curves=row["curves"],
        fires=row.get("fires", ""),
        by=row.get("by"),
        since=None if since is None else (float(since[0]), float(since[1])),
        verdict=row.get("verdict", ""),
        context=row.get("context", {}),
    )
