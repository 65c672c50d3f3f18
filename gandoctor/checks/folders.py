"""Run folders: a log, the `recipe.toml` that names it, and the `expect.toml` that says what is demanded of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.checks.expectation import FILE, load
from gandoctor.checks.outcome import outcome
from gandoctor.checks.result import CheckResult, judge
from gandoctor.errors import BadExpectation, GandoctorError
from gandoctor.toml import load as load_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gandoctor.checks.outcome import Outcome
    from gandoctor.model import Rulebook

RECIPE = "recipe.toml"


def run_folders(paths: Iterable[Path]) -> tuple[Path, ...]:
    """All run folders in or below the paths, in order, each once; BadExpectation for a path without any."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_file():
            raise BadExpectation(f"{path}: is a file; give the run's folder, or one that holds run folders")
        if not path.is_dir():
            raise BadExpectation(f"{path}: there is no such folder")
        here = [Path(place) for place, _, files in os.walk(path) if {RECIPE, FILE} & set(files)]
        if not here:
            raise BadExpectation(
                f'{path}: no run folder in it; one has a {RECIPE} (log = "run.csv") and a {FILE} beside the log'
            )
        found |= dict.fromkeys(sorted(here))
    return tuple(found)


def log_of(folder: Path) -> Path:
    """The log that the recipe names, or without a recipe the one file called `run.*`; BadExpectation for none."""
    recipe = folder / RECIPE
    if not recipe.exists():
        logs = sorted(path for path in folder.glob("run.*") if path.suffix != ".toml")
        if len(logs) == 1:
            return logs[0]
        raise BadExpectation(f'{folder}: there is no {RECIPE} that names the log: write log = "run.csv" into one')
    try:
        name = load_toml(recipe).get("log")
    except ValueError as error:
        raise BadExpectation(f"{recipe}: {error}") from error
    if not isinstance(name, str) or not name:
        raise BadExpectation(f'{recipe}: log is {name!r}; it must name the log, as log = "run.csv"')
    log = folder / name
    if Path(name).anchor or ".." in Path(name).parts:
        raise BadExpectation(f"{recipe}: log = {name!r} lies outside of the folder; name a log in it")
    if not log.exists():
        raise BadExpectation(f"{recipe}: log = {name!r} is not there")
    return log


def check(folder: Path, rulebook: Rulebook, today: date | None = None) -> CheckResult:
    """Diagnose the run in a folder and hold it against its expectation; what cannot be judged says why."""
    began = time.perf_counter()
    rules = {rule.id for rule in rulebook.rules}
    blank = CheckResult(folder.resolve().name, str(folder), "", "", "")
    try:
        log = log_of(folder)
        blank = replace(blank, log=str(log), outcome=_outcome(log, rulebook))
        if not (folder / FILE).exists():
            raise BadExpectation(f"{folder / FILE}: is missing; `gandoctor check {folder} --update` writes one")
        expected = load(folder / FILE, rules)
    except GandoctorError as error:
        return _ended(blank, began, str(error))
    except OSError as error:
        return _ended(blank, began, f"{folder}: cannot be read ({error.strerror or error})")
    except Exception as error:
        if os.environ.get("GANDOCTOR_TRACEBACK"):
            raise
        told = f"{type(error).__name__}: {error}"
        return _ended(blank, began, f"{folder}: gandoctor failed on this run, which is a fault in gandoctor ({told})")
    assert blank.outcome is not None
    return _ended(judge(blank, expected, blank.outcome, today or date.today()), began)


def _outcome(log: Path, rulebook: Rulebook) -> Outcome:
    from gandoctor.engine import diagnose

    return outcome(diagnose(log, rulebook=rulebook))


def _ended(result: CheckResult, began: float, error: str = "") -> CheckResult:
    return replace(result, error=error, seconds=time.perf_counter() - began)
