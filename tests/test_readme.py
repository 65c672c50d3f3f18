"""What the README promises: its Python runs, its commands and flags exist, its files are there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import click
import pytest

from gandoctor import cli
from gandoctor.demo import recorded

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="the README is not part of the wheel")


def text() -> str:
    return README.read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The words of every gandoctor command in the README, without comments and what follows `&&`."""
    lines = [line.partition("#")[0] for line in text().splitlines() if line.startswith("    ")]
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [shlex.split(part)[1:] for part in parts if part.startswith("gandoctor ")]


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(next(run.log for run in recorded() if run.log.suffix == ".csv"), tmp_path / "logs.csv")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", text(), re.DOTALL)
    plain = [block for block in blocks if "gandoctor.callbacks" not in block]  # the others: tests/callbacks
    assert plain
    for block in plain:
        exec(compile(block, "README.md", "exec"), {})


def test_every_command_and_flag_of_the_readme_exists() -> None:
    found = commands()
    assert ["demo"] in found
    for words in found:
        command: click.Command = cli.commands
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command, words = command.commands[words[0]], words[1:]
        assert not isinstance(command, click.Group), words
        flags = {flag for parameter in command.params for flag in parameter.opts}
        assert {word for word in words if word.startswith("-") and len(word) > 1} <= flags


def test_every_file_that_the_readme_names_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text())
    scripts = re.findall(r"`(tests/benchmarks/\w+\.py)", text())
    assert links
    assert scripts
    for name in (*links, *scripts):
        assert (ROOT / name).exists(), name
