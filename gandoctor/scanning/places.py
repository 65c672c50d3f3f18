"""Where logs lie: on this machine, or behind an fsspec URL such as s3://bucket/runs, gs://... or memory://..."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gandoctor.discover import files_of, is_run, logs, may_be_log
from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 4 * 1024**3
"""Bytes of a remote log beyond which it is not fetched."""


@dataclass(frozen=True, slots=True)
class Place:
    """A log to judge: its name in the table, and a stamp that changes when its content does ("" where unknown)."""

    name: str
    stamp: str


def find(roots: Sequence[str]) -> tuple[Place, ...]:
    """The logs below the roots, sorted by name; BadOption for a root that does not exist or cannot be reached."""
    found: dict[str, Place] = {}
    for root in roots:
        for place in _remote(root) if is_remote(root) else _local(root):
            found[place.name] = place
    return tuple(found[name] for name in sorted(found))


def is_remote(name: str) -> bool:
    """Whether a path is an fsspec URL."""
    return "://" in name


@contextlib.contextmanager
def fetched(name: str) -> Iterator[Path]:
    """A path at which the log can be read; what had to be fetched is removed afterwards.

    The name of a remote file is never used as a path: each is stored under its last part alone, inside a new folder.
    """
    if not is_remote(name):
        yield Path(name)
        return
    with tempfile.TemporaryDirectory(prefix="gandoctor-") as folder:
        yield _download(name, Path(folder))


def _local(root: str) -> Iterator[Place]:
    if not Path(root).exists():
        raise BadOption(f"{root}: there is no such file or folder")
    for log in logs([root]):
        files = [path for path in files_of(log) if path.is_file()]
        yield Place(str(log), _digest([(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]))


def _remote(root: str) -> Iterator[Place]:
    system, top = _system(root)
    try:
        if not system.isdir(top):
            yield Place(root, _digest(_told(system.info(top))))
            return
        below = {at: files for at, _, files in system.walk(top, detail=True)}
    except FileNotFoundError:
        raise BadOption(f"{root}: there is no such file or folder") from None
    except Exception as error:  # a file system may fail in ways of its own: no credentials, no network, no bucket
        raise BadOption(f"{root}: cannot be reached ({type(error).__name__}: {error})") from error
    runs = {at for at, files in below.items() if is_run(tuple(files))}
    for at, files in below.items():
        if runs & {str(parent) for parent in PurePosixPath(at).parents}:
            continue
        if at in runs:
            yield Place(_url(system, at), _digest([_told(files[name]) for name in sorted(files)]))
            continue
        for name, info in files.items():
            if may_be_log(name):
                yield Place(_url(system, f"{at}/{name}"), _digest(_told(info)))


def _download(name: str, folder: Path) -> Path:
    system, path = _system(name)
    whole = system.isdir(path)
    wanted = list(system.find(path)) if whole else [path]
    if sum(int(system.size(file) or 0) for file in wanted) > LARGEST:
        raise BadOption(f"{name}: is larger than {LARGEST // 1024**3} GiB and is not fetched")
    for file in wanted:
        system.get_file(file, str(folder / PurePosixPath(file).name))
    return folder if whole else folder / PurePosixPath(path).name


def _system(name: str) -> tuple[Any, str]:
    try:
        import fsspec  # type: ignore[import-untyped]  # it has no annotations
    except ImportError:
        raise BadOption(f"{name}: needs fsspec; pip install 'gandoctor[scan]'") from None
    try:
        system, path = fsspec.core.url_to_fs(name)
    except (ImportError, ValueError) as error:
        raise BadOption(f"{name}: {error}") from error
    return system, str(path)


def _url(system: Any, path: str) -> str:
    return str(system.unstrip_protocol(path))


def _told(info: dict[str, Any]) -> tuple[str, ...]:
    """What a file system says of a file that changes with its content; which keys there are differs by system."""
    keys = ("name", "size", "ETag", "etag", "mtime", "LastModified", "updated", "created")
    return tuple(str(info.get(key, "")) for key in keys)


def _digest(told: object) -> str:
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
