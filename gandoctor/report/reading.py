"""How the log was read: which column became which metric, and by which convention the losses were understood."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from gandoctor.report.curves import label
from gandoctor.report.words import clean, listed, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Convention, Diagnosis

FAMILIES = {
    "bce": "cross-entropy losses",
    "lsgan": "least-squares losses (lsgan)",
    "hinge": "hinge losses",
    "wgan": "Wasserstein losses (wgan)",
    "wgan-gp": "Wasserstein losses with gradient penalty (wgan-gp)",
    "relativistic": "relativistic losses",
    "unknown": "losses of an unknown kind",
}

FORMS = {
    "sum": "D's loss is the sum of its real and generated halves",
    "mean": "D's loss is the mean of its real and generated halves",
    "separate": "D's losses on real and generated samples are apart",
}

_DECIDED = {
    "user": "as you said",
    "context": "as the log says",
    "log": "by the numbers",
    "default": "likeliest",
}


def conventions(every: Sequence[Convention]) -> list[str]:
    """Return how the raw losses were read, pairs of networks that were read alike together."""
    pairs: dict[Convention, list[str]] = {}
    for one in every:
        pairs.setdefault(replace(one, pair=""), []).append(clean(one.pair))
    return [convention(one, names) for one, names in pairs.items()]


def convention(convention_: Convention, pairs: Sequence[str] = ()) -> str:
    """Return how the raw losses were read, who decided it, what else is possible and which flag settles it."""
    named = [pair for pair in pairs if pair]
    whose = f"Pair{'s' if len(named) > 1 else ''} {', '.join(named)}: " if named else ""
    parts = [FAMILIES[convention_.family], FORMS[convention_.d_form], *_details(convention_)]
    reason = clean(convention_.reasons[0]) if convention_.reasons else ""
    how = _DECIDED[convention_.decided_by]
    why = reason or how if convention_.decided_by == "context" else f"{how}: {reason}" if reason else how
    text = whose + ", ".join(parts)
    text = f"{text[0].upper()}{text[1:]} ({why})."
    if convention_.decided_by in ("user", "context"):
        return text
    return f"{text} {_override(convention_)}"


def _details(convention_: Convention) -> list[str]:
    details = []
    if convention_.sign < 0:
        details.append("signs turned, since the log holds what D maximises")
    if (convention_.real_target, convention_.fake_target) != (1.0, 0.0):
        details.append(f"labels {number(convention_.real_target)} for real, {number(convention_.fake_target)} for fake")
    if convention_.d_scale != 1.0:
        details.append(f"D's loss multiplied by {number(convention_.d_scale)} before it was logged")
    return details


def _override(convention_: Convention) -> str:
    """Return what else is possible and the flags that settle it."""
    family, form = convention_.family, convention_.d_form
    if not convention_.alternatives:
        return "If wrong: --family, --d-loss."
    others = [_flags(other, family, form) for other in convention_.alternatives]
    return f"Also possible: {' or '.join(others)}; --family {family} --d-loss {form} confirms this."


def _flags(other: tuple[str, str], family: str, form: str) -> str:
    """Return the flags by which another reading differs from this one."""
    new_family = f"--family {other[0]}" if other[0] != family else ""
    new_form = f"--d-loss {other[1]}" if other[1] != form else ""
    return f"{new_family} {new_form}".strip()


def mapping(diagnosis: Diagnosis) -> str:
    """Which column was read as which metric, where the names differ."""
    pairs = [f"{column} = {metric}" for column, metric in columns(diagnosis)]
    return f"Columns read: {listed(pairs, 8, '; ')}." if pairs else ""


def columns(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """Return the columns whose names differ from those of the metrics that they were read as, and these."""
    return [(clean(column), label(metric)) for column, metric in _renamed(diagnosis)]


def _renamed(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """Return the columns whose names do not say of themselves which metric they are."""
    return [
        (column, metric)
        for metric, column in diagnosis.run.columns.items()
        if _bare(column) not in (_bare(metric), _bare(label(metric)))
    ]


def _bare(name: str) -> str:
    """Return the letters and digits of a name, the networks' names shortened."""
    for long, short in (("discriminator", "d"), ("generator", "g"), ("disc", "d"), ("gen", "g"), ("dis", "d")):
        name = name.lower().replace(long, short)
    return "".join(character for character in name if character.isalnum())


def unmapped(diagnosis: Diagnosis) -> str:
    """Return the columns that were not understood, and how to name them."""
    names = [clean(name) for name in diagnosis.run.unmapped]
    if not names:
        return ""
    return f"Not used: {listed(names, 6)}. To use one: --map METRIC={quote(names[0])}"
