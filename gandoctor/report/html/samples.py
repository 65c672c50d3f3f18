"""Pictures of generated samples, made small enough to lie inside the page, and anew, so that nothing comes along."""

from __future__ import annotations

import base64
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gandoctor.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from PIL.Image import Image

MOST = 6
"""How many pictures a page shows: the first, the last, and some between."""

_SIDE = 320
_BYTES = 45_000
"""The most that one picture may take; its side is halved until it does."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a data address, with its size in pixels and the name of the file that it was made from."""

    name: str
    address: str
    width: int
    height: int


def chosen(files: Sequence[Path]) -> list[Path]:
    """Return at most `MOST` of the files, evenly spread, with the first and the last."""
    if len(files) <= MOST:
        return list(files)
    return [files[round(place * (len(files) - 1) / (MOST - 1))] for place in range(MOST)]


def pictures(files: Iterable[Path]) -> tuple[Picture, ...]:
    """Return the files as small pictures; one that cannot be read, or would unpack to a giant, is left out."""
    made = (_picture(path) for path in files)
    return tuple(one for one in made if one is not None)


def _picture(path: Path) -> Picture | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a picture of more pixels than Pillow thinks decent is a warning
            with Image.open(path, formats=("PNG", "JPEG")) as opened:
                image = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    content, kind = _encoded(image)
    image.thumbnail((_SIDE, _SIDE))
    address = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
    return Picture(clean(path.name), address, image.width, image.height)


def _encoded(image: Image) -> tuple[bytes, str]:
    """Return the picture as PNG or JPEG, whichever is smaller, with no more pixels than fit."""
    side = _SIDE
    while True:
        small = image.copy()
        small.thumbnail((side, side))
        found = [(_saved(small, "PNG", optimize=True), "png"), (_saved(small, "JPEG", quality=85), "jpeg")]
        content, kind = min(found, key=lambda one: len(one[0]))
        if len(content) <= _BYTES or side <= 1:
            return content, kind
        side //= 2


def _saved(image: Image, kind: str, **options: bool | int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
