"""What is said of samples whose fault is known: missing kinds, copies, blur, noise, rubbish, and none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gandoctor.samples import Null, Reference, SampleMetrics
from gandoctor.samples.result import NAMES

N, D, KINDS = 256, 64, 10
RNG = np.random.default_rng(7)
CENTRES = 2.2 * np.random.default_rng(1).standard_normal((KINDS, D))
Make = Callable[[], Any]


def drawn(kinds: int = KINDS, n: int = N) -> Any:
    """Samples of the first kinds: a centre each, and eight directions in which its samples differ."""
    kind = RNG.integers(0, kinds, n)
    ways = np.random.default_rng(2).standard_normal((KINDS, 8, D))
    return CENTRES[kind] + np.einsum("nw,nwd->nd", RNG.standard_normal((n, 8)), ways[kind]) / 2


def one_copied(blur: float) -> Any:
    return drawn(n=1) + blur * RNG.standard_normal((N, D))


CASES: dict[str, tuple[Make, str]] = {
    "other samples of the same kinds": (drawn, "like real"),
    "four kinds of ten": (lambda: drawn(4), "collapsed"),
    "one kind of ten": (lambda: drawn(1), "collapsed"),
    "seven kinds of ten": (lambda: drawn(7), "less varied"),
    "copies of one real sample": (lambda: one_copied(0.0), "collapsed"),
    "one sample and a little noise": (lambda: one_copied(0.05), "collapsed"),
    "the mean of the data, always": (lambda: np.repeat(drawn(n=4000).mean(axis=0)[None], N, 0), "collapsed"),
    "means of two samples": (lambda: 0.5 * drawn() + 0.5 * drawn(), "off the data and alike"),
    "noise": (lambda: 3 * RNG.standard_normal((N, D)), "off the data"),
    "noise upon good samples": (lambda: drawn() + RNG.standard_normal((N, D)), "off the data"),
    "one half good, one half rubbish": (
        lambda: np.concatenate([drawn(n=N // 2), 9 * RNG.standard_normal((N // 2, D))]),
        "off the data",
    ),
    "always the same rubbish": (lambda: np.full((N, D), 50.0), "collapsed"),
}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(drawn(), drawn())


@pytest.mark.parametrize("case", CASES)
def test_the_fault_is_named(case: str, reference: Reference) -> None:
    make, expected = CASES[case]
    measured = reference.measure(make())
    assert measured.state == expected, measured.conclusion


def test_real_samples_pass_for_real(reference: Reference) -> None:
    states = [reference.measure(drawn()).state for _ in range(20)]
    assert set(states) <= {"like real", "slightly off"}
    assert states.count("like real") >= 19


LIKE_REAL = SampleMetrics(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.01, null={}, size=256, null_size=256, k=5)


def invented(**values: Any) -> SampleMetrics:
    """A measurement of samples like real ones, but for some metrics; sd .02 each."""
    usual = dict.fromkeys(NAMES, 1.0) | {"duplicates": 0.01}
    null = {name: Null(value, 0.02) for name, value in usual.items()}
    return replace(LIKE_REAL, **(usual | values), null=null)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "like real"),
        ({"coverage": 0.93}, "like real"),
        ({"coverage": 0.91}, "slightly off"),
        ({"coverage": 0.85}, "less varied"),
        ({"coverage": 0.49}, "collapsed"),
        ({"vendi": 0.85}, "slightly off"),
        ({"vendi": 0.79}, "less varied"),
        ({"vendi": 0.3}, "collapsed"),
        ({"pairwise_distance": 0.45}, "collapsed"),
        ({"recall": 0.1}, "less varied"),
        ({"duplicates": 0.2}, "less varied"),
        ({"duplicates": 0.08}, "like real"),
        ({"precision": 0.5, "coverage": 0.3}, "off the data"),
        ({"density": 0.5, "coverage": 0.3}, "off the data"),
        ({"density": 0.7, "coverage": 0.3}, "collapsed"),
        ({"precision": 0.1, "coverage": 0.0, "recall": 0.0}, "off the data"),
        ({"precision": 0.1, "vendi": 0.6}, "off the data and alike"),
        ({"precision": 0.1, "vendi": 0.1}, "collapsed"),
        ({"vendi": 1.6, "pairwise_distance": 1.4, "density": 3.0}, "like real"),
    ],
)
def test_each_answer_begins_where_its_bound_says(values: dict[str, float], expected: str) -> None:
    assert invented(**values).state == expected


def test_a_deficit_that_may_be_chance_is_none() -> None:
    wide = invented(coverage=0.3, vendi=0.3)
    unsure = replace(wide, null={name: Null(null.mean, 0.3) for name, null in wide.null.items()})
    assert unsure.state == "like real"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"vendi": 0.3}, "Mode collapse: vendi is 0.30 where real samples give 1.00, 35 standard deviations below."),
        ({"recall": 0.5}, "Like the data, but less varied: recall is 0.50 where real samples give 1.00, 25 standard"),
        ({"duplicates": 0.2}, "duplicates is 0.20 where real samples give 0.01, 10 standard deviations above."),
        ({"precision": 0.2}, "The samples are not like the data: precision is 0.20 where real samples give 1.00, 40"),
        ({}, "As varied as real samples and as like the data: no metric is 4 standard deviations off."),
    ],
)
def test_the_conclusion_names_the_number_that_it_rests_on(values: dict[str, float], sentence: str) -> None:
    assert sentence in invented(**values).conclusion
