"""The CI jobs in the README: valid by the schemas of GitHub and GitLab, and made of commands that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from gandoctor import cli

README = Path(__file__).resolve().parents[1] / "README.md"
SCHEMAS = {"GitHub Actions": "vendor.github-workflows", "GitLab CI": "vendor.gitlab-ci"}


def examples() -> list[str]:
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    return re.findall(r"```ya?ml\n(.*?)```", text, re.DOTALL)


EXAMPLES = {"GitHub Actions" if "runs-on:" in text else "GitLab CI": text for text in examples()}

pytestmark = pytest.mark.skipif(not EXAMPLES, reason="the README shows no CI job")


def scripts(part: Any) -> list[str]:
    """Every line of shell in a job of either kind."""
    if isinstance(part, list):
        return [line for item in part for line in scripts(item)]
    if not isinstance(part, dict):
        return []
    own = [line for key in ("run", "script") if key in part for line in _lines(part[key])]
    return own + [line for value in part.values() for line in scripts(value)]


def _lines(shell: Any) -> list[str]:
    return shell.splitlines() if isinstance(shell, str) else [line for part in shell for line in _lines(part)]


def test_there_is_a_job_for_each_server() -> None:
    assert EXAMPLES.keys() == SCHEMAS.keys()


@pytest.mark.parametrize("server", EXAMPLES)
def test_a_job_is_valid_by_the_schema_of_its_server(server: str, tmp_path: Path) -> None:
    path = tmp_path / "job.yml"
    path.write_text(EXAMPLES[server], encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[server], str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("server", EXAMPLES)
def test_a_job_has_ten_lines_and_its_commands_exist(server: str) -> None:
    lines = [line for line in EXAMPLES[server].splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) <= 10
    commands = [line for line in scripts(YAML(typ="safe").load(EXAMPLES[server])) if line.startswith("gandoctor ")]
    assert commands
    for line in commands:
        words = shlex.split(line)[1:]
        command = cli.commands.commands[words[0]]
        assert isinstance(command, click.Command)
        command.make_context(words[0], words[1:], resilient_parsing=False)
