"""Where a run lies in its project: the file by a relative name, the same on every machine."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from gandoctor.model import Run

_KEPT = 2
"""How many parts of its path name a file that lies outside the project."""


def file_of(path: str, run: Run, root: str) -> str:
    """Return the file or folder that the run was read from, relative to the folder `root`, with forward slashes.

    The very file where the run knows its lines, else the `path` that was given; "" for standard input. Of what lies
    outside the project only the last parts of the path stay, so that no report names a machine's folders.
    """
    return "" if path == "-" else relative(run.name if run.lines is not None else path, root)


def relative(path: str, root: str) -> str:
    """Return the path relative to the folder `root`; of one outside of it only the last parts."""
    parts = PurePath(os.path.relpath(path, root)).parts
    if ".." in parts:
        parts = tuple(part for part in parts if part != "..")[-_KEPT:]
    return PurePath(*parts).as_posix()


def as_uri(file: str) -> str:
    """Return a relative file name as a relative URI reference (RFC 3986): all but letters, digits and / is quoted."""
    return quote(file, safe="/", errors="surrogatepass")
