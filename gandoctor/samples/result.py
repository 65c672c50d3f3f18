"""What was measured on samples, beside what real samples give against real ones."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gandoctor.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.samples.conclusion import State


@dataclass(frozen=True, slots=True)
class Null:
    """What a metric is where nothing is wrong: mean and standard deviation over splits of real samples in two.

    The deviation is no smaller than that of a share of two random samples, sqrt(2 p (1 - p) / n), and than 1 / n:
    that of a few splits is too small by chance once in a while, and coverage's is .015 in theory for n = 256.
    """

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class SampleMetrics:
    """Generated samples against real ones, `size` of each, k nearest neighbours.

    coverage: share of real samples with a generated one in the ball that reaches to their k-th real neighbour;
    density: how many such balls a generated sample lies in, over k; precision: share of generated samples that lie in
    any (Naeem et al. 2020, Kynkaanniemi et al. 2019); recall: share of real samples in a ball of generated ones;
    vendi: number of different samples (Friedman and Dieng 2023; Gaussian kernel, its standard deviation a third of the
    mean distance between real samples), over that of the real ones; pairwise_distance: mean distance between two
    generated samples over that between two real ones; duplicates: share of generated samples whose nearest other one
    is as near as only 1 % of real samples have theirs (the birthday test of Arora et al. 2018, counted by machine).

    `null` says what each is for real samples in the place of the generated ones, from splits into two times
    `null_size`. It never equals 1 by right: precision and recall of one distribution depend on number and dimension.
    `notes` say what the numbers do not show.
    """

    coverage: float
    density: float
    precision: float
    recall: float
    vendi: float
    pairwise_distance: float
    duplicates: float
    null: Mapping[str, Null]
    size: int
    null_size: int
    k: int
    notes: tuple[str, ...] = ()

    def metrics(self) -> dict[str, float]:
        """Canonical metric name -> value, as `Recorder.record` and a log take them."""
        return {name: float(getattr(self, name)) for name in NAMES}

    def deviation(self, name: str) -> float:
        """How many standard deviations of the null the metric lies above it; negative: below. NaN where it has none."""
        null = self.null[name]
        return (float(getattr(self, name)) - null.mean) / null.sd

    def shortfall(self, name: str) -> float:
        """How many standard deviations the metric lies on its bad side of the null; negative: on its good side."""
        return self.deviation(name) * (1 if METRICS[name].better == "lower" else -1)

    @property
    def state(self) -> State:
        """The answer in a word."""
        from gandoctor.samples.conclusion import state

        return state(self)

    @property
    def conclusion(self) -> str:
        """One or two sentences: what the numbers say of variety and likeness to the data."""
        from gandoctor.samples.conclusion import conclusion

        return conclusion(self)


NAMES = tuple(field.name for field in fields(SampleMetrics) if field.name in METRICS)
"""The metrics, in the order of a table."""
