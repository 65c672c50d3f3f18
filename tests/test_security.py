"""What is promised of input from strangers: nothing of a log, a rule file or a report is ever run, opened or obeyed.

Elsewhere: pickles, bombs and damaged files in `bad_logs.py`, limits of memory in `test_bad_input_process.py`, databases
in `readers/test_bad_stores.py`, YAML there too, webhooks in `sinks/test_webhook.py`, pages in `report/`.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bad_logs as logs
import pytest
import stored_runs
from test_bad_input import harmless, put, refused, run

import gandoctor
from gandoctor.commands.alert import alert, command_of
from gandoctor.commands.formats import SUFFIXES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    Captured = pytest.CaptureFixture[str]

PACKAGE = Path(gandoctor.__file__).parent

# --- no code from a file is run ----------------------------------------------------------------------------------

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


INJECTIONS = ("{x.__class__}", "{x[0]}", "{x!r}", "{x:{x}}", "{}", "{0}", "{x:9999999999d}", "{x")


@pytest.mark.parametrize("template", INJECTIONS)
def test_a_template_of_a_rule_can_reach_nothing(template: str, tmp_path: Path, capsys: Captured) -> None:
    rule = f"""id = "mine"\nfunction = "os.system"\n[[pattern]]\nname = "p"\nevidence = "{template}"
[[pattern.when]]\nname = "x"\nsignal = "median(d_lost)"\nabove = 1\n"""
    put(tmp_path / "mine.toml", rule)
    log = put(tmp_path / "log.csv", logs.WHOLE)
    for command in (["diagnose", log, "--rules", tmp_path], ["rules", "test", tmp_path]):
        err = refused(capsys, *command)
        for words in ("mine.toml", "evidence", "function", "d_lost", "basis", "faults"):
            assert words in err


# --- text from a log is only text --------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", TEXTS)
@pytest.mark.parametrize("place", ["column", "key", "context", "recipe", "file", "prefix"])
def test_a_name_from_a_log_is_only_text(format_: str, place: str, tmp_path: Path, capsys: Captured) -> None:
    path = put(tmp_path / "evil.csv", logs.READ["evil-name.csv"][0])
    arguments: list[str] = []
    if place == "key":
        row = {"step": "%d", "d_loss": 1.2, "g_loss": 1.1, logs.EVIL: 1, "note": logs.EVIL}
        path = put(tmp_path / "evil.jsonl", logs.jsonl(json.dumps(row).replace('"%d"', "%d"), times=60))
    if place == "context":
        head = json.dumps({"adv_loss": logs.EVIL, "optimizer": logs.EVIL, logs.EVIL: logs.EVIL}) + "\n"
        row = {"step": "%d", "d_loss": 1.2, "g_loss": 1.1}
        path = put(tmp_path / "evil.jsonl", head + logs.jsonl(json.dumps(row).replace('"%d"', "%d"), times=60))
    if place == "recipe":
        evil = json.dumps(logs.EVIL)  # whose escapes are TOML's too
        context = "".join(f"{key} = {evil}\n" for key in (evil, "family", "optimiser"))
        put(tmp_path / "recipe.toml", f'log = "evil.csv"\n[context]\n{context}')
    if place == "file":
        path = put(tmp_path / f"{logs.EVIL.replace('/', ' ')}\n.csv", logs.csv())
    if place == "prefix":
        path = put(tmp_path / "evil.csv", logs.csv(f'step,"{logs.EVIL}","{logs.EVIL}g"'))
        arguments = ["--map", f"d_loss={logs.EVIL}", "--map", f"g_loss={logs.EVIL}g"]
    assert run("diagnose", path, "--format", format_, *arguments) == 0
    captured = capsys.readouterr()
    assert harmless(captured.out)
    assert harmless(captured.err)
    if format_ in ("markdown", "html"):
        assert "<script>alert" not in captured.out
    if place == "file" and format_ == "terminal":
        assert "[boldred]x[" in "".join(captured.out.split())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_name_from_a_log_is_only_text_in_a_file_too(suffix: str, tmp_path: Path) -> None:
    path = put(tmp_path / "evil.csv", logs.csv(f'step,"{logs.EVIL}","{logs.EVIL}g"'))
    columns = ["--map", f"d_loss={logs.EVIL}", "--map", f"g_loss={logs.EVIL}g"]
    assert run("diagnose", path, "-o", tmp_path / f"report{suffix}", *columns) == 0
    content = (tmp_path / f"report{suffix}").read_bytes()
    if suffix not in (".png", ".pdf"):
        assert b"\x1b" not in content
        assert harmless(content.decode())
    if suffix in (".md", ".html", ".svg", ".xml"):
        assert b"<script>alert" not in content
    assert sorted(each.name for each in tmp_path.iterdir()) == ["evil.csv", f"report{suffix}"]


COMMANDS = ("x\n::error::a", "x\r\n::stop-commands::a", "x%0A::set-env name=A::b", "::add-mask::a", "a,line=1::b")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_name_cannot_give_github_a_command(name: str, tmp_path: Path, capsys: Captured) -> None:
    column = " ".join(name.split())
    path = put(tmp_path / f"{name}.csv", logs.csv(f'step,"{column}",g_loss', d=["nan"] * 450))
    assert run("diagnose", path, "--format", "github", "--map", f"d_loss={column}") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    for line in lines:
        command, properties = line.split("::", 2)[1].split(" ", 1)
        assert command in ("error", "warning", "notice")
        keys = [one.partition("=")[0] for one in properties.split(",")]
        assert set(keys) <= {"file", "line", "title"}
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_name_cannot_begin_a_command_on_any_stream(name: str, tmp_path: Path, capsys: Captured) -> None:
    column = " ".join(name.split())
    path = put(tmp_path / f"{name}.csv", logs.csv(f'step,"{column}","##[error]g"'))
    assert run("diagnose", path, "--map", f"d_loss={column}", "--map", "g_loss=##[error]g") == 0
    assert run("diagnose", path, "--map", "d_loss=nothing") == 2
    assert run("diagnose", tmp_path / "missing\n::error::a") == 2
    told = capsys.readouterr()
    for line in (told.out + told.err).splitlines():
        assert not line.lstrip().startswith(("::", "##["))


def test_a_command_for_alerts_gets_the_report_as_data_alone(tmp_path: Path) -> None:
    told = tmp_path / "told"
    code = f"import sys; open({str(told)!r}, 'w').write(repr(sys.argv[1:]) + sys.stdin.read())"
    report = json.dumps({"run": f"$(touch {tmp_path}/a); `touch {tmp_path}/b` | touch {tmp_path}/c\n--help"})
    assert alert([sys.executable, "-c", code, "$HOME;x"], report) == ""
    assert told.read_text() == "['$HOME;x']" + report
    assert [each.name for each in tmp_path.iterdir()] == ["told"]
    assert command_of(f"{sys.executable} a;b '$(c)'") == [sys.executable, "a;b", "$(c)"]


# --- a path in a log is never followed ---------------------------------------------------------------------------

_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and event in ("open", "os.listdir", "os.scandir", "sqlite3.connect", "socket.connect"):
        _opened.append(str(arguments[0]))


sys.addaudithook(_listen)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """What Python opens from here on, by its audit events."""
    global _opened
    _opened = []
    yield _opened
    _opened = None


def canary(folder: Path) -> Path:
    """A log outside of the run's folder that nothing but a path in the run names."""
    return put(folder / "secret" / "canary.csv", logs.WHOLE)


