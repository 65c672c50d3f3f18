"""The terms of the trade that reports use, each explained in a sentence for somebody who trains a first GAN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gandoctor.report.measured import TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = {
    "D, discriminator": (
        r"\bD\b|[Dd]iscriminator",
        "the network that is shown real and generated samples and learns to tell them apart",
    ),
    "G, generator": (
        r"\bG\b|[Gg]enerator",
        "the network that makes samples out of noise and learns to make D take them for real",
    ),
    "critic": (
        r"\b[Cc]ritics?\b",
        "what D is called when it gives points instead of a probability (Wasserstein losses)",
    ),
    "mode": (r"\b[Mm]odes?\b", "one of the kinds of things that the data holds: one digit, one breed, one pose"),
    "mode collapse": (
        r"[Mm]ode collapse|[Ll]ow[- ]diversity",
        "G makes only a few kinds of samples, whatever noise it is given",
    ),
    "convergence failure": (r"[Cc]onvergence failure", "the two networks no longer teach each other anything"),
    "saturated": (r"[Ss]aturat\w+", "so close to its limit that it hardly changes, and nothing is learned from it"),
    "gradient": (r"[Gg]radients?\b", "the direction and size of the change that would lower a loss"),
    "latent, noise vector": (
        r"\b[Ll]atent\b|noise vector",
        "the random numbers z out of which G makes a sample; their count is the latent dimension",
    ),
    "logit": (r"\b[Ll]ogits?\b", "D's answer before it is squeezed into a probability; 0 stands for 50 %"),
    "warm-up": (r"\b[Ww]arm-up\b", "the first steps, in which both losses move for reasons that pass"),
    "learning rate": (r"[Ll]earning rates?\b", "how large a step an optimiser takes"),
    "momentum, beta_1": (r"\bbeta_?1\b|[Mm]omentum", "how far an optimiser goes on in the direction it had before"),
    "batch normalisation": (
        r"[Bb]atch[- ]?[Nn]orm\w*",
        "a layer that scales each batch by its own mean and spread, so that samples of one batch influence each other",
    ),
    "spectral normalisation": (
        r"[Ss]pectral[- ]norm\w*",
        "a layer wrapper that limits how fast D's answer can change with its input",
    ),
    "R1 penalty": (r"\bR1\b", "a term in D's loss that punishes a steep answer at real samples"),
    "gradient penalty": (r"[Gg]radient penalty", "a term in D's loss that keeps the slope of its answer moderate"),
    "gradient norm": (
        r"[Gg]radient norm|norms? of ([DG]'s|the critic's|both) gradient|[Gg]radients' norms|clip_?grad_?norm|clipnorm",
        "the length of a gradient",
    ),
    "batch": (r"\b[Bb]atch(es)?\b", "the samples that one step of training looks at"),
    "checkpoint": (r"\b[Cc]heckpoints?\b", "a copy of both networks' weights, saved during training"),
    "optimiser, Adam, SGD": (
        r"[Oo]ptimisers?\b|\bAdam\b|\bSGD\b",
        "what turns gradients into steps of the weights",
    ),
    "sigmoid": (r"\b[Ss]igmoid\b", "squeezes any number into a probability; at its ends it is flat"),
    "tanh": (r"\btanh\b", "squeezes any number into the range from -1 to 1"),
    "held-out data": (r"[Hh]eld[- ]out", "real samples that D is never trained on"),
    "augmentation, ADA, DiffAugment": (
        r"[Aa]ugment\w*|\bADA\b|DiffAugment",
        "changing every image that D sees at random, so that it cannot learn the data by heart",
    ),
    "GroupNorm, LayerNorm": (
        r"GroupNorm\w*|Layer_?Norm\w*",
        "layers that scale each sample by its own mean and spread, so that samples do not influence each other",
    ),
    "float16, float32": (
        r"\bb?float\d+\b|[Mm]ixed[- ]precision|[Hh]alf precision",
        "numbers of so many bits; those of 16 end at 65504 or are coarse",
    ),
    "epoch": (r"\b[Ee]pochs?\b", "one pass through the data"),
    "regularisation": (r"[Rr]egularis\w+", "anything that keeps a network from fitting the data too closely"),
    "instance noise": (r"[Ii]nstance noise", "random noise added to every image that D sees, real or generated"),
    "label smoothing": (
        r"[Ll]abel smoothing|labels smoothed|smoothed to",
        "telling D that real samples are real with .9 instead of 1",
    ),
    "minibatch statistics": (
        r"[Mm]inibatch[- ](statistics|discrimination|standard deviation)",
        "a feature that shows D how varied a whole batch is, so that it can reject samples that are all alike",
    ),
    "cross-entropy": (r"[Cc]ross-entropy|\bbce\b|\bBCE\b", "the usual loss of a D that answers with a probability"),
    "least squares": (
        r"[Ll]east[- ]squares|\b[Ll][Ss][Gg][Aa][Nn]\b",
        "a loss that squares D's distance from its target (LSGAN)",
    ),
    "hinge": (r"\b[Hh]inge\b", "a loss that stops rewarding D once its answer is clear enough"),
    "Wasserstein": (
        r"\bW[Gg][Aa][Nn]|\bwgan|[Ww]asserstein",
        "a loss in which D's points measure how far apart two sets of samples are",
    ),
    "FID": (r"\bFID\b", "Frechet inception distance of generated from real images, lower is better"),
    "coverage": (
        r"(?<![Ii]mplied )\b[Cc]overage\b",
        "the share of real samples that have a generated one near them, higher is better",
    ),
    "precision, recall": (
        r"\b[Pp]recision\b|\b[Rr]ecall\b",
        "the share of generated samples near a real one, and of real samples near a generated one",
    ),
    "Vendi score": (r"\b[Vv]endi\b", "how many truly different samples there are"),
    "EMA": (r"\bEMA\b", "a running average of G's weights, whose samples are usually better"),
    "NaN": (r"\bNaN\b", "not a number: what a computer writes when a calculation has no result"),
    "median": (r"\b[Mm]edian\b", "the middle value: half of the values lie above it, half below"),
    "kimg": (r"\bkimg\b", "thousands of images shown to D"),
    "D(G(z))": (r"D\(G\(z\)\)", "D's answer to generated samples"),
    "training mode, inference mode": (
        r"(training|inference)[- ]mode",
        "in the first BatchNorm goes by the present batch and dropout is on, in the second by past batches and off",
    ),
    "dropout": (r"[Dd]ropout", "a layer that switches random units off during training"),
    "filters": (r"\b[Ff]ilters\b", "the channels of a convolution: the more, the larger the network"),
    "conditional GAN": (r"[Cc]onditional GAN", "a GAN that is told which class of sample to make"),
    "progressive growing": (r"[Pp]rogressive growing", "training that raises the size of the images in stages"),
    "toy GAN, toy runs": (
        r"\b[Tt]oy (GANs?|runs?)",
        "a tiny GAN on simple data, trained many times to try the rules out",
    ),
    "flat value": (
        r"[Ff]lat values?\b|[DG] level|[DG]'s level",
        "the loss while D only guesses: for each half of D's loss and for G's .693 with cross-entropy, .25 with least"
        " squares; with hinge 1 and 0",
    ),
    "ln": (r"\bln\b", "the natural logarithm; ln 2 = .693"),
    "standard error": (
        r"[Ss]tandard errors?|[Cc]hance errors?",
        "how far chance alone usually moves a measured number",
    ),
    "spectrum": (r"\b[Ss]pectrum\b", "how strongly a curve swings at each period"),
}
"""Term -> what finds its use in a text, and what it means."""


def explained(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the terms that occur in the texts with their meanings, in the order of this list."""
    whole = " ".join(texts)
    found = [(term, meaning) for term, (pattern, meaning) in WORDS.items() if re.search(pattern, whole)]
    ours = (meaning.partition(": ") for pattern, meaning in TERMS.items() if re.search(pattern, whole))
    return (*found, *((term, rest) for term, _, rest in ours if term.lower() not in WORDS))
