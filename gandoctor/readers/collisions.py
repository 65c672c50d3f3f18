"""Settles names that mean different things in different logs, by the names and values beside them.

Each function takes all the names of a log and gives them back with one kind of collision settled; a sentence about
every choice goes to `notes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.readers.letters import LETTERS
from gandoctor.readers.numbering import lists, numbers, pairs, rates
from gandoctor.readers.rename import Names, change, is_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.evidence import Evidence
    from gandoctor.readers.names import Name, What, Who


def settle(names: Sequence[Name], evidence: Evidence) -> tuple[Names, tuple[str, ...]]:
    """Return the names with every collision settled, and what was decided."""
    found: Names = tuple(names)
    notes: list[str] = []
    for step in _STEPS:
        found = step(found, evidence, notes)
    return found, tuple(dict.fromkeys(notes))


def _accuracy_by_place(names: Names, _: Evidence, __: list[str]) -> Names:
    """Where an accuracy without an owner was logged twice, each belongs to the loss that stands before it."""
    loose = [n for n in names if n.what == "accuracy" and not n.who and not n.on and n.unknown == 0 and not n.held_out]
    if len(loose) != 2 or len({name.words[:1] for name in loose}) > 1:
        return names
    owner: Who = ""
    made = []
    for name in names:
        if name in loose:
            made.append(replace(name, who=owner, index="") if owner else name)
        else:
            owner = name.who if name.who and is_loss(name) else owner
            made.append(name)
    return tuple(made)


def _bare_halves(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """`D_real` and `D_fake` are losses without a D loss beside them, or where they add up to it; else D's outputs."""
    bare = tuple(n for n in names if n.on in ("real", "fake") and not n.what and n.who in ("D", "") and not n.part)
    if not bare or {n.on for n in bare} != {"real", "fake"} or any(n.unknown for n in bare if not n.who):
        return names
    whole = [n for n in names if n.who == "D" and is_loss(n) and n.on in ("", "both") and n.unknown == 0]
    sums = any(
        evidence.combination(w.column, [r.column, f.column])
        for w in whole[:2]
        for r in bare
        if r.on == "real"
        for f in bare
        if f.on == "fake"
    )
    said = whole or [n for n in names if n.who == "D" and n.what == "loss" and n.on and n.unknown == 0]
    kind: What = "loss" if sums or not said else "score"
    why = "they add up to D's loss" if sums else f"'{said[0].column}' is D's loss" if said else "no other D loss"
    shown = " and ".join(f"'{n.column}'" for n in bare[:2])
    plural = "losses" if kind == "loss" else "outputs"
    notes.append(f"{shown} were read as D's {plural} on real and fake samples: {why}")
    return change(names, lambda n: n in bare, lambda n: replace(n, what=kind, who="D"))


def _ownerless(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """Losses that name no network: the halves are D's, the adversarial one is G's, a plain one is whose is missing."""
    names = change(
        names,
        lambda n: not n.who and n.what == "loss" and n.on in ("real", "fake") and n.unknown == 0,
        lambda n: replace(n, who="D"),
    )
    marks = {"", *(n.index for n in names if n.who == "D" and is_loss(n))}
    partner = any(n.who == "D" and n.what == "loss" for n in names)
    names = change(
        names,
        lambda n: not n.who and n.part in ("adversarial", "gan") and is_loss(n) and not n.on and n.index in marks,
        lambda n: replace(n, who="G", what="loss" if partner else n.what, unknown=n.unknown + (n.part == "gan")),
    )
    plain = [n for n in names if not n.who and n.what == "loss" and not n.part and not n.on and n.unknown == 0]
    if not plain:
        return names
    first = min(plain, key=lambda n: (n.held_out, n.smoothed, bool(n.index)))
    if made := _whole_of(first, names, evidence):
        parts = " and ".join(f"'{column}'" for column in made)
        notes.append(f"'{first.column}' is made of {parts}: read as D's loss and its halves")
        return tuple(replace(n, who="D") if n is first else made.get(n.column, n) for n in names)
    owners = {n.who for n in names if n.who and n.what == "loss" and n.unknown == 0 and n.part != "total"}
    if len(owners) != 1:
        return names
    who: Who = "G" if "D" in owners else "D"
    notes.append(f"'{first.column}' was read as {who}'s loss: the log names only the other network's")
    return change(names, lambda n: n is first, lambda n: replace(n, who=who, index=""))


def _whole_of(plain: Name, names: Names, evidence: Evidence) -> dict[str, Name]:
    """`loss` = `loss_data` + `loss_gen`: D's loss and its halves, where the values add up."""
    real = [n for n in names if n.who == "D" and n.on == "real" and n.what == "loss"]
    whole = [n for n in names if n.who == "D" and n.on == "" and n.what == "loss"]
    fake = [n for n in names if n.what == "loss" and (n.who == "G" or n.on == "fake") and not n.part]
    if whole or len(real) != 1 or len(fake) != 1:
        return {}
    if not evidence.combination(plain.column, [real[0].column, fake[0].column]):
        return {}
    return {real[0].column: real[0], fake[0].column: replace(fake[0], who="D", on="fake")}


def _class_head(names: Names, _: Evidence, notes: list[str]) -> Names:
    """Beside a class head, accuracies that do not name D may be the classifier's: they are left alone."""
    if not any(n.what == "class" or "acgan" in n.words for n in names):
        return names
    doubtful = [n for n in names if n.what == "accuracy" and n.who != "D"]
    notes.extend(f"'{n.column}' may be the accuracy of the class head: not used" for n in doubtful)
    return change(names, lambda n: n in doubtful, lambda n: replace(n, what="class"))


def _gan_or_total(names: Names, _: Evidence, __: list[str]) -> Names:
    """`G_GAN` is the adversarial part, unless another column says so more clearly: then it is the whole objective."""
    clear = any(n.who == "G" and n.part == "adversarial" and is_loss(n) for n in names)
    return change(
        names,
        lambda n: n.part == "gan" and n.who == "G",
        lambda n: replace(n, part="total" if clear else "adversarial"),
    )


_STEPS = (
    *LETTERS,
    lists,
    rates,
    _accuracy_by_place,
    numbers,
    _bare_halves,
    _ownerless,
    _class_head,
    _gan_or_total,
    pairs,
)
