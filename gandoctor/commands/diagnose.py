"""`gandoctor diagnose`: each log read, judged and reported; one that fails does not stop the others."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gandoctor.commands import files, formats
from gandoctor.commands.choice import chosen
from gandoctor.commands.screen import Screen, complain, say, screen, show
from gandoctor.errors import BadOption, GandoctorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gandoctor.model import Rulebook
    from gandoctor.report.html import Entry

DONE, FAILURE, WRONG, UNDECIDED = 0, 1, 2, 3
"""Exit statuses: nothing to say, a failure was diagnosed, wrong use or an unreadable log, no verdict."""

_IN_FULL = 3
"""Up to how many logs each is reported in full on the terminal."""

_PLAIN = Screen(colour=False, blocks=True, width=100)


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `options` go to the reader as they are."""

    paths: tuple[str, ...]
    format: str | None
    outputs: tuple[Path, ...]
    rulebook: str
    rules: tuple[Path, ...]
    bounds: Mapping[str, float]
    options: Mapping[str, Any]
    exit_code: bool


@dataclass(slots=True)
class Collected:
    """What was made so far: the parts of each destination, a summary row a log, verdicts and whether a log failed."""

    parts: dict[Path | None, list[str | Entry]] = field(default_factory=dict)
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    verdicts: set[str] = field(default_factory=set)
    failed: bool = False


def run(request: Request) -> int:
    """Diagnose and report; returns the exit status. BadOption and BadRule for wrong use, before anything is read."""
    from gandoctor.rulebook import load

    request = replace(request, paths=chosen(request.paths))
    for output in request.outputs:
        _check(output, request)
    rulebook = load(request.rulebook, request.rules, request.bounds)
    collected = Collected()
    for judged in diagnoses(request, rulebook, collected):
        _report(judged, request, collected)
    _finish(request, collected)
    return status(collected.verdicts, collected.failed, request.exit_code)


def status(verdicts: set[str], failed: bool, exit_code: bool) -> int:
    """Return the exit status: an unreadable log outweighs a failure, a failure outweighs an open question."""
    if failed:
        return WRONG
    if not exit_code:
        return DONE
    if verdicts & {"mode_collapse", "convergence_failure"}:
        return FAILURE
    return UNDECIDED if "inconclusive" in verdicts else DONE


def _check(output: Path, request: Request) -> None:
    files.check(output, request.paths)
    if sum(other.absolute() == output.absolute() for other in request.outputs) > 1:
        raise BadOption(f"-o {output}: is given twice")
    if formats.of_file(output) in formats.PICTURES and len(request.paths) > 1:
        raise BadOption(f"-o {output}: a picture shows one run; give one log")


def diagnoses(request: Request, rulebook: Rulebook, collected: Collected) -> Iterator[formats.Judged]:
    """Yield the diagnosis of each log that can be read; the others are named on standard error."""
    from gandoctor.engine import diagnose

    for path in request.paths:
        began = perf_counter()
        try:
            diagnosis = diagnose(path, rulebook=rulebook, **request.options)
        except GandoctorError as error:
            complain(error)
        except OSError as error:
            complain(f"{path}: cannot be read ({error.strerror or error})")
        except MemoryError:
            complain(f"{path}: too large for the memory of this machine")
        except Exception as error:
            if os.environ.get("GANDOCTOR_TRACEBACK"):
                raise
            complain(
                f"{path}: gandoctor failed on this log, which is a fault in gandoctor"
                f" ({type(error).__name__}: {error}); GANDOCTOR_TRACEBACK=1 shows where"
            )
        else:
            yield formats.Judged(path, diagnosis, rulebook, perf_counter() - began)
            continue
        collected.failed = True


def _report(judged: formats.Judged, request: Request, collected: Collected) -> None:
    """Make the texts of one run, or write its picture; what has a line of its own goes out at once."""
    collected.verdicts.add(judged.diagnosis.verdict)
    collected.rows.append(judged.row)
    alone = len(request.paths) == 1
    for output in request.outputs:
        format_ = formats.of_file(output)
        if format_ in formats.PICTURES:
            from gandoctor.report.plot import picture

            files.write(output, picture(judged.diagnosis, format_))
        else:
            collected.parts.setdefault(output, []).append(formats.part(format_, judged, _PLAIN, alone))
    stdout = _stdout(request)
    if stdout in ("jsonl", "github"):
        show(formats.text(stdout, judged, _PLAIN))
    elif stdout and not (stdout == "terminal" and len(request.paths) > _IN_FULL):
        collected.parts.setdefault(None, []).append(formats.part(stdout, judged, screen(), alone))


def _stdout(request: Request) -> str | None:
    """Return the format for standard output: what was asked for; the terminal's unless the report goes to a file."""
    return request.format or (None if request.outputs else "terminal")


def _finish(request: Request, collected: Collected) -> None:
    """Write what was collected: the files, then standard output, a table first where there are several logs."""
    for output in request.outputs:
        if output in collected.parts:
            text = formats.joined(formats.of_file(output), collected.parts[output], collected.rows)
            files.write(output, text.encode("utf-8"))
        if collected.rows:
            say(f"wrote {output}")
    stdout = _stdout(request)
    if stdout == "terminal" and len(request.paths) > 1 and collected.rows:
        _table(collected)
    if None in collected.parts and stdout is not None:
        show(formats.joined(stdout, collected.parts[None], collected.rows), screen().colour)


def _table(collected: Collected) -> None:
    from gandoctor.report.terminal import table

    now = screen()
    show(table(("log", "verdict", "since", "sure"), collected.rows, now.colour, now.width, now.blocks), now.colour)
    show("\n" if None in collected.parts else "\nThe whole report of one: gandoctor diagnose LOG\n")
