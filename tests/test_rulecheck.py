"""Every slip in a rule file is refused with file, key, value and what would be right, and all of them at once."""

from __future__ import annotations

import copy
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loud_rule import GOOD, write

from gandoctor.errors import BadRule
from gandoctor.rulebook import load
from gandoctor.rulebuild import build
from gandoctor.rulecheck import faults

if TYPE_CHECKING:
    from pathlib import Path


def refusal(folder: Path) -> str:
    with pytest.raises(BadRule) as refused:
        load(extra=[folder])
    return str(refused.value)


# What is broken, the text of the good file, the text in its place, what the message must say.
SLIPS: list[tuple[str, str, str, list[str]]] = [
    ("an unknown key", 'basis  = "', 'bsais = "x"\nbasis = "',
     ["pattern.shouts.when.level.bsais", "did you mean basis"]),
    ("a missing key", 'severity = "warning"\n', "", ["severity: missing", "info, warning, error"]),
    ("a missing basis", 'basis  = "published"\n', "", ["level.basis: missing", "derived, published"]),
    ("a missing why", 'why    = "Why not."\n', "", ["level.why: missing"]),
    ("a text for a number", "above  = 2", 'above = "2"', ["level.above = '2'", "a finite number is needed"]),
    ("a flag for a number", "above  = 2", "above = true", ["level.above = True", "a finite number is needed"]),
    ("an infinite bound", "above  = 2", "above = inf", ["level.above = inf", "a finite number is needed"]),
    ("a wrong choice", '"warning"', '"fatal"', ["severity = 'fatal'", "one of info, warning, error"]),
    ("a wrong family", "evidence", 'families = ["gan"]\nevidence', ["shouts.families = ['gan']", "bce, lsgan"]),
    ("a wrong weight", "evidence", 'weight = "heavy"\nevidence', ["weight = 'heavy'", "verdict, suspicion, remark"]),
    ("both bounds", "above  = 2", "above = 2\nbelow = 3", ["level.above, below: both given; exactly one"]),
    ("no bound", "above  = 2\nclear  = 1.5\n", "", ["level.above, below: neither given; exactly one"]),
    ("clear above above", "clear  = 1.5", "clear = 2.5", ["level.clear = 2.5", "must not lie above the bound 2"]),
    ("clear below below", "above  = 2", "below = 2", ["level.clear = 1.5", "must not lie below the bound 2"]),
    ("no metric", "median(g_level)", "median(g_levle)",
     ["no metric g_levle (did you mean g_level", "known are d_loss"]),
    ("no statistic", "median(g_level)", "medain(g_level)", ["no statistic medain (did you mean median"]),
    ("too many metrics", "median(g_level)", "median(g_level, d_level)", ["median takes 1 metric(s), not 2"]),
    ("too few metrics", "median(g_level)", "common_period(g_level)", ["common_period takes 2 metric(s), not 1"]),
    ("an expression", "median(g_level)", "median(g_level) + 1", ["write statistic(metric) or"]),
    ("a template of no row", "{level:.1f}", "{levle:.1f}",
     ["{levle} names no row", "did you mean level", "rows are level"]),
    ("an attribute", "{level:.1f}", "{level.real}", ["only {name} and {name:.2f} are allowed"]),
    ("an index", "{level:.1f}", "{level[0]}", ["only {name} and {name:.2f} are allowed"]),
    ("a conversion", "{level:.1f}", "{level!r}", ["only {name} and {name:.2f} are allowed"]),
    ("a nested field", "{level:.1f}", "{level:{level}}", ["only {name} and {name:.2f} are allowed"]),
    ("a wide format", "{level:.1f}", "{level:999999999}", ["only {name} and {name:.2f} are allowed"]),
    ("a place without a name", "{level:.1f}", "{}", ["only {name} and {name:.2f} are allowed"]),
    ("an open brace", "{level:.1f}", "{level", ["evidence", "{{ for a brace"]),
    ("an optional row that comes first", "above  = 2", "optional = true\nabove = 2",
     ["level.optional: the first row of a pattern dates it", "{level} names no row"]),
    ("no window", "window = { points = 50 }\n", "", ["level.window: missing; a window such as"]),
    ("an empty window", "window = { points = 50 }", "window = { points = 0 }", ["level.window", "a window such as"]),
    ("a fractional window", "{ points = 50 }", "{ points = 5.5 }", ["level.window", "a window such as"]),
    ("a share above one", "{ points = 50 }", "{ points = 5, share = 2 }", ["level.window", "a window such as"]),
    ("an unknown part of a window", "{ points = 50 }", "{ point = 5 }", ["level.window", "a window such as"]),
    ("a source that is not there", 'source   = "smith"', 'source = "smiht"',
     ["remedy.whisper.source", "did you mean smith"]),
    ("a bound without a source", 'source = "smith"\nwhy', "why", ["level.source: missing; a published bound names"]),
    ("a bound with a wrong source", 'source = "smith"\nwhy', 'source = "x"\nwhy',
     ["level.source = 'x': no such [[source]]"]),
    ("a pattern that is not there", '["shouts"]', '["shoots"]',
     ["remedy.whisper.patterns = 'shoots'", "did you mean shouts"]),
    ("a case of another pattern", 'fires  = "shouts"', 'fires = "x"', ["test.loud.fires = 'x': no such pattern"]),
    ("no case that fires", 'fires  = "shouts"\nby     = 200\nsince  = [1, 50]\n', "", ["test: no case fires"]),
    ("no case of silence", 'curves = { d_loss = "0.7*300", g_loss = "0.7*300" }\n',
     'curves = { g_loss = "5*300" }\nfires = "shouts"', ["test: no case demands silence"]),
    ("a time without a pattern", 'name   = "quiet"', 'name = "quiet"\nby = 3', ["test.quiet.fires: missing"]),
    ("a time span turned round", "[1, 50]", "[50, 1]", ["test.loud.since = [50, 1]", "first step lies after the last"]),
    ("a time span of one", "[1, 50]", "[50]", ["test.loud.since = [50]", "two numbers"]),
    ("a wrong curve", '"5*300"', '"5x300"', ["test.loud.curves.g_loss: '5x300' is no segment"]),
    ("a curve of a derived metric", "d_loss =", "d_level =", ["test.loud.curves.d_level: no metric of a log"]),
    ("an unknown verdict", '"convergence_failure"', '"inconclusive"',
     ["verdict = 'inconclusive'", "stable, mode_collapse"]),
    ("another id than the file's", 'id       = "loud"', 'id = "quiet"',
     ["id = 'quiet': must be the file's name, loud"]),
    ("an id that is no word", 'id       = "loud"', 'id = "Loud One"', ["lower-case words joined by hyphens"]),
    ("an empty text", '"G is loud"', '" "', ["title = ' '", "a text that is not empty"]),
    ("no false positives", '["Another loss."]', "[]", ["false_positives = []", "a list of texts"]),
    ("a strength of its own", 'strength = "C"', 'strength = "X"', ["remedy.whisper.strength = 'X'", "A, B, C"]),
    ("one table for a list", "[[cause]]", "[cause]", ["cause", "a list of one table or more", "[[cause]]"]),
    ("a repeated key", 'key  = "smith"', 'key = "a"\nkey = "b"', ["is no TOML", "line"]),
    ("no TOML", "[[pattern]]", "[[pattern", ["is no TOML", "line"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), [row[1:] for row in SLIPS], ids=[row[0] for row in SLIPS])
def test_a_rule_is_refused_that_has(old: str, new: str, told: list[str], tmp_path: Path) -> None:
    assert old in GOOD
    message = refusal(write(tmp_path, GOOD.replace(old, new, 1)))
    assert str(tmp_path / "loud.toml") in message
    assert [part for part in told if part not in message] == []


@pytest.mark.parametrize("name", ["pattern", "test", "source", "remedy"])
def test_a_name_that_is_used_twice_is_refused(name: str, tmp_path: Path) -> None:
    begin = GOOD.index(f"[[{name}]]")
    end = GOOD.find("\n[[", begin + 3 if name != "pattern" else GOOD.index("[[pattern.when]]") + 3)
    message = refusal(write(tmp_path, GOOD + "\n" + GOOD[begin:end] + "\n"))
    assert "used 2 times; each must have its own" in message


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("above  = 2", 'above = "2"').replace('severity = "warning"\n', ""))
    write(tmp_path, GOOD.replace('id       = "loud"', 'id = "still"').replace("median(", "medain("), "still.toml")
    message = refusal(tmp_path)
    assert message.startswith("the rules have 3 faults:")
    assert all(part in message for part in ("loud.toml: severity", "loud.toml: pattern", "still.toml: pattern"))


