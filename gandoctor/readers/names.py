"""What one column name says by itself: whose number it is, of what, on which samples, for which pair of networks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gandoctor.readers import aliases as words
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

Who = Literal["D", "G", ""]
What = Literal["loss", "accuracy", "score", "sign", "metric", "class", "other", "telemetry", "axis", ""]
On = Literal["real", "fake", "both", ""]
Part = Literal["adversarial", "gan", "total", ""]

_CALL = re.compile(r"(?:^|[\s/_:.\[-])(?:net_?|mean_?)?(d|dis|disc|discriminator|critic|D)\s*\((.*)\)", re.IGNORECASE)
_MARKS = words.SMOOTHED | words.SPREAD | words.TOTAL | words.ACCURACY
_SPLITS = (
    words.HELD_OUT | words.ADVERSARIAL | words.GAN | {"train", "training", "batch", "step", "current", "last", "raw"}
)
_DOMAINS = frozenset("abxy")
_DIRECTIONS = frozenset({"ab", "ba", "xy", "yx"})


@dataclass(frozen=True, slots=True)
class Name:
    """A column name taken apart.

    `who` is the network that the number belongs to, `what` the kind of number ("" where no word says it), `metric` the
    canonical name where the words name one by themselves, `on` the samples. `index` is a number or a domain letter
    beside the network ("1", "A"), `listed` says that it is a place in a list
    (`G loss[1]`). `unknown` counts the words that mean nothing here, `letters` holds those letters
    whose meaning hangs on the other columns.
    """

    column: str
    words: tuple[str, ...]
    who: Who = ""
    what: What = ""
    metric: str = ""
    on: On = ""
    part: Part = ""
    index: str = ""
    listed: bool = False
    held_out: bool = False
    smoothed: bool = False
    unknown: int = 0
    letters: frozenset[str] = frozenset()


def understand(column: str) -> Name:
    """Tell what the words of `column` say by themselves; context is for `columns.py`."""
    found = tokenise(column)
    held_out = any(word in words.HELD_OUT for word in found)
    plain = tuple(word for word in found if word not in words.HELD_OUT)
    if _is_axis(plain, column):
        return Name(column, found, what="axis")
    if len(plain) > 1 and plain[-1] in words.AXIS_STEP and _phrase(plain):
        return Name(column, found, what="axis")
    if (call := _CALL.search(column)) and not _is_mark(call):
        return _called(column, found, call, held_out)
    if plain[:1] in (("dx",), ("dgz",)) and not set(plain) & words.LOSS:
        return Name(column, found, who="D", what="score", on="real" if plain[0] == "dx" else "fake")
    if plain[:2] == ("d", "gz") or (plain[:1] and plain[0] in words.DISCRIMINATOR and plain[1:3] == ("g", "z")):
        return Name(column, found, who="D", what="score", on="fake", index=_index(plain, (), "D"))
    if metric := _phrase(plain):
        return _named(column, plain, metric, held_out)
    if _set(plain) & words.SPREAD and len(plain) > 1:
        return Name(column, found, what="other")
    if _set(plain) & (words.TELEMETRY | words.TERMS | words.CLASS_HEAD):
        return Name(column, found, who=_who(plain)[0], what=_aside(_set(plain)))
    return _compose(column, plain, held_out)


def _is_mark(call: re.Match[str]) -> bool:
    """Whether brackets behind a network hold no input of it but say more of the number.

    A domain, the place of an average ("loss_D (1)"), what the number is ("D(loss)") or how it was taken ("D (avg)");
    what was done with the data too where the name says that it is a loss: D(val) may be D's output on them.
    """
    inside, before = _set(tokenise(call.group(2))), _set(tokenise(call.string[: call.end(1)]))
    if call.group(2).strip().isdigit() or inside in ({"a"}, {"b"}) or inside & words.LOSS:
        return True
    marks = _MARKS | _SPLITS if before & words.LOSS else _MARKS
    return bool(inside) and inside <= marks


def _aside(present: frozenset[str]) -> What:
    """Return the kind of a column that is none of the curves that matter."""
    if present & words.TELEMETRY:
        return "telemetry"
    return "other" if present & words.TERMS else "class"


def _set(found: Sequence[str]) -> frozenset[str]:
    return frozenset(found)


def _is_axis(found: tuple[str, ...], column: str) -> bool:
    """Whether the name is nothing but words for step, epoch or batch; "" is the index of a data frame."""
    if not found:
        return not column.strip() or not column.strip("#№ ")
    return all(word in words.AXIS_WORDS or word.isdigit() for word in found) and not found[0].isdigit()


def _called(column: str, found: tuple[str, ...], call: re.Match[str], held_out: bool) -> Name:
    """`D(x)`, `D(G(z))`, `D(fake)`: the output of D; a loss where the name says so outside the brackets."""
    inside = _set(tokenise(call.group(2)))
    on: On = "fake" if inside & (words.FAKE | words.GENERATOR | {"z", "f"}) else "real"
    outside = _set(tokenise(column[: call.start(1)] + " " + column[call.end() :]))
    what: What = "loss" if outside & words.LOSS else "accuracy" if outside & words.ACCURACY else "score"
    digits = [word for word in found if word.isdigit()]
    return Name(
        column,
        found,
        who="D",
        what=what,
        on=on,
        index=digits[-1] if digits else "",
        held_out=held_out,
        smoothed=bool(outside & words.SMOOTHED),
    )


def _phrase(found: tuple[str, ...]) -> str:
    """Return the metric that a run of words names, the longest first; "" where there is none."""
    best, length = "", 0
    for phrase, metric in words.PHRASES:
        if len(phrase) > length and _contains(found, phrase):
            best, length = metric, len(phrase)
    return best


def _contains(found: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(found[i : i + size] == phrase for i in range(len(found) - size + 1))


def _named(column: str, found: tuple[str, ...], metric: str, held_out: bool) -> Name:
    """Read a column whose words name a metric; quality is no property of one network, a gradient's norm always is."""
    who = _who(found)[0]
    present = _set(found)
    if metric == "grad_norm":
        metric = f"{who.lower()}_grad_norm" if who else ""
    elif who and metric not in ("gradient_penalty", "r1_penalty", "learning_rate", "wasserstein"):
        metric = ""
    if not metric or present & (words.SPREAD | words.TELEMETRY | words.CLASS_HEAD | {"wc"}):
        return Name(column, found, what="other")
    extra = _unknown(found) + ("f" in present)
    if extra > (0 if metric == "inception_score" else 1):
        return Name(column, found, what="other")
    return Name(column, found, who=who, what="metric", metric=metric, held_out=held_out, unknown=extra)


