"""How programs log a training: which losses, in which form, how often, smoothed or rounded, with or without FID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from simulated_gan import FAMILIES, Game, play

from gandoctor.model import Curve, Run, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulated_gan import Floats

FORMS = ("separate", "sum", "mean", "halves-weighted", "g-weighted", "d-only", "g-only")
REGIMES = ("every", "every-10", "every-100", "epoch-mean", "ema", "cumulative", "n-critic", "nan-rows")
UNITS: dict[str, Unit] = {"epoch-mean": "epoch", "every": "step", "every-10": "step", "every-100": "step"}
EVENTS = ("", "", "restart", "growing", "halved")


@dataclass(frozen=True, slots=True)
class Plan:
    """One simulated log: the game and how it is logged."""

    seed: int
    game: Game
    form: str
    regime: str
    unit: Unit
    digits: int
    extras: bool
    quality: str

    @property
    def name(self) -> str:
        """Everything that was drawn, in words."""
        ill = f" {self.game.ill}@{self.game.onset}" if self.game.ill else ""
        return f"{self.seed} {self.game.family} {self.form} {self.regime} {self.game.steps}x{self.game.batch}{ill}"


def plan(seed: int, ill: str = "", longest: int = 20_000) -> Plan:
    """What a seed stands for; an ill one begins in the middle half of the run and keeps 60 rows at least after it."""
    rng = np.random.default_rng([seed, 7])
    regime = str(rng.choice(REGIMES))
    every = _rows_apart(regime)
    rows = int(np.exp(rng.uniform(np.log(20), np.log(longest))))
    if ill:
        rows = max(rows, 200)
    steps = min(rows * every, longest)
    event = str(rng.choice(EVENTS))
    places = tuple(int(x) for x in rng.integers(steps // 3, steps, size=int(rng.integers(1, 3))))
    game = Game(
        family=str(rng.choice(FAMILIES)),
        steps=steps,
        batch=int(rng.choice([16, 32, 64, 128, 256])),
        level=float(rng.uniform(0.1, 0.97)),
        wander=float(rng.uniform(0.05, 0.35)),
        memory=float(np.exp(rng.uniform(np.log(3), np.log(max(steps / 4, 6))))),
        transient=int(rng.integers(4, 40)),
        resets=places if event == "restart" else (),
        growths=places if event == "growing" else (),
        halved=event == "halved",
        ill=ill,
        onset=int(steps * rng.uniform(0.2, 0.6)) if ill else 0,
    )
    unit: Unit = UNITS.get(regime, "step")
    if rng.random() < 0.2:
        unit = "row"
    forms = FORMS[:3] if ill else FORMS
    quality = str(rng.choice(["", "", "", "fid-falling", "fid-plateau", "recall"]))
    return Plan(
        seed, game, str(rng.choice(forms)), regime, unit, int(rng.choice([2, 3, 4, 9])), rng.random() < 0.5, quality
    )


def _rows_apart(regime: str) -> int:
    return {"every-10": 10, "every-100": 100, "epoch-mean": 50}.get(regime, 1)


def simulate(what: Plan) -> Run:
    """The run that a plan stands for."""
    rng = np.random.default_rng([what.seed, 11])
    made = _formed(rng, play(rng, what.game), what)
    curves = _timed(made, what)
    curves = {name: Curve(c.steps, np.round(c.values, what.digits)) for name, c in curves.items()}
    if what.quality:
        curves |= _quality(rng, what)
    return Run(curves, name=what.name, unit=what.unit)


def _formed(rng: np.random.Generator, made: dict[str, Floats], what: Plan) -> dict[str, Floats]:
    """The losses in the form that the program logs; families with one value of D's loss have no halves."""
    halves = made.pop("d_loss_real", None), made.pop("d_loss_fake", None)
    extras = {name: x for name, x in made.items() if name not in ("d_loss", "g_loss")}
    d, g = made.get("d_loss"), made["g_loss"]
    if halves[0] is not None and halves[1] is not None:
        d = halves[0] + halves[1]
        d = 0.5 * d if what.form == "mean" else d
    assert d is not None
    found = {"d_loss": d, "g_loss": g}
    if halves[0] is not None and halves[1] is not None and what.form in ("separate", "halves-weighted"):
        weight = 0.5 if what.form == "halves-weighted" else 1.0
        found = {"d_loss_real": weight * halves[0], "d_loss_fake": weight * halves[1], "g_loss": g}
    if what.form == "g-weighted":
        found["g_loss"] = g * np.exp(rng.uniform(np.log(1e-3), np.log(0.5)))
    if what.form == "d-only":
        del found["g_loss"]
    if what.form == "g-only":
        found = {"g_loss": g}
    return found | (extras if what.extras and what.form != "g-only" else {})


def _timed(made: Mapping[str, Floats], what: Plan) -> dict[str, Curve]:
    """The rows that the program writes."""
    steps = np.arange(1.0, what.game.steps + 1)
    every = _rows_apart(what.regime)
    if what.regime == "epoch-mean":
        rows = max(len(steps) // every, 1)
        return {
            name: Curve(np.arange(1.0, rows + 1), x[: rows * every].reshape(rows, -1).mean(axis=1))
            for name, x in made.items()
        }
    if what.regime == "cumulative":
        return {name: Curve(steps, np.cumsum(x) / steps) for name, x in made.items()}
    if what.regime == "ema":
        return {name: Curve(steps, _smoothed(x)) for name, x in made.items()}
    if what.regime == "nan-rows":
        skipped = steps % 5 != 0
        return {n: Curve(steps, np.where(skipped, np.nan, x) if n == "g_loss" else x) for n, x in made.items()}
    own = {"g_loss": 5} if what.regime == "n-critic" else {}
    found = {}
    for name, x in made.items():
        apart = own.get(name, every)
        found[name] = Curve(np.arange(1.0, len(x[::apart]) + 1) if what.unit == "row" else steps[::apart], x[::apart])
    return found


def _smoothed(x: Floats) -> Floats:
    from scipy.signal import lfilter

    return np.asarray(lfilter([0.1], [1.0, -0.9], x, zi=[0.9 * x[0]])[0], np.float64)


def _quality(rng: np.random.Generator, what: Plan) -> dict[str, Curve]:
    """FID or recall with the noise of evaluation: 5 to 20 % of FID, .01 to .04 of recall."""
    count = int(np.exp(rng.uniform(np.log(5), np.log(200))))
    last = what.game.steps
    steps = np.linspace(max(last / count, 1.0), last, count)
    t = np.linspace(0, 1, count)
    if what.quality == "recall":
        top = rng.uniform(0.3, 0.9)
        values = np.clip(top * (1 - np.exp(-5 * t)) + rng.uniform(0.01, 0.04) * rng.standard_normal(count), 0, 1)
        return {"recall": Curve(steps, values)}
    pace = 1.5 if what.quality == "fid-falling" else 12.0
    level = rng.uniform(5, 40) + rng.uniform(100, 300) * np.exp(-pace * t)
    return {"fid": Curve(steps, level * np.exp(rng.uniform(0.05, 0.2) * rng.standard_normal(count)))}
