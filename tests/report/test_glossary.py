from __future__ import annotations

import re

import pytest

from gandoctor.report.glossary import WORDS, explained


@pytest.mark.parametrize("term", WORDS)
def test_a_term_is_found_where_it_is_used(term: str) -> None:
    pattern, meaning = WORDS[term]
    assert any(re.search(pattern, name.strip()) for name in term.split(",")), pattern
    assert meaning[0].islower() or meaning.startswith(("G ", "D", "Frechet"))
    assert not meaning.endswith(".")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Put BatchNorm behind the layer", {"batch normalisation"}),
        ("with batch normalisation", {"batch normalisation", "batch"}),
        ("the implied coverage fell", set()),
        ("its coverage fell", {"coverage"}),
        ("D takes what G makes", {"D, discriminator", "G, generator"}),
        ("Go on", set()),
        ("wgan-gp", {"Wasserstein"}),
        ("Hinge losses", {"hinge"}),
        ("clip gradients to 1", {"gradient"}),
        ("", set()),
    ],
)
def test_terms_of_a_text_are_explained(text: str, terms: set[str]) -> None:
    assert {term for term, _ in explained([text]) if term in WORDS} == terms


JARGON = (
    "logits", "BatchNorm", "GroupNorm", "R1", "FID", "beta_1", "NaN", "Wasserstein", "critics", "latent", "checkpoint",
    "held-out", "mixed-precision", "sigmoid", "augmentation", "DiffAugment", "LSGAN", "hinge", "momentum", "EMA",
    "spectral normalisation", "instance noise", "gradient penalty", "learning rate", "median", "precision", "recall",
    "Vendi", "optimiser", "Adam", "SGD", "tanh", "float16", "epoch", "clip_grad_norm_", "modes", "kimg",
)  # fmt: skip
"""Words of the rules that somebody who trains a first GAN may not know."""


@pytest.mark.parametrize("word", JARGON)
def test_the_jargon_of_the_rules_is_explained(word: str) -> None:
    assert explained([f"Here is {word} in a sentence."])
