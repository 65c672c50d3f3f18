"""Trains the runs of one target and one loss family together and records what a user's log would hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from toy import losses, networks, normalised, truth
from toy.networks import Array, Optimiser, Parameters
from toy.stock import Stock
from toy.targets import TARGETS, Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from toy.plan import Recipe

LOOK_EVERY = 50
LOOK_SAMPLES = 1000
CLIP = np.float32(1.0)
"""Bound of WGAN's weights; the .01 that Arjovsky et al. 2017 use on images leaves no slope in two dimensions."""

RATES = {"d-rate-x20": (1.0, 20.0), "freeze-d": (1.0, 0.0), "rates-x20": (20.0, 20.0), "rates-half": (0.5, 0.5)}
"""Changes of the learning rates: factors on G's and on D's."""

BATCHES = {"batch-half": 0.5, "batch-double": 2.0}
"""Changes of the batch, of all runs of a laboratory at once."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One finished run: the log's columns, the looks at its samples, and the label that these give."""

    recipe: Recipe
    columns: dict[str, NDArray[np.float64]]
    history: truth.History
    label: str


class Laboratory:
    """The networks, optimisers and logs of a group of runs that share target, family, batch and steps."""

    def __init__(self, recipes: list[Recipe]) -> None:
        first = recipes[0]
        self.recipes = recipes
        self.family, self.batch = first.family, first.batch
        self.target: Target = TARGETS[first.target]
        self.rng = np.random.default_rng([r.seed for r in recipes])
        self.latents = np.array([r.latent for r in recipes])
        size = self.target.means.shape[1]
        self.g = networks.make(self.rng, list(self.latents), [r.g_width for r in recipes], size)
        self.normalised = first.normalised
        make = normalised.make if self.normalised else networks.make
        self.d = make(self.rng, [size] * len(recipes), [r.d_width for r in recipes], 1)
        self.apart = np.ones(len(recipes), np.bool_)
        self.stock = Stock(self.target, [r.intervention == "reshuffle" for r in recipes])
        self.g_optimiser, self.d_optimiser = (_optimiser(recipes, rate) for rate in ("g_rate", "d_rate"))
        self.g_scale = np.ones(len(recipes), np.float32)
        self.d_scale = np.ones(len(recipes), np.float32)
        self.noise = np.array([r.noise for r in recipes], np.float32)[:, None, None]
        self.penalty = np.array([r.penalty for r in recipes], np.float32)
        self.log: list[dict[str, Array]] = []
        self.looks: list[truth.Look] = []

    def generate(self, n: int) -> tuple[Array, networks.Trace]:
        """`n` samples a run, and the trace of G."""
        z = self.rng.standard_normal((len(self.recipes), n, int(self.latents.max())), np.float32)
        z *= np.arange(z.shape[2]) < self.latents[:, None, None]
        return networks.forward(self.g, z)

    def blur(self, x: Array) -> Array:
        """Samples with each run's instance noise."""
        return x + self.noise * self.rng.standard_normal(x.shape, np.float32)

    def real(self, n: int) -> Array:
        """`n` fresh data points a run."""
        return self.target.sample(self.rng, (len(self.recipes), n))

    def discriminate(self, x: Array, *, halves: bool = False) -> tuple[Array, networks.Trace | normalised.Trace]:
        """D's outputs for a batch, of one kind or of `halves` real and generated, and the trace of D."""
        if self.normalised:
            return normalised.forward(self.d, x, self.apart if halves else None)
        return networks.forward(self.d, x)

    def blame(self, trace: networks.Trace | normalised.Trace, upstream: Array) -> tuple[Parameters, Array]:
        """Gradients of D's parameters and of its input."""
        if isinstance(trace, normalised.Trace):
            return normalised.backward(self.d, trace, upstream)
        return networks.backward(self.d, trace, upstream)

    def discriminator_step(self) -> dict[str, Array]:
        """One update of D; returns its losses and accuracies on this batch, taken before the update."""
        n = self.batch
        x = np.concatenate([self.blur(self.stock.serve(self.real(n))), self.blur(self.generate(n)[0])], axis=1)
        out, trace = self.discriminate(x, halves=True)
        step = losses.discriminator(self.family, out[:, :n, 0], out[:, n:, 0])
        upstream = np.concatenate([step.d_real, step.d_fake], axis=1)[:, :, None]
        grads, _ = self.blame(trace, upstream)
        logged = self._logged(step, out, n)
        if self.penalty.any():
            logged |= self._penalise(grads, x, n)
        self.d_optimiser.update(self.d, grads, self.d_scale)
        if self.family == "wgan-clip":
            for p in self.d:
                np.clip(p, -CLIP, CLIP, out=p)
        return logged

    def _logged(self, step: losses.Step, out: Array, n: int) -> dict[str, Array]:
        if self.family == "relativistic":
            return {"d_loss": step.real}
        logged = {"d_loss_real": step.real, "d_loss_fake": step.fake}
        bound = losses.threshold(self.family)
        if not np.isnan(bound):
            logged["d_accuracy_real"] = (out[:, :n, 0] > bound).mean(axis=1, dtype=np.float32)
            logged["d_accuracy_fake"] = (out[:, n:, 0] <= bound).mean(axis=1, dtype=np.float32)
        return logged

    def _penalise(self, grads: Parameters, x: Array, n: int) -> dict[str, Array]:
        """Add WGAN-GP's penalty between the halves of the batch, or R1 on the real half, to `grads`."""
        centre, point = 0.0, x[:, :n]
        if self.family == "wgan-gp":
            share = self.rng.random((len(x), n, 1), np.float32)
            centre, point = 1.0, share * x[:, :n] + (1 - share) * x[:, n:]
        _, trace = networks.forward(self.d, point)
        value, extra = networks.slope_penalty(self.d, trace, centre)
        weight = (self.penalty if centre else self.penalty / 2)[:, None, None]
        for g, e in zip(grads, extra, strict=True):
            g += weight * e
        return {"gradient_penalty": value} if centre else {}

    def generator_step(self) -> dict[str, Array]:
        """One update of G; returns its loss on this batch, taken before the update."""
        fake, g_trace = self.generate(self.batch)
        out, trace = self.discriminate(self.blur(fake))
        paired = self.family == "relativistic"
        real = self.discriminate(self.blur(self.real(self.batch)))[0][:, :, 0] if paired else out[:, :, 0]
        loss, upstream = losses.generator(self.family, real, out[:, :, 0])
        _, slope = self.blame(trace, upstream[:, :, None])
        grads, _ = networks.backward(self.g, g_trace, slope)
        self.g_optimiser.update(self.g, grads, self.g_scale)
        return {"g_loss": loss}

    def intervene(self, run: int, what: str) -> None:
        """Change the training of one run from now on; a change of batch concerns all runs of the laboratory."""
        g, d = RATES.get(what, (1.0, 1.0))
        self.g_scale[run] *= np.float32(g)
        self.d_scale[run] *= np.float32(d)
        self.batch = round(self.recipes[run].batch * BATCHES[what]) if what in BATCHES else self.batch
        if what == "nan":
            self.d[0][run, 0, 0] = np.nan
        self.apart[run] &= what != "combined"
        self.stock.shuffled[run] |= what == "reshuffle"

    def history(self, run: int) -> truth.History:
        """The looks at one run so far."""
        steps = np.arange(1, len(self.looks) + 1, dtype=np.float64) * LOOK_EVERY
        names = [name for name in truth.History.__dataclass_fields__ if name != "steps"]
        return truth.History(steps, *(np.stack([getattr(k, name)[run] for k in self.looks]) for name in names))


