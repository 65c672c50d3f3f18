"""What the collision rules share: all the names of a log, and a change to some of them."""

from __future__ import annotations

from collections.abc import Callable

from gandoctor.readers.names import Name

Names = tuple[Name, ...]


def change(names: Names, test: Callable[[Name], bool], make: Callable[[Name], Name]) -> Names:
    """The names, those that pass `test` made anew."""
    return tuple(make(name) if test(name) else name for name in names)


def is_loss(name: Name) -> bool:
    """Whether the column may be a loss: it says so, or says nothing of what it is."""
    return name.what in ("loss", "")
