"""References as files: `<folder>/<name>/reference.toml`, plain text to be kept under version control.

A reference holds what is compared and not the log: some kilobytes that a reviewer can read and a diff can show,
whatever the log's size. The hash says from which log it was made, `log` where that was. `bypass.toml` beside them
holds `[[bypass]]` tables, changes that are let pass.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.checks.bypass import Bypass, bypass
from gandoctor.errors import BadReference
from gandoctor.reference.features import BINS, table
from gandoctor.reference.likeness import VERDICT
from gandoctor.reference.measure import Measured
from gandoctor.toml import load as load_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE, BYPASSES = "reference.toml", "bypass.toml"
DIGITS = 6
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_RUN = ("unit", "first_step", "last_step", "rows", "verdict", "kind")
_ABOUT = ("creator", "date", "platform", "note", "allowed", "log", "log_hash")


@dataclass(frozen=True, slots=True)
class Reference:
    """A measured run and where it comes from; `about` has the keys `_ABOUT`, `versions` those of the programs."""

    measured: Measured
    about: Mapping[str, str]
    versions: Mapping[str, str]


def is_name(name: str) -> bool:
    """Whether a reference can be called so: a plain file name."""
    return bool(_NAME.fullmatch(name)) and len(name) <= 100


def hash_of(log: Path) -> str:
    """SHA-256 of a log; "" for a folder or a stream, which have none."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text(reference: Reference) -> str:
    """The content of `reference.toml`."""
    from tomlkit import comment, document, item, nl
    from tomlkit import table as new_table

    one = reference.measured
    made = document()
    made.add(comment("A reference run of gandoctor: what `gandoctor check NEW --against` holds new runs against."))
    for key in _ABOUT:
        if reference.about.get(key):
            made.add(key, item(reference.about[key]))
    made.add("features_version", item(table()[0]))
    made.add(nl())
    run: dict[str, Any] = {key: getattr(one, key) for key in _RUN}
    if one.since is not None:
        run["since"] = one.since
    parts: dict[str, Mapping[str, Any]] = {
        "run": {**run, "family": one.reading[0], "d_form": one.reading[1]},
        "versions": reference.versions,
        "context": {key: _plain(value) for key, value in one.context.items()},
        "features": {key: _rounded(value) for key, value in one.features.items()},
        "course": {key: [_rounded(value) for value in values] for key, values in one.course.items()},
    }
    for name, values in parts.items():
        of_part = new_table()
        for key, value in values.items():
            of_part.add(key, item(value))
        made.add(name, of_part)
    return made.as_string()


def _plain(value: object) -> object:
    """A value of the context as TOML can hold it."""
    if isinstance(value, bool | int | float | str):
        return value
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else str(value)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def load(folder: Path) -> tuple[Reference, ...]:
    """All references in a folder by name; BadReference where there is none, or one cannot be used."""
    if not folder.is_dir():
        raise BadReference(f"{folder}: there is no such folder; `gandoctor reference add RUN --in {folder}` makes it")
    found = tuple(_load(path) for path in sorted(folder.glob(f"*/{FILE}")))
    if not found:
        raise BadReference(
            f"{folder}: holds no <name>/{FILE}; add some with `gandoctor reference add RUN --in {folder}`"
        )
    _fitting(found, folder)
    return found


def _load(path: Path) -> Reference:
    loaded = _toml(path)
    if loaded.get("features_version") != table()[0]:
        source = loaded.get("log", "its log")
        raise BadReference(f"{path}: was measured by another version of gandoctor: remove it and add {source} again")
    try:
        return _reference(path.parent.name, loaded)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise BadReference(
            f"{path}: is damaged ({type(error).__name__}: {error}); restore it or add it again"
        ) from error


def _reference(name: str, loaded: Mapping[str, Any]) -> Reference:
    run = loaded["run"]
    unknown = set(loaded["features"]) - set(table()[1])
    if unknown:
        raise ValueError(f"features: there is no {', '.join(sorted(unknown))}")
    course = {key: tuple(map(float, values)) for key, values in loaded["course"].items()}
    if any(len(values) != BINS for values in course.values()):
        raise ValueError(f"course: needs {BINS} values a curve")
    features = {key: float(value) for key, value in loaded["features"].items()}
    if bad := [key for key, value in features.items() if not math.isfinite(value)]:
        raise ValueError(f"features: {bad[0]} is not finite")
    if lacking := {table()[1][key].curve for key in features} - set(course):
        raise ValueError(f"course: has no {', '.join(sorted(lacking))}")
    measured = Measured(
        name=name,
        unit=run["unit"],
        first_step=_finite(run, "first_step"),
        last_step=_finite(run, "last_step"),
        verdict=str(run["verdict"]),
        kind=str(run["kind"]),
        since=_finite(run, "since") if "since" in run else None,
        reading=(str(run["family"]), str(run["d_form"])),
        rows=int(run["rows"]),
        features=features,
        course=course,
        context=dict(loaded.get("context", {})),
        log_hash=str(loaded.get("log_hash", "")),
    )
    about = {key: str(loaded[key]) for key in _ABOUT if key in loaded}
    return Reference(measured, about, dict(loaded.get("versions", {})))


def _finite(run: Mapping[str, Any], key: str) -> float:
    value = float(run[key])
    if not math.isfinite(value):
        raise ValueError(f"{key} is not finite")
    return value


def _toml(path: Path) -> dict[str, Any]:
    try:
        return load_toml(path)
    except ValueError as error:
        raise BadReference(f"{path}: {error}") from error
    except OSError as error:
        raise BadReference(f"{path}: cannot be read ({error.strerror})") from error


def _fitting(found: Sequence[Reference], folder: Path) -> None:
    for one in found[1:]:
        if why := misfit(one.measured, found[0].measured):
            raise BadReference(f"{folder}: {one.measured.name} does not fit to {found[0].measured.name}: {why}")


LENGTHS_ALIKE = 0.05
"""By what share of the length the ends of references may differ."""


def misfit(one: Measured, other: Measured) -> str:
    """Why two references cannot stand beside each other; "" where they can."""
    if one.unit != other.unit:
        return f"one counts {one.unit}s, the other {other.unit}s"
    length = other.last_step - other.first_step
    if abs(one.last_step - other.last_step) > LENGTHS_ALIKE * length:
        return f"they end at {one.unit} {one.last_step:.15g} and {other.last_step:.15g}"
    if one.reading != other.reading:
        readings = " and ".join(f"{family} {form}".strip() for family, form in (one.reading, other.reading))
        return f"their losses are read differently ({readings}): say family and d_form in their recipe.toml"
    if one.log_hash and one.log_hash == other.log_hash:
        return "they are the same log"
    return ""


def bypasses(folder: Path) -> tuple[Bypass, ...]:
    """What is let pass in comparisons with these references; BadReference for a table that is not in order."""
    path = folder / BYPASSES
    if not path.exists():
        return ()
    loaded = _toml(path)
    if set(loaded) - {"bypass"} or not isinstance(loaded.get("bypass", []), list):
        raise BadReference(f"{path}: holds [[bypass]] tables (what, why, who, until) and nothing else")
    made = []
    for place, value in enumerate(loaded.get("bypass", []), 1):
        try:
            made.append(bypass(value, {VERDICT, *table()[1]}))
        except ValueError as error:
            raise BadReference(f"{path}: bypass {place}: {error}") from error
    return tuple(made)
