"""Every kind of bad input through the command line: a refusal is one sentence, and nothing is a silent all-clear."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bad_logs as logs
import pytest

from gandoctor.cli import main
from gandoctor.commands.formats import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    Captured = pytest.CaptureFixture[str]
    Content = str | bytes | Callable[[], str | bytes]

SECONDS = 60
"""More than any of these may take on a busy machine; each takes well under two."""


def put(path: Path, content: Content) -> Path:
    made = content() if callable(content) else content
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    return path


def run(*arguments: object) -> int:
    start = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    assert time.monotonic() - start < SECONDS
    return int(ended.value.code or 0)


def refused(capsys: Captured, *arguments: object) -> str:
    """Run, and return the sentence: on standard error alone, without steering characters, at exit status 2."""
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert "fault in gandoctor" not in captured.err
    assert harmless(captured.err)
    return captured.err


def harmless(text: str) -> bool:
    """Whether a terminal shows the text and does nothing else."""
    return all(character == "\n" or character.isprintable() for character in text)


def report(capsys: Captured, *arguments: object) -> dict[str, Any]:
    assert run("diagnose", *arguments, "--format", "json") == 0, capsys.readouterr().err
    captured = capsys.readouterr()
    assert captured.err == ""
    document: dict[str, Any] = json.loads(captured.out)
    return document


# --- logs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", logs.REFUSED)
def test_what_is_no_log_is_refused_in_one_sentence(name: str, tmp_path: Path, capsys: Captured) -> None:
    content, said = logs.REFUSED[name]
    path = put(tmp_path / name, content)
    before = path.read_bytes()
    err = refused(capsys, "diagnose", path, "-o", tmp_path / "report.json")
    assert err.startswith("gandoctor: ")
    assert err.count("\n") == 1
    assert len(err) < 4000
    assert name in err
    for words in said:
        assert words in err
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", logs.READ)
def test_an_odd_log_is_read_and_its_repairs_are_noted(name: str, tmp_path: Path, capsys: Captured) -> None:
    content, points, said, medians = logs.READ[name]
    path = put(tmp_path / name, content)
    before = path.read_bytes()
    found = report(capsys, path)["run"]
    assert found["points"] == points or points < 0 < found["points"]
    for words in said:
        assert words in " | ".join(found["notes"])
    if medians is not None:
        d, g = (found["curves"][metric]["median"] for metric in ("d_loss", "g_loss"))
        assert (d, g) == (pytest.approx(medians[0], abs=0.05), pytest.approx(medians[1], abs=0.05))
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", logs.NO_ALL_CLEAR)
def test_a_broken_run_is_never_called_stable(name: str, tmp_path: Path, capsys: Captured) -> None:
    path = put(tmp_path / name, logs.NO_ALL_CLEAR[name])
    assert report(capsys, path)["verdict"] != "stable"
    assert run("diagnose", path, "--exit-code") in (1, 3)


@pytest.mark.parametrize("format_", TEXTS)
def test_losses_at_the_end_of_what_a_number_can_be_are_reported(format_: str, tmp_path: Path) -> None:
    values = [(-1) ** i * 1.7e308 if i % 3 else 1.2 for i in range(450)]
    path = put(tmp_path / "widest.csv", logs.csv(d=values, g=values[::-1]))
    assert run("diagnose", path, "--format", format_) == 0


def test_an_accuracy_in_percent_is_a_fraction_in_the_report(tmp_path: Path, capsys: Captured) -> None:
    path = put(tmp_path / "percent.csv", logs.READ["percent.csv"][0])
    assert report(capsys, path)["run"]["curves"]["d_accuracy"]["median"] == pytest.approx(0.61)


def test_each_of_several_runs_can_be_asked_for(tmp_path: Path, capsys: Captured) -> None:
    first, second = logs.csv(), logs.csv(d=[f"{3 + value:.4f}" for value in logs.D])
    path = put(tmp_path / "runs.csv", first + second)
    medians = [report(capsys, path, "--run", n)["run"]["curves"]["d_loss"]["median"] for n in (1, 2)]
    assert medians == [pytest.approx(1.2, abs=0.05), pytest.approx(4.2, abs=0.05)]
    assert "holds 2 run" in refused(capsys, "diagnose", path, "--run", 99)
    for wrong in (0, -1):
        assert f"--run {wrong}: runs are counted from 1" in refused(capsys, "diagnose", path, f"--run={wrong}")


# --- places ------------------------------------------------------------------------------------------------------


def test_a_place_without_a_log_is_named(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "weights").mkdir()
    put(tmp_path / "weights" / "model.pt", logs.torch_file())
    put(tmp_path / "weights" / "notes.txt", "hello\n")
    assert "it holds nothing" in refused(capsys, "diagnose", tmp_path / "empty")
    assert "model.pt, notes.txt" in refused(capsys, "diagnose", tmp_path / "weights")
    assert "does not exist" in refused(capsys, "diagnose", tmp_path / "missing.csv")
    assert "/dev/null is empty" in refused(capsys, "diagnose", "/dev/null")
    monkeypatch.chdir(tmp_path)
    assert "empty name" in refused(capsys, "diagnose", "")


def test_what_may_not_be_read_is_named(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "log.csv", logs.WHOLE)

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", deny)
    assert "Permission denied" in refused(capsys, "diagnose", tmp_path)
    monkeypatch.setattr(Path, "open", deny)
    assert "check its permissions" in refused(capsys, "diagnose", tmp_path / "log.csv")


# --- options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--map", "dloss=d_loss"], ["'dloss' is no metric", "did you mean 'd_loss'"]),
        (["--map", "d_loss=loss_d"], ["log.csv has no column 'loss_d'", "'step', 'd_loss', 'g_loss'"]),
        (["--map", "d_loss"], ["--map d_loss", "NAME=VALUE"]),
        (["--map", "d_loss=g_loss", "--map", "g_loss=g_loss"], ["'g_loss' is given to two metrics"]),
        (["--map", "=d_loss"], ["--map =d_loss", "NAME=VALUE"]),
        (["--family", "began"], ["'began'", "wgan-gp"]),
        (["--d-loss", "product"], ["'product'", "separate"]),
        (["--set", "dead-discriminator.frozen.shore=1"], ["shore", "did you mean dead-discriminator.frozen.share"]),
        (["--set", "dead-discriminator.frozen.share=lots"], ["'lots' is not a number"]),
        (["--set", "dead-discriminator.frozen.share=nan"], ["finite number"]),
        (["--rulebook", "../../etc"], ["no rulebook '../../etc'", "documented"]),
        (["--rules", "/nowhere/at/all"], ["/nowhere/at/all", "no such folder"]),
        (["--format", "yaml"], ["'yaml'", "markdown"]),
        (["-o", "report.docx"], ["report.docx", ".md"]),
        (["-o", "nowhere/report.md"], ["there is no folder"]),
        (["-o", "/proc/report.md"], ["/proc/report.md", "cannot be written"]),
        (["-o", "log.csv"], ["log.csv"]),
        (["-o", "a.md", "-o", "./a.md"], ["a.md: is given twice"]),
        (["-o", "."], ["is a folder"]),
    ],
)
def test_a_wrong_option_is_refused_and_nothing_is_written(
    arguments: list[str], said: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("log.csv"), logs.WHOLE)
    err = refused(capsys, "diagnose", "log.csv", *arguments)
    for words in said:
        assert words in err
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv"]
    assert (tmp_path / "log.csv").read_text() == logs.WHOLE


@pytest.mark.parametrize("name", ["nothing-like-it", "../../etc/passwd", "", "\x1b[31mred"])
def test_an_unknown_rule_is_refused(name: str, capsys: Captured) -> None:
    assert "there is no rule" in refused(capsys, "explain", name)


@pytest.mark.parametrize("content", [b"id = \xff", b"id = ", b"a = " + b"[" * 50_000, b"#" * 2_000_000, b""])
def test_a_rule_file_that_is_none_is_refused(content: bytes, tmp_path: Path, capsys: Captured) -> None:
    put(tmp_path / "mine.toml", content)
    assert "mine.toml" in refused(capsys, "rules", "list", "--rules", tmp_path)
