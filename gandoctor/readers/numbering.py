"""Settles the numbers in column names: halves of D's loss, lists that a model returned, pairs of networks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.readers import aliases as words
from gandoctor.readers.rename import Names, change, is_loss

if TYPE_CHECKING:
    from gandoctor.readers.evidence import Evidence
    from gandoctor.readers.names import Name, On

_HALVES: tuple[On, On] = ("real", "fake")


def lists(names: Names, _: Evidence, __: list[str]) -> Names:
    """`D1 loss` beside `D1 loss[1]` is the first of a list, whatever number its own name holds."""
    bases = {name.words[:-1] for name in names if name.listed}
    return change(names, lambda name: name.words in bases and not name.listed, lambda name: replace(name, index=""))


def rates(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """`D loss[0]`, `D loss[1]` of a Keras model compiled with a metric: the loss, and the accuracy that goes with it.

    Else two numbers are D's halves, or the losses of two pairs.
    """
    made: dict[str, Name] = {}
    for first in (n for n in names if n.listed and n.words[-1:] == ("0",) and is_loss(n) and n.who):
        rest = [n for n in names if n.listed and n.words[:-1] == first.words[:-1] and n is not first]
        if len(rest) == 1 and evidence.is_rate(rest[0].column):
            notes.append(f"'{rest[0].column}' was read as an accuracy: its values are shares of a batch")
            made[first.column] = replace(first, index="", listed=False)
            made[rest[0].column] = replace(rest[0], what="accuracy", index="", listed=False)
    return tuple(made.get(name.column, name) for name in names)


def numbers(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """`d1`, `d2`: halves, outputs of one Keras model, or several critics."""
    for what in ("accuracy", "loss"):
        names = _numbered(names, what, evidence, notes)
    names = _as_the_accuracies(names)
    names = change(
        names,
        lambda name: name.what in ("score", "sign") and name.index.isdigit(),
        lambda name: replace(name, unknown=name.unknown + _later(name, names), index=""),
    )
    return names


def _as_the_accuracies(names: Names) -> Names:
    """Give a list of D's losses without a relation to go by the order of the list of D's accuracies."""
    lists = [n for n in names if n.who == "D" and n.listed and n.words[-1:] and n.words[-1].isdigit()]
    order = {n.words[-1]: n.on for n in lists if n.what == "accuracy"}
    losses = [n for n in lists if n.what in ("loss", "other") and _losses_only(n)]
    same = sorted(n.words[-1] for n in losses) == sorted(order)
    if not same or {"real", "fake"} - set(order.values()) or any(n.on for n in losses):
        return names
    return change(names, lambda n: n in losses, lambda n: replace(n, what="loss", on=order[n.words[-1]], index=""))


def _losses_only(name: Name) -> bool:
    return not set(name.words[:-1]) - words.DISCRIMINATOR - words.LOSS


def _later(name: Name, names: Names) -> int:
    """1 where another column has the same meaning and a lower number: `D(G(z)) 2` is taken after G's update."""
    same = [n for n in names if (n.who, n.what, n.on) == (name.who, name.what, name.on)]
    return int(min(same, key=lambda n: (n.index or "0", n.column)).column != name.column)


def _numbered(names: Names, what: str, evidence: Evidence, notes: list[str]) -> Names:
    def group(who: str) -> list[Name]:
        return [
            n
            for n in names
            if n.who == who
            and (n.what == what or (what == "loss" and not n.what))
            and not n.held_out
            and not n.smoothed
            and n.part != "total"
            and n.unknown == 0
        ]

    numbers = {who: {n.index for n in group(who) if n.index.isdigit()} for who in ("D", "G")}
    adversarial = {n.index for n in names if not n.who and n.part == "adversarial" and is_loss(n)}
    if len(numbers["D"] & (numbers["G"] | adversarial)) > 1:
        return names
    for who in ("D", "G"):
        members = [n for n in group(who) if not n.on and (n.index.isdigit() or not n.index)]
        numbered = [n for n in members if n.index.isdigit()]
        if numbered:
            names = _apply(names, _meaning(who, members, numbered, evidence), notes)
    return names


