"""What a run's samples show at its end, whatever its losses say: the rule, in one place.

Images have no list of modes to count, so coverage and precision stand against what real images score against other
real ones, and the Vendi score counts kinds (a ratio: 1 is as many different images as among real ones). In this order:

- diverged: a sample is not finite.
- garbage: fewer than half as many samples lie near a real one as real ones do. Whether they are varied does not matter.
- collapse: they lie on the data, and by coverage and by the Vendi score alike half of the kinds are gone. One alone
  does not say so: coverage falls with blur and noise too, and the Vendi score with contrast.
- stable: the rest. Images that are varied and recognisable score far below real ones all the same.

The numbers are medians over the last three looks: two networks that chase each other show another state at every look,
and a single one would be a draw. Where one of the three alone shows another label, and within a tenth of a bound, the
other label is named as well: either verdict is then right.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gandoctor.model import VerdictName
    from gandoctor.samples import SampleMetrics

Label = Literal["stable", "collapse", "garbage", "diverged"]

HALF = 0.5
"""Share of what real images score below which most of it is lost."""

MARGIN = 0.1
"""Share of a bound that counts as on it."""

LOOKS = 3
"""Looks at the end of a run by whose medians it is labelled."""

_VERDICTS: dict[Label, VerdictName] = {
    "stable": "stable",
    "collapse": "mode_collapse",
    "garbage": "convergence_failure",
    "diverged": "convergence_failure",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the samples show: a label, and the numbers of the last look (None where one was not finite).

    `other` is the label that one of the looks shows alone, or that on the other side of a bound that is near, else "".
    """

    label: Label
    other: Label | Literal[""]
    measured: SampleMetrics | None

    @property
    def verdict(self) -> VerdictName:
        """The verdict that the label stands for."""
        return _VERDICTS[self.label]

    @property
    def also(self) -> VerdictName | Literal[""]:
        """The verdict that would be as right, "" where only one is."""
        other = _VERDICTS[self.other] if self.other else ""
        return "" if other == self.verdict else other

    @property
    def sentence(self) -> str:
        """One line for a person: the label and the three numbers that it rests on."""
        if self.measured is None:
            return "not finite"
        numbers = ", ".join(
            f"{name} {getattr(self.measured, name):.2f} (real images {self.measured.null[name].mean:.2f})"
            for name in ("precision", "coverage", "vendi")
        )
        return f"{self.label}{f', nearly {self.other}' if self.other else ''}: {numbers}"

    def table(self) -> dict[str, Any]:
        """The numbers for a recipe: each metric, and what it is for real images."""
        found: dict[str, Any] = {"label": self.label, "verdict": self.verdict, "also": self.also}
        if self.measured is not None:
            for name, value in self.measured.metrics().items():
                found |= {name: round(value, 4), f"{name}_of_real": round(self.measured.null[name].mean, 4)}
            found |= {"coverage_z": round(self.measured.deviation("coverage"), 1), "size": self.measured.size}
        return found


def shown(*looks: SampleMetrics | None) -> Shown:
    """Label the samples of the last looks at a run, in their order; None stands for samples that are not finite."""
    last = looks[-1]
    if last is None:
        return Shown("diverged", "", None)
    shares = [_shares(look) for look in looks[-LOOKS:] if look is not None]
    label, other = _labels(*map(median, zip(*shares, strict=True)))
    alone = [_labels(*one)[0] for one in reversed(shares)]
    return Shown(label, next((one for one in alone if one != label), other), last)


def _labels(precision: float, coverage: float, vendi: float) -> tuple[Label, Label | Literal[""]]:
    """The label of shares of what real images score, and the one on the other side of a bound that is near."""
    varied = max(coverage, vendi)
    kinds: tuple[Label, Label] = ("collapse", "stable") if varied < HALF else ("stable", "collapse")
    if precision < HALF:
        return "garbage", kinds[0] if _near(precision) else ""
    if _near(precision):
        return kinds[0], "garbage"
    return kinds[0], kinds[1] if _near(varied) else ""


def _shares(measured: SampleMetrics) -> tuple[float, float, float]:
    return _share(measured, "precision"), _share(measured, "coverage"), _share(measured, "vendi")


def _share(measured: SampleMetrics, name: str) -> float:
    return float(getattr(measured, name)) / measured.null[name].mean


def _near(share: float) -> bool:
    return abs(share - HALF) < MARGIN * HALF
