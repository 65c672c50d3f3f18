"""Reports as files: written whole or not at all, and never over the log that is being read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOG_SUFFIXES = (".json", ".jsonl", ".txt")
"""Suffixes of reports that logs have as well."""


def check(output: Path, inputs: Sequence[str]) -> None:
    """BadOption where the file cannot be written or is one of the logs, by whatever name or link."""
    if output.is_dir():
        raise BadOption(f"-o {output}: is a folder; give a file name")
    if not output.absolute().parent.is_dir():
        raise BadOption(f"-o {output}: there is no folder {output.absolute().parent}")
    if output.exists():
        for path in map(Path, inputs):
            if _holds(path, output):
                raise BadOption(f"-o {output}: is part of the log that is read ({path}); choose another name")


def _holds(log: Path, output: Path) -> bool:
    """Whether the output is the log, or lies in the log's folder and could be a part of it."""
    if not log.exists():
        return False
    if log.is_dir():
        inside = log.resolve() in output.resolve().parents
        return inside and output.suffix.lower() in _LOG_SUFFIXES
    return log.samefile(output)


def write(output: Path, content: bytes) -> None:
    """Write the file in one step: a reader sees the old content or the new, never a part. BadOption where it fails."""
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(output)
    except OSError as error:
        raise BadOption(f"{output}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
