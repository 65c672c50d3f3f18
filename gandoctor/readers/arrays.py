"""NumPy files, `.npy` and `.npz`, never with pickled objects; `d_losses.npy` finds its `g_losses.npy`."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.compression import check_size
from gandoctor.readers.source import Source, open_source
from gandoctor.readers.union import stretch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gandoctor.model import FloatArray
    from gandoctor.readers.raw import RawLog

MAGIC = b"\x93NUMPY"
_MOST_COLUMNS = 64
_D_WORDS = frozenset({"d", "dis", "disc", "discriminator", "critic", "dloss", "dlosses"})
_G_WORDS = frozenset({"g", "gen", "generator", "gloss", "glosses"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_OBJECTS = (
    "holds Python objects, which NumPy stores as a pickle, and opening a pickle can run code. Save plain numbers: "
    "np.save('d_losses.npy', np.array([float(x) for x in losses]))"
)

_DAMAGED = "is a damaged NumPy file: it is cut off or was overwritten"


def is_npz(source: Source) -> bool:
    """Whether a zip archive holds NumPy arrays and nothing else."""
    try:
        with zipfile.ZipFile(source.handle()) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return False
    return bool(members) and all(member.endswith(".npy") for member in members)


def read_arrays(sources: Sequence[Source]) -> RawLog:
    """The curves of one or several NumPy files as columns; curves of different lengths span the same training.

    A single array whose name says "discriminator" or "generator" brings the other one from the same folder. An array
    of two dimensions gives a column for each of its second; larger ones are no curves and are noted.
    """
    sources = [*sources, *(_sibling(sources[0]) if len(sources) == 1 else ())]
    arrays: dict[str, FloatArray] = {}
    notes: list[str] = []
    for source in sources:
        for name, array in _load(source).items():
            columns, note = _columns(name, array)
            arrays |= columns
            notes += [note] if note else []
    if not arrays:
        raise UnreadableLog(f"{sources[0].name} holds no curve: {'; '.join(notes) or 'its arrays are empty'}")
    notes += [f"{source.name} was read with it" for source in sources[1:]]
    return stretch(arrays, sources[0].name, notes=notes)


def _load(source: Source) -> Mapping[str, Any]:
    if source.head.startswith(MAGIC):
        return {source.stem: _array(source, source.handle())}
    found = {}
    with zipfile.ZipFile(source.handle()) as archive:
        check_size(sum(member.file_size for member in archive.infolist()), source.size, source.name)
        for member in archive.namelist():
            found[member.removesuffix(".npy")] = _array(source, BytesIO(_unpacked(source, archive, member)))
    return found


def _unpacked(source: Source, archive: zipfile.ZipFile, member: str) -> bytes:
    try:
        with archive.open(member) as handle:
            return handle.read()
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise UnreadableLog(f"{source.name} {_DAMAGED}") from error


def _array(source: Source, handle: str | IO[bytes]) -> Any:
    try:
        return np.load(handle, allow_pickle=False)
    except Exception as error:  # NumPy takes a header apart with Python's tokenizer, which raises whatever it likes
        if "Object arrays" in str(error):
            raise UnreadableLog(f"{source.name} {_OBJECTS}") from error
        raise UnreadableLog(f"{source.name} {_DAMAGED}") from error


def _columns(name: str, array: Any) -> tuple[dict[str, FloatArray], str]:
    """The curves in one array, and a note where it holds none."""
    if array.dtype.names:
        fields = {str(field): _columns(str(field), array[field])[0] for field in array.dtype.names}
        return {key: values for columns in fields.values() for key, values in columns.items()}, ""
    if array.dtype.kind not in "fiub":
        return {}, f"{name} holds {array.dtype} and no numbers"
    array = np.squeeze(array) if array.ndim > 1 else array
    if array.ndim == 1 and len(array):
        return {name: np.asarray(array, dtype=np.float64)}, ""
    if array.ndim == 2 and array.shape[1] <= _MOST_COLUMNS:
        return {f"{name}/{i}": np.asarray(array[:, i], dtype=np.float64) for i in range(array.shape[1])}, ""
    return {}, "" if array.ndim == 0 else f"{name} has the shape {array.shape} and is no curve"


def _sibling(source: Source) -> list[Source]:
    if source.path is None or not source.head.startswith(MAGIC):
        return []
    found = sibling(source.path, [path for path in sorted(source.path.parent.glob("*.npy")) if path != source.path])
    other = None if found is None else open_source(found)
    return [other] if other is not None and other.head.startswith(MAGIC) else []


def sibling(path: Path, others: Sequence[Path]) -> Path | None:
    """The file whose name differs from `path` only in saying generator for discriminator, or the reverse."""
    side, rest = _role(path.stem)
    if not side:
        return None
    wanted = ("g" if side == "d" else "d", rest)
    return next((other for other in others if _role(other.stem) == wanted), None)


def _role(stem: str) -> tuple[str, tuple[str, ...]]:
    """("d" or "g", the other words) of a name that speaks of one network; ("", words) for any other."""
    words = [word.lower() for word in _WORD.findall(stem)]
    d, g = [w for w in words if w in _D_WORDS], [w for w in words if w in _G_WORDS]
    rest = tuple("loss" if w.endswith(("loss", "losses")) else w for w in words if w not in ("d", "g")
                 and w not in (_D_WORDS | _G_WORDS) - {"dloss", "dlosses", "gloss", "glosses"})  # fmt: skip
    if bool(d) == bool(g):
        return "", rest
    return ("d" if d else "g"), rest
