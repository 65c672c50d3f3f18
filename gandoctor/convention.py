"""The normalised curves that rules look at, made from the logged ones under the convention that they are read by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gandoctor.families import FLAT, LAWS, Flat, d_levels, law

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from gandoctor.model import Convention, DForm, FloatArray


@dataclass(frozen=True, slots=True)
class Derived:
    """A metric made from others, row by row or block by block: `compute` of the `inputs`, in their order."""

    inputs: tuple[str, ...]
    compute: Callable[..., FloatArray]


def logged(metric: str, has: Container[str]) -> Derived | None:
    """A logged metric; D's loss and accuracy also from their halves, where these alone were logged."""
    halves = (f"{metric}_real", f"{metric}_fake")
    if metric in has:
        return Derived((metric,), _same)
    if metric == "d_loss" and halves[0] in has and halves[1] in has:
        return Derived(halves, _sum)
    if metric == "d_accuracy" and halves[0] in has and halves[1] in has:
        return Derived(halves, _mean)
    return None


def derived(metric: str, convention: Convention, has: Container[str]) -> Derived | None:
    """How a metric of the vocabulary is made from the curves at hand, under a convention; None where undefined."""
    if metric in ("d_level", "g_level"):
        raw = logged("d_loss" if metric == "d_level" else "g_loss", has)
        flat = FLAT.get(convention.family)
        if raw is None or flat is None:
            return None
        shift, scale = _levels(convention, flat) if metric == "d_level" else (flat.g, flat.g_scale)
        return Derived(raw.inputs, partial(_level, raw.compute, convention.sign, shift, scale))
    if metric == "consistency":
        return _consistency(convention, has)
    if metric in ("d_gap", "implied_coverage"):
        if convention.family != "bce" or "d_loss_real" not in has or "d_loss_fake" not in has:
            return None
        weight = _halves_in(convention.d_form)
        if metric == "d_gap":
            return Derived(("d_loss_real", "d_loss_fake"), partial(_difference, weight))
        return Derived(("d_loss_fake",), partial(_implied_coverage, weight))
    return logged(metric, has)


def _consistency(convention: Convention, has: Container[str]) -> Derived | None:
    """The law of the family, under the form that leaves D's loss on generated samples most room: a certified bound."""
    if convention.family not in LAWS or convention.sign < 0 or "g_loss" not in has:
        return None
    forms = {convention.d_form, *(form for family, form in convention.alternatives if family == convention.family)}
    return law_of(convention.family, "mean" if "mean" in forms else convention.d_form, has)


def law_of(family: str, form: DForm, has: Container[str]) -> Derived | None:
    """`law` on the curves at hand: on D's loss on generated samples, else on what of D's loss it can be at most."""
    name = "d_loss_fake" if "d_loss_fake" in has else "d_loss"
    return Derived(("g_loss", name), partial(_law_of_total, family, _halves_in(form))) if name in has else None


def _halves_in(form: DForm) -> float:
    """By what a logged half, or a logged whole, is multiplied to bring it to the sum: 2 for the mean of the halves."""
    return 2.0 if form == "mean" else 1.0


def _law_of_total(family: str, halves: float, g: FloatArray, d: FloatArray) -> FloatArray:
    return law(family, g, halves * d)


def _same(x: FloatArray) -> FloatArray:
    return x


def _sum(real: FloatArray, fake: FloatArray) -> FloatArray:
    return real + fake


def _mean(real: FloatArray, fake: FloatArray) -> FloatArray:
    return 0.5 * (real + fake)


def _difference(weight: float, real: FloatArray, fake: FloatArray) -> FloatArray:
    return weight * (real - fake)


def _level(raw: Callable[..., FloatArray], sign: int, shift: float, scale: float, *inputs: FloatArray) -> FloatArray:
    return (sign * raw(*inputs) - shift) / scale


def _implied_coverage(weight: float, d_fake: FloatArray) -> FloatArray:
    """exp(d_fake) - 1, the share of the data that G covers, if D is ideal and every sample lies on the data.

    From D* = p/(p+q) (Goodfellow et al. 2014, Prop. 1): with G uniform on a share c, d_fake = ln(1+c).
    """
    return np.asarray(np.clip(np.expm1(np.clip(weight * d_fake, 0, 1)), 0, 1), dtype=np.float64)


def _levels(convention: Convention, flat: Flat) -> tuple[float, float]:
    floor, level = d_levels(convention, flat)
    return floor, level - floor
