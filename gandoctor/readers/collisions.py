"""Settles names that mean different things in different logs, by the names and values beside them.

Each function takes all the names of a log and gives them back with one kind of collision settled; a sentence about
every choice goes to `notes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gandoctor.readers.evidence import Evidence
from gandoctor.readers.names import Name, On, What, Who

Names = tuple[Name, ...]
_HALVES: tuple[On, On] = ("real", "fake")


def settle(names: Sequence[Name], evidence: Evidence) -> tuple[Names, tuple[str, ...]]:
    """The names with every collision settled, and what was decided."""
    found: Names = tuple(names)
    notes: list[str] = []
    for step in _STEPS:
        found = step(found, evidence, notes)
    return found, tuple(dict.fromkeys(notes))


def _change(names: Names, test: Callable[[Name], bool], make: Callable[[Name], Name]) -> Names:
    return tuple(make(name) if test(name) else name for name in names)


def _is_loss(name: Name) -> bool:
    return name.what in ("loss", "")


def _letters(names: Names, _: Evidence, notes: list[str]) -> Names:
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
        if both and name.on == "fake" and name.words[-1] == "g":
            notes.append(f"'{name.column}' was read as the gradient penalty: it stands beside D's losses R and F")
            return replace(name, what="metric", metric="gradient_penalty", on="", who="")
        return name

    return _change(names, lambda name: name in d, make)


def _output_of_x(names: Names, _: Evidence, __: list[str]) -> Names:
    """`D_x` beside `D_G_z1` is D(x)."""
    if not any(name.what == "score" and "z" in name.words for name in names):
        return names
    return _change(
        names,
        lambda name: name.who == "D" and name.what == "" and name.words[1:] == ("x",),
        lambda name: replace(name, what="score", on="real", index=""),
    )


def _letter_a(names: Names, _: Evidence, notes: list[str]) -> Names:
    """`A loss` is the loss of the adversarial (composite) model, so G's; `a`, `a1`, `a2` are accuracies beside d and g.

    Not where A is the name of a domain.
    """
    if any((name.who and name.index in ("A", "B")) or "b" in name.letters for name in names):
        return names
    known = {name.who for name in names if _is_loss(name)}

    def make(name: Name) -> Name:
        if name.what:
            notes.append(f"'{name.column}' was read as G's: A stands for the adversarial model")
            return replace(name, who="G", index="")
        if known >= {"D", "G"}:
            return replace(name, what="accuracy", who="D")
        return replace(name, who="G") if "D" in known else name

    return _change(names, lambda name: not name.who and "a" in name.letters and name.unknown == 0, make)


def _accuracy_by_place(names: Names, _: Evidence, __: list[str]) -> Names:
    """Where an accuracy without an owner was logged twice, each belongs to the loss that stands before it."""
    loose = [n for n in names if n.what == "accuracy" and not n.who and not n.on and n.unknown == 0 and not n.held_out]
    if len(loose) != 2 or {name.words[0] for name in loose} != {loose[0].words[0]}:
        return names
    owner: Who = ""
    made = []
    for name in names:
        if name in loose:
            made.append(replace(name, who=owner, index="") if owner else name)
        else:
            owner = name.who if name.who and _is_loss(name) else owner
            made.append(name)
    return tuple(made)


def _numbers(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """`d1`, `d2`: halves, outputs of one Keras model, or several critics."""
    for what in ("loss", "accuracy"):
        names = _numbered(names, what, evidence, notes)
    names = _change(
        names,
        lambda name: name.what in ("score", "sign") and name.index.isdigit(),
        lambda name: replace(name, unknown=name.unknown + _later(name, names), index=""),
    )
    return names


def _later(name: Name, names: Names) -> int:
    """1 where another column has the same meaning and a lower number: `D(G(z)) 2` is taken after G's update."""
    same = [n for n in names if (n.who, n.what, n.on) == (name.who, name.what, name.on)]
    return int(min(same, key=lambda n: (n.index or "0", n.column)).column != name.column)


def _numbered(names: Names, what: str, evidence: Evidence, notes: list[str]) -> Names:
    def group(who: str) -> list[Name]:
        return [
            n for n in names
            if n.who == who and (n.what == what or (what == "loss" and not n.what)) and not n.held_out
            and not n.smoothed and n.part != "total" and n.unknown == 0
        ]

    numbers = {who: {n.index for n in group(who) if n.index.isdigit()} for who in ("D", "G")}
    if numbers["D"] & numbers["G"] and len(numbers["D"]) > 1:
        return names
    for who in ("D", "G"):
        members = [n for n in group(who) if not n.on and (n.index.isdigit() or not n.index)]
        numbered = [n for n in members if n.index.isdigit()]
        if numbered:
            meaning = _meaning(who, members, numbered, evidence)
            names = _apply(names, meaning, notes)
    return names


