"""How the raw losses are to be read: loss family, sum or mean, sign; and the normalised curves that follow from it.

Order of evidence: what the caller or the log says; the names of the columns; signs; the consistency law of each family;
accuracy against loss; the level and the first rows. What stays open is listed as alternatives.

Flat values (D outputs the same for real and generated samples; Goodfellow et al. 2014, Prop. 1 and Thm. 1 for BCE, the
others by putting a constant D into the loss):

    family        half of D's loss    G's loss    G's scale
    bce           ln 2                ln 2        1 nat
    lsgan (0, 1)  .25                 .25         .75 (from flat to rejected)
    hinge         1                   0           1
    relativistic  ln 2, one value     ln 2        1 nat
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf, log
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from gandoctor.model import Convention, DForm, Family, FloatArray

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from gandoctor.series import Series

LN2 = log(2)
CRITICS = ("wgan", "wgan-gp")


@dataclass(frozen=True, slots=True)
class Flat:
    """A family's values where D says nothing: each half of D's loss, G's loss, and the scale of G's loss."""

    d_half: float
    g: float
    g_scale: float


FLAT: Mapping[str, Flat] = {
    "bce": Flat(LN2, LN2, 1.0),
    "lsgan": Flat(0.25, 0.25, 0.75),
    "hinge": Flat(1.0, 0.0, 1.0),
    "relativistic": Flat(LN2, LN2, 1.0),
}
"""Families whose levels mean something; the losses of a critic (WGAN) have a free constant."""

BEGINNINGS: tuple[tuple[DForm, float], ...] = (("sum", 2.0), ("mean", 1.0))
"""How many halves there are in D's logged loss."""

LAWS: tuple[Family, ...] = ("bce", "lsgan", "hinge")
"""Families with a consistency law between G's loss and D's loss on generated samples."""

UNTRAINED = 10
"""The last step at which a log may begin so that its first rows are those of a D that has learnt nothing yet."""

LSGAN_LOST = 1.05
"""A least-squares D that calls everything real has a loss of 1, over both halves; a larger one is of another family."""

TOLERANCE = 1.02
"""Above 1 by sampling only: 0 of 30 000 windows of 50 steps, 500 toy runs without BatchNorm, exceeded it."""


def law(family: str, g: FloatArray, d_fake: FloatArray) -> FloatArray:
    """The consistency of one D on one set of generated samples, at most 1 in every family; NaN where it is undefined.

    bce: J = exp(-g) + exp(-d_fake) <= E p + E (1-p) = 1 (Jensen). lsgan: ||D|| + ||1-D|| >= 1 (Minkowski), so
    2 - sqrt(d_fake) - sqrt(g) <= 1. hinge: E max(0, 1+D) >= 1 + E D, so 2 - d_fake - g <= 1. A larger `d_fake` than
    the true one (D's whole loss, which contains it) makes the value smaller: a violation stays proved.
    """
    if family == "bce":
        return np.asarray(np.exp(-np.maximum(g, -50)) + np.exp(-np.maximum(d_fake, -50)), dtype=np.float64)
    if family == "lsgan":
        return np.asarray(2 - np.sqrt(np.maximum(d_fake, 0)) - np.sqrt(np.maximum(g, 0)), dtype=np.float64)
    return np.asarray(2 - d_fake - g, dtype=np.float64)


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


def _rejection(weight: float, g: FloatArray, d: FloatArray) -> FloatArray:
    """||D - 1|| - ||D|| on generated samples at least, at most 1 in a least-squares game."""
    return np.asarray(np.sqrt(np.maximum(g, 0)) - np.sqrt(np.maximum(weight * d, 0)), dtype=np.float64)


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


