"""The words that the text scanner must know: counters, units, nulls, networks; `names.py` knows the others."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from gandoctor.readers.aliases import (
    ACCURACY,
    ADVERSARIAL,
    AXIS_EPOCH,
    DISCRIMINATOR,
    FAKE,
    FILLER,
    GENERATOR,
    HELD_OUT,
    LOSS,
    REAL,
    SCORE,
)
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

CounterKind = Literal["epoch", "batch", "step"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GAN_WORDS = DISCRIMINATOR | GENERATOR | LOSS | ACCURACY | SCORE | REAL | FAKE | ADVERSARIAL
_LONG_WORDS = frozenset(word for word in _GAN_WORDS if len(word) > 1)
_SAMPLES = re.compile(rf"(?<![a-zA-Z])(?:{'|'.join(sorted(REAL | FAKE))})(?![a-z])", re.IGNORECASE)
_CALENDAR = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}$", re.I
)
_LETTER = re.compile(r"(?<![A-Za-z0-9])[dgDG](?![a-z])")

_EPOCH = AXIS_EPOCH
_BATCH = _words("batch batches minibatch minibatches")
_STEP = _words("step steps iter iters iteration iterations itr itrs it i update updates round rounds tick kimg nimg")
_BESIDE = _words("global current cur train training gen generator number no num idx index id # at")
_TRAINING = _words("train training trn trained")
_AFTER = _words("number no no. num idx index id #")
_LEADS_ON = _words("at in for after on of the @ start starting end finished finish begin beginning and during")

NULLS = _words("n/a na no none null nil - -- false true undefined")
"""Words that stand where a number would: the metric was not logged in this row."""

ABSENT = _words("n/a na none null nil undefined")
"""Those that stand for a number without ":" before them too: they are part of no name."""

COPULAS = _words("is was are were equals")
"""Words that say ":" between a name and its number, in lower case: "IS" is a score."""

JOINING = _words("and the but while with")
"""Words that begin no name."""

LOG_LEVELS = _words("info debug warning warn error critical notice trace root logging stdout stderr")

UNITS = _words(
    "s sec secs second seconds ms us min mins minute minutes hr hrs hour hours day days kb mb gb tb kib mib gib tib "
    "bytes hz khz mhz ghz fps"
)
"""A number before one of these is a duration, an amount of memory or a speed, never a metric."""

_RATES = ("/s", "/sec", "/second", "/step", "/batch", "/epoch", "/it", "/iter", "/img", "/image", "/sample", "/min")
_PLAIN = _words(
    "train training metrics metric stats stat statistics results result info log logs state dict args namespace tensor "
    "array losses loss status progress ordereddict defaultdict"
)


def is_unit(word: str) -> bool:
    """Whether a number before the word measures time, memory or speed ("s", "MiB", "it/s")."""
    low = word.lower()
    return low in UNITS or low.endswith(_RATES)


@lru_cache(maxsize=4096)
def counter_kind(word: str) -> CounterKind | None:
    """What the word counts ("global_step" -> "step"); None where it is no counter or a total ("num_epochs")."""
    parts = tokenise(word.strip(".#"))
    kinds = [kind for part in parts if (kind := _kind(part))]
    if not kinds or any(part not in _BESIDE and not _kind(part) for part in parts):
        return None
    if "num" in parts[:-1] or ("number" in parts[:-1]):
        return None
    return kinds[0]


def _kind(part: str) -> CounterKind | None:
    if part in _EPOCH:
        return "epoch"
    if part in _BATCH:
        return "batch"
    return "step" if part in _STEP else None


def counts(words: Sequence[str]) -> bool:
    """Whether the last word is a counter, of one network perhaps ("G_step"): then "100/5000" behind it is a share."""
    parts = tokenise(words[-1]) if words else ()
    return bool(parts) and _kind(parts[-1]) is not None


def split_counter(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The counter that ends a run of words, as printed, and the words before it without those that lead on to it.

    "discriminator loss at step" -> ("step", ("discriminator", "loss")); ("", words) where no counter ends it.
    """
    for length in (2, 1):
        tail = words[-length:]
        if len(tail) < length or not counter_kind(tail[0]):
            continue
        if length == 2 and tail[1].lower() not in _AFTER:
            continue
        return " ".join(tail).strip("_"), _without_lead(words[:-length])
    return "", tuple(words)


def _without_lead(words: Sequence[str]) -> tuple[str, ...]:
    kept = list(words)
    while kept and kept[-1].lower() in _LEADS_ON:
        kept.pop()
    if kept and all(word.lower() in _BESIDE | (_PLAIN - LOSS) for word in kept):
        return ()
    return tuple(kept)