def _optimiser(recipes: list[Recipe], rate: str) -> Optimiser:
    rates = np.array([getattr(r, rate) for r in recipes], np.float32)
    beta1 = np.array([r.beta1 for r in recipes], np.float32)
    beta2 = 0.9 if recipes[0].family == "wgan-gp" else 0.999
    return Optimiser(rates, beta1, np.array([r.sgd for r in recipes]), beta2)


def train(recipes: list[Recipe]) -> list[Recorded]:
    """Train the runs together; an intervention is made only in a run whose samples are good at its onset."""
    lab = Laboratory(recipes)
    done: dict[int, Recipe] = {}
    with np.errstate(all="ignore"):
        for step in range(1, recipes[0].steps + 1):
            for run, plan in enumerate(recipes):
                if plan.intervention and plan.onset == step:
                    done[run] = _intervene_if_good(lab, run)
            for _ in range(recipes[0].n_critic):
                logged = lab.discriminator_step()
            lab.log.append(logged | lab.generator_step())
            if step % LOOK_EVERY == 0:
                fakes = lab.generate(LOOK_SAMPLES)[0]
                lab.looks.append(truth.look(lab.target, fakes, lab.real(LOOK_SAMPLES)))
    return [_recorded(lab, run, done.get(run, plan)) for run, plan in enumerate(recipes)]


def _intervene_if_good(lab: Laboratory, run: int) -> Recipe:
    plan = lab.recipes[run]
    history = lab.history(run)
    if truth.label(history, lab.target.reach) not in ("stable", "unclear") or np.median(history.coverage[-5:]) < 0.85:
        return replace(plan, intervention="", onset=0)
    lab.intervene(run, plan.intervention)
    return plan


def _recorded(lab: Laboratory, run: int, plan: Recipe) -> Recorded:
    order = ("d_loss", "d_loss_real", "d_loss_fake", "g_loss", "d_accuracy_real", "d_accuracy_fake", "gradient_penalty")
    columns = {name: np.array([row[name][run] for row in lab.log], np.float64) for name in order if name in lab.log[0]}
    history = lab.history(run)
    return Recorded(plan, columns, history, truth.label(history, lab.target.reach))
