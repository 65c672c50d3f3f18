"""Whatever a file holds, a reader makes runs or one of gandoctor's sentences of it, and so do rules and tables."""

from __future__ import annotations

import random
import tempfile
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fuzz_judges
import fuzz_mutations
import fuzz_packing
import fuzz_parcel
import fuzz_seeds
import numpy as np
import pytest
import stored_runs
from hypothesis import given, settings
from hypothesis import strategies as st
from tomlkit import dumps

from gandoctor.checks.expectation import FILE, parse
from gandoctor.errors import GandoctorError
from gandoctor.readers.recipe import recipe_of, unusable
from gandoctor.reference import store
from gandoctor.reference.features import BINS
from gandoctor.rulebuild import build
from gandoctor.rulecheck import faults
from gandoctor.ruleshape import PATTERN, ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BOUNDED = settings(max_examples=120, deadline=None, derandomize=True)
LONG = 1 << 63
RULES = frozenset({"stable", "non-finite", "low-diversity"})

OF_TOML = st.one_of(
    st.booleans(),
    st.integers(-LONG, LONG - 1),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["stable", "bce", "median(d_loss)", "1*20", "{level:.2f}", "run.csv", "error", "A", "derived"]),
    st.dates(),
)
SCALARS = st.none() | OF_TOML


def nested(scalars: st.SearchStrategy[Any], keys: Iterable[str]) -> st.SearchStrategy[Any]:
    """Values of TOML or JSON, with the keys that a file of its kind has among any others."""
    names = st.one_of(st.sampled_from(sorted(keys)), st.text(max_size=8))
    inside = st.recursive(scalars, lambda part: st.lists(part, max_size=4) | st.dictionaries(names, part, max_size=5))
    return st.dictionaries(names, inside, max_size=8)


RULE_KEYS = ("id", "verdict", "title", "pattern", "when", "cause", "remedy", "source", "test", "curves", *ROW, *PATTERN)
EXPECTATION_KEYS = ("verdict", "kind", "also", "fired", "silent", "since", "fired_at", "window", "bypass", "rule")
REFERENCE_KEYS = ("run", "features", "course", "context", "versions", "unit", "rows", "since", "family", "d_form")
RECIPE_KEYS = ("log", "context", "columns", "family", "d_form", "real_target", "fake_target", "d_loss", "batch_size")


def judged(judge: Callable[[bytes, Path], str], data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        return judge(data, Path(folder))


@cache
def pool(target: str) -> tuple[bytes, ...]:
    return tuple({"logs": fuzz_seeds.logs, "rules": fuzz_seeds.rules, "tables": fuzz_seeds.tables}[target]())


@given(st.sampled_from(fuzz_mutations.NAMES), st.binary(max_size=300))
@BOUNDED
def test_any_bytes_are_a_log_or_a_sentence(name: str, content: bytes) -> None:
    assert judged(fuzz_judges.log, fuzz_parcel.packed([(name, content)])) in ("run", "refused")


@given(st.integers(0, 1 << 30))
@BOUNDED
def test_any_change_of_a_log_is_a_log_or_a_sentence(number: int) -> None:
    source = random.Random(number)
    mutator = fuzz_mutations.Mutator(source, pool("logs"))
    assert judged(fuzz_judges.log, mutator.input(source.choice(pool("logs")), "logs")) in ("run", "refused")


@given(st.integers(0, 1 << 30))
@BOUNDED
def test_any_change_of_a_rule_is_a_rule_or_a_sentence(number: int) -> None:
    source = random.Random(number)
    mutator = fuzz_mutations.Mutator(source, pool("rules"))
    assert judged(fuzz_judges.rule, mutator.input(source.choice(pool("rules")), "rules")) in ("rules", "refused")


@given(nested(OF_TOML, RULE_KEYS))
@BOUNDED
def test_any_table_is_a_rule_or_has_faults(table: dict[str, Any]) -> None:
    found = faults(table, "mine")
    assert all(isinstance(fault, str) and fault for fault in found)
    if not found:
        assert build(table, "mine.toml").id == "mine"


@given(nested(SCALARS, EXPECTATION_KEYS))
@BOUNDED
def test_any_table_is_an_expectation_or_has_faults(table: dict[str, Any]) -> None:
    expectation, found = parse(table, RULES)
    assert (expectation is None) <= bool(found)


@given(nested(OF_TOML, RECIPE_KEYS))
@BOUNDED
def test_any_table_beside_a_log_is_a_recipe_or_a_note(table: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "run.csv")
        log.with_name("recipe.toml").write_text(_toml({**table, "log": "run.csv"}), encoding="utf-8")
        assert not unusable(recipe_of(log).context)


@given(nested(OF_TOML, REFERENCE_KEYS), st.booleans())
@BOUNDED
def test_any_table_is_a_reference_or_a_sentence(table: dict[str, Any], whole: bool) -> None:
    if whole:
        run = {"unit": "step", "first_step": 1, "last_step": 9, "rows": 9, "verdict": "stable", "kind": ""}
        table = {**table, "run": {**run, "family": "bce", "d_form": "sum", **_part(table, "run")}}
        table = {"features_version": 1, "features": {}, **table, "course": {"d_level": [0.5] * BINS}}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "one").mkdir()
        Path(folder, "one", store.FILE).write_text(_toml(table), encoding="utf-8")
        with suppress(GandoctorError):
            (found,) = store.load(Path(folder))
            assert np.isfinite([found.measured.first_step, found.measured.last_step]).all()


def _part(table: dict[str, Any], key: str) -> dict[str, Any]:
    return table[key] if isinstance(table.get(key), dict) else {}


def _toml(table: dict[str, Any]) -> str:
    """The table as TOML; what TOML has no form for (a lone surrogate) is left to the readers' other tests."""
    return dumps(table).encode("utf-8", "replace").decode()


def test_packed_parts_are_changed_inside() -> None:
    """A mutation of a packed or checked file is one that its reader gets to see."""
    source = random.Random(0)
    for content in (stored_runs.wandb_file([{"d_loss": 1.0}] * 3), b"x" * 9):
        opened = fuzz_packing.opened(content, source)
        if content.startswith(b":W&B"):
            assert opened is not None
            part, close = opened
            assert close(part) == content
        else:
            assert opened is None


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/../../b", "..", "", "a//b", "a\x00b", "....//x"])
def test_a_parcel_never_leaves_its_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    fuzz_parcel.written([(fuzz_parcel.name_of(name.encode()), b"x"), (FILE, b"y")], tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
