"""Settles the single letters in column names: R, F, G, X, A and C mean what the other columns make of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.readers.rename import Names, change, is_loss

if TYPE_CHECKING:
    from gandoctor.readers.evidence import Evidence
    from gandoctor.readers.names import Name, On, What, Who


def halves(names: Names, _: Evidence, notes: list[str]) -> Names:
    """`D loss R`, `D loss F`, `D loss G`: real, fake and the gradient penalty of GANs printed as (R, F, G)."""
    d = {name for name in names if name.who == "D" and name.what in ("loss", "accuracy", "score")}
    if not any("r" in name.letters for name in d):
        return names
    both = any("f" in name.letters for name in d)
    if not both and not any(name.on == "fake" for name in d):
        return names

    def make(name: Name) -> Name:
        if "r" in name.letters:
            return replace(name, on="real")
        if "f" in name.letters:
            return replace(name, on="fake")
        if both and name.on == "fake" and name.words[-1:] == ("g",):
            notes.append(f"'{name.column}' was read as the gradient penalty: it stands beside D's losses R and F")
            return replace(name, what="metric", metric="gradient_penalty", on="", who="")
        return name

    return change(names, lambda name: name in d, make)


_JOINED: dict[str, tuple[Who, On, str]] = {
    "dr": ("D", "real", "df"),
    "df": ("D", "fake", "dr"),
    "dl": ("D", "", "gl"),
    "gl": ("G", "", "dl"),
    "ld": ("D", "", "lg"),
    "lg": ("G", "", "ld"),
}
"""Two letters in one -> whose loss it is, on what, and the word that must stand beside it in the log."""


def joined(names: Names, _: Evidence, notes: list[str]) -> Names:
    """`dr`, `df`: D's loss on real and on generated samples; `dl`, `gl`: D's and G's. Of lists the first counts."""
    found = {word for name in names for word in name.words}
    paired = {word for word, (_, _, partner) in _JOINED.items() if {word, partner} <= found}

    def make(name: Name) -> Name:
        word = next(word for word in name.words if word in paired)
        who, on, _ = _JOINED[word]
        later = name.listed and name.words[-1] != "0"
        if not later:
            notes.append(f"'{name.column}' was read as {who}'s loss{f' on {on} samples' if on else ''}")
        what: What = "other" if later else "loss"
        return replace(name, who=who, on=on, what=what, unknown=name.unknown - 1, index="")

    return change(names, lambda n: is_loss(n) and not n.who and bool(paired & set(n.words)), make)


def output_of_x(names: Names, _: Evidence, __: list[str]) -> Names:
    """`D_x` beside `D_G_z1` is D(x)."""
    if not any(name.what == "score" and "z" in name.words for name in names):
        return names
    return change(
        names,
        lambda name: name.who == "D" and name.what == "" and name.words[1:] == ("x",),
        lambda name: replace(name, what="score", on="real", index=""),
    )


def g_and_f(names: Names, _: Evidence, __: list[str]) -> Names:
    """CycleGAN in its paper's letters: G maps X to Y and faces D_Y, F maps Y to X and faces D_X."""
    domains = {name.index for name in names if name.who == "D" and is_loss(name)}
    f = {n for n in names if n.who != "D" and "f" in n.letters and n.what == "loss" and not n.index and not n.unknown}
    if not {"X", "Y"} <= domains or not f:
        return names
    names = change(names, lambda n: n in f, lambda n: replace(n, who="G", index="X"))
    return change(
        names,
        lambda n: n.who == "G" and n.what == "loss" and not n.index and not n.unknown and n.part != "total",
        lambda n: replace(n, index="Y"),
    )


def adversarial(names: Names, _: Evidence, notes: list[str]) -> Names:
    """Read `A loss` as that of the adversarial (composite) model, so G's, and `a`, `a1` beside d and g as accuracies.

    Not where A is the name of a domain.
    """
    if any((name.who and name.index in ("A", "B")) or "b" in name.letters for name in names):
        return names
    known = {name.who for name in names if is_loss(name)}

    def make(name: Name) -> Name:
        if name.what:
            notes.append(f"'{name.column}' was read as G's: A stands for the adversarial model")
            return replace(name, who="G", index="")
        if known >= {"D", "G"}:
            return replace(name, what="accuracy", who="D")
        return replace(name, who="G") if "D" in known else name

    return change(names, lambda name: not name.who and "a" in name.letters and name.unknown == 0, make)


def critic(names: Names, _: Evidence, notes: list[str]) -> Names:
    """`c1`, `c2`, `c_loss` are the critic's where no other name is D's; beside D they belong to a classifier."""
    critic = not any(name.who == "D" for name in names) and any(name.who == "G" for name in names)

    def make(name: Name) -> Name:
        if not critic:
            return replace(name, what="class")
        notes.append(f"'{name.column}' was read as the critic's: no other column is D's")
        return replace(name, who="D")

    return change(names, lambda name: not name.who and "c" in name.letters and name.unknown == 0, make)


LETTERS = (joined, halves, output_of_x, g_and_f, adversarial, critic)
