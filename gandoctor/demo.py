"""The recorded runs that ship: logs of known outcome on which everybody can see what the report looks like."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from gandoctor.errors import BadOption

SHOWN = "discriminator-dominance"
"""The kind of failure that `gandoctor demo` reports in full: the one that people meet most often."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded run: its name, its log, and the verdict and kind that are right for it."""

    name: str
    log: Path
    verdict: str
    kind: str


def recorded() -> tuple[Recorded, ...]:
    """All recorded runs by name; BadOption where they were not installed."""
    folders = sorted(path.parent for path in _home().glob("*/expect.toml"))
    return tuple(found for folder in folders if (found := _recorded(folder)) is not None)


def demonstrated() -> tuple[Recorded, ...]:
    """One recorded run of each kind: of those that were trained from several seeds the first, none with a remedy."""
    first: dict[str, Recorded] = {}
    for run in recorded():
        name, _, seed = run.name.rpartition("-s")
        if "-remedy-" not in run.name:
            first.setdefault(name if seed.isdigit() else run.name, run)
    return tuple(first.values())


def _recorded(folder: Path) -> Recorded | None:
    logs = sorted(folder.glob("run.*"))
    if not logs:
        return None
    expect = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    return Recorded(folder.name, logs[0], str(expect.get("verdict", "")), str(expect.get("kind", "")))


def _home() -> Path:
    """Return the folder of the recorded runs: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    for place in (package / "_fixtures", package.parent / "fixtures"):
        if any(place.glob("*/expect.toml")):
            return place
    raise BadOption(f"gandoctor is installed without its recorded runs: none in {package / '_fixtures'}")
