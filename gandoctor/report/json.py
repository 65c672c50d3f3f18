"""The diagnosis as plain data in the published schema (`schema.json`, JSON Schema draft 2020-12).

A number that is not finite is one of the strings "NaN", "Infinity" and "-Infinity": the output is strict JSON. `null`
means that there is none: a finding without `until` still holds, a band without `normalised` has no such form. Curves
are summarised, not copied.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gandoctor.model import Band, Curve, Diagnosis, Finding, Run

SCHEMA_VERSION = "1.0"
"""Raised in its second part when keys are added, in its first when one changes its meaning or goes."""


def to_dict(diagnosis: Diagnosis, path: str | None = None) -> dict[str, Any]:
    """Everything in the diagnosis but the values of its curves; `path` is the file that the run was read from."""
    from gandoctor import __version__

    return {
        "schema_version": SCHEMA_VERSION,
        "gandoctor": __version__,
        "rulebook": {"name": _text(diagnosis.rulebook), "hash": diagnosis.rulebook_hash},
        "path": None if path is None else _text(path),
        "run": _run(diagnosis.run),
        "verdict": diagnosis.verdict,
        "kind": diagnosis.kind or None,
        "since": None if diagnosis.since is None else plain(diagnosis.since),
        "confidence": plain(diagnosis.confidence),
        "calibration": _text(diagnosis.calibration),
        "headline": _text(diagnosis.headline),
        "limits": plain(diagnosis.limits),
        "phases": plain(diagnosis.phases),
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "suspicions": [_finding(finding) for finding in diagnosis.suspicions],
        "remarks": [_finding(finding) for finding in diagnosis.remarks],
        "unanswered": plain(diagnosis.unanswered),
        "causes": plain(diagnosis.causes),
        "remedies": [{"rule": advice.rule, **plain(advice.remedy)} for advice in diagnosis.remedies],
        "best": plain(diagnosis.best),
        "conventions": plain(diagnosis.conventions),
        "bands": [_band(band) for band in diagnosis.bands],
    }


def render(diagnosis: Diagnosis, path: str | None = None) -> str:
    """Return the document, indented, with a line break at its end."""
    return _visible(json.dumps(to_dict(diagnosis, path), indent=2, allow_nan=False, ensure_ascii=False)) + "\n"


def render_many(diagnoses: Sequence[tuple[str, Diagnosis]]) -> str:
    """One document for one run, an array of documents for several."""
    if len(diagnoses) == 1:
        return render(diagnoses[0][1], diagnoses[0][0])
    documents = [to_dict(diagnosis, path) for path, diagnosis in diagnoses]
    return _visible(json.dumps(documents, indent=2, allow_nan=False, ensure_ascii=False)) + "\n"


def render_line(diagnosis: Diagnosis, path: str | None = None) -> str:
    """Return the document on one line (JSON Lines), with a line break at its end."""
    text = json.dumps(to_dict(diagnosis, path), separators=(",", ":"), allow_nan=False)
    return f"{_visible(text)}\n"


def _visible(document: str) -> str:
    """The same document with escapes for what steers a terminal: json leaves DEL and marks of direction as they are."""
    if document.replace("\n", "").isprintable():
        return document
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in document)


def _escape(character: str) -> str:
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def schema() -> dict[str, Any]:
    """Read the published schema of `to_dict`'s result."""
    text = Path(__file__).with_name("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def plain(value: Any) -> Any:
    """Return the value as data for strict JSON: dataclasses and mappings become objects, what is unknown its text."""
    if value is None or isinstance(value, bool | np.bool_):
        return value if value is None else bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | Set | np.ndarray) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return _text(value)


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _text(value: object) -> str:
    """Return the text; half characters, which no encoding can hold, become escapes."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _finding(finding: Finding) -> dict[str, Any]:
    return {**plain(finding), "active": finding.active}


def _band(band: Band) -> dict[str, Any]:
    return {**plain(band), "normalised": None if math.isnan(band.normalised) else plain(band.normalised)}


def _run(run: Run) -> dict[str, Any]:
    return {
        "name": _text(run.name),
        "unit": run.unit,
        "points": run.points,
        "first_step": plain(run.first_step) if run.points else None,
        "last_step": plain(run.last_step) if run.points else None,
        "curves": {_text(name): _curve(curve) for name, curve in run.curves.items()},
        "columns": plain(run.columns),
        "unmapped": plain(run.unmapped),
        "context": plain(run.context),
        "notes": plain(run.notes),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    """Return a curve's extent: `low`, `high` and `median` of its finite values, null where it has none."""
    finite = curve.values[np.isfinite(curve.values)]
    low, median, high = (plain(float(q)) for q in np.quantile(finite, (0, 0.5, 1))) if len(finite) else (None,) * 3
    return {
        "points": len(curve),
        "first_step": plain(float(curve.steps[0])) if len(curve) else None,
        "last_step": plain(float(curve.steps[-1])) if len(curve) else None,
        "non_finite": len(curve) - len(finite),
        "low": low,
        "median": median,
        "high": high,
        "last": plain(float(curve.values[-1])) if len(curve) else None,
    }
