"""What a log holds already when a recorder goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import BadOption, GandoctorError, NoGanCurve
from gandoctor.readers.assemble import assemble
from gandoctor.readers.formats import read_source
from gandoctor.readers.options import ReadOptions
from gandoctor.readers.recipe import Recipe, recipe_of
from gandoctor.readers.recorded import recorded_run, whole_rows
from gandoctor.readers.source import open_source
from gandoctor.recorder import recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Run
    from gandoctor.readers.raw import RawLog
    from gandoctor.recorder.logfile import LogFile


@dataclass(frozen=True, slots=True)
class History:
    """The rows so far as they stand in the file, and which column is which metric where the recipe says it."""

    raw: RawLog
    columns: Mapping[str, str]

    @property
    def steps(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The rising steps of the rows."""
        return next(iter(self.raw.columns.values()))

    def run(self, columns: Mapping[str, str]) -> Run | None:
        """The run, where these columns are these metrics; None where there is nothing to judge."""
        return recorded_run(self.raw, Recipe(columns=columns), ReadOptions())


def read_history(file: LogFile) -> History:
    """The rows of an open log; BadOption where they are not as a recorder writes them, whatever the header says."""
    path = file.path
    try:
        (raw,) = read_source(open_source(path))
    except (GandoctorError, ValueError) as error:
        raise BadOption(f"{path} is not the log of a Recorder and is left alone: {error}") from error
    raw = whole_rows(raw)
    found = History(raw, recipe_of(path).columns)
    strange = [name for name in raw.columns if name not in (file.unit, *file.names)]
    steps = found.steps
    if next(iter(raw.columns)) != file.unit or strange or not (np.isfinite(steps).all() and (np.diff(steps) > 0).all()):
        raise BadOption(
            f"{path} is not the log of a Recorder and is left alone: its {file.unit}s do not rise, or its rows hold"
            " more than numbers; give another path"
        )
    return found


def taken_up(file: LogFile) -> History:
    """The rows of a log that was there before; BadOption where nothing says that it is the log of a GAN's training.

    The recipe of a Recorder says it too: a training may begin with rows that hold nothing but a learning rate.
    """
    found = read_history(file)
    if not (found.columns or recipe.is_beside(file.path) or _is_gan(found.raw)):
        raise BadOption(f"{file.path} is not the log of a Recorder and is left alone: no curve of a GAN is in it")
    return found


def _is_gan(raw: RawLog) -> bool:
    try:
        assemble(raw)
    except NoGanCurve:
        return False
    return True
