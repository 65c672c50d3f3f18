"""One fuzz input as files: a line `//// NAME` before the bytes of each, so that mutations of bytes move files too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HEADER = re.compile(rb"(?:\A|\n)//// ([^\n]{0,120})\n")
_PART = re.compile(r"[\w.@ -]{1,40}", re.ASCII)
_MOST_FILES, _MOST_PARTS = 12, 5

Files = list[tuple[str, bytes]]
"""Names, with folders before them, and contents."""


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The files as one input."""
    return b"\n".join(b"//// " + name.encode() + b"\n" + content for name, content in files)


def unpacked(data: bytes) -> Files:
    """The files in an input; bytes without a header are a file without a suffix. Names are made harmless."""
    parts = _HEADER.split(data)
    files = [(name_of(raw), content) for raw, content in zip(parts[1::2], parts[2::2], strict=True)]
    return files[:_MOST_FILES] or [("log", data)]


def name_of(raw: bytes) -> str:
    """A relative path of plain parts, whatever the bytes say: nothing is ever written outside of the given folder."""
    parts = _PART.findall(raw.decode("ascii", "ignore").replace("..", "."))
    return "/".join(part for part in parts[:_MOST_PARTS] if part.strip(". ")) or "log"


def written(files: Files, folder: Path) -> Path:
    """Write the files below a folder; returns what is to be diagnosed: the only file, or the folder."""
    for name, content in files:
        path = folder / name
        if path.is_dir() or any(above.is_file() for above in path.parents):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / files[0][0] if len(files) == 1 else folder
