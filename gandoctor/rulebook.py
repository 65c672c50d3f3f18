"""Rule files -> `Rulebook`: finds them, refuses what is wrong with all faults at once, applies the user's bounds.

Two rulebooks ship: `default`, and `documented`, which takes the thresholds of tutorials literally.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gandoctor.errors import BadOption, BadRule
from gandoctor.model import Condition, Rule, Rulebook
from gandoctor.rulebuild import build
from gandoctor.rulecheck import faults
from gandoctor.ruleshape import suggest
from gandoctor.toml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_BYTES: Final = 1_000_000
"""A rule file beyond this size is refused unread."""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    content: bytes
    table: Mapping[str, Any]
    faults: tuple[str, ...]


def load(name: str = "default", extra: Sequence[Path] = (), overrides: Mapping[str, float] | None = None) -> Rulebook:
    """Read a rulebook that ships, the user's own directories of rules, and bounds that replace those of the files.

    `overrides` maps `rule.pattern.row` to the bound to use; `clear` moves in proportion. BadRule lists every fault of
    every file; BadOption names an unknown rulebook, directory or bound.
    """
    files = [_read(path) for folder in (_folder(name), *extra) for path in _toml_files(Path(folder))]
    wrong = [f"{file.path}: {fault}" for file in files for fault in file.faults]
    if wrong := wrong + list(_duplicate_ids(files)):
        count = "1 fault" if len(wrong) == 1 else f"{len(wrong)} faults"
        raise BadRule("\n".join([f"the rules have {count}:", *(f"  {line}" for line in wrong)]))
    rules = tuple(build(file.table, str(file.path)) for file in files)
    changed = dict(overrides or {})
    return Rulebook(name, override(rules, changed) if changed else rules, _hash(files, changed))


def names() -> tuple[str, ...]:
    """List the rulebooks that ship, the default first."""
    folders = (path for path in sorted(_home().iterdir()) if path.is_dir())
    return ("default", *(path.name for path in folders if any(path.glob("*.toml"))))


def bounds(rules: Sequence[Rule]) -> dict[str, Condition]:
    """Map `rule.pattern.row` to each row of the rules: what `overrides` may name."""
    return {f"{r.id}.{p.name}.{row.name}": row for r in rules for p in r.patterns for row in p.when}


def override(rules: Sequence[Rule], values: Mapping[str, float]) -> tuple[Rule, ...]:
    """Replace the bounds named `rule.pattern.row`; BadOption where one does not exist or is no finite number."""
    known = bounds(rules)
    for key, value in values.items():
        if key not in known:
            raise BadOption(f"no bound {key}{suggest(key, known)}; bounds are named rule.pattern.row")
        if not -float("inf") < value < float("inf"):
            raise BadOption(f"{key} = {value}: a bound is a finite number")
    return tuple(_overridden(rule, values) for rule in rules)


def _overridden(rule: Rule, values: Mapping[str, float]) -> Rule:
    patterns = tuple(
        replace(p, when=tuple(_moved(row, values.get(f"{rule.id}.{p.name}.{row.name}")) for row in p.when))
        for p in rule.patterns
    )
    return replace(rule, patterns=patterns) if patterns != rule.patterns else rule


def _moved(row: Condition, bound: float | None) -> Condition:
    """Give the row another bound and `clear` in the same ratio to it, or at it where that is on the wrong side."""
    if bound is None:
        return row
    clear = bound * row.clear / row.bound if row.bound else bound
    if row.above is not None:
        return replace(row, above=float(bound), clear=min(clear, bound))
    return replace(row, below=float(bound), clear=max(clear, bound))


def _home() -> Path:
    """Find the folder of the rules that ship: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for place in (package / "_rules", package.parent / "rules"):
        if any(place.glob("*.toml")):
            return place
    raise BadRule(f"gandoctor is installed without its rules: none in {package / '_rules'}; install it again")


def _folder(name: str) -> Path:
    if name == "default":
        return _home()
    if name not in names():
        raise BadOption(f"no rulebook {name!r}; there are {', '.join(names())}; a folder of your own goes to --rules")
    return _home() / name


def _toml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadOption(f"{folder}: no such folder of rules")
    found = sorted(path for path in folder.glob("*.toml") if path.is_file())
    if not found:
        raise BadOption(f"{folder}: holds no rule files (*.toml)")
    return found


def _read(path: Path) -> _File:
    try:
        status = path.stat()
    except OSError as error:
        return _File(path, b"", {}, (f"cannot be read: {error.strerror}",))
    if status.st_size > MAX_BYTES:
        return _File(path, b"", {}, (f"larger than {MAX_BYTES} bytes, which no rule is",))
    return _parsed(path, status.st_mtime_ns, status.st_size)


@cache
def _parsed(path: Path, _changed: int, _size: int) -> _File:
    """Parse and check a file once for each time that it is changed: monitors are made by the thousand in tests."""
    try:
        # Line ends are TOML's own: one hash on every system.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        table = parse(content)
    except OSError as error:
        return _File(path, b"", {}, (f"cannot be read: {error.strerror}",))
    except ValueError as error:
        return _File(path, b"", {}, (str(error),))
    return _File(path, content, table, tuple(faults(table, path.stem)))


def _duplicate_ids(files: Sequence[_File]) -> Iterator[str]:
    seen: dict[str, Path] = {}
    for file in files:
        id_ = file.table.get("id")
        if isinstance(id_, str) and id_ in seen:
            yield f"{file.path}: id = {id_!r}: {seen[id_]} has it already; give the rule another id"
        elif isinstance(id_, str):
            seen[id_] = file.path


def _sha256() -> Any:
    """Make an empty SHA-256 without the OpenSSL that hashlib takes 3 to 9 ms to load, as CPython's `random` does."""
    for name in ("_sha2", "_sha256", "hashlib"):
        with suppress(ImportError):
            return import_module(name).sha256()
    raise ImportError("this Python has no SHA-256")


def _hash(files: Sequence[_File], values: Mapping[str, float]) -> str:
    parts = sorted((file.path.name, file.content) for file in files)
    digest = _sha256()
    for name, content in parts:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    for key in sorted(values):
        digest.update(f"{key}={float(values[key])!r}\0".encode())
    return str(digest.hexdigest())[:12]
