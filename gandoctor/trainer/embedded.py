"""Images that need no network: digits and photographs that come with scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]

_TRAIN, _HELD_OUT = 4000, 1024
_SIDE, _BOX = 28, 8


def digits(digit: int | None) -> Pair:
    """Handwritten digits of 8 x 8 drawn at 28 x 28, each at many places, angles and sizes: (training, held out).

    All of them, or one digit. Those held out come from other writers' images.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    images = found.images if digit is None else found.images[found.target == digit]
    cut = len(images) // 4
    random = np.random.default_rng(8)
    return _varied(images[cut:], _TRAIN, random), _varied(images[:cut], _HELD_OUT, random)


def _varied(images: NDArray[Any], count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    from scipy.ndimage import affine_transform

    made = np.empty((count, _SIDE, _SIDE), np.uint8)
    for place in range(count):
        angle, zoom = random.normal(0, 0.12), _BOX / 20 / random.uniform(0.9, 1.1)
        turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.full(2, (_SIDE - 1) / 2) + random.uniform(-1.5, 1.5, 2)
        offset = np.full(2, (_BOX - 1) / 2) - turn @ middle
        grey = affine_transform(images[place % len(images)], turn, offset, (_SIDE, _SIDE), order=3)
        made[place] = np.clip(np.round(grey * 255 / 16), 0, 255)
    return made


def patches(side: int) -> Pair:
    """Square pieces of two photographs, a temple and a flower, taken at random: (training, held out)."""
    from sklearn.datasets import load_sample_images

    random = np.random.default_rng(32)
    photographs = [photograph[::2, ::2] for photograph in load_sample_images().images]
    pieces = _cut(photographs, side, _TRAIN + _HELD_OUT, random)
    return pieces[:_TRAIN], pieces[_TRAIN:]


def _cut(photographs: list[NDArray[Any]], side: int, count: int, random: np.random.Generator) -> NDArray[np.uint8]:
    pieces = []
    for place in range(count):
        photograph = photographs[place % len(photographs)]
        top, left = (int(random.integers(0, photograph.shape[axis] - side + 1)) for axis in (0, 1))
        pieces.append(photograph[top : top + side, left : left + side])
    return np.stack(pieces).astype(np.uint8)
