"""What may come of an input: a report that only shows, or one of gandoctor's own sentences. Anything else is a find."""

from __future__ import annotations

import json
import tomllib
import unicodedata
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import fuzz_parcel

from gandoctor.commands import formats
from gandoctor.commands.screen import Screen
from gandoctor.engine import diagnose
from gandoctor.errors import GandoctorError
from gandoctor.readers import read_all
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gandoctor.model import Rulebook, Run

_RULEBOOK = load()
_SCREEN = Screen(colour=False, blocks=True, width=100)
_FORMATS = ("terminal", "json", "markdown", "html", "junit", "sarif", "github", "jsonl")
_REPORTED = 3
"""Every third log that can be read is diagnosed and reported: it takes as long as reading ten."""
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control and format characters, lone surrogates, and separators of lines and paragraphs."""
_MOST_RUNS, _MOST_CASES, _MOST_POINTS = 2, 2, 3000
_LONGEST_SENTENCE = 400_000
"""A hundred faults of a rule file, each with what would be right."""


def harmless(text: str) -> bool:
    """Whether a terminal shows the text and does nothing else."""
    return all(character == "\n" or unicodedata.category(character) not in _STEERING for character in text)


def log(data: bytes, folder: Path) -> str:
    """Read, diagnose and report a log; returns "run" or "refused"."""
    target = fuzz_parcel.written(fuzz_parcel.unpacked(data), folder)
    try:
        runs = read_all(target)
    except GandoctorError as error:
        _sentence(error)
        return "refused"
    assert runs, "neither a run nor a sentence"
    chosen = zlib.crc32(data)
    if chosen % _REPORTED == 0:
        for number, run in enumerate(runs[-_MOST_RUNS:]):
            _report(run, target, _FORMATS[(chosen // _REPORTED + number) % len(_FORMATS)])
    return "run"


def _sentence(error: GandoctorError) -> None:
    text = str(error)
    assert text.strip()
    assert len(text) < _LONGEST_SENTENCE, f"a sentence of {len(text)} characters"


def _report(run: Run, target: Path, format_: str) -> None:
    judged = formats.Judged(str(target), diagnose(run, rulebook=_RULEBOOK), _RULEBOOK, 0.1)
    text = formats.text(format_, judged, _SCREEN)
    assert harmless(text), f"{format_} holds what steers a terminal"
    if format_ in ("json", "jsonl", "sarif"):
        json.loads(text)
    elif format_ == "junit":
        ElementTree.fromstring(text)
    elif format_ == "github":
        assert all(line.startswith("::") for line in text.splitlines()), "a line that is no annotation"


def rule(data: bytes, folder: Path) -> str:
    """Load a rule file as a user's own, list it, run its cases; returns "rules" or "refused"."""
    table = _table(data)
    id_ = table.get("id")
    stem = id_ if isinstance(id_, str) and id_.replace("-", "").isalnum() and len(id_) < 60 else "mine"
    (folder / f"{stem}.toml").write_bytes(data)
    try:
        rulebook = _alone(folder)
    except GandoctorError as error:
        _sentence(error)
        return "refused"
    _use(rulebook)
    return "rules"


def _table(data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return {}


def _alone(folder: Path) -> Rulebook:
    """The rulebook of this folder and nothing else, so that a rule that ships may be changed under its own name."""
    from gandoctor import rulebook
    from gandoctor.model import Rulebook
    from gandoctor.rulebuild import build

    files = [rulebook._read(path) for path in rulebook._toml_files(folder)]  # `load` adds those that ship
    if wrong := [fault for file in files for fault in file.faults]:
        raise GandoctorError("\n".join(wrong))
    rules = tuple(build(file.table, str(file.path)) for file in files)
    return Rulebook("fuzz", rules, "0")


def _use(rulebook: Rulebook) -> None:
    from gandoctor.explain import page
    from gandoctor.ruletest import case_run, failures

    for rule_ in rulebook.rules:
        assert page(rule_)
        for case in rule_.cases[:_MOST_CASES]:
            run = case_run(case)
            if all(len(curve) <= _MOST_POINTS for curve in run.curves.values()):
                failures(rule_.id, case, diagnose(run, rulebook=rulebook))


def tables(data: bytes, folder: Path) -> str:
    """Use the files as a run's folder with recipe, expectation, references; returns "used" or "refused"."""
    from gandoctor.checks.expectation import load as expectation
    from gandoctor.reference import store

    fuzz_parcel.written(fuzz_parcel.unpacked(data), folder)
    refused = 0
    readers: tuple[Callable[[Path], object], ...] = (store.load, store.bypasses)
    for read in readers:
        try:
            read(folder)
        except GandoctorError as error:
            _sentence(error)
            refused += 1
    for path in sorted(folder.rglob("expect.toml")):
        try:
            expectation(path, frozenset({"stable", "non-finite", "low-diversity"}))
        except GandoctorError as error:
            _sentence(error)
            refused += 1
    return "refused" if refused else "used"
