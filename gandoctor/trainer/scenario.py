"""The systems that the trainer knows, as data: every hyper-parameter as its source prints it, mistakes included."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gandoctor.errors import BadOption

Mode = Literal["consistent", "as-written"]
Shape = tuple[int, int, int]
Freezing = Literal["before", "after-a-step", "undone", "in-turn"]


@dataclass(frozen=True, slots=True)
class Optimiser:
    """One network's optimiser; `beta1` is Adam's, `momentum` SGD's."""

    kind: Literal["adam", "sgd"]
    rate: float
    beta1: float = 0.9
    momentum: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Losses taken once in `every` steps on `samples` held-out images with hard labels, instead of at every step."""

    every: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A GAN to train: networks, data, optimisers, and the ways in which its source departs from good practice.

    `batch` is how many real and how many generated images D sees in a step, `g_batch` how many images G's step makes.
    `width` scales the filters of both networks; at 1 they are the source's. `steps` is what is trained by default,
    `printed_steps` what the source trains. `d_batches` says whether real and generated images go through D apart, each
    with an update of its own, or as one batch with one update. `log_every` is how often the source logs.
    `freezing` and `g_mode` matter as written: when the source sets `discriminator.trainable = False` (before D is first
    trained; after one step of it; undone after the composite model was compiled; in turn, at every step), and how it
    makes the images that D is trained on. `source_says` is the outcome that the source reports, `expected` the verdict
    that this stands for, "" where it is open.
    """

    name: str
    about: str
    source: str
    networks: Literal["mnist-dcgan", "dense", "cifar-dcgan", "cards"]
    data: Literal["mnist", "cifar10", "cards"]
    shape: Shape
    digit: int | None = None
    steps: int
    printed_steps: int
    batch: int
    g_batch: int
    latent: int
    latent_law: Literal["normal", "uniform"] = "normal"
    same_latents: bool = False
    reals_in_order: bool = False
    width: float = 0.25
    d: Optimiser
    g: Optimiser
    d_batches: Literal["separate", "combined"] = "separate"
    real_label: float = 1.0
    first_convolution: bool = True
    misplaced_normalisation: bool = False
    d_normalisation: bool = True
    freezing: Freezing = "before"
    g_mode: Literal["predict", "training"] = "predict"
    r1: float = 0.0
    log_every: int = 1
    evaluation: Evaluation | None = None
    expected: str = ""
    source_says: str = ""

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "g_batch", "latent"):
            if getattr(self, name) < 1:
                raise BadOption(f"{name} must be at least 1, not {getattr(self, name)}")
        if not 0 < self.width <= 4:
            raise BadOption(f"width must be above 0 and at most 4, not {self.width:g}")

    def filters(self, printed: int) -> int:
        """How many filters a layer gets for which the source prints that many: at least 2."""
        return max(2, round(printed * self.width))

    def without_first_convolution(self) -> Scenario:
        """D as two listings of its source print it: BatchNorm on the pixels, and one convolution; BadOption else."""
        if self.networks != "mnist-dcgan":
            raise BadOption(f"--no-first-convolution: {self.name} has no listing without it")
        return replace(self, first_convolution=False)


def scenario(name: str) -> Scenario:
    """The scenario of that name; BadOption, with the names there are, for another."""
    from gandoctor.trainer.registry import SCENARIOS

    try:
        return SCENARIOS[name]
    except KeyError:
        raise BadOption(f"there is no scenario {name!r}; there are {', '.join(SCENARIOS)}") from None
