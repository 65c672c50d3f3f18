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


RUNS_CODE = frozenset(
    {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "subprocess", "runpy", "code"}
)
"""Modules that make code, objects or processes of data. `pickletools` only reads."""
ALLOWED = {"commands/alert.py": frozenset({"subprocess"})}
"""It runs the command that the user typed, and hands it data."""
EVALUATES = frozenset({"eval", "exec", "compile", "__import__", "system", "popen", "read_pickle", "spawnv", "execv"})


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_makes_code_of_data(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = {alias.name.partition(".")[0] for alias in node.names}
            assert not (RUNS_CODE - ALLOWED.get(path.relative_to(PACKAGE).as_posix(), frozenset())) & named
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in RUNS_CODE
        elif isinstance(node, ast.Call):
            assert _called(node) not in EVALUATES
            given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
            assert given.get("shell") is not True
            if _called(node) in ("np.load", "numpy.load"):
                assert given.get("allow_pickle") is False


def _called(call: ast.Call) -> str:
    """The name of what is called: bare, or behind os, pd or np, so that `re.compile` is not taken for `compile`."""
    if isinstance(call.func, ast.Name):
        return call.func.id
    if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
        return ""
    owner, name = call.func.value.id, call.func.attr
    return name if owner in ("os", "pd", "pandas", "builtins") else f"{owner}.{name}"
