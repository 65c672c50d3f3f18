"""The eight scenarios, from five documents that describe how a GAN went right or wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.trainer.scenario import Evaluation, Optimiser, Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAILURE_MODES = (
    '"How to Identify Unstable Models When Training Generative Adversarial Networks", a tutorial with Keras'
)
_DENSE = '"Using GAN for Generating Hand-written Digit Images", a notebook with Keras'
_CIFAR = '"Why is my generator loss function increasing with iterations?", datascience.stackexchange.com 47875'
_CARDS = (
    '"In my GAN model, the discriminator loss quickly descends to magnitudes of 10^-4 while generator loss is at levels'
    ' of 5+?", datascience.stackexchange.com 104930'
)
_DCGAN = Optimiser("adam", 2e-4, beta1=0.5)
_DEFAULT = Optimiser("adam", 1e-3, beta1=0.9)

_BASELINE = Scenario(
    name="mnist-dcgan",
    about="a DCGAN on the digit 8, the settings of the DCGAN paper",
    source=_FAILURE_MODES,
    networks="mnist-dcgan",
    data="mnist",
    shape=(28, 28, 1),
    digit=8,
    steps=450,
    printed_steps=450,
    batch=64,
    g_batch=128,
    latent=50,
    d=_DCGAN,
    g=_DCGAN,
    expected="stable",
    source_says="stable: D's losses at .5 to .8, G's at .5 to 2, accuracies at 70 to 80 %, plausible eights",
)

_LATENT = replace(
    _BASELINE,
    name="mnist-dcgan-latent-1",
    about="the same with a latent space of one dimension",
    latent=1,
    expected="mode_collapse",
    source_says="mode collapse: G's loss swings with a period of 25 steps, few kinds of eight",
)

_COMBINED = replace(
    _BASELINE,
    name="mnist-dcgan-combined-batch",
    about="the same with real and generated images in one batch of D, which has BatchNorm",
    d_batches="combined",
    expected="convergence_failure",
    source_says="convergence failure: both losses fall to zero within 30 steps, static instead of digits",
)

_DEFAULT_ADAM = replace(
    _BASELINE,
    name="mnist-dcgan-default-adam",
    about="the same with Adam's default settings",
    d=_DEFAULT,
    g=_DEFAULT,
    expected="convergence_failure",
    source_says="convergence failure: D's loss at zero, G's at 10 and rising",
)

_MNIST_DENSE = Scenario(
    name="mnist-dense",
    about="two dense layers each on all digits, smoothed labels, D ten times as fast as G",
    source=_DENSE,
    networks="dense",
    data="mnist",
    shape=(28, 28, 1),
    steps=18700,
    printed_steps=93700,
    batch=64,
    g_batch=64,
    latent=100,
    same_latents=True,
    reals_in_order=True,
    width=1.0,
    d=Optimiser("adam", 1e-3),
    g=Optimiser("adam", 1e-4),
    d_normalisation=False,
    freezing="in-turn",
    real_label=0.9,
    evaluation=Evaluation(every=187, samples=16),
    log_every=937,
    expected="stable",
    source_says="works, D ahead: the sum of D's losses at .6, G's loss at 2.7, results that are not outstanding",
)

_CIFAR_ADAM = Scenario(
    name="cifar-dcgan-adam",
    about="a DCGAN on colour images with Adam, D's BatchNorm layers added to G by mistake",
    source=_CIFAR,
    networks="cifar-dcgan",
    data="cifar10",
    shape=(32, 32, 3),
    steps=1000,
    printed_steps=10000,
    batch=128,
    g_batch=128,
    latent=100,
    latent_law="uniform",
    width=0.125,
    d=Optimiser("adam", 1e-4, beta1=0.5),
    g=Optimiser("adam", 1e-4, beta1=0.5),
    d_batches="combined",
    d_normalisation=False,
    misplaced_normalisation=True,
    freezing="undone",
    log_every=10,
    source_says="trains fine",
)

_CIFAR_SGD = replace(
    _CIFAR_ADAM,
    name="cifar-dcgan-sgd",
    about="the same with SGD and rates of 1e-4",
    d=Optimiser("sgd", 2e-4),
    g=Optimiser("sgd", 1e-4),
    expected="convergence_failure",
    source_says="goes haywire: D's accuracy at .5, G's at 0, G's loss rising",
)

_TRADING_CARDS = Scenario(
    name="trading-cards",
    about="a DCGAN with little normalisation on cards with constant borders",
    source=_CARDS,
    networks="cards",
    data="cards",
    shape=(64, 64, 3),
    steps=300,
    printed_steps=46800,
    batch=256,
    g_batch=256,
    latent=100,
    width=0.125,
    d=_DCGAN,
    g=_DCGAN,
    d_batches="combined",
    d_normalisation=False,
    log_every=10,
    expected="convergence_failure",
    source_says="D's loss falls to 1e-4 at once, G's rises from 5 to above 10, both accuracies at 100 %",
)

SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        _BASELINE,
        _LATENT,
        _COMBINED,
        _DEFAULT_ADAM,
        _MNIST_DENSE,
        _CIFAR_ADAM,
        _CIFAR_SGD,
        _TRADING_CARDS,
    )
}
"""The scenarios by name, in the order of `gandoctor train --list`."""