def test_two_files_with_one_id_are_refused_with_both_paths(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    folders = [write(tmp_path / "a"), write(tmp_path / "b")]
    with pytest.raises(BadRule) as refused:
        load(extra=folders)
    assert str(tmp_path / "a" / "loud.toml") in str(refused.value)
    assert str(tmp_path / "b" / "loud.toml") in str(refused.value)


def test_one_folder_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRule, match="has it already"):
        load(extra=[write(tmp_path), tmp_path])


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loud.toml").write_bytes(GOOD.encode("utf-16"))
    assert "not UTF-8" in refusal(tmp_path)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    assert "larger than" in refusal(write(tmp_path, GOOD + "#" * 1_000_000))


def test_a_deep_nest_is_refused_without_a_traceback(tmp_path: Path) -> None:
    assert "is nested deeper" in refusal(write(tmp_path, "a = " + "[" * 100_000))


def _good(old: str, new: str) -> bytes:
    return GOOD.replace(old, new).encode()


BEYOND = {
    "a long key": (b"a." * 100_000 + b"a = 1", "more than 40 parts"),
    "a long header": (b"[" + b"'a'." * 100_000 + b"a]", "more than 40 parts"),
    "a huge bound": (_good("above  = 2", f"above = {'9' * 400}"), "pattern.when.above is a whole number"),
    "a bound of thousands of digits": (_good("above  = 2", f"above = {'9' * 5000}"), "thousands of digits"),
    "a huge hexadecimal title": (_good('"G is loud"', f"0x{'f' * 5000}"), "title is a whole number beyond"),
    "a deep title": (_good('"G is loud"', "[" * 200 + "]" * 200), "nested deeper"),
}


@pytest.mark.parametrize("case", BEYOND)
def test_what_tables_cannot_hold_is_refused(case: str, tmp_path: Path) -> None:
    content, said = BEYOND[case]
    (tmp_path / "loud.toml").write_bytes(content)
    assert said in refusal(tmp_path)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    first = load(extra=[write(tmp_path)])
    second = load(extra=[write(tmp_path, GOOD.replace('title    = "G is loud"', 'title = "G is very loud"'))])
    assert (first.rule("loud").title, second.rule("loud").title) == ("G is loud", "G is very loud")


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a parsed file, as container and key."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [node for key in keys for node in [(value, key), *nodes(value[key])]]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), VALUES)
def test_whatever_stands_in_a_file_is_told_as_a_fault_or_built(place: int, value: Any) -> None:
    table = copy.deepcopy(tomllib.loads(GOOD))
    found = nodes(table)
    container, key = found[place % len(found)]
    container[key] = value
    if not faults(table, "loud"):
        assert build(table, "loud.toml").id == "loud"
