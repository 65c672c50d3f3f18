"""What the user asks of a recorder, checked before the training begins."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.recorder import recipe, reports
from gandoctor.recorder.logfile import UNITS
from gandoctor.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Rulebook, Unit
    from gandoctor.recorder.listeners import Listener

    PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Setup:
    """The log (None: none is written) and its name in reports, what is known of the training, the rules, what to do.

    Paths are whole ones: a training may change its folder.
    """

    path: Path | None
    name: str
    context: Mapping[str, Any]
    rulebook: Rulebook
    unit: Unit
    on_alert: tuple[Listener, ...]
    reports: tuple[Path, ...]
    resume: bool
    overwrite: bool


def log_path(path: PathLike | None) -> Path | None:
    """The whole path of the log, from now on the same in any folder; BadOption where a path can be none."""
    if path is None:
        return None
    log = Path(path)
    if log.is_dir() or not log.name:
        raise BadOption(f"{path or 'the path of the log'} is a folder; give a file name, such as {log / 'run.csv'}")
    return _whole(log)


def name_of(path: PathLike | None) -> str:
    """What the run is called in reports: by the path of its log, from the present folder on where it lies in there."""
    if path is None:
        return "live"
    log = Path(path)
    with suppress(OSError, ValueError):  # the folder is gone, or the log lies elsewhere
        return str(log.relative_to(Path.cwd()))
    return str(log)


def unit_of(unit: Unit) -> Unit:
    """The unit itself; BadOption where steps cannot be counted in it."""
    if unit not in UNITS:
        raise BadOption(f"unit={unit!r}: steps are counted in {', '.join(UNITS)}")
    return unit


def rules_of(rulebook: Rulebook | str | None) -> Rulebook:
    """The rules of that name, the default ones for None; GandoctorError where there are none."""
    return load(rulebook or "default") if isinstance(rulebook, str | None) else rulebook


def context_of(context: Mapping[str, Any] | None) -> dict[str, Any]:
    """The context as a recipe holds it; BadOption for a value that means nothing."""
    return recipe.checked(context or {})


def reports_of(report: PathLike | Sequence[PathLike], log: Path | None) -> tuple[Path, ...]:
    """The whole paths of reports; BadOption for a suffix that is no format's, a missing folder, or the log itself."""
    targets = tuple(map(Path, (report,) if isinstance(report, str | os.PathLike) else report))
    for target in targets:
        reports.check(target, log)
    return tuple(map(_whole, targets))


def _whole(path: Path) -> Path:
    try:
        return path.absolute()
    except OSError:  # the present folder is gone: the path is refused where it is used
        return path
