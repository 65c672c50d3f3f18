"""Images from an .npz file or a folder, and any images brought to the size and range that the networks expect."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gandoctor.trainer.feed import Batch
    from gandoctor.trainer.scenario import Shape

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
_MOST = 100_000
"""More pictures than this are not read from a folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Images as they were found, of shape (count, height, width) or with channels, and labels where there are some."""

    images: NDArray[Any]
    labels: NDArray[Any] | None = None
    held_out: NDArray[Any] | None = None
    held_out_labels: NDArray[Any] | None = None


def read(path: Path) -> Found:
    """Read an .npz (x_train and y_train as Keras names them, or else its largest array) or a folder of pictures."""
    if path.is_dir():
        return Found(_folder(path))
    if not path.exists():
        raise BadOption(f"--data {path}: there is no such file, and no data set of that name")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise BadOption(f"--data {path}: is not an .npz file of numbers ({error})") from error
    if "x_train" in arrays:
        return Found(_images(arrays["x_train"], path), *(arrays.get(name) for name in ("y_train", "x_test", "y_test")))
    largest = max(arrays.values(), key=lambda array: array.size, default=np.empty(0))
    return Found(_images(largest, path))


def _images(array: NDArray[Any], path: Path) -> NDArray[Any]:
    if array.ndim not in (3, 4) or not (np.issubdtype(array.dtype, np.number) and array.size):
        raise BadOption(
            f"--data {path}: holds an array of shape {array.shape} and type {array.dtype}; images need numbers of shape"
            " (count, height, width) or (count, height, width, channels)"
        )
    return array


def _folder(path: Path) -> NDArray[np.uint8]:
    """The pictures of a folder and of those inside it, as squares of the size of the first one's shorter side."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _PICTURES)[:_MOST]
    if not files:
        raise BadOption(f"--data {path}: holds no pictures ({', '.join(_PICTURES)})")
    pictures = []
    size = 0
    for file in files:
        try:
            with Image.open(file) as picture:
                size = size or min(min(picture.size), 128)
                pictures.append(np.asarray(ImageOps.fit(picture.convert("RGB"), (size, size))))
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise BadOption(f"--data {file}: cannot be read as a picture ({error})") from error
    return np.stack(pictures)


def fitted(images: NDArray[Any], shape: Shape, name: str) -> Batch:
    """The images as float32 in [-1, 1] and of the shape asked for: resized, grey made of colour or colour of grey."""
    height, width, channels = shape
    if images.ndim == 3:
        images = images[..., None]
    grey = _bytes(images, name)
    if grey.shape[-1] != channels:
        if grey.shape[-1] > 1:
            grey = np.round(grey[..., :3].mean(axis=-1, keepdims=True)).astype(np.uint8)
        grey = np.repeat(grey, channels, axis=-1)
    if grey.shape[1:3] != (height, width):
        grey = _resized(grey, width, height)
    return grey.astype(np.float32) / 127.5 - 1


def _bytes(images: NDArray[Any], name: str) -> NDArray[np.uint8]:
    """Grey levels from 0 to 255, of which the range tells what they were: -1 to 1, 0 to 1 or 0 to 255."""
    if images.dtype == np.uint8:
        return images
    low, high = float(images.min()), float(images.max())
    if not (low >= -1.001 and high <= 255.001):
        raise BadOption(
            f"--data {name}: values reach from {low:g} to {high:g}; images need 0 to 255, 0 to 1 or -1 to 1"
        )
    scaled = (images + 1) * 127.5 if low < 0 else images * 255.0 if high <= 1.001 else images
    levels: NDArray[np.uint8] = np.clip(np.round(scaled), 0, 255).astype(np.uint8)
    return levels


def _resized(images: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    from PIL import Image

    def one(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
        return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC)).reshape(height, width, -1)

    return np.stack([one(image) for image in images])