def _meaning(who: str, members: list[Name], numbered: list[Name], evidence: Evidence) -> dict[str, Name]:
    """What each numbered column of one network is; columns that stay pairs are not in it."""
    base = [n for n in members if not n.index]
    ordered = sorted(numbered, key=lambda n: int(n.index))
    if len(numbered) == 1 and not base:
        return {ordered[0].column: replace(ordered[0], index="")}
    listed = base[:1] + ordered
    whole, parts = listed[0], listed[1:]
    if len(parts) == 2 and (kind := evidence.combination(whole.column, [n.column for n in parts])):
        return _keras_list(who, whole, parts, kind)
    if who == "D" and not base and len(ordered) == 2:
        return {n.column: replace(n, on=on, index="") for n, on in zip(ordered, _HALVES, strict=True)}
    if base:
        extra = {n.column: replace(n, what="other", index="") for n in ordered}
        return {base[0].column: base[0], **extra}
    if who == "G":
        return {n.column: replace(n, index="", unknown=i) for i, n in enumerate(ordered)}
    return {}


def _keras_list(who: str, whole: Name, parts: list[Name], kind: str) -> dict[str, Name]:
    """A list that a Keras model returned: G's total, adversarial and class loss, or D's loss and its two halves."""
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
        notes.append(f"'{halves[0]}' and '{halves[1]}' were read as D's numbers on real and on generated samples")
    return tuple(meaning.get(name.column, name) for name in names)


def _bare_halves(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """`D_real` and `D_fake` are losses without a D loss beside them, or where they add up to it; else D's outputs."""
    bare = tuple(n for n in names if n.on in ("real", "fake") and not n.what and n.who in ("D", "") and not n.part)
    if not bare or {n.on for n in bare} != {"real", "fake"} or any(n.unknown for n in bare if not n.who):
        return names
    whole = [n for n in names if n.who == "D" and _is_loss(n) and n.on in ("", "both") and n.unknown == 0]
    sums = any(
        evidence.combination(w.column, [r.column, f.column])
        for w in whole[:2] for r in bare if r.on == "real" for f in bare if f.on == "fake"
    )
    kind: What = "loss" if sums or not whole else "score"
    why = "they add up to D's loss" if sums else f"'{whole[0].column}' is D's loss" if whole else "no other D loss"
    shown = " and ".join(f"'{n.column}'" for n in bare[:2])
    notes.append(f"{shown} were read as D's {'losses' if kind == 'loss' else 'outputs'} on real and fake samples: {why}")
    return _change(names, lambda n: n in bare, lambda n: replace(n, what=kind, who="D"))


def _ownerless(names: Names, evidence: Evidence, notes: list[str]) -> Names:
    """Losses that name no network: the halves are D's, the adversarial one is G's, a plain one is whose is missing."""
    names = _change(
        names,
        lambda n: not n.who and n.what == "loss" and n.on in ("real", "fake") and n.unknown == 0,
        lambda n: replace(n, who="D"),
    )
    names = _change(
        names,
        lambda n: not n.who and n.part in ("adversarial", "gan") and _is_loss(n) and not n.on and not n.index,
        lambda n: replace(n, who="G", part="adversarial" if n.part == "adversarial" else "gan", unknown=n.unknown + (n.part == "gan")),
    )
    plain = [n for n in names if not n.who and n.what == "loss" and not n.part and not n.on and n.unknown == 0]
    if not plain:
        return names
    first = min(plain, key=lambda n: (n.held_out, n.smoothed, bool(n.index)))
    if made := _whole_of(first, names, evidence):
        notes.append(f"'{first.column}' is the sum of {' and '.join(repr(c) for c in made)}: read as D's loss and halves")
        return tuple(replace(n, who="D") if n is first else made.get(n.column, n) for n in names)
    owners = {n.who for n in names if n.who and n.what == "loss" and n.unknown == 0 and n.part != "total"}
    if len(owners) != 1:
        return names
    who: Who = "G" if "D" in owners else "D"
    notes.append(f"'{first.column}' was read as {who}'s loss: the log names only the other network's")
    return _change(names, lambda n: n is first, lambda n: replace(n, who=who, index=""))


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
    return _change(names, lambda n: n in doubtful, lambda n: replace(n, what="class"))


def _gan_or_total(names: Names, _: Evidence, __: list[str]) -> Names:
    """`G_GAN` is the adversarial part, unless another column says so more clearly: then it is the whole objective."""
    clear = any(n.who == "G" and n.part == "adversarial" and _is_loss(n) for n in names)
    return _change(
        names,
        lambda n: n.part == "gan" and n.who == "G",
        lambda n: replace(n, part="total" if clear else "adversarial"),
    )


def _pairs(names: Names, _: Evidence, __: list[str]) -> Names:
    """Keeps domain letters and numbers as names of pairs where D and G share them, or where D has several and no whole.

    Elsewhere a mark that nothing else tells apart is dropped, and the parts of a whole are left alone.
    """
    losses = [n for n in names if n.who and _is_loss(n) and not n.held_out]
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

    return _change(names, lambda n: bool(n.who and n.index and n.index not in kept), make)


_STEPS = (
    _letters,
    _output_of_x,
    _letter_a,
    _accuracy_by_place,
    _numbers,
    _bare_halves,
    _ownerless,
    _class_head,
    _gan_or_total,
    _pairs,
)