def d_levels(convention: Convention, flat: Flat) -> tuple[float, float]:
    """D's logged loss where D has won, and where it says nothing.

    With targets alpha for real samples and beta for generated ones D's loss cannot fall below the entropies H(alpha)
    and H(beta), and is 2 H((alpha+beta)/2) where D is flat (Salimans et al. 2016, sec. 3.4, put into the loss).
    """
    halves = 1.0 if convention.d_form == "mean" or convention.family == "relativistic" else 2.0
    alpha, beta = convention.real_target, convention.fake_target
    if convention.family != "bce" or (alpha == 1 and beta == 0):
        return 0.0, halves * flat.d_half
    return halves * 0.5 * (entropy(alpha) + entropy(beta)), halves * entropy(0.5 * (alpha + beta))


def entropy(p: float) -> float:
    """H(p) = -p ln p - (1-p) ln(1-p) in nats; 0 at 0 and 1."""
    return -sum(q * log(q) for q in (p, 1 - p) if q > 0)


@dataclass(frozen=True, slots=True)
class _Evidence:
    has: Mapping[str, Series]
    columns: Mapping[str, str]

    def share(self, metric: str, *, below: float) -> float:
        """The share of finite blocks of a metric below a value; 0 where it was not logged."""
        x = self.values(metric)
        return float((x < below).mean()) if len(x) else 0.0

    def median(self, metric: str) -> float:
        x = self.values(metric)
        return float(np.median(x)) if len(x) else float("nan")

    def high(self, metric: str) -> float:
        x = self.values(metric)
        return float(np.quantile(x, 0.9)) if len(x) else float("nan")

    def values(self, metric: str) -> FloatArray:
        """The finite blocks of a metric, empty where it was not logged."""
        x = self._blocks(logged(metric, self.has))
        return x[np.isfinite(x)]

    def head(self, metric: str) -> FloatArray:
        """The first three points of a metric."""
        made = logged(metric, self.has)
        heads = [self.has[name].head[:3] for name in made.inputs] if made else []
        return made.compute(*heads) if made and len({len(head) for head in heads}) == 1 else np.empty(0)

    def _blocks(self, made: Derived | None) -> FloatArray:
        inputs = [self.has[name].values for name in made.inputs] if made else []
        return made.compute(*inputs) if made and len({len(x) for x in inputs}) == 1 else np.empty(0)

    def begins(self) -> tuple[Family, DForm] | None:
        """The family, and the form of D's loss, whose flat values the first row has: those of an untrained D.

        D's loss within 10 % and G's within .1; halves that are logged apart must be alike.
        """
        real, fake = self.head("d_loss_real"), self.head("d_loss_fake")
        d, g = self.head("d_loss"), self.head("g_loss")
        if not len(d) or not len(g) or (len(real) and len(fake) and abs(real[0] - fake[0]) > 0.15 * d[0]):
            return None
        for family in LAWS:
            for form, halves in BEGINNINGS:
                flat = halves * FLAT[family].d_half
                if abs(d[0] - flat) < 0.1 * flat and abs(g[0] - FLAT[family].g) < 0.1:
                    return family, form
        return None

    def rejects_too_much(self) -> bool:
        """Whether G's loss is more than least squares allow: ||D - 1|| <= 1 + ||D|| on the same samples (Minkowski)."""
        made = law_of("lsgan", "separate" if "d_loss_fake" in self.has else "mean", self.has)
        if made is None:
            return False
        weight = 1.0 if "d_loss_fake" in self.has else 2.0
        x = self._blocks(Derived(made.inputs, partial(_rejection, weight)))
        x = x[np.isfinite(x)]
        return bool(len(x)) and float(np.median(x)) > 1.05

    def breaks(self, family: str, form: DForm) -> bool:
        """Whether the usual rows of the log break the family's law under that form."""
        if "g_loss" not in self.has:
            return False
        x = self._blocks(law_of(family, form, self.has))
        x = x[np.isfinite(x)]
        return bool(len(x)) and float(np.median(x)) > TOLERANCE


