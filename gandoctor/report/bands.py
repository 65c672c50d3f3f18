"""The documented bands beside the run: a sentence for a screen, a table where there is room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gandoctor.report.words import clean, number

if TYPE_CHECKING:
    from gandoctor.model import Band, Diagnosis


def briefly(diagnosis: Diagnosis) -> str:
    """Return all documented bands beside the run in a sentence; "" where there are none."""
    if not diagnosis.bands:
        return ""
    values = ", ".join(
        f"{clean(b.name)} {normalised(b) or number(b.literal)} ({'in' if b.inside else 'not in'} {limits(b)})"
        for b in diagnosis.bands
    )
    sources = dict.fromkeys(clean(b.source).split(",")[0] for b in diagnosis.bands if b.source)
    cited = f"; {'; '.join(sources)}" if sources else ""
    for_whom = "" if _is_cross_entropy(diagnosis) else "; made for cross-entropy"
    return f"{values}{for_whom}{cited}."


def _is_cross_entropy(diagnosis: Diagnosis) -> bool:
    return all(convention_.family in ("bce", "unknown") for convention_ in diagnosis.conventions)


COLUMNS = ("Documented", "Band", "This run, as logged", "Normalised", "", "Source")
"""The header of `row`."""


def row(band_: Band) -> tuple[str, ...]:
    """Return a documented band as a row of a table."""
    verdict = "inside" if band_.inside else "outside"
    return (clean(band_.name), limits(band_), number(band_.literal), normalised(band_), verdict, clean(band_.source))


def normalised(band_: Band) -> str:
    """Return the measured value after conventions; "" where the band has no such form."""
    return "" if math.isnan(band_.normalised) else number(band_.normalised)


def limits(band_: Band) -> str:
    """Return the two ends of a band: "0.5 to 0.8", "at least 0.5"."""
    if math.isinf(band_.high):
        return f"at least {number(band_.low)}"
    if math.isinf(band_.low):
        return f"at most {number(band_.high)}"
    return f"{number(band_.low)} to {number(band_.high)}"
