"""Several logs, and several runs in one: reads them all, picks the one that is meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.errors import BadOption, NoGanCurve, UnreadableLog
from gandoctor.readers.assemble import assemble
from gandoctor.readers.flatyaml import hyper_parameters
from gandoctor.readers.recipe import recipe_of
from gandoctor.readers.recorded import recorded_run

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from gandoctor.model import Run
    from gandoctor.readers.options import ReadOptions
    from gandoctor.readers.raw import RawLog

_ENOUGH = 50
"""Points from which a run is worth reading although others beside it are longer."""


@np.errstate(over="ignore", invalid="ignore")  # what a log holds beyond the range of floats is its own matter
def runs_of(paths: Sequence[str | os.PathLike[str]], options: ReadOptions) -> tuple[Run, ...]:
    """Return the runs in all the logs, in order. A log without a GAN's curve is passed over if another has one."""
    from gandoctor.readers.formats import read_raw

    runs: list[Run] = []
    fault: NoGanCurve | None = None
    for raw in read_raw(paths):
        try:
            runs += _runs_in(raw, options)
        except NoGanCurve as error:
            fault = fault or error
    if runs:
        return tuple(runs)
    raise fault or UnreadableLog(f"{', '.join(str(path) for path in paths)}: no log was found in it")


def _runs_in(raw: RawLog, options: ReadOptions) -> tuple[Run, ...]:
    """Return the runs of one log, with what the recipe beside it says, or the hyper-parameters that Lightning left."""
    path = Path(raw.name)
    if hyper := hyper_parameters(path):
        from gandoctor.readers.settings import settings_of

        raw = replace(raw, context={**settings_of(hyper), **raw.context})
    if not path.is_file():
        return assemble(raw, options)
    recipe = recipe_of(path)
    said_by = {"family_by": "recipe"} if "family" in recipe.context else {}
    context = {**raw.context, **recipe.context, **said_by}
    raw = replace(raw, context=context, notes=(*raw.notes, *recipe.notes))
    recorded = recorded_run(raw, recipe, options)
    return assemble(raw, options) if recorded is None else (recorded,)


def pick(runs: Sequence[Run], options: ReadOptions) -> Run:
    """Return the run that was asked for; else the last that is not short beside the longest, and a note on the rest."""
    if options.run is not None:
        if options.run > len(runs):
            raise BadOption(f"--run {options.run}: {runs[0].name} holds {len(runs)} run(s)")
        return runs[options.run - 1]
    longest = max(run.points for run in runs)
    number = max(i for i, run in enumerate(runs, 1) if run.points >= min(_ENOUGH, longest))
    chosen = runs[number - 1]
    if len(runs) == 1:
        return chosen
    lengths = ", ".join(str(run.points) for run in runs[:12]) + (", ..." if len(runs) > 12 else "")
    named = f" ({chosen.name})" if len({run.name for run in runs}) > 1 else ""
    note = f"{len(runs)} runs in this log ({lengths} points): run {number}{named} was read, --run N picks another"
    return replace(chosen, notes=(note, *chosen.notes))