def _who(found: tuple[str, ...]) -> tuple[Who, On]:
    """Return the network that a name belongs to, and what a second network's name says about the samples.

    D before G is D on generated samples (`d_gen_loss`, `loss/d_g`); with "fake" between them it is D's verdict in G's
    step (`loss_disc_fake_g`); G before D is D's loss in the list of a group (`loss_G_DIS`).
    """
    d = next((i for i, word in enumerate(found) if word in words.DISCRIMINATOR), -1)
    g = next((i for i, word in enumerate(found) if word in words.GENERATOR), -1)
    if d < 0 or g < 0:
        return ("D", "") if d >= 0 else ("G", "") if g >= 0 else ("", "")
    if d < g and any(word in words.FAKE for word in found[d:g]):
        return "G", ""
    return ("D", "fake") if d < g else ("D", "")


def _compose(column: str, found: tuple[str, ...], held_out: bool) -> Name:
    """Read a name made of a network, a kind of number and samples."""
    present = _set(found)
    who, on = _who(found)
    axis = words.AXIS_WORDS - words.TOTAL
    if who and not (present - axis - words.DISCRIMINATOR - words.GENERATOR) and present & axis:
        return Name(column, found, what="telemetry")
    domains = [word for word in found if _is_domain(word)]
    letters = _set([word for word in found if word in {"r", "f", "a", "b", "c"}])
    return Name(
        column,
        found,
        who=who,
        what=_what(found),
        on=_on(present, who) or on,
        part=_part(present),
        index=_index(found, domains, who),
        listed=column.endswith("]"),
        held_out=held_out,
        smoothed=bool(present & words.SMOOTHED),
        unknown=_unknown(found),
        letters=letters,
    )


def _what(found: tuple[str, ...]) -> What:
    """Return the kind of number; `l` is a loss at either end of a name only (`l_g_gan`, `d_trn_l`)."""
    present = _set(found)
    if present & words.SIGN:
        return "sign"
    if present & words.ACCURACY:
        return "accuracy"
    if present & words.SCORE:
        return "score"
    return "loss" if present & words.LOSS or "l" in (*found[:1], *found[-1:]) else ""


def _on(present: frozenset[str], who: Who) -> On:
    """Return the samples; "data" means the real ones only where the name is D's or nobody's loss (`loss_data`)."""
    if "data" in present and who != "G" and present & words.LOSS:
        return "real"
    real, fake = bool(present & words.REAL), bool(present & words.FAKE)
    return "both" if real and fake else "real" if real else "fake" if fake else ""


def _part(present: frozenset[str]) -> Part:
    if present & words.ADVERSARIAL:
        return "adversarial"
    if present & words.GAN:
        return "gan"
    return "total" if present & words.TOTAL else ""


def _index(found: tuple[str, ...], domains: Sequence[str], who: Who) -> str:
    """Return the number or domain beside a network; a direction (`A2B`) stands for the domain that it ends in."""
    if who and domains:
        return domains[0][-1].upper()
    digits = [word for word in found if word.isdigit()]
    return digits[-1] if digits else ""


def _is_domain(word: str) -> bool:
    """Tell whether a word is a domain (`A`) or a direction from one to another (`AB`, `A2B`)."""
    return word in _DOMAINS or word in _DIRECTIONS or (len(word) == 3 and word[1] == "2")


def _unknown(found: tuple[str, ...]) -> int:
    """How many words mean nothing here; single letters and numbers are left to the context."""
    strange = (word for word in found if word not in words.KNOWN and len(word) > 1 and not _is_domain(word))
    return sum(not word.rstrip("k").isdigit() for word in strange)
