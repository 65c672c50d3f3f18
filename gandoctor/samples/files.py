"""Samples from files: `.npy`, `.npz` (never with pickled objects) and folders of pictures."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadSamples
from gandoctor.samples.arrays import MOST, chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
_NPY, _ZIP = b"\x93NUMPY", b"PK\x03\x04"
_MOST_BYTES = 4 << 30
_GREY = ("1", "L", "LA")
_DEEP = ("I", "F")
_SAVE = "np.savez('samples.npz', samples=images)"


def load(path: Path, key: str = "") -> Any:
    """The samples in a file or a folder, one a row; `key` names the array in a file that holds several.

    BadSamples where there are none to be read: it says what the path is, and what would be right.
    """
    try:
        if path.is_dir():
            return _pictures(path)
        with path.open("rb") as file:
            head = file.read(6)
        if head.startswith(_ZIP):
            return _npz(path, key)
        if head.startswith(_NPY):
            return np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise BadSamples(f"{path}: cannot be read ({error.strerror or error})") from error
    except MemoryError as error:
        raise BadSamples(f"{path}: too large for the memory of this machine; {MOST} samples are enough") from error
    except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise BadSamples(f"{path}: {_fault(error)}") from error
    if path.suffix.lower() in PICTURES:
        raise BadSamples(f"{path}: is one picture; give a folder with a picture for each sample")
    raise BadSamples(f"{path}: is no .npy or .npz file and no folder of pictures; save samples with {_SAVE}")


def _fault(error: Exception) -> str:
    if "bject" in str(error):
        return f"holds Python objects as a pickle, which can run code when it is opened; save numbers with {_SAVE}"
    return "is a damaged NumPy file: cut off, or overwritten"


def _npz(path: Path, key: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        shapes = {name: _shape(archive, member) for name, member in members.items()}
        name = _key(path, shapes, key)
        size = archive.getinfo(members[name]).file_size
    if size > _MOST_BYTES:
        raise BadSamples(f"{path}: {name} unpacks to {size / 2**30:.0f} GB; {MOST} samples are enough")
    with np.load(path, allow_pickle=False) as arrays:
        return arrays[name]


def _shape(archive: zipfile.ZipFile, member: str) -> tuple[int, ...]:
    """The shape of an array in the archive, from its header alone."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return tuple(read(file)[0])


def _key(path: Path, shapes: Mapping[str, tuple[int, ...]], key: str) -> str:
    """The array that is meant: `key`, or the only one that can hold samples."""
    there = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "nothing"
    if key:
        if key not in shapes:
            raise BadSamples(f"{path}: holds no array {key!r}; it holds {there}")
        return key
    possible = [name for name, shape in shapes.items() if len(shape) > 1]
    if len(possible) != 1:
        raise BadSamples(f"{path}: which array are the samples? It holds {there}: name one with --key")
    return possible[0]


def _pictures(folder: Path) -> Any:
    """All pictures beneath a folder, (n, height, width) or (n, height, width, 3); of too many a fixed choice."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if not paths:
        raise BadSamples(f"{folder}: holds no pictures ({', '.join(PICTURES)})")
    pictures = [_picture(paths[index]) for index in chosen(len(paths), MOST)]
    if any(picture.ndim == 3 for picture in pictures):
        pictures = [p if p.ndim == 3 else np.repeat(p[:, :, None], 3, axis=2) for p in pictures]
    _check_shapes(paths, pictures)
    return np.stack(pictures)


def _picture(path: Path) -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise BadSamples("pictures are read with Pillow: pip install 'gandoctor[train]'") from error
    try:
        with Image.open(path) as picture:
            if picture.mode.startswith(_DEEP):
                return np.asarray(picture)
            return np.asarray(picture.convert("L" if picture.mode in _GREY else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadSamples(f"{path}: is no picture that can be read ({error})") from error


def _check_shapes(paths: Sequence[Path], pictures: Sequence[Any]) -> None:
    for path, picture in zip((paths[i] for i in chosen(len(paths), MOST)), pictures, strict=True):
        if picture.shape != pictures[0].shape:
            one, other = ("x".join(map(str, p.shape[1::-1])) for p in (pictures[0], picture))
            raise BadSamples(f"{path}: has {other} pixels, others have {one}; bring all pictures to one size")