def infer(has: Mapping[str, Series], context: Mapping[str, Any], columns: Mapping[str, str]) -> Convention:
    """The convention of one pair of networks from its curves so far; `columns` are its metrics' names in the log."""
    evidence = _Evidence(has, columns)
    family, sign, decided, reasons, others = _family(evidence, context)
    form, form_reasons, open_form = _form(evidence, context, family)
    alternatives: list[tuple[Family, DForm]] = []
    if open_form is not None:
        alternatives.append((family, open_form))
    alternatives += [(other, _form(evidence, context, other)[0]) for other in others]
    alpha = float(context.get("real_target", 1.0))
    beta = float(context.get("fake_target", 0.0))
    return Convention(
        family,
        form,
        sign,
        alpha,
        beta,
        decided_by=decided,
        reasons=(*reasons, *form_reasons),
        alternatives=tuple(alternatives),
    )


def _family(e: _Evidence, context: Mapping[str, Any]) -> tuple[Family, Any, Any, Sequence[str], Sequence[Family]]:
    stated = next((family for family in get_args(Family) if family == context.get("family")), None)
    if stated is not None:
        by = "user" if context.get("family_by") == "user" else "context"
        sign = -1 if _maximised(e) and stated == "bce" else 1
        return stated, sign, by, (f"the {'caller' if by == 'user' else 'log'} says {stated}",), ()
    named = _by_name(e)
    if named is not None:
        return named[0], 1, "log", (named[1],), ()
    if _maximised(e):
        return "bce", -1, "log", ("both losses are negative and small: the maximised value was logged",), ()
    if max(e.share(m, below=-1e-6) for m in ("d_loss", "d_loss_real", "d_loss_fake")) > 0.05:
        return "wgan", 1, "log", ("D's loss is negative: a critic",), ()
    begins = e.begins() if context.get("first_step", inf) <= UNTRAINED else None
    if begins is not None:
        return begins[0], 1, "log", (f"the first row is that of an untrained D under a {begins[0]} loss",), ()
    if e.share("g_loss", below=-1e-6) > 0.05:
        if e.high("d_loss") > 4:
            return "wgan-gp", 1, "log", ("G's loss is negative and D's above any hinge loss in balance: a critic",), ()
        return "hinge", 1, "log", ("G's loss is negative and D's never: hinge",), ()
    return _by_law(e)


def _by_name(e: _Evidence) -> tuple[Family, str] | None:
    if "gradient_penalty" in e.has:
        return "wgan-gp", "a gradient penalty is logged"
    if "wasserstein" in e.has:
        return "wgan", "a Wasserstein distance is logged"
    names = " ".join(e.columns.get(m, "").lower() for m in ("d_loss", "d_loss_real", "d_loss_fake"))
    if "critic" in names or "wgan" in names:
        return "wgan", "D's loss is called a critic's"
    return None


def _maximised(e: _Evidence) -> bool:
    """Whether the log holds the value that is maximised: E ln D(x) + E ln(1 - D(G(z))) and E ln D(G(z))."""
    if not len(e.values("d_loss")) or not len(e.values("g_loss")):
        return False
    below = e.share("d_loss", below=1e-6) > 0.99 and e.share("g_loss", below=1e-6) > 0.99
    return below and -4 * LN2 < e.median("d_loss") < -1e-9 and e.median("g_loss") < -1e-9


def _by_law(e: _Evidence) -> tuple[Family, Any, Any, Sequence[str], Sequence[Family]]:
    form: DForm = "separate" if "d_loss_fake" in e.has else "mean"
    if _starts_as_hinge(e):
        return "hinge", 1, "log", ("the first rows have each half of D's loss near 1 and G's near 0: hinge",), ()
    if not e.breaks("bce", form):
        others: tuple[Family, ...] = ("hinge",) if _may_be_hinge(e) else ()
        return "bce", 1, "default", ("no loss is negative and J <= 1 as cross-entropy demands",), others
    if _accuracy_excludes_lsgan(e):
        return "bce", 1, "log", ("J > 1, but accuracy and loss together exclude least squares",), ()
    if (
        not e.breaks("lsgan", form)
        and not e.rejects_too_much()
        and e.high("g_loss") < 4
        and e.median("d_loss") <= LSGAN_LOST
    ):
        return "lsgan", 1, "log", ("J > 1 excludes cross-entropy, and the law of least squares holds",), ()
    if not e.breaks("hinge", form):
        return (
            "hinge",
            1,
            "log",
            ("J > 1 excludes cross-entropy, D's loss least squares; the law of the hinge holds",),
            (),
        )
    return "bce", 1, "default", ("the losses break the law of every family",), ()


