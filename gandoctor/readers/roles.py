"""Gives each canonical metric its column: of several candidates the raw, the trained-on and the plainest name wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.model import PAIR
from gandoctor.readers.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Rank = tuple[int, ...]
Candidate = tuple[str, Rank, Name]
_STRANGE = 2
"""A loss whose name holds more words than this that mean nothing here is taken for something else."""
MOST_PAIRS = 64
"""More pairs of networks than anyone trains: what has more is a list of something else, and is read so far."""
_D_PARTS = {"": 0, "adversarial": 1, "gan": 1, "total": 2}
_G_PARTS = {"adversarial": 0, "gan": 0, "": 1, "total": 2}
_HALF = {"real": "_real", "fake": "_fake", "": "", "both": ""}


def assign(names: Sequence[Name]) -> dict[str, Name]:
    """Canonical metric, with its pair where there are several -> the name of the column that holds it."""
    chosen: dict[str, Name] = {}
    for pair in pairs_of(names)[:MOST_PAIRS] or [""]:
        own = [n for n in names if n.index == pair or (n.who == "G" and not n.index) or (not n.who and not pair)]
        chosen.update({_key(metric, pair): name for metric, name in _of_pair(own).items()})
    for metric, name in _best(_named(names)).items():
        chosen.setdefault(metric, name)
    return chosen


def pairs_of(names: Sequence[Name]) -> list[str]:
    """The numbers or letters by which names tell several pairs of networks apart, in the order of the columns."""
    return list(dict.fromkeys(n.index for n in names if n.index and n.who and n.what in ("loss", "")))


def _key(metric: str, pair: str) -> str:
    return f"{metric}{PAIR}{pair}" if pair else metric


def _of_pair(names: Sequence[Name]) -> dict[str, Name]:
    """Return the losses, accuracies and outputs of one pair of networks."""
    d = _best(_discriminator(names))
    g = _generator(names)
    weak_d = {metric for metric, name in d.items() if _weak(name) and not g}
    weak_g = {metric for metric, name in g.items() if _weak(name) and not d}
    found = {m: n for m, n in {**d, **g}.items() if m not in weak_d | weak_g}
    outputs = {n.on for n in names if n.what == "score" and not n.unknown} >= {"real", "fake"}
    found.update(_best(_measured(names, bool(found) or outputs)))
    return found


def _weak(name: Name) -> bool:
    """Tell whether a name has no word for what it is: it is accepted only where the other network's is there too."""
    return name.what == "" and not name.part


def _best(candidates: Iterable[Candidate]) -> dict[str, Name]:
    """Return the candidate of lowest rank for each metric; the first of equals."""
    best: dict[str, tuple[Rank, Name]] = {}
    for metric, rank, name in candidates:
        if metric not in best or rank < best[metric][0]:
            best[metric] = (rank, name)
    return {metric: name for metric, (_, name) in best.items()}


def _discriminator(names: Sequence[Name]) -> list[Candidate]:
    found: list[Candidate] = []
    for n in names:
        if n.who == "D" and _acceptable(n):
            rank = (n.held_out, n.smoothed, n.unknown, n.what == "", _D_PARTS[n.part])
            found.append((f"d_loss{_HALF[n.on]}", rank, n))
    trained = any(not n.held_out and not n.on for _, _, n in found)
    if trained:
        found += [("d_loss_validation", rank[1:], n) for _, rank, n in found if n.held_out and not n.on]
    return found


def _acceptable(name: Name) -> bool:
    """Whether the column is a loss: named so, adversarial, or a network's bare name."""
    said = name.what == "loss" or (name.what == "" and name.part == "adversarial")
    return name.unknown <= (_STRANGE if said else 0) and name.what in ("loss", "")


def _generator(names: Sequence[Name]) -> dict[str, Name]:
    """`g_loss`, the adversarial part where there is one, and `g_loss_total` where the whole is there as well."""
    ranked = sorted(
        (n for n in names if n.who == "G" and _acceptable(n) and n.on != "real"),
        key=lambda n: (n.held_out, n.smoothed, n.unknown, _G_PARTS[n.part], n.what == "", n.on != ""),
    )
    if not ranked:
        return {}
    first = ranked[0]
    like = [n for n in ranked[1:] if (n.held_out, n.smoothed, n.unknown) == (first.held_out, first.smoothed, 0)]
    whole = [n for n in like if _G_PARTS[n.part] > _G_PARTS[first.part]]
    found = {"g_loss": first}
    if whole:
        found["g_loss_total"] = max(whole, key=lambda n: _G_PARTS[n.part])
    return found


def _measured(names: Sequence[Name], partner: bool) -> list[Candidate]:
    """Accuracies, outputs and signs; those without an owner only in the log of a GAN."""
    found: list[Candidate] = []
    for n in names:
        rank = (n.held_out, n.smoothed, n.unknown, not n.who)
        metric = {"accuracy": _accuracy, "score": _score, "sign": _sign}.get(n.what, _nothing)(n)
        if metric and (n.who or partner) and (n.who or n.unknown == 0):
            found.append((metric, rank, n))
    halves = {metric for metric, _, _ in found}
    lone = {"d_score_real", "d_score_fake"} & halves
    return [c for c in found if not (len(lone) == 1 and c[0] in lone and not c[2].on)]


def _nothing(_: Name) -> str:
    return ""


def _accuracy(name: Name) -> str:
    if name.who == "G":
        return "g_accuracy" if name.on != "real" else ""
    return f"d_accuracy{_HALF[name.on]}"


def _score(name: Name) -> str:
    """`Score_D`, `Score_G` are D's outputs on real and on generated samples."""
    on = name.on or {"D": "real", "G": "fake", "": ""}[name.who]
    return f"d_score_{on}" if on in ("real", "fake") else ""


def _sign(name: Name) -> str:
    return f"d_sign_{name.on}" if name.on in ("real", "fake") else ""


def _named(names: Sequence[Name]) -> list[Candidate]:
    """Metrics that their words name; one that no network owns, or G's, goes before D's."""
    owner = {"": 0, "G": 1, "D": 2}
    return [
        (n.metric, (n.smoothed, n.unknown, owner[n.who] if n.metric == "learning_rate" else 0), n)
        for n in names
        if n.what == "metric"
    ]
