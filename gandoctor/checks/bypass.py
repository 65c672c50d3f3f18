"""A change that somebody lets pass, with the reason: it stays visible in every report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from gandoctor.checks.fields import one_of, table_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@dataclass(frozen=True, slots=True)
class Bypass:
    """`what` is let pass (a key of an expectation, a rule, a feature) up to the day `until`, None for ever."""

    what: str
    why: str
    who: str
    until: date | None = None


def bypass(value: object, known: Collection[str]) -> Bypass:
    """The bypass in a table of TOML; ValueError for one without reason or name, or for what is not known."""
    table = table_of(value, ("what", "why", "who"), ("until",))
    until = table.get("until")
    if until is not None and type(until) is not date:
        raise ValueError(f"until = {until!r} is no date: write 2030-01-31, without quotation marks")
    what = one_of(table["what"], known, "thing that can be let pass")
    return Bypass(what, str(table["why"]), str(table["who"]), until)


def standing(bypasses: Iterable[Bypass], today: date) -> tuple[Bypass, ...]:
    """Those that have not run out."""
    return tuple(one for one in bypasses if one.until is None or one.until >= today)
