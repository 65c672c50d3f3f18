"""A grid of generated images as a PNG file."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gandoctor.trainer.feed import Batch

_GAP = 2
_SMALLEST = 640
"""A grid is enlarged by whole factors until it is at least this wide, so that a digit can be seen."""


def grid(images: Batch, across: int = 10) -> bytes:
    """The images, in [-1, 1], `across` in a row from the top left, as the bytes of a PNG file.

    Values outside the range are clipped; what is not a number is black.
    """
    from PIL import Image

    count, height, width, channels = images.shape
    down = -(-count // across)
    sheet = np.full((down * (height + _GAP) + _GAP, across * (width + _GAP) + _GAP, channels), 128, np.uint8)
    grey = np.clip(np.nan_to_num(images + 1) * 127.5, 0, 255).astype(np.uint8)
    for place, image in enumerate(grey):
        top, left = _GAP + place // across * (height + _GAP), _GAP + place % across * (width + _GAP)
        sheet[top : top + height, left : left + width] = image
    factor = max(1, -(-_SMALLEST // sheet.shape[1]))
    sheet = sheet.repeat(factor, axis=0).repeat(factor, axis=1)
    out = BytesIO()
    Image.fromarray(sheet[..., 0] if channels == 1 else sheet).save(out, "PNG", optimize=True)
    return out.getvalue()