def _may_be_hinge(e: _Evidence) -> bool:
    """Whether D's loss, too small for the sum of two cross-entropies beside this G, fits a hinge loss in balance.

    Two hinges add up to 2 where D says nothing; a D that learns does not stay above.
    """
    if "d_loss_fake" in e.has or not e.breaks("bce", "sum"):
        return False
    return 0.5 < e.median("d_loss") <= 2.05 and not e.breaks("hinge", "sum")


def _starts_as_hinge(e: _Evidence) -> bool:
    """Whether the first three rows of D's halves lie near 1 and of G near 0: an untrained D under a hinge loss."""
    heads = [e.head(metric) for metric in ("d_loss_real", "d_loss_fake", "g_loss")]
    if min(len(head) for head in heads) < 3:
        return False
    real, fake, g = (float(np.median(head)) for head in heads)
    return abs(real - 1) < 0.15 and abs(fake - 1) < 0.15 and abs(g) < 0.3


def _accuracy_excludes_lsgan(e: _Evidence) -> bool:
    """A half whose samples are all classified rightly has a least-squares loss below .25; a larger one is not LSGAN."""
    for half in ("real", "fake"):
        accuracy, loss = e.has.get(f"d_accuracy_{half}"), e.has.get(f"d_loss_{half}")
        if accuracy is None or loss is None or len(accuracy.values) != len(loss.values):
            continue
        if float(np.mean((accuracy.values >= 0.995) & (loss.values > 0.255))) > 0.05:
            return True
    return False


def _form(e: _Evidence, context: Mapping[str, Any], family: str) -> tuple[DForm, Sequence[str], DForm | None]:
    stated: DForm | None = next((form for form in get_args(DForm) if form == context.get("d_form")), None)
    if stated is not None:
        return stated, (f"D's loss is the {stated}, as stated",), None
    if "d_loss_real" in e.has and "d_loss_fake" in e.has:
        if context.get("first_step", inf) <= UNTRAINED and e.begins() == (family, "mean"):
            return "mean", ("the halves of D's loss begin at half of what an untrained D has",), None
        return "separate", ("both halves of D's loss are logged",), None
    if family not in LAWS:
        return "sum", (), None
    flat = FLAT[family].d_half
    head = e.head("d_loss")
    from_start = len(head) > 0 and context.get("first_step", inf) <= UNTRAINED
    if from_start and abs(head[0] - 2 * flat) < 0.1 * flat:
        return "sum", ("the first row lies at the sum's flat value",), None
    if e.breaks(family, "sum") and not e.breaks(family, "mean"):
        return "mean", ("read as a sum D's loss would break the family's law; read as a mean it holds",), None
    if _accuracy_says_mean(e, flat):
        return "mean", ("D's loss is below what its errors would cost in a sum",), None
    if e.median("d_loss") > 1.35 * flat:
        return "sum", ("read as a mean D's loss would lie far above its flat value",), None
    if from_start and np.isfinite(head).all():
        if abs(float(np.median(head)) - 2 * flat) < 0.2 * flat:
            return "sum", ("the first rows lie at the sum's flat value",), None
        if abs(float(np.median(head)) - flat) < 0.1 * flat:
            return "mean", ("the first rows lie at the mean's flat value",), None
    return "sum", ("nothing tells the sum from the mean; read as the sum",), "mean"


def _accuracy_says_mean(e: _Evidence, flat: float) -> bool:
    """A misclassified sample costs at least the flat value, so a sum is at least 2 (1 - accuracy) flat."""
    accuracy, loss = e.has.get("d_accuracy"), e.has.get("d_loss")
    if accuracy is None or loss is None or len(accuracy.values) != len(loss.values):
        return False
    return float(np.mean(loss.values < 2 * (1 - accuracy.values) * flat * 0.98)) > 0.2
