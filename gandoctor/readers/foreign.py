"""Recognises what is no log by its first bytes, and says what to do instead; pickles above all, which can run code."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import islice

_WEIGHTS = "holds network weights and no log; give the file to which the training wrote its losses"
_PICTURE = "is a picture; give the numbers from which it was drawn"
_ARCHIVE = "is an archive; unpack it and give the log inside"
_TABLE = "save the table as CSV first (pandas: frame.to_csv)"
_PICKLE = (
    "is a pickle, and opening a pickle can run any code that its author put in. Open it where you trust it and write "
    "the curves as text: json.dump({'d_loss': [float(x) for x in d], 'g_loss': [float(x) for x in g]}, "
    "open('losses.json', 'w'))"
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89HDF\r\n\x1a\n", f"is an HDF5 file: it {_WEIGHTS}"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", "is a picture, a sound or a film; give the log of the training"),
    (b"%PDF", "is a PDF; give the log as text"),
    (b"PAR1", f"is a Parquet file; {_TABLE}"),
    (b"ARROW1", f"is an Arrow file; {_TABLE}"),
    (b"\x7fELF", "is a program"),
    (b"MZ\x90", "is a program"),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\xd0\xcf\x11\xe0", f"is an old Office file; {_TABLE}"),
)
_PICKLE_SUFFIXES = (".pkl", ".pickle", ".p", ".pt", ".pth", ".ckpt", ".joblib")
_WEIGHT_SUFFIXES = (".h5", ".hdf5", ".keras", ".safetensors", ".onnx", ".tflite", ".pb")
_PADDING = re.compile(rb"\0{16,}")  # what a crashed machine leaves in a file whose last block was never written
_CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\b\x1b\x1a"))


def refusal(head: bytes, name: str) -> str:
    """Why a file with these first bytes is not read, as the rest of a sentence that begins with its name; "" if it may.

    NumPy and TensorBoard files and those of trackers are told apart before this is asked.
    """
    if looks_pickled(head):
        return _PICKLE
    known = next((why for magic, why in _MAGIC if head.startswith(magic)), "")
    if known:
        return known
    if head[257:262] == b"ustar":
        return _ARCHIVE
    return _binary(head, name) if is_binary(head) else ""


def refuse_zip(data: bytes) -> str:
    """Why a zip archive is not read: a PyTorch file is a pickle in a zip, a workbook is a zip of XML."""
    import zipfile

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return "is a damaged zip archive; give the log itself"
    if any(member.endswith((".pkl", ".pickle")) for member in members):
        return _PICKLE
    if any(member.startswith("xl/") for member in members):
        return f"is an Excel workbook; {_TABLE}"
    if "model.weights.h5" in members:
        return f"is a Keras model: it {_WEIGHTS}"
    return _ARCHIVE


def looks_pickled(head: bytes) -> bool:
    """Whether the bytes begin like a pickle of any protocol; nothing is unpickled to find out."""
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return True
    if head[:1] not in (b"(", b"]", b"}", b")", b"c", b"I", b"F", b"V", b"S"):
        return False
    import pickletools

    try:
        steps = [code.name for code, _, _ in islice(pickletools.genops(head), 12)]
    except Exception:  # genops raises whatever its opcode readers raise; all of it means "no pickle"
        return False
    return "PUT" in steps or "BINPUT" in steps  # every container is put into the memo, and words are not


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no text: control characters beyond the few that terminals use, UTF-16 set apart."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(head):
        return False
    text = _PADDING.sub(b"", head)
    return len(text) - len(text.translate(None, _CONTROL)) > 0.02 * len(text)


def utf16_without_mark(head: bytes) -> str:
    """The UTF-16 byte order that the zero bytes of Latin text betray; "" where there is none."""
    sample = head[: len(head) // 2 * 2][:2000]
    if len(sample) < 16:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.9 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.9 * half and odd < 0.1 * half else ""


def _binary(head: bytes, name: str) -> str:
    lower = name.lower()
    if lower.endswith(_PICKLE_SUFFIXES):
        return _PICKLE
    if lower.endswith(_WEIGHT_SUFFIXES):
        return f"is a model file: it {_WEIGHTS}"
    return f"is binary and of no known kind (it begins with {head[:8].hex(' ')}); give the log as text, CSV or JSON"
