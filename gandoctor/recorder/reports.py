"""The reports at the end of a recorded training, as `gandoctor diagnose -o` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.model import Diagnosis, Rulebook


def check(target: Path, log: Path | None) -> None:
    """BadOption where the suffix is no format's, the folder is missing or the target is the log."""
    from gandoctor.commands import files, formats

    try:
        formats.of_file(target)
        files.check(target, [])
    except BadOption as error:
        raise BadOption(str(error).replace("-o ", "report: ", 1)) from error
    if log is not None and target.absolute() == log.absolute():
        raise BadOption(f"report: {target}: is the log itself; choose another name")


def write(target: Path, diagnosis: Diagnosis, rulebook: Rulebook) -> None:
    """Write one report; BadOption where that fails."""
    from gandoctor.commands import files, formats

    format_ = formats.of_file(target)
    if format_ in formats.PICTURES:
        from gandoctor.report.plot import picture

        files.write(target, picture(diagnosis, format_))
        return
    from gandoctor.commands.screen import Screen

    judged = formats.Judged(diagnosis.run.name, diagnosis, rulebook, 0.0)
    text = formats.text(format_, judged, Screen(colour=False, blocks=True, width=100))
    files.write(target, formats.joined(format_, [text], [judged.row]).encode("utf-8"))
