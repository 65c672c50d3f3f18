from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
import situations

from gandoctor.report.annotations import render
from gandoctor.report.notices import notices

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parsed(line: str) -> Command:
    """What GitHub's runner makes of a line: properties split at commas and =, then the documented escapes undone."""
    found = re.fullmatch(r"::(\w+)(?: (.*?))?::(.*)", line)
    assert found, line
    pairs = [part.split("=", 1) for part in (found[2] or "").split(",") if part]
    return Command(found[1], {key: undone(value) for key, value in pairs}, undone(found[3]))


def undone(text: str) -> str:
    for escape, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, plain)
    return text


def commands(diagnosis: Diagnosis, file: str = "runs/a.csv") -> list[Command]:
    return [parsed(line) for line in render(situations.lined(diagnosis), file).splitlines()]


def test_each_notice_is_one_command_that_reads_back_as_it_was(diagnosis: Diagnosis) -> None:
    found, told = commands(diagnosis), notices(diagnosis)
    assert [one.properties["title"] for one in found] == [notice.title for notice in told]
    assert [one.message for one in found] == [f"runs/a.csv: {notice.text}" for notice in told]
    assert {one.name for one in found} <= {"error", "warning", "notice"}


def test_a_failure_marks_the_line_where_it_began() -> None:
    first = commands(situations.dominance())[0]
    assert first.name == "error"
    assert (first.properties["file"], first.properties["line"]) == ("runs/a.csv", str(97 + 2))
    assert first.properties["title"] == "Convergence failure: D has won"


def test_no_verdict_is_a_warning_without_a_line() -> None:
    first = commands(situations.undecided())[0]
    assert first.name == "warning"
    assert "line" not in first.properties


def test_a_log_without_lines_is_named_without_a_line() -> None:
    assert render(situations.dominance(), "runs").startswith("::error file=runs,title=")


def test_standard_input_has_no_file() -> None:
    assert render(situations.dominance(), "").startswith("::error title=")


def test_a_stable_run_says_nothing() -> None:
    assert render(situations.stable(), "a.csv") == ""


@pytest.mark.parametrize("evil", ["a:b,c=d%e", "x::error::y", "line\nbreak\r", "%0A%25%3A", situations.EVIL])
def test_no_name_can_add_a_command_or_a_property(evil: str) -> None:
    diagnosis = replace(situations.dominance(), headline=evil)
    diagnosis = replace(diagnosis, findings=(replace(diagnosis.findings[0], title=evil, evidence=evil, pair=evil),))
    (line,) = render(situations.lined(diagnosis), evil).splitlines()
    assert set(parsed(line).properties) == {"file", "line", "title"}


@pytest.mark.parametrize("name", ["dominance", "hostile", "undecided"])
def test_the_commands_are_the_golden_ones(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.github.txt", render(situations.lined(situations.SITUATIONS[name]()), "runs/a.csv"))
