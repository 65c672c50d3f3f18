"""Runs held against their expectations, or against references, as strict JSON.

`{"schema_version", "gandoctor", "status", "runs": [{"name", "folder", "log", "status", "expected", "found", "error",
"differences": [{"key", "rule", "expected", "found", "step", "bypass"}], "idle_bypasses", "seconds"}]}`; `status` is the
exit status: 0 as expected, 1 a run changed, 2 a run could not be judged.

Against references: `{"schema_version", "gandoctor", "status", "new", "references", "comparisons": [{"feature",
"result", "references", "low", "high", "found", "values", "change", "p", "bound", "visible", "since", "bypass"}],
"failed", "warnings", "skipped"}`; what is compared as a factor is a natural logarithm, and says so ("log": true).
"""

from __future__ import annotations

import json
from math import isnan
from typing import TYPE_CHECKING, Any

from gandoctor.checks.result import exit_status
from gandoctor.report.json import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.checks.result import CheckResult
    from gandoctor.reference.likeness import Likeness, Moved

SCHEMA_VERSION = "1.0"


def render(results: Sequence[CheckResult]) -> str:
    """Return the document, indented, with a line break at its end."""
    from gandoctor import __version__

    made = {
        "schema_version": SCHEMA_VERSION,
        "gandoctor": __version__,
        "status": exit_status(results),
        "runs": [_run(result) for result in results],
    }
    return json.dumps(made, indent=2, allow_nan=False) + "\n"


def _run(result: CheckResult) -> dict[str, Any]:
    names = ("name", "folder", "log", "status", "expected", "found", "error", "differences")
    made = {name: plain(getattr(result, name)) for name in names}
    return {**made, "idle_bypasses": plain(result.idle), "seconds": round(result.seconds, 3)}


def of_likeness(likeness: Likeness) -> str:
    """Return the document for a comparison with references."""
    from gandoctor import __version__

    made = {
        "schema_version": SCHEMA_VERSION,
        "gandoctor": __version__,
        "status": likeness.status,
        "new": [{"name": one.name, "verdict": one.verdict, "kind": one.kind} for one in likeness.new],
        "references": [one.name for one in likeness.references],
        "comparisons": [_comparison(one) for one in likeness.moved],
        "failed": plain(likeness.failed),
        "warnings": plain(likeness.warnings),
        "skipped": plain(likeness.skipped),
    }
    return json.dumps(made, indent=2, allow_nan=False) + "\n"


def _comparison(one: Moved) -> dict[str, Any]:
    names = ("result", "references", "low", "high", "found", "values", "change", "p", "bypass")
    feature = one.feature
    about = {"feature": feature.id, "log": feature.factor, "worse": feature.worse, "margin": feature.margin}
    seen = {"bound": one.sight.bound, "visible": one.sight.visible, "since": None if isnan(one.since) else one.since}
    return {**about, **{name: plain(getattr(one, name)) for name in names}, **plain(seen)}
