"""What the commands say of themselves."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from gandoctor import __version__
from gandoctor.cli import commands

if TYPE_CHECKING:
    from collections.abc import Iterator


def every(command: click.Command, path: str = "gandoctor") -> Iterator[tuple[str, click.Command]]:
    """Each command under the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from every(child, f"{path} {name}")


EVERY = dict(every(commands))


@pytest.mark.parametrize("path", EVERY)
def test_the_help_of_a_command_is_whole_and_explains_every_option(path: str) -> None:
    command = EVERY[path]
    with click.Context(command, info_name=path, terminal_width=80) as context:
        lines = command.get_help(context).splitlines()
    assert lines[0].startswith(f"Usage: {path}")
    assert not [line for line in lines[1:] if line.endswith("...")], "a summary is too long for its line"
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    assert max(map(len, lines)) <= 80


def module(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gandoctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("arguments", [(), ("rules",)])
def test_a_group_of_commands_alone_lists_them(arguments: tuple[str, ...]) -> None:
    ended = module(*arguments)
    assert ended.returncode in (0, 2)
    assert "Usage: gandoctor" in ended.stdout + ended.stderr
    assert "Commands:" in ended.stdout + ended.stderr


def test_the_module_is_the_program() -> None:
    ended = module("--version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"gandoctor {__version__}\n", "")
