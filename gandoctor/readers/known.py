"""What a log or the caller says about the training, under the keys that the rest of gandoctor asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gandoctor.readers.cells import whole
from gandoctor.readers.options import D_FORMS, FAMILIES
from gandoctor.readers.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.readers.options import ReadOptions

_FAMILIES = {
    "hinge": "hinge",
    "vanilla": "bce",
    "logistic": "bce",
    "nonsaturating": "bce",
    "bce": "bce",
    "dcgan": "bce",
    "gan": "bce",
    "least": "lsgan",
    "lsgan": "lsgan",
    "ls": "lsgan",
    "wasserstein": "wgan",
    "wgan": "wgan",
    "wgangp": "wgan-gp",
    "relativistic": "relativistic",
    "ragan": "relativistic",
    "rsgan": "relativistic",
}
"""Words of a loss's name -> family. The hinge and relativistic forms go before the plain ones they are made from."""
_LOSS_KEYS = tuple(
    set(words.split()) for words in ("adv loss", "adversarial loss", "gan mode", "gan loss", "gan type", "loss type")
)
_PENALTY_KEYS = ({"gp"}, {"gradient", "penalty"})
_SIZES = {
    "batch_size": ({"batch", "size"}, {"batchsize"}),
    "latent_dim": ({"latent", "dim"}, {"latent", "size"}, {"z", "dim"}, {"nz"}, {"zdim"}),
    "optimiser": ({"optimizer"}, {"optimiser"}, {"optim"}),
    "d_steps": ({"d", "steps"}, {"n", "critic"}, {"critic", "iters"}),
}


def known_context(stated: Mapping[str, Any], options: ReadOptions) -> dict[str, Any]:
    """Return the log's context with the canonical keys `family`, `batch_size`, `latent_dim`, `optimiser`, `d_steps`.

    The caller's `family` and `d_form` go before what the log says; `family_by` tells who said it ("user" or "log").
    """
    context = {key: value for key, value in stated.items() if fits(key, value)}
    flat = list(_flat(stated))
    for key, wanted in _SIZES.items():
        value = _value(flat, wanted)
        value = value if key == "optimiser" else _number(value)
        if value is not None:
            context[key] = value
        elif key in context:
            del context[key]
    if "family" not in context and (family := _family(flat)):
        context |= {"family": family, "family_by": "log"}
    if options.family:
        context |= {"family": options.family, "family_by": "user"}
    if options.d_form:
        context["d_form"] = options.d_form
    return context


def fits(key: str, value: Any) -> bool:
    """Whether a stated value can be what its key says; True for a key that nothing is computed with."""
    return _KNOWN.get(key, _anything)(value)


def _is_target(value: Any) -> bool:
    return (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, int) and abs(value) < _HUGE)


def _anything(_: Any) -> bool:
    return True


_HUGE = 1 << 53
_KNOWN: Mapping[str, Callable[[Any], bool]] = {
    "family": FAMILIES.__contains__,
    "d_form": D_FORMS.__contains__,
    "real_target": _is_target,
    "fake_target": _is_target,
}
"""What the values of some keys must be."""


def _flat(stated: Mapping[str, Any]) -> Iterator[tuple[frozenset[str], Any]]:
    """Return the words of every key with its value, those of nested mappings too."""
    for key, value in stated.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            yield frozenset(tokenise(str(key))), value


def _value(flat: list[tuple[frozenset[str], Any]], wanted: tuple[set[str], ...]) -> Any:
    """Return the first stated value whose key holds the wanted words."""
    for words in wanted:
        for key, value in flat:
            if words <= key and value not in (None, "", "N/A", "n/a", "None"):
                return value
    return None


def _number(value: Any) -> int | None:
    """Return the value as a whole number above zero; None where it is none."""
    return whole(str(value).strip()) or None


def _family(flat: list[tuple[frozenset[str], Any]]) -> str:
    """Return the family that the log states; a Wasserstein loss with a gradient penalty is WGAN-GP."""
    stated = _value(flat, _LOSS_KEYS)
    if not isinstance(stated, str):
        return ""
    found = tokenise(stated.replace("non-saturating", "nonsaturating"))
    relativistic = any(word.startswith(("relativ", "ra")) for word in found)
    family = "relativistic" if relativistic else next((_FAMILIES[word] for word in found if word in _FAMILIES), "")
    if family == "wgan" and any(_is_on(value) for key, value in flat if any(w <= key for w in _PENALTY_KEYS)):
        return "wgan-gp"
    return family


def _is_on(value: Any) -> bool:
    """Whether a stated penalty is used: true, or a positive weight."""
    if isinstance(value, str):
        return value.strip().lower() == "true" or (value.replace(".", "", 1).isdecimal() and float(value) > 0)
    return value is True or (isinstance(value, int | float) and value > 0)
