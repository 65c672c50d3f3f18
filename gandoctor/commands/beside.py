"""What lies beside a log and belongs on its page: pictures of generated samples."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = "samples"
_SUFFIXES = (".png", ".jpg", ".jpeg")
_MOST = 10_000
_NUMBERS = re.compile(r"\d+")


def samples(log: str) -> list[Path]:
    """Return the pictures in the folder `samples` of a run's folder, or beside a log, by the numbers in their names."""
    path = Path(log)
    folder = (path if path.is_dir() else path.parent) / FOLDER
    if log == "-" or not folder.is_dir():
        return []
    found = [one for one in sorted(folder.iterdir())[:_MOST] if one.suffix.lower() in _SUFFIXES and one.is_file()]
    return sorted(found, key=lambda one: ([int(digits) for digits in _NUMBERS.findall(one.stem)], one.name))
