"""`gandoctor reference`: add a run to the references, list them, show one."""

from __future__ import annotations

import getpass
import platform
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from gandoctor.commands.screen import say, screen, show
from gandoctor.errors import BadOption, BadReference
from gandoctor.report.words import VERDICTS, clean, count

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.model import Diagnosis
    from gandoctor.reference.store import Reference


@dataclass(frozen=True, slots=True)
class Addition:
    """What the user says about the run that becomes a reference; "" where nothing was said."""

    run: Path
    folder: Path
    name: str
    creator: str
    note: str
    platform: str
    allow: str


def add(wanted: Addition) -> int:
    """Diagnose and measure the run, and write its reference; nothing that is there is overwritten."""
    from gandoctor.engine import diagnose
    from gandoctor.reference import store
    from gandoctor.reference.measure import measure
    from gandoctor.reference.runs import log_in

    log = log_in(wanted.run)
    name = wanted.name or (wanted.run.name if wanted.run.is_dir() else wanted.run.stem)
    if not store.is_name(name):
        raise BadOption(f"--name {name!r}: use letters, digits, dots, dashes and underscores, as in a file's name")
    path = wanted.folder / name / store.FILE
    if path.exists():
        raise BadOption(f"{path}: is there already; remove it first, or give another --name")
    diagnosis = diagnose(log)
    _healthy(diagnosis, wanted)
    measured = measure(diagnosis, name, log_hash=store.hash_of(log))
    if not measured.features:
        raise BadReference(f"{wanted.run}: has no curve of one pair of networks that is long enough to compare")
    others = store.load(wanted.folder) if any(wanted.folder.glob(f"*/{store.FILE}")) else ()
    for other in others:
        if why := store.misfit(measured, other.measured):
            raise BadReference(f"{wanted.run}: does not fit to {other.measured.name}: {why}")
    reference = store.Reference(measured, _about(wanted, log, measured.log_hash), _versions(diagnosis))
    _write(path, store.text(reference))
    say(f"wrote {path}: {count(len(others) + 1, 'reference')} in {wanted.folder}")
    return 0


def _healthy(diagnosis: Diagnosis, wanted: Addition) -> None:
    """BadOption for a run that failed, unless the user says why it is a reference all the same."""
    if diagnosis.verdict == "stable" or wanted.allow:
        return
    verdict = VERDICTS[diagnosis.verdict].lower()
    raise BadOption(
        f"{wanted.run}: is diagnosed as {verdict} ({clean(diagnosis.headline)}); new runs would be held against that."
        ' If it is meant: --allow "the reason"'
    )


def _about(wanted: Addition, log: Path, log_hash: str) -> dict[str, str]:
    said = {
        "creator": wanted.creator or _user(),
        "date": date.today().isoformat(),
        "platform": wanted.platform or platform.platform(),
        "note": wanted.note,
        "allowed": wanted.allow,
        "log": log.as_posix(),
        "log_hash": log_hash,
    }
    return {key: value for key, value in said.items() if value}


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _versions(diagnosis: Diagnosis) -> dict[str, str]:
    from gandoctor import __version__

    return {
        "gandoctor": __version__,
        "rulebook": f"{diagnosis.rulebook} {diagnosis.rulebook_hash}",
        "python": ".".join(map(str, sys.version_info[:3])),
    }


def _write(path: Path, content: str) -> None:
    from gandoctor.commands.files import write

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadOption(f"{path.parent}: cannot be made ({error.strerror})") from error
    write(path, content.encode("utf-8"))


def list_all(folder: Path) -> int:
    """Print a line for each reference: its name, creator, date, platform and what it was."""
    from gandoctor.reference.store import load
    from gandoctor.report.terminal import table

    found = load(folder)
    rows = [(one.measured.name, *(_said(one, key) for key in ("creator", "date", "platform", "note"))) for one in found]
    now = screen()
    header = ("reference", "creator", "date", "platform", "note")
    show(table(header, [tuple(map(clean, row)) for row in rows], now.colour, now.width, now.blocks), now.colour)
    show(f"\n{count(len(found), 'reference')}. Hold new runs against them: gandoctor check NEW --against {folder}\n")
    return 0


def _said(one: Reference, key: str) -> str:
    return one.about.get(key, "")


def show_one(folder: Path, name: str) -> int:
    """Print everything that is known of one reference; BadReference where there is none of that name."""
    from gandoctor.checks.result import answer
    from gandoctor.reference.features import table as features
    from gandoctor.reference.store import load
    from gandoctor.report.checks.likeness import value
    from gandoctor.report.terminal import table

    found = {one.measured.name: one for one in load(folder)}
    if name not in found:
        raise BadReference(f"{folder}: there is no reference {name!r}; there are {', '.join(found)}")
    one, now = found[name], screen()
    run = one.measured
    about = {**one.about, **one.versions, "verdict": answer(run.verdict, run.kind)}
    about["length"] = f"{run.rows} rows, {run.unit}s {run.first_step:.15g} to {run.last_step:.15g}"
    about["read as"] = " ".join(run.reading)
    known = features()[1]
    parts = (
        (("about", name), [(key, clean(text)) for key, text in about.items()]),
        (("recipe", ""), [(clean(key), clean(text)) for key, text in run.context.items()]),
        (("feature", "value"), [(known[key].name, value(known[key], x)) for key, x in run.features.items()]),
    )
    made = [table(header, rows, now.colour, now.width, now.blocks) for header, rows in parts if rows]
    show("\n".join(made), now.colour)
    return 0
