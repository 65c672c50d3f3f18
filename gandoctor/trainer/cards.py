"""Trading cards drawn with numpy: what every card shares to the pixel, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 64
_TRAIN, _HELD_OUT = 3000, 1024
_FRAME, _PAPER, _INK = (24, 20, 28), (236, 226, 200), (52, 44, 40)
_FRAMES = np.array([[178, 48, 44], [44, 82, 168], [46, 128, 72], [206, 158, 40], [112, 64, 148]], np.float64)


def drawn() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cards of 64 x 64 pixels: (training, held out), drawn anew from a fixed seed.

    A black border and a paper ground that are the same on all, a coloured frame, a title and lines of text as bars of
    different lengths, and a picture: a sky of two colours with one of four shapes on it. The constant border is meant:
    D can tell a card by it, and a weak G cannot draw it.
    """
    random = np.random.default_rng(64)
    cards = np.stack([_card(random) for _ in range(_TRAIN + _HELD_OUT)])
    return cards[:_TRAIN], cards[_TRAIN:]


def _card(random: np.random.Generator) -> NDArray[np.uint8]:
    card = np.empty((_SIDE, _SIDE, 3))
    card[:] = _FRAME
    card[3:61, 3:61] = _FRAMES[random.integers(len(_FRAMES))]
    card[6:58, 6:58] = _PAPER
    card[8:12, 9 : 9 + random.integers(16, 38)] = _INK
    card[8:12, 50:55] = _FRAMES[random.integers(len(_FRAMES))]
    card[15:41, 9:55] = _picture(random)
    for top in (45, 49, 53):
        card[top : top + 2, 9 : 9 + random.integers(22, 46)] = _INK
    return card.astype(np.uint8)


def _picture(random: np.random.Generator) -> NDArray[np.float64]:
    """26 x 46 pixels: a gradient between two colours and a shape in a third, at a random place and size."""
    height, width = 26, 46
    above, below, shape = random.uniform(30, 230, (3, 3))
    down = np.linspace(0, 1, height)[:, None, None]
    picture = np.broadcast_to(above * (1 - down) + below * down, (height, width, 3)).copy()
    size = random.uniform(6, 11)
    y, x = np.mgrid[:height, :width]
    v, u = (y - random.uniform(10, 16)) / size, (x - random.uniform(14, 32)) / size
    masks = (u**2 + v**2 < 1, abs(u) + abs(v) < 1, (v < 0.8) & (abs(u) < (v + 1) / 2), _heart(u, v))
    picture[masks[random.integers(len(masks))]] = shape
    return picture


def _heart(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (1.2 * u) ** 2 + (1.1 * v + 0.6 * np.sqrt(abs(u))) ** 2 < 0.9
    return inside
