"""What measured samples say in words: whether they lie on the data, and whether as many kinds are among them.

Two questions in this order. A real sample whose neighbourhood is empty may stand for a kind that G never makes, or for
one that it makes badly: coverage falls with quality too, and is evidence of missing variety only where the samples lie
on the data. The Vendi score and the mean distance are not lowered by bad samples; noise raises them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Set

    from gandoctor.samples.result import SampleMetrics

State = Literal["like real", "slightly off", "less varied", "collapsed", "off the data", "off the data and alike"]

_LIKENESS = frozenset({"precision", "density"})

ALARM = 4.0
"""Standard deviations from the null that are no chance: of 1440 sets of 256 real samples 4 had a metric beyond it.

Of 720 sets of 64 there were 22 (tests/benchmarks/samples_null.py); none was called collapsed or off the data.
"""

_CLOSE = 0.6
"""Precision and density over their null, the smaller, from which samples count as lying on the data.

If a share q of the samples lies on the data and all kinds are among them, coverage is 1 - (1 + q)^-k, as Naeem et al.
2020 have it for q n generated and n real samples: .90 for .6 and k = 5. Bad samples explain no greater loss.
"""

_HALF, _FEWER = 0.5, 0.9
"""Shares of the null below which variety has collapsed, or is less."""

_SHRUNK = 0.8
"""The same as `_FEWER` for measures of distance: a tenth less contrast is no loss of kinds."""

_COPIES = 0.1
"""Share of near copies, 1 % among real samples, that is more than a flaw."""


def state(measured: SampleMetrics) -> State:
    """The answer in a word."""
    alike = _alike(measured)
    if _half(measured) & alike:
        return "collapsed"
    if not _on_the_data(measured):
        return "off the data and alike" if alike & {"vendi", "pairwise_distance"} else "off the data"
    if alike:
        return "less varied"
    return "slightly off" if max(measured.shortfall(name) for name in measured.null) > ALARM else "like real"


def conclusion(measured: SampleMetrics) -> str:
    """The answer in one or two sentences, with the number that it rests on."""
    answer, alike = state(measured), _alike(measured)
    if answer == "collapsed":
        off = "" if _on_the_data(measured) else f" And not like the data: {_worst(measured, _LIKENESS)}."
        worst = _worst(measured, _half(measured) & alike)
        return f"Mode collapse: {worst}.{off} See: gandoctor explain low-diversity"
    if answer == "less varied":
        return f"Like the data, but less varied: {_worst(measured, alike)}."
    if answer == "off the data and alike":
        return f"The samples are not like the data, and too alike among themselves: {_worst(measured, alike)}."
    if answer == "off the data":
        return (
            f"The samples are not like the data: {_worst(measured, _LIKENESS)}. Coverage and recall fall with quality"
            " too: whether kinds are missing can be told once the samples are better."
        )
    if answer == "slightly off":
        return f"Nearly like real samples: {_worst(measured, set(measured.null))}."
    return f"As varied as real samples and as like the data: no metric is {ALARM:.0f} standard deviations off."


def _worst(measured: SampleMetrics, names: Set[str]) -> str:
    """The metric that falls furthest short of its null, in standard deviations, as a clause."""
    name = max(sorted(names), key=measured.shortfall)
    null, away = measured.null[name], measured.deviation(name)
    far = f"{abs(away):.0f}" if abs(away) < 100 else "over 100"
    side = "above" if away > 0 else "below"
    value = float(getattr(measured, name))
    return (
        f"{name.replace('_', ' ')} is {value:.2f} where real samples give {null.mean:.2f},"
        f" {far} standard deviations {side}"
    )


def _share(measured: SampleMetrics, name: str) -> float:
    """The metric over its null."""
    return float(getattr(measured, name)) / (measured.null[name].mean or 1.0)


def _on_the_data(measured: SampleMetrics) -> bool:
    return all(measured.shortfall(name) <= ALARM or _share(measured, name) >= _CLOSE for name in _LIKENESS)


def _alike(measured: SampleMetrics) -> set[str]:
    """The metrics that show less variety, by more than chance and by more than a flaw."""
    fewer = {"coverage": _FEWER, "recall": _FEWER} if _on_the_data(measured) else {}
    bounds = {"vendi": _SHRUNK, "pairwise_distance": _SHRUNK, **fewer}
    found = {name for name, bound in bounds.items() if _share(measured, name) < bound}
    found |= {"duplicates"} if measured.duplicates > _COPIES else set()
    return {name for name in found if measured.shortfall(name) > ALARM}


def _half(measured: SampleMetrics) -> set[str]:
    """The metrics that would show a collapse. Recall and copies do not: a loss of contrast alone moves them as far."""
    return {name for name in ("coverage", "vendi", "pairwise_distance") if _share(measured, name) < _HALF}