def _meaning(who: str, members: list[Name], numbered: list[Name], evidence: Evidence) -> dict[str, Name]:
    """Tell what each numbered column of one network is; columns that stay pairs are not in it."""
    base = [n for n in members if not n.index]
    ordered = sorted(numbered, key=lambda n: float(n.index))
    if len(numbered) == 1 and not base:
        return {ordered[0].column: replace(ordered[0], index="")}
    listed = base[:1] + ordered
    if len(listed) == 3 and (found := _whole(listed, evidence)):
        return _keras_list(who, found[0], [n for n in listed if n is not found[0]], found[1])
    two = not base and [n.index for n in ordered] == ["1", "2"]
    if who == "D" and len(listed) == 2 and (two or ordered[0].listed):
        return {n.column: replace(n, on=on, index="") for n, on in zip(listed, _HALVES, strict=True)}
    if base or ordered[0].listed:
        extra = {n.column: replace(n, what="other", index="") for n in listed[1:]}
        return {listed[0].column: replace(listed[0], index=""), **extra}
    if who == "G":
        return {n.column: replace(n, index="", unknown=i) for i, n in enumerate(ordered)}
    return {}


def _whole(listed: list[Name], evidence: Evidence) -> tuple[Name, str] | None:
    """Which of three numbers is the sum or the mean of the two others, the first of a list first."""
    for whole in listed:
        parts = [n.column for n in listed if n is not whole]
        if kind := evidence.combination(whole.column, parts):
            return whole, kind
    return None


def _keras_list(who: str, whole: Name, parts: list[Name], kind: str) -> dict[str, Name]:
    """Read a list that a Keras model returned: G's total, adversarial and class loss, or D's loss and its halves."""
    first, second = parts
    if who == "D":
        made = replace(first, on="real", index=""), replace(second, on="fake", index="")
        return {whole.column: replace(whole, index=""), first.column: made[0], second.column: made[1]}
    return {
        whole.column: replace(whole, part="total" if kind == "sum" else "", index=""),
        first.column: replace(first, part="adversarial", index=""),
        second.column: replace(second, what="class", index=""),
    }


def _apply(names: Names, meaning: dict[str, Name], notes: list[str]) -> Names:
    halves = [n.column for n in meaning.values() if n.on]
    if len(halves) == 2:
        meaning = {c: replace(n, what=n.what or "loss") for c, n in meaning.items()}
        notes.append(f"'{halves[0]}' and '{halves[1]}' were read as D's numbers on real and on generated samples")
    return tuple(meaning.get(name.column, name) for name in names)


def pairs(names: Names, _: Evidence, __: list[str]) -> Names:
    """Keep domain letters and numbers as names of pairs where D and G share them, or where D has several and no whole.

    Elsewhere a mark that nothing else tells apart is dropped, and the parts of a whole are left alone.
    """
    losses = [n for n in names if n.who and is_loss(n) and not n.held_out and (n.what or n.unknown == 0)]
    marks = {who: {n.index for n in losses if n.who == who and n.index} for who in ("D", "G")}
    whole = {n.who for n in losses if not n.index and not n.on}
    shared = marks["D"] & marks["G"]
    kept: set[str] = set()
    if len(shared) > 1 and whole < {"D", "G"}:
        kept = shared
    elif len(marks["D"]) > 1 and "D" not in whole:
        kept = marks["D"]
    kinds = [(n.who, n.what, n.on, n.part, n.held_out, n.smoothed) for n in names]

    def make(name: Name) -> Name:
        kind = (name.who, name.what, name.on, name.part, name.held_out, name.smoothed)
        return replace(name, index="", what="other" if kinds.count(kind) > 1 else name.what)

    return change(names, lambda n: bool(n.who and n.index and n.index not in kept), make)
