"""What may be given as samples, what is refused and in which words, and what is kept between calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gandoctor.errors import BadOption, BadSamples
from gandoctor.samples import Reference, arrays, measure
from gandoctor.samples.arrays import squared_distances

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (40, 6, 5, 3), dtype=np.uint8)
MORE = RNG.integers(0, 256, (40, 6, 5, 3), dtype=np.uint8)


def changed(rows: Any, index: int, value: float) -> Any:
    rows = rows.astype(np.float64)
    rows.reshape(len(rows), -1)[index, 0] = value
    return rows


BAD = {
    "a NaN in one fake": (changed(PIXELS, 7, np.nan), MORE, "1 of 40 fake samples hold NaN or infinity, the first is"),
    "an infinity in a real one": (PIXELS, changed(MORE, 3, np.inf), "1 of 40 real samples hold NaN or infinity"),
    "all fakes NaN": (np.full((40, 90), np.nan), MORE, "40 of 40 fake samples hold NaN"),
    "too few fakes": (PIXELS[:5], MORE, "5 fake samples are too few: at least 6 are needed"),
    "no fakes": (PIXELS[:0], MORE, "0 fake samples are too few"),
    "too few real ones": (PIXELS, MORE[:11], "11 real samples are too few: k = 5 neighbours need 12"),
    "another size": (PIXELS[:, :5], MORE, "a fake sample has 75 numbers and a real one 90: bring both to one shape"),
    "one long vector": (np.arange(40.0), MORE, "have the shape (40,): give one sample a row"),
    "one number": (3.0, MORE, "have the shape (): give one sample a row"),
    "samples without numbers": (np.zeros((40, 0)), np.zeros((40, 0)), "there are no numbers in them"),
    "words": ([["a"]] * 40, MORE, "no numbers: their type is <U1"),
    "lists of different lengths": ([[1.0], [1.0, 2.0]] * 20, MORE, "the fake samples are no array of numbers"),
    "complex numbers": (PIXELS + 1j, MORE, "no numbers: their type is complex128"),
    "equal real ones": (PIXELS, np.ones((40, 90)), "all 40 real samples are equal"),
    "bytes and fractions": (PIXELS / 127.5 - 1, MORE, "bring both to one range, as with x / 127.5 - 1"),
    "fractions and bytes": (PIXELS, MORE / 255, "bring both to one range"),
    "enormous real ones": (PIXELS * 1.0, MORE * 7e305, "so large that their sum is infinite"),
}


@pytest.mark.parametrize("case", BAD)
def test_samples_that_cannot_be_measured_are_refused_with_the_reason(case: str) -> None:
    fake, real, words = BAD[case]
    with pytest.raises(BadSamples) as refused:
        measure(fake, real)
    assert words in str(refused.value)


@pytest.mark.parametrize("k", [0, -1, 2.5, "5", True])
def test_the_number_of_neighbours_is_a_whole_one(k: Any) -> None:
    with pytest.raises(BadOption, match="k="):
        measure(PIXELS, MORE, k=k)


def test_other_real_samples_are_checked_as_well() -> None:
    with pytest.raises(BadSamples, match="1 of 40 other real samples"):
        measure(PIXELS, MORE, changed(MORE, 1, np.nan))
    with pytest.raises(BadSamples, match="other real sample has 75 numbers"):
        measure(PIXELS, MORE, MORE[:, 1:])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int64])
def test_type_and_shape_of_the_arrays_do_not_matter(kind: Any) -> None:
    plain = measure(PIXELS, MORE).metrics()
    assert measure(PIXELS.astype(kind).reshape(40, -1), MORE.astype(kind)).metrics() == pytest.approx(plain)
    assert measure(PIXELS.tolist(), MORE.astype(kind)).metrics() == pytest.approx(plain)


def test_pixels_that_are_true_or_false_are_numbers() -> None:
    assert 0 < measure(PIXELS > 127, MORE > 127).precision <= 1


def test_real_samples_and_generated_ones_are_left_as_they_were() -> None:
    fake, real = PIXELS * 1.0, MORE * 1.0
    measure(fake, real)
    assert np.array_equal(fake, PIXELS)
    assert np.array_equal(real, MORE)


def test_a_reference_gives_what_a_single_call_gives_however_often_and_in_whatever_sizes() -> None:
    kept = Reference(PIXELS, MORE)
    fakes = [RNG.integers(0, 256, (n, 90)) for n in (40, 20, 40, 300, 7)]
    for fake in fakes:
        assert kept.measure(fake) == measure(fake, PIXELS, MORE)


def test_real_samples_beyond_those_compared_serve_the_null() -> None:
    real = RNG.standard_normal((600, 3))
    fake = RNG.standard_normal((100, 3))
    assert (measure(fake, real).size, measure(fake, real).null_size) == (100, 100)
    assert measure(fake, real[:100]).null_size == 50
    assert measure(fake, real[:100], real[100:200]).null_size == 100


def test_of_very_many_samples_the_same_part_is_used_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "MOST", 64)
    fake, real = RNG.standard_normal((500, 3)), RNG.standard_normal((900, 3))
    measured = measure(fake, real)
    assert (measured.size, measured.null_size) == (64, 32)
    assert measure(fake, real) == measured


def test_a_nan_among_samples_that_would_not_be_used_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "MOST", 64)
    for index in (0, 250, 499):
        with pytest.raises(BadSamples, match=rf"1 of 500 fake .* number {index} "):
            measure(changed(RNG.standard_normal((500, 3)), index, np.nan), RNG.standard_normal((900, 3)))


@pytest.mark.parametrize("size", [1e20, 1e200, 1e308])
def test_a_generator_that_exploded_is_measured_and_lies_off_the_data(size: float) -> None:
    measured = measure(size * RNG.uniform(-1, 1, (40, 3)), RNG.standard_normal((40, 3)))
    assert (measured.precision, measured.coverage, measured.density) == (0, 0, 0)
    assert measured.state in ("off the data", "collapsed")
    assert "bring both to one range" in measured.notes[0]


def test_ranges_that_differ_little_are_not_remarked_upon() -> None:
    real = RNG.uniform(0, 1, (100, 4))
    assert measure(real * 1.1, real).notes == ()
    assert "from -1 to 1" in measure(np.round(2 * real - 1), real).notes[0]
    assert measure(np.full((100, 4), 0.5), real).notes == ()


def test_distances_are_those_of_the_plain_formula_and_zero_where_rows_are_equal() -> None:
    rows = np.concatenate([RNG.standard_normal((20, 300)) + 5] * 2)
    other = RNG.standard_normal((7, 300))
    expected = ((rows[:, None] - other[None]) ** 2).sum(axis=2)
    assert squared_distances(rows, other) == pytest.approx(expected, rel=1e-9)
    own = squared_distances(rows, rows)
    assert np.array_equal(own, own.T)
    assert (own[np.arange(40), np.arange(20).tolist() * 2] == 0).all()
    assert (own[np.arange(20), np.arange(20) + 20] == 0).all()