def tempting(folder: Path, at: str) -> dict[str, bytes | str]:
    """Files that name the path `at` in each place that a format has for names, texts or paths."""
    text = json.dumps(at)
    rows = [{"d_loss": 1.2, "g_loss": 1.1, at: 0.5}] * 60
    config = {"dataset": at, "adv_loss": at, "model": at}
    stored_runs.mlflow_run(folder / "mlflow", [{"d_loss": 1.2, "g_loss": 1.1}] * 60, name=at, dataset=at)
    meta = folder / "mlflow" / "mlruns" / "0" / "aaa" / "meta.yaml"
    meta.write_text(meta.read_text().replace("file:///nowhere", at))
    stored_runs.wandb_run(folder / "wandb-run", rows, name=at, config=config)
    stored_runs.mlflow_store(folder / "mlflow.db", {at: rows}, dataset=at)
    stored_runs.trackio_store(folder / "gan.db", {at: rows}, config)
    return {
        "table.csv": logs.csv(f'step,"{at}",d_loss,g_loss', row=f'{{}},"{at}",{{}},{{}}'),
        "lines.log": f"resuming from {at}\ncheckpoint: {at}\n" + logs.text(),
        "rows.jsonl": logs.jsonl(f'{{"d_loss":1.2,"g_loss":1.1,"file":{text},"snapshot_pkl":{text}}}', times=60),
        "cells.ipynb": json.dumps({"nbformat": 4, "cells": [{"outputs": [{"text": logs.text(), "metadata": at}]}]}),
        "members.npz": logs.npz_named(f"../{at}", "d_loss", "g_loss"),
    }


@pytest.mark.parametrize("form", ["absolute", "relative", "address"])
def test_a_path_in_a_log_is_never_opened(form: str, tmp_path: Path, opened: list[str], capsys: Captured) -> None:
    secret = canary(tmp_path)
    at = {"absolute": str(secret), "relative": "../secret/canary.csv", "address": f"file://{secret}"}[form]
    inside = tmp_path / "inside"
    inside.mkdir()
    for name, content in tempting(inside, at).items():
        put(inside / name, content)
    opened.clear()
    for path in sorted(inside.iterdir()):
        assert run("diagnose", path, "--format", "html", "-o", tmp_path / "report.html") == 0, capsys.readouterr().err
    assert any("table.csv" in each for each in opened)
    assert not [each for each in opened if "secret" in each or "canary" in each]


@pytest.mark.parametrize("form", ["absolute", "relative"])
def test_a_recipe_cannot_name_a_log_elsewhere(form: str, tmp_path: Path, opened: list[str], capsys: Captured) -> None:
    secret = canary(tmp_path)
    at = {"absolute": str(secret), "relative": "../secret/canary.csv"}[form]
    put(tmp_path / "run" / "recipe.toml", f"log = '{at}'\n[context]\ndataset = '{at}'\n")
    put(tmp_path / "run" / "expect.toml", 'verdict = "stable"\n')
    put(tmp_path / "run" / "run.csv", logs.WHOLE)
    opened.clear()
    assert run("check", tmp_path / "run") == 2
    assert "lies outside of the folder" in " ".join(capsys.readouterr().out.split())
    assert run("diagnose", tmp_path / "run") == 0
    assert not [each for each in opened if "secret" in each or "canary" in each]


def test_a_pipe_in_the_place_of_a_recipe_is_not_waited_for(tmp_path: Path, capsys: Captured) -> None:
    put(tmp_path / "run.csv", logs.WHOLE)
    os.mkfifo(tmp_path / "recipe.toml")
    assert run("diagnose", tmp_path / "run.csv", "--format", "json") == 0
    assert "is no file" in " ".join(json.loads(capsys.readouterr().out)["run"]["notes"])
