"""Which convention a log's raw losses follow: family, sum or mean, sign.

Order of evidence: what the caller or the log says; the names of the columns; signs; the first rows; the consistency law
of each family; accuracy against loss; the level. What stays open is listed as alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from gandoctor.convention import Derived, law_of, logged
from gandoctor.families import BEGINNINGS, FLAT, LAWS, LN2, LSGAN_LOST, TOLERANCE, UNTRAINED
from gandoctor.model import Convention, DForm, Family, FloatArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.series import Series


def _rejection(weight: float, g: FloatArray, d: FloatArray) -> FloatArray:
    """||D - 1|| - ||D|| on generated samples at least, at most 1 in a least-squares game."""
    return np.asarray(np.sqrt(np.maximum(g, 0)) - np.sqrt(np.maximum(weight * d, 0)), dtype=np.float64)


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
        who = {"user": "caller", "recipe": "recipe beside the log"}.get(context.get("family_by", ""), "log")
        return stated, sign, by, (f"the {who} says {stated}",), ()
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
        # a cross-entropy whose G was weighted breaks J too; with G near zero nothing tells the two apart
        weighted: tuple[Family, ...] = ("bce",) if e.median("g_loss") < 0.1 else ()
        return "lsgan", 1, "log", ("J > 1 excludes cross-entropy, and the law of least squares holds",), weighted
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
    return _usual_form(family)


def _usual_form(family: str) -> tuple[DForm, Sequence[str], DForm]:
    """The form of D's loss where nothing tells: the mean for least squares (as in CycleGAN), else the sum."""
    usual: DForm = "mean" if family == "lsgan" else "sum"
    other: DForm = "sum" if family == "lsgan" else "mean"
    return usual, (f"nothing tells the sum from the mean; read as the {usual}, which is usual",), other


def _accuracy_says_mean(e: _Evidence, flat: float) -> bool:
    """A misclassified sample costs at least the flat value, so a sum is at least 2 (1 - accuracy) flat."""
    accuracy, loss = e.has.get("d_accuracy"), e.has.get("d_loss")
    if accuracy is None or loss is None or len(accuracy.values) != len(loss.values):
        return False
    return float(np.mean(loss.values < 2 * (1 - accuracy.values) * flat * 0.98)) > 0.2
