"""The vocabulary: canonical metric names with their meaning, range and kind. Every other module uses these names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["loss", "accuracy", "score", "regulariser", "quality", "gradient", "schedule", "other", "derived"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One canonical metric; `low` and `high` bound its possible values."""

    name: str
    kind: Kind
    meaning: str
    low: float = float("-inf")
    high: float = float("inf")
    better: Better = "neither"


_ALL = (
    Metric("d_loss", "loss", "discriminator loss as logged, both halves together"),
    Metric("d_loss_real", "loss", "discriminator loss on real samples"),
    Metric("d_loss_fake", "loss", "discriminator loss on generated samples"),
    Metric("d_loss_validation", "loss", "discriminator loss on held-out data"),
    Metric("g_loss", "loss", "generator loss; the adversarial part where the log has it apart"),
    Metric("g_loss_total", "loss", "generator loss with its other terms, where the adversarial part is logged too"),
    Metric("d_accuracy", "accuracy", "share of real and generated samples that D classifies rightly", 0, 1),
    Metric("d_accuracy_real", "accuracy", "share of real samples that D calls real", 0, 1),
    Metric("d_accuracy_fake", "accuracy", "share of generated samples that D calls fake", 0, 1),
    Metric("g_accuracy", "accuracy", "share of generated samples in G's step that D calls real", 0, 1),
    Metric("d_score_real", "score", "mean output of D on real samples: D(x), a probability or a logit"),
    Metric("d_score_fake", "score", "mean output of D on generated samples: D(G(z)), a probability or a logit"),
    Metric("d_sign_real", "score", "mean sign of D's logit on real samples (ADA's r_t)", -1, 1),
    Metric("d_sign_fake", "score", "mean sign of D's logit on generated samples", -1, 1),
    Metric("gradient_penalty", "regulariser", "gradient penalty of the critic"),
    Metric("r1_penalty", "regulariser", "R1 penalty of the discriminator"),
    Metric("wasserstein", "other", "estimate of the Wasserstein distance"),
    Metric("fid", "quality", "Frechet inception distance", 0, better="lower"),
    Metric("kid", "quality", "kernel inception distance", better="lower"),
    Metric("inception_score", "quality", "inception score", 1, better="higher"),
    Metric("precision", "quality", "share of generated samples near a real one", 0, 1, "higher"),
    Metric("recall", "quality", "share of real samples near a generated one", 0, 1, "higher"),
    Metric("density", "quality", "density of Naeem et al.", 0, better="higher"),
    Metric("coverage", "quality", "share of real samples that have a generated one nearby", 0, 1, "higher"),
    Metric("vendi", "quality", "Vendi score of generated over that of real samples", 0, better="higher"),
    Metric(
        "pairwise_distance",
        "quality",
        "mean distance between generated samples over that of real ones",
        0,
        better="higher",
    ),
    Metric("duplicates", "quality", "share of generated samples that have a near copy among them", 0, 1, "lower"),
    Metric("d_grad_norm", "gradient", "norm of D's gradient", 0),
    Metric("g_grad_norm", "gradient", "norm of G's gradient", 0),
    Metric("learning_rate", "schedule", "learning rate", 0),
    Metric("augment_p", "schedule", "probability of adaptive augmentation", 0),
)

_DERIVED = (
    Metric("d_level", "derived", "D's loss over its flat value: 0, D has won; 1, D only guesses; above 1, D is beaten"),
    Metric("g_level", "derived", "G's loss minus its flat value: 0, D only guesses; high, D rejects all"),
    Metric(
        "consistency",
        "derived",
        "J = exp(-g_loss) + exp(-d_loss_fake), the smallest that the log leaves possible",
        0,
        2,
    ),
    Metric("implied_coverage", "derived", "share of the data that G covers, if D were as good as it can be", 0, 1),
    Metric("d_gap", "derived", "D's loss on real minus on generated samples"),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Metrics that a log can hold."""

DERIVED: dict[str, Metric] = {metric.name: metric for metric in _DERIVED}
"""Metrics that `convention.py` makes from them; rules name these too."""
