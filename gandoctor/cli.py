"""The command line: which commands there are, and how every ending becomes an exit status."""

from __future__ import annotations

import os
import sys

import click

from gandoctor import __version__
from gandoctor.commands.screen import NobodyReads, complain
from gandoctor.errors import GandoctorError
from gandoctor.usage.gate import check, reference
from gandoctor.usage.knowledge import demo, explain, rules
from gandoctor.usage.logs import compare, diagnose, samples, scan
from gandoctor.usage.training import train, watch

_WRONG, _INTERRUPTED, _PIPE_CLOSED = 2, 130, 141


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gandoctor", message="%(prog)s %(version)s")
def commands() -> None:
    """Say from its log whether a GAN is training, failing or dead, since when, why, and what to do.

    Start with: gandoctor diagnose LOG
    """


for _command in (check, compare, demo, diagnose, explain, reference, rules, samples, scan, train, watch):
    commands.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: errors that the user can mend become one sentence on standard error."""
    sys.exit(_status(arguments))


def _status(arguments: list[str] | None) -> int:
    try:
        status = commands.main(arguments, prog_name="gandoctor", standalone_mode=False)
    except click.ClickException as error:
        error.show()
    except GandoctorError as error:
        complain(error)
    except NobodyReads:
        # Nothing may be written at exit either, or Python complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    else:
        return status if isinstance(status, int) else 0
    return _WRONG
