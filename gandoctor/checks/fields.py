"""Values of TOML that a user wrote by hand, taken strictly: ValueError says what is wrong and what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection


def one_of(value: object, known: Collection[str], what: str) -> str:
    """The value, which must be one of those known."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{value!r} is no {what}; there are {', '.join(sorted(known))}")
    return value


def table_of(value: object, needed: Collection[str], optional: Collection[str]) -> dict[str, Any]:
    """The value, which must be a table with all keys that are needed, not empty, and none that is unknown."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no table")
    if missing := [key for key in needed if value.get(key) in (None, "")]:
        raise ValueError(f"has no {' and no '.join(missing)}")
    if unknown := set(value) - set(needed) - set(optional):
        raise ValueError(f"{', '.join(sorted(unknown))} is no key of it; there are {', '.join((*needed, *optional))}")
    return value
