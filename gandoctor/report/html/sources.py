"""Where a bound or a remedy comes from, as a link; only addresses that a browser opens without running anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.model import Rule


@dataclass(frozen=True, slots=True)
class Link:
    """A citation and its address, "" where there is none that may be linked."""

    cite: str
    url: str = ""


def link(rules: Sequence[Rule], rule: str, key: str) -> Link | None:
    """Return the source of that key in the rule; the key itself where the rule is not known, None without a key."""
    if not key:
        return None
    for source in (source for one in rules if one.id == rule for source in one.sources):
        if source.key == key:
            return Link(clean(source.cite), safe(source.url))
    return Link(clean(key))


def safe(url: str) -> str:
    """Return the address where it is one of the web, else ""; a rulebook may come from anybody."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""
