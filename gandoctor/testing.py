"""Assertions for tests of a training: its verdict, and whether it is like reference runs.

    from gandoctor.testing import assert_like_references, assert_stable, assert_verdict

A failed assertion holds the report as the terminal shows it, and leaves the whole report and a picture of the curves in
a folder that it names: `--gandoctor-artifacts DIR` under pytest, else the variable GANDOCTOR_ARTIFACTS, else
`.gandoctor`. Nothing here needs pytest; the fixture `gan_recorder` is in the plugin that comes with this package.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from gandoctor.engine import Monitor
    from gandoctor.model import Diagnosis, Rulebook, Run, VerdictName
    from gandoctor.recorder import Recorder
    from gandoctor.reference.likeness import Likeness

    PathLike = str | os.PathLike[str]
    Judgeable = Diagnosis | Run | Recorder | Monitor | PathLike | pd.DataFrame

__all__ = ["assert_like_references", "assert_stable", "assert_verdict", "keep_in"]

FOLDER = ".gandoctor"
_LONGEST_NAME = 120
_folder: Path | None = None


def assert_stable(run: Judgeable, *, rulebook: Rulebook | str | None = None, **options: Any) -> Diagnosis:
    """Fail unless the run is diagnosed as stable; returns the diagnosis.

    `run` is a log (file or folder), a `Recorder`, a `Run`, a data frame or a diagnosis; `options` are those of
    `gandoctor.diagnose`. A run on which no verdict is possible fails too: log more, or assert "inconclusive". A log
    that cannot be read raises `GandoctorError`.
    """
    __tracebackhide__ = True
    return assert_verdict(run, "stable", rulebook=rulebook, **options)


def assert_verdict(
    run: Judgeable,
    verdict: VerdictName,
    *,
    kind: str = "",
    since: tuple[float, float] | None = None,
    rulebook: Rulebook | str | None = None,
    **options: Any,
) -> Diagnosis:
    """Fail unless the run gets this verdict, from the rule `kind` and beginning in the steps `since` where given.

    `run` and `options` are those of `assert_stable`; returns the diagnosis. ValueError for a verdict that there is not.
    """
    __tracebackhide__ = True
    from gandoctor.model import VerdictName

    if verdict not in get_args(VerdictName):
        raise ValueError(f"there is no verdict {verdict!r}; there are {', '.join(get_args(VerdictName))}")
    diagnosis = _diagnosed(run, rulebook, options)
    wrong = _differences(diagnosis, verdict, kind, since)
    if wrong:
        raise AssertionError(_failure(wrong, diagnosis))
    return diagnosis


def assert_like_references(
    run: Recorder | PathLike | Sequence[PathLike], references: PathLike, *, rulebook: Rulebook | None = None
) -> Likeness:
    """Fail if the run is worse than the reference runs in a folder, as `gandoctor check --against` finds it.

    `run` is a log, a `Recorder` that writes one, or the logs of several runs with different seeds, which see smaller
    changes. Returns the comparison. GandoctorError where the references cannot be used or cannot be compared with.
    """
    __tracebackhide__ = True
    from gandoctor.reference.runs import against
    from gandoctor.report.checks.likeness import render

    logs = _logs(run)
    likeness = against(logs, Path(references), rulebook)
    if likeness.status:
        kept = "".join(_kept(_diagnosed(log, rulebook, {}), f"-{place}") for place, log in enumerate(logs, 1))
        raise AssertionError(f"not like the references in {references}\n\n{render(likeness, colour=False)}{kept}")
    return likeness


def keep_in(folder: Path | None) -> Path | None:
    """Leave artefacts of failures in this folder from now on; returns the folder that was set before."""
    global _folder
    before, _folder = _folder, folder
    return before


def _diagnosed(run: Any, rulebook: Rulebook | str | None, options: dict[str, Any]) -> Diagnosis:
    from gandoctor.engine import diagnose
    from gandoctor.model import Diagnosis

    judged = run if isinstance(run, Diagnosis) else None
    if judged is None and callable(getattr(run, "diagnosis", None)):
        judged = run.diagnosis()
    if judged is None:
        return diagnose(run, rulebook=rulebook, **options)
    if rulebook is not None or options:
        raise TypeError("this run is judged already: rulebook and options of reading come too late")
    return judged


def _logs(run: Any) -> list[Path | str]:
    if callable(getattr(run, "diagnosis", None)):
        log = Path(run.diagnosis().run.name)
        if not log.is_file():
            raise TypeError("references are compared with a log: give the Recorder a path")
        return [log]
    return [Path(log) for log in ([run] if isinstance(run, str | os.PathLike) else run)]


def _differences(
    diagnosis: Diagnosis, verdict: str, kind: str, since: tuple[float, float] | None
) -> list[tuple[str, str]]:
    """Return what was expected and what was found instead, for each part that differs."""
    from gandoctor.report.words import VERDICTS, span, step

    words: dict[str, str] = {str(name): text for name, text in VERDICTS.items()}
    wrong = []
    if diagnosis.verdict != verdict:
        wrong.append((words[verdict].lower(), words[diagnosis.verdict].lower()))
    if kind and diagnosis.kind != kind:
        wrong.append((f"the rule {kind}", f"the rule {diagnosis.kind}" if diagnosis.kind else "no rule that decided"))
    if since is not None and (diagnosis.since is None or not since[0] <= diagnosis.since <= since[1]):
        unit = diagnosis.run.unit
        found = "no beginning" if diagnosis.since is None else step(unit, diagnosis.since)
        wrong.append((f"a beginning in {span(unit, *since)}", found))
    return wrong


def _failure(wrong: Iterable[tuple[str, str]], diagnosis: Diagnosis) -> str:
    from gandoctor.report.terminal import render

    said = "; ".join(f"expected {expected}, found {found}" for expected, found in wrong)
    return f"{said}\n\n{render(diagnosis, colour=False)}{_kept(diagnosis)}"


def _kept(diagnosis: Diagnosis, part: str = "") -> str:
    """Write report and picture, and say where they are; what fails here must not hide the assertion that failed."""
    from gandoctor.commands.formats import SUFFIXES
    from gandoctor.recorder.reports import write
    from gandoctor.rulebook import load

    folder = _made(_folder or Path(os.environ.get("GANDOCTOR_ARTIFACTS") or FOLDER)) / _test_name()
    report = f"report{part}.html" if ".html" in SUFFIXES else f"report{part}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (report, f"curves{part}.png"):
            write(folder / name, diagnosis, load())
    except Exception as error:
        return f"\nThe report could not be left in {folder}: {error}\n"
    return f"\nReport: {folder / report}\nCurves: {folder / f'curves{part}.png'}\n"


def _made(folder: Path) -> Path:
    """Make the folder, hidden from git where it is new."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError:
        pass  # said where the report is written
    return folder


def _test_name() -> str:
    """Return a folder's name for the test that runs; "run" outside of pytest."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "run").rpartition(" (")[0] or "run"
    return re.sub(r"[^\w.-]+", "-", test).strip("-.")[-_LONGEST_NAME:]
