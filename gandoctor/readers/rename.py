"""What the collision rules share: all the names of a log, and a change to some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.readers.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable

Names = tuple[Name, ...]


def change(names: Names, test: Callable[[Name], bool], make: Callable[[Name], Name]) -> Names:
    """Return the names, those that pass `test` made anew."""
    return tuple(make(name) if test(name) else name for name in names)


def is_loss(name: Name) -> bool:
    """Whether the column may be a loss: it says so, or says nothing of what it is."""
    return name.what in ("loss", "")
