"""Logs and run folders as measured runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor import __version__
from gandoctor.checks.bypass import standing
from gandoctor.checks.folders import RECIPE, log_of
from gandoctor.errors import BadReference
from gandoctor.reference import store
from gandoctor.reference.likeness import FAILURES, Likeness, common_end, compare, require
from gandoctor.reference.measure import Measured, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.model import Diagnosis, Rulebook

_FAMILIES = ("bce", "lsgan", "hinge", "wgan", "wgan-gp", "relativistic")


def against(new: Sequence[Path | str], folder: Path | str, rulebook: Rulebook | None = None) -> Likeness:
    """Hold logs or run folders against the references in a folder, by `rulebook` or the default one.

    What `bypass.toml` in the folder lets pass today is marked so. Raises GandoctorError where a log cannot be read or
    the references cannot be used.
    """
    from gandoctor.rulebook import load

    kept = store.load(Path(folder))
    references = [one.measured for one in kept]
    require(references)
    passed = standing(store.bypasses(Path(folder)), date.today())
    book = load() if rulebook is None else rulebook
    likeness = compare([measured(Path(path), references, book) for path in new], references, passed)
    return replace(likeness, warnings=(*likeness.warnings, *_age(kept)))


def _age(references: Sequence[store.Reference]) -> Iterator[str]:
    """A warning where another version of gandoctor measured the references."""
    made_by = {one.versions.get("gandoctor", "unknown") for one in references} - {__version__}
    if made_by:
        yield f"the references were measured by gandoctor {', '.join(sorted(made_by))}, this is {__version__}"


def log_in(path: Path) -> Path:
    """The log that is meant: of a run's folder the one that its recipe names, else the path itself."""
    return log_of(path) if (path / RECIPE).exists() else path


def measured(path: Path, references: Sequence[Measured], rulebook: Rulebook) -> Measured:
    """Diagnose and measure a new run up to the step that the references were measured to.

    Its losses are read as theirs were unless its own recipe says otherwise. BadReference for a run that ends before
    they do without having failed, or counts its steps differently.
    """
    from gandoctor.engine import diagnose
    from gandoctor.readers import read

    log = log_in(path)
    run = read(log)
    family, form = references[0].reading
    if family in _FAMILIES and "family" not in run.context:
        run = replace(run, context={**run.context, "family": family, "d_form": form})
    diagnosis = diagnose(run, rulebook=rulebook)
    _comparable(diagnosis, str(path), references)
    return measure(diagnosis, str(path), common_end(references), store.hash_of(log))


def _comparable(diagnosis: Diagnosis, name: str, references: Sequence[Measured]) -> None:
    run, end = diagnosis.run, common_end(references)
    unit = references[0].unit
    if run.unit != unit:
        raise BadReference(f"{name}: counts {run.unit}s, the references count {unit}s")
    length = end - references[0].first_step
    if run.last_step < end - store.LENGTHS_ALIKE * length and diagnosis.verdict not in FAILURES:
        raise BadReference(
            f"{name}: ends at {unit} {run.last_step:.15g}, the references at {end:.15g}: compare it when it is done"
        )
