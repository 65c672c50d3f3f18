"""Names of runs on a page of many: what they have in common is said once."""

from __future__ import annotations

import os
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATORS = (os.sep, "/")


def apart(names: Sequence[str]) -> tuple[str, list[str]]:
    """Return the folder that all the names share, with its separator at the end, and the names without it.

    "" where there is none, or only one name. Of a URL at least the protocol stays with the names.
    """
    folder = _shared(names) if len(names) > 1 else ""
    if folder.endswith("://"):
        folder = ""
    return folder, [name[len(folder) :] for name in names]


def _shared(names: Sequence[str]) -> str:
    first, last = min(names), max(names)  # what these two share, all that lie between them in the alphabet share
    same = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    return same[: max(same.rfind(sign) for sign in _SEPARATORS) + 1]
