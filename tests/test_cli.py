from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gandoctor.engine
from gandoctor.cli import main
from gandoctor.commands.diagnose import status
from gandoctor.commands.screen import wants_colour
from gandoctor.errors import UnreadableLog

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis, VerdictName

    Captured = pytest.CaptureFixture[str]


def log(path: Path, d: np.ndarray, g: np.ndarray) -> Path:
    rows = "\n".join(f"{step},{one:.5g},{other:.5g}" for step, (one, other) in enumerate(zip(d, g, strict=True), 1))
    path.write_text(f"step,d_loss,g_loss\n{rows}\n")
    return path


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).standard_normal((2, 450))
    return log(tmp_path / "healthy.csv", np.abs(1.2 + 0.1 * noise[0]), np.abs(1.1 + 0.2 * noise[1]))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    d = np.full(450, 1.2)
    d[300:] = np.nan
    noise = np.random.default_rng(1).standard_normal((2, 450))
    return log(tmp_path / "broken.csv", d + 0.1 * noise[0], 1.1 + 0.2 * noise[1] + 0 * d)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def process(*arguments: object, **settings: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings.pop("env", {})}
    command = [sys.executable, "-m", "gandoctor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **settings)


# --- what is printed where ---------------------------------------------------------------------------------------


def test_a_log_is_diagnosed_on_standard_output(healthy: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy) == 0
    captured = capsys.readouterr()
    assert "healthy.csv: 450 points, steps 1 to 450" in " ".join(captured.out.split())
    assert captured.err == ""


def test_a_run_with_nan_is_a_failure(broken: Path, capsys: Captured) -> None:
    assert run("diagnose", broken, "--exit-code") == 1
    assert "Convergence failure" in capsys.readouterr().out


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_json_goes_to_standard_output_alone(healthy: Path, capsys: Captured, format_: str) -> None:
    assert run("diagnose", healthy, "--format", format_) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["path"] == str(healthy)
    assert document["run"]["points"] == 450


def test_two_logs_give_a_table_and_two_reports(healthy: Path, broken: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy, broken) == 0
    out = capsys.readouterr().out
    assert out.startswith("log")
    assert out.count("\nD loss ") == 2


def test_many_logs_give_a_line_each(healthy: Path, capsys: Captured) -> None:
    assert run("diagnose", *[healthy] * 4) == 0
    out = capsys.readouterr().out
    assert out.count("healthy.csv") == 4
    assert "D loss " not in out
    assert "gandoctor diagnose LOG" in out


def test_several_logs_give_a_json_array_or_a_line_each(healthy: Path, broken: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy, broken, "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert run("diagnose", healthy, broken, "--format", "jsonl") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_options_reach_the_reader(healthy: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy, "--family", "bce", "--d-loss", "mean", "--format", "json") == 0
    (convention,) = json.loads(capsys.readouterr().out)["conventions"]
    assert (convention["family"], convention["d_form"], convention["decided_by"]) == ("bce", "mean", "user")


def test_a_column_can_be_named(tmp_path: Path, healthy: Path, capsys: Captured) -> None:
    renamed = tmp_path / "odd.csv"
    renamed.write_text(healthy.read_text().replace("step,d_loss,g_loss", "step,blue,red"))
    assert run("diagnose", renamed) == 2
    assert "--map" in capsys.readouterr().err
    assert run("diagnose", renamed, "--map", "d_loss=blue", "--map", "g_loss=red", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["run"]["columns"] == {"d_loss": "blue", "g_loss": "red"}


# --- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".png", b"\x89PNG"),
        (".svg", b"<?xml"),
        (".pdf", b"%PDF"),
        (".json", b"{"),
        (".jsonl", b'{"schema_version"'),
        (".md", b"## "),
        (".txt", b"/"),
    ],
)
def test_the_suffix_says_the_format_and_nothing_is_printed(
    healthy: Path, tmp_path: Path, capsys: Captured, suffix: str, start: bytes
) -> None:
    output = tmp_path / f"report{suffix}"
    assert run("diagnose", healthy, "-o", output) == 0
    assert output.read_bytes().startswith(start)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"wrote {output}\n"


def test_a_file_and_a_printed_report_in_one_call(healthy: Path, tmp_path: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy, "-o", tmp_path / "a.md", "-o", tmp_path / "a.png", "--format", "jsonl") == 0
    assert json.loads(capsys.readouterr().out)["verdict"]
    assert (tmp_path / "a.md").exists()
    assert (tmp_path / "a.png").exists()


def test_a_report_replaces_an_older_one_and_leaves_no_parts(healthy: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.md"
    output.write_text("old")
    assert run("diagnose", healthy, "-o", output) == 0
    assert output.read_text().startswith("## ")
    assert {path.name for path in tmp_path.iterdir()} == {"healthy.csv", "report.md"}


@pytest.mark.parametrize("link", ["itself", "symlink", "hardlink"])
def test_a_log_is_never_overwritten(healthy: Path, tmp_path: Path, capsys: Captured, link: str) -> None:
    source = healthy.rename(tmp_path / "run.txt")
    output = {"itself": source, "symlink": tmp_path / "s.txt", "hardlink": tmp_path / "h.txt"}[link]
    if link == "symlink":
        output.symlink_to(source)
    if link == "hardlink":
        output.hardlink_to(source)
    content = source.read_bytes()
    assert run("diagnose", source, "-o", output) == 2
    assert source.read_bytes() == content
    assert "is part of the log" in capsys.readouterr().err


def test_a_file_in_the_folder_that_is_read_is_never_overwritten(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "stats.jsonl").write_text('{"Loss/G/loss": 1}\n')
    assert run("diagnose", tmp_path, "-o", tmp_path / "stats.jsonl") == 2
    assert (tmp_path / "stats.jsonl").read_text() == '{"Loss/G/loss": 1}\n'
    assert "is part of the log" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("report.doc", "the suffix says the format"),
        ("report", "no suffix is none of"),
        ("missing/report.md", "there is no folder"),
        (".", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_read(
    healthy: Path, tmp_path: Path, capsys: Captured, output: str, said: str
) -> None:
    assert run("diagnose", healthy, "-o", tmp_path / output) == 2
    assert said in capsys.readouterr().err


def test_a_picture_shows_one_run(healthy: Path, broken: Path, tmp_path: Path, capsys: Captured) -> None:
    assert run("diagnose", healthy, broken, "-o", tmp_path / "a.png") == 2
    assert "a picture shows one run" in capsys.readouterr().err


def test_a_file_that_failed_to_be_read_leaves_no_report(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert run("diagnose", tmp_path / "empty.csv", "-o", tmp_path / "report.json") == 2
    assert not (tmp_path / "report.json").exists()


# --- exit status -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "failed", "exit_code", "expected"),
    [
        ({"stable"}, False, True, 0),
        ({"mode_collapse"}, False, False, 0),
        ({"mode_collapse", "stable"}, False, True, 1),
        ({"convergence_failure", "inconclusive"}, False, True, 1),
        ({"inconclusive", "stable"}, False, True, 3),
        ({"inconclusive"}, False, False, 0),
        ({"convergence_failure"}, True, True, 2),
        ({"stable"}, True, False, 2),
        (set(), True, False, 2),
    ],
)
def test_the_worst_news_decides_the_status(verdicts: set[str], failed: bool, exit_code: bool, expected: int) -> None:
    assert status(verdicts, failed, exit_code) == expected


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("stable", 0), ("mode_collapse", 1), ("convergence_failure", 1), ("inconclusive", 3)],
)
def test_exit_code_tells_the_verdict(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, verdict: VerdictName, expected: int
) -> None:
    real = gandoctor.engine.diagnose

    def changed(path: str, **options: Any) -> Diagnosis:
        return replace(real(path, **options), verdict=verdict)

    monkeypatch.setattr(gandoctor.engine, "diagnose", changed)
    assert run("diagnose", healthy, "--exit-code") == expected
    assert run("diagnose", healthy) == 0


# --- bad input ---------------------------------------------------------------------------------------------------


def test_an_unreadable_log_does_not_stop_the_others(healthy: Path, tmp_path: Path, capsys: Captured) -> None:
    assert run("diagnose", tmp_path / "no.csv", healthy, "--format", "jsonl") == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["path"] == str(healthy)
    assert captured.err.startswith("gandoctor: ")
    assert captured.err.count("\n") == 1
    assert "no.csv" in captured.err


@pytest.mark.parametrize(
    "error", [UnreadableLog("bad\x1b[31m"), OSError(5, "Input/output error"), MemoryError(), KeyError("x")]
)
def test_every_error_is_one_sentence(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(gandoctor.engine, "diagnose", fail)
    assert run("diagnose", healthy) == 2
    err = capsys.readouterr().err
    assert err.startswith("gandoctor: ")
    assert err.count("\n") == 1
    assert "\x1b" not in err
    assert "Traceback" not in err


def test_a_fault_of_gandoctor_is_called_one_and_shown_on_demand(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(gandoctor.engine, "diagnose", fail)
    assert run("diagnose", healthy) == 2
    assert "a fault in gandoctor (ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.setenv("GANDOCTOR_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["diagnose", str(healthy)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--map", "d_loss"), "--map d_loss: write NAME=VALUE"),
        (("--map", "d_loss=a", "--map", "d_loss=b"), "is given twice"),
        (("--set", "a.b.c=much"), "'much' is not a number"),
        (("--set", "a.b.c=1"), "a.b.c"),
        (("--family", "began"), "began"),
        (("--rulebook", "folklore"), "folklore"),
        (("--rules", "/nowhere"), "/nowhere"),
        (("--run", "many"), "many"),
        (("--format", "yaml"), "yaml"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_wrong_use_names_the_flag_and_the_value(
    healthy: Path, capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    assert run("diagnose", healthy, *arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("arguments", [(), ("diagnose",), ("diagnoze", "x"), ("explain",)])
def test_a_command_line_without_sense_is_wrong_use(arguments: tuple[str, ...], capsys: Captured) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err


# --- the other commands ------------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_package(capsys: Captured) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"gandoctor {gandoctor.__version__}\n"


def test_a_rule_is_explained(capsys: Captured) -> None:
    assert run("explain", "non-finite") == 0
    assert capsys.readouterr().out.startswith("non-finite: ")


@pytest.mark.parametrize("name", ["non_finite", "nonfinite", "Non-Finite"])
def test_an_unknown_rule_brings_the_nearest(name: str, capsys: Captured) -> None:
    assert run("explain", name) == 2
    assert "did you mean non-finite" in capsys.readouterr().err


def test_a_rule_without_a_neighbour_brings_the_list(capsys: Captured) -> None:
    assert run("explain", "zzz") == 2
    assert "there are " in capsys.readouterr().err


def test_the_rules_are_listed_with_the_hash(capsys: Captured) -> None:
    assert run("rules", "list") == 0
    out = capsys.readouterr().out
    assert "discriminator-dominance" in out
    assert gandoctor.rulebook.load().hash in out


def test_the_cases_of_a_folder_of_rules_are_run(tmp_path: Path, capsys: Captured) -> None:
    from gandoctor.rulebook import load

    rule = Path(load().rule("non-finite").path).read_text().replace('"non-finite"', '"my-rule"', 1)
    (tmp_path / "my-rule.toml").write_text(rule)
    ended = run("rules", "test", tmp_path)
    out = capsys.readouterr().out
    assert "of 1 rule:" in out
    assert ended == (0 if "0 failed" in out else 1)


def test_a_folder_without_rules_is_wrong_use(tmp_path: Path, capsys: Captured) -> None:
    assert run("rules", "test", tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_the_demo_diagnoses_a_recorded_run_of_each_kind(capsys: Captured) -> None:
    from gandoctor.demo import demonstrated

    assert run("demo") == 0
    out = capsys.readouterr().out
    shown = demonstrated()
    assert out.startswith(f"{len(shown)} recorded runs")
    short = [one.name for one in shown if len(one.name) <= 50]  # a longer name is folded within its column
    assert len(short) > 20
    assert all(name in out for name in short)
    assert "$ gandoctor diagnose" in out


def test_the_demo_shows_one_recorded_run(capsys: Captured) -> None:
    assert run("demo", "seed-004-mnist-dense") == 0
    assert "100 points" in " ".join(capsys.readouterr().out.split())  # a long path breaks the line
    assert run("demo", "nothing") == 2
    assert "seed-004-mnist-dense" in capsys.readouterr().err


# --- as a process ------------------------------------------------------------------------------------------------


def test_an_ascii_terminal_gets_ascii(healthy: Path) -> None:
    ended = process("diagnose", healthy, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.isascii()


def test_a_closed_pipe_is_no_failure_and_no_noise(healthy: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "gandoctor", "diagnose", str(healthy), "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 141


def test_a_log_is_read_from_standard_input(healthy: Path) -> None:
    ended = process("diagnose", "-", "--format", "json", input=healthy.read_text())
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["run"]["points"] == 450


HEAVY = ("matplotlib", "scipy", "tensorflow", "torch", "tensorboard", "jsonschema")


def test_a_diagnosis_on_the_terminal_loads_nothing_heavy(healthy: Path) -> None:
    code = (
        "import sys\nfrom gandoctor.cli import main\n"
        f"try: main(['diagnose', {str(healthy)!r}])\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_no_color_is_respected(environment: dict[str, str], wanted: bool) -> None:
    assert wants_colour(environment) is wanted
