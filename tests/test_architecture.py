"""The arrows of the design: who may import whom, and what importing gandoctor may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gandoctor

PACKAGE = Path(gandoctor.__file__).parent
HEAVY = (
    "tensorflow", "torch", "matplotlib", "scipy", "tensorboard", "pandas", "rich", "click", "jinja2", "PIL", "tomlkit",
    "wandb", "mlflow", "trackio",
)  # fmt: skip

FORBIDDEN = {
    "readers": ("rulebook", "engine", "judge", "verdict", "report", "cli", "convention", "track"),
    "report": ("readers", "engine", "judge", "track", "cli"),
    "rulebook.py": ("readers", "engine", "report", "cli"),
    "statistics.py": ("readers", "rulebook", "engine", "report", "cli"),
    "families.py": ("readers", "rulebook", "engine", "report", "cli", "convention", "inference"),
    "convention.py": ("readers", "rulebook", "engine", "report", "cli", "inference"),
    "inference.py": ("readers", "rulebook", "engine", "report", "cli", "judge"),
    "judge.py": ("readers", "report", "cli"),
    "checks": ("report", "cli", "commands", "reference"),
    "reference": ("report", "cli", "commands"),
    "samples": ("readers", "rulebook", "engine", "judge", "verdict", "report", "cli", "commands"),
    "model.py": ("readers", "rulebook", "engine", "cli"),
    "engine.py": ("report", "cli"),
    "trainer": ("readers", "engine", "report", "cli", "commands"),
    "verdict.py": ("readers", "report", "cli", "engine"),
    "recorder": ("cli", "callbacks", "trainer", "samples"),
    "callbacks": ("cli", "commands", "trainer"),
    "sinks": ("readers", "rulebook", "engine", "judge", "verdict", "recorder", "cli", "commands"),
}
"""Part of the package -> parts that it must not know. A reader knows no rules, a report no logs."""


def modules(part: str) -> list[Path]:
    path = PACKAGE / part
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imported(path: Path) -> set[str]:
    """The parts of gandoctor that a module imports, wherever in the module it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gandoctor"):
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("gandoctor.")}
    return found


@pytest.mark.parametrize("part", FORBIDDEN)
def test_the_arrows_point_one_way(part: str) -> None:
    for path in modules(part):
        assert not imported(path) & set(FORBIDDEN[part]), f"{path.name} of {part}"


def test_importing_gandoctor_loads_nothing_heavy() -> None:
    code = f"import gandoctor, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_only_the_command_line_prints_or_exits() -> None:
    allowed = {PACKAGE / "cli.py", PACKAGE / "__main__.py", *modules("commands")}
    for path in set(PACKAGE.rglob("*.py")) - allowed:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert name not in ("print", "exit", "quit", "input", "eval", "exec"), f"{path}:{name}"
