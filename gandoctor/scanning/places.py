"""Where logs lie: on this machine, or behind an fsspec URL such as s3://bucket/runs, gs://... or memory://..."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gandoctor.discover import LARGEST_DOCUMENT, choose, files_of, is_document, is_log, logs
from gandoctor.errors import BadOption, GandoctorError
from gandoctor.readers.layouts import AHEAD, DATABASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 4 * 1024**3
"""Bytes of a remote log beyond which it is not fetched."""

_BULK = frozenset(
    {
        ".bin", ".ckpt", ".gif", ".h5", ".hdf5", ".jpeg", ".jpg", ".keras", ".mp4", ".onnx", ".pb", ".pickle", ".pkl",
        ".png", ".pt", ".pth", ".safetensors", ".tflite", ".wav", ".webp",
    }
)  # fmt: skip
"""Suffixes of what lies in a run's folder beside its log and is no log; `samples` may be gigabytes."""


_Files = dict[str, dict[str, Any]]
"""Files by their path in a file system, with what it says of each."""


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

    Of a remote folder each file is stored where it lay in it, inside a new folder, and none outside of that.
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
        yield Place(str(log), _stamp(log))


def _stamp(log: Path) -> str:
    """Return a stamp of names, sizes, times and permissions; "" where a file went away while it was looked at."""
    try:
        told = [(path.name, path.stat()) for path in files_of(log) if path.is_file()]
    except OSError:
        return ""
    return digest([(name, one.st_size, one.st_mtime_ns, one.st_mode) for name, one in told])


def _remote(root: str) -> Iterator[Place]:
    system, top = _system(root)
    try:
        found = list(_below(system, top.rstrip("/"))) if system.isdir(top) else [(top, _files(system, top))]
    except FileNotFoundError:
        raise BadOption(f"{root}: there is no such file or folder") from None
    except Exception as error:  # a file system may fail in ways of its own: no credentials, no network, no bucket
        raise BadOption(f"{root}: cannot be reached ({type(error).__name__}: {error})") from error
    for path, files in found:
        yield Place(root if path == top else str(system.unstrip_protocol(path)), digest(_told(files)))


def _below(system: Any, top: str) -> Iterator[tuple[str, _Files]]:
    """The logs below a folder, with what the system says of their files."""
    files: _Files = {}
    for place in choose(_walk(system, top, files), documents=True):
        path = "/".join((top, *place.parts[1:]))
        if is_document(place.name) and path in files and not _holds_a_run(system, path, files[path]):
            continue
        if path in files:
            yield path, {one: files[one] for one in (path, path + AHEAD) if one in files}
        else:
            yield path, _files(system, path)


def _holds_a_run(system: Any, path: str, info: dict[str, Any]) -> bool:
    """Whether a JSON file is a log, for which it is fetched; one that cannot be is left to who judges it."""
    if int(info.get("size") or 0) > LARGEST_DOCUMENT:
        return False
    with tempfile.TemporaryDirectory(prefix="gandoctor-") as folder:
        there = Path(folder) / PurePosixPath(path).name
        try:
            system.get_file(path, str(there))
        except Exception:  # a file system may fail in ways of its own
            return True
        return is_log(there)


def _walk(system: Any, top: str, files: _Files) -> Iterator[tuple[PurePosixPath, int, list[str], list[str]]]:
    """The tree below a folder, its own name first; what is taken out of a list of folders is not walked.

    `files` is filled with what the system says of each file, by its path. Paths of the system are cut and joined as
    texts, since some of them are URLs.
    """
    for at, folders, names in system.walk(top, detail=True):
        inside = [part for part in str(at)[len(top) :].split("/") if part]
        files.update({"/".join((top, *inside, name)): info for name, info in names.items()})
        left = list(folders)
        yield PurePosixPath(top.rpartition("/")[2] or "root", *inside), len(inside), left, list(names)
        for name in set(folders) - set(left):
            del folders[name]


def _files(system: Any, path: str) -> _Files:
    """The files of a log with what the system says of each: those below a folder, or it and what runs ahead of it."""
    if system.isdir(path):
        return dict(system.find(path, detail=True))
    ahead = path + AHEAD
    beside = [ahead] if PurePosixPath(path).suffix in DATABASES and system.exists(ahead) else []
    return {file: system.info(file) for file in (path, *beside)}


def _download(name: str, folder: Path) -> Path:
    system, path = _system(name)
    try:
        files = {file: info for file, info in _files(system, path).items() if not _is_bulk(file)}
        if sum(int(info.get("size") or 0) for info in files.values()) > LARGEST:
            raise BadOption(f"{name}: is larger than {LARGEST // 1024**3} GiB and is not fetched")
        whole = path not in files
        for file in files:
            there = folder / (_inside(file, path) if whole else PurePosixPath(file).name)
            there.parent.mkdir(parents=True, exist_ok=True)
            system.get_file(file, str(there))
    except GandoctorError:
        raise
    except Exception as error:  # as above
        raise OSError(f"{name}: cannot be fetched ({type(error).__name__}: {error})") from error
    return folder if whole else folder / PurePosixPath(path).name


def _is_bulk(file: str) -> bool:
    """Whether a file of a run's folder holds weights, pictures or sounds, which no reader asks for."""
    return PurePosixPath(file).suffix.lower() in _BULK


def _inside(file: str, folder: str) -> PurePosixPath:
    """Where a file lies in its folder; BadOption for a name that would lead out of it."""
    inside = PurePosixPath(file).relative_to(folder)
    if any(part == ".." or "\\" in part or ":" in part or "\0" in part for part in inside.parts):
        raise BadOption(f"{folder} holds a file with a name that is no file name here: {inside}")
    return inside


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


def _told(files: _Files) -> list[tuple[str, ...]]:
    """What a file system says of a log's files that changes with their content; which keys there are differs."""
    keys = ("name", "size", "ETag", "etag", "mtime", "LastModified", "updated", "created")
    return [tuple(str(files[file].get(key, "")) for key in keys) for file in sorted(files)]


def digest(told: object) -> str:
    """Return sixteen characters that change with what was told."""
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