@lru_cache(maxsize=4096)
def parts_of(words: tuple[str, ...]) -> frozenset[str]:
    """The lower-case words that a run of words is made of, compounds taken apart."""
    return frozenset(part for word in words for part in tokenise(word))


def names_network(words: Sequence[str]) -> bool:
    """Whether the words name D or G, or held-out data: a label that belongs to every name under it."""
    parts = parts_of(tuple(words))
    return len(words) <= 4 and bool(parts & (DISCRIMINATOR | GENERATOR | HELD_OUT | {"a", "adv", "adversarial"}))


def is_rival(label: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a name under a label names its network itself: "D loss: 0.5, G loss: 0.7" is no "D G loss"."""
    networks = DISCRIMINATOR | GENERATOR
    return bool(parts_of(tuple(label)) & networks) and bool(parts_of(tuple(words)) & networks)


def held_out(words: Sequence[str]) -> tuple[str, ...]:
    """What in the words names held-out data: "val" of "val D loss" and of "val_d_loss"."""
    return tuple(part for word in words for part in _spelled(word) if part.lower() in HELD_OUT)


def _spelled(word: str) -> tuple[str, ...]:
    """The parts of a word; a word of one part as it is spelled."""
    parts = tokenise(word)
    return parts if len(parts) > 1 else (word,)


def opens_held_out(words: Sequence[str]) -> bool:
    """Whether held-out data come first and stand apart, so that all names after it are under them: "test D loss"."""
    return bool(words) and words[0].lower() in HELD_OUT and bool(parts_of(tuple(words)) & (DISCRIMINATOR | GENERATOR))


def is_split(words: Sequence[str]) -> bool:
    """Whether the words only say on which part of the data numbers were measured: "Test", "Train"."""
    return bool(words) and parts_of(tuple(words)) <= HELD_OUT | _TRAINING


def of_training(words: Sequence[str]) -> bool:
    """Whether the words say that the number was measured in training."""
    return bool(parts_of(tuple(words)) & _TRAINING)


def names_both(words: Sequence[str]) -> bool:
    """Whether both networks are named."""
    parts = {part for word in words for part in tokenise(word)}
    return bool(parts & DISCRIMINATOR and parts & GENERATOR)


def says_loss(words: Sequence[str]) -> bool:
    """Whether the words name a loss."""
    return bool(parts_of(tuple(words)) & LOSS)


def are_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two runs of words are names of their own: each of a network, or each of a loss."""
    both = parts_of(tuple(one)), parts_of(tuple(other))
    return any(all(parts & known for parts in both) for known in (DISCRIMINATOR | GENERATOR, LOSS))


def like_before(before: str, words: Sequence[str]) -> str:
    """What a name that only says "fake" means after another: the name before with its samples exchanged.

    "D_loss_real", then "fake" -> "D_loss_fake"; "" where the name before does not speak of samples.
    """
    said = next((part for part in tokenise(" ".join(words)) if part in REAL | FAKE), "")
    new, count = _SAMPLES.subn(said, before, count=1)
    return new if count and said and _SAMPLES.sub("", before).strip(" _-/.:") else ""


def is_month(word: str) -> bool:
    """Whether the word is a month or a day of the week: the number behind it belongs to a date."""
    return bool(_CALENDAR.match(word))


def is_source(word: str) -> bool:
    """Whether the word is a file of code: the number behind it is a line."""
    return word.lower().endswith((".py", ".cc", ".cpp", ".cu", ".lua", ".ipynb"))


def is_plain(words: Sequence[str]) -> bool:
    """Whether the words only say that numbers follow ("Train", "Losses", "INFO")."""
    return all(word.lower().strip(".") in _PLAIN | LOG_LEVELS for word in words)


def speaks(words: Sequence[str]) -> bool:
    """Whether any of the words names a network, a loss, an accuracy, an output of D or what it was shown."""
    return bool(parts_of(tuple(words)) & _LONG_WORDS) or any(_LETTER.search(word) for word in words)


def says_only_samples(words: Sequence[str]) -> bool:
    """Whether the words say no more than "real" or "fake", as "on fake images" does."""
    parts = parts_of(tuple(words))
    return bool(parts & (REAL | FAKE)) and parts <= REAL | FAKE | FILLER


def without_loss(words: Sequence[str]) -> tuple[str, ...]:
    """The words that say whose loss it is: "D loss" -> ("D",)."""
    return tuple(word for word in words if word.lower().strip(".") not in LOSS)
