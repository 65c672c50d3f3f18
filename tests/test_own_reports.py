"""What gandoctor wrote itself lies beside logs, is full of numbers, and is never taken for a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.cli import main
from gandoctor.discover import logs
from gandoctor.errors import UnreadableLog
from gandoctor.readers import read
from gandoctor.readers.own import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORTS = ("report.txt", "report.json", "report.jsonl", "report.md", "report.html", "report.xml", "report.sarif")
PICTURES = ("report.svg",)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def outputs(folder: Path, *names: str) -> Iterator[object]:
    for name in names:
        yield from ("-o", folder / name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A short log in a folder, so that a report on it holds more numbers than the log."""
    write(tmp_path / "train.csv", *ROWS[:20])
    return tmp_path


def test_a_report_beside_a_log_does_not_change_what_is_read(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / f"{'a name that a report has to break into lines, ' * 3}2026.csv"
    write(other, *ROWS, *BROKEN)
    before = read(folder)
    assert run("diagnose", other, *outputs(folder, *REPORTS)) == 0
    assert logs([folder]) == (folder / "train.csv",)
    after = read(folder)
    assert (after.name, after.points, after.notes) == (before.name, before.points, before.notes)
    assert all((folder / name).stat().st_size > 0 for name in REPORTS)


@pytest.mark.parametrize("verdict", ["stable", "convergence failure", "inconclusive"])
@pytest.mark.parametrize("name", [*REPORTS, *PICTURES])
def test_a_report_that_is_named_is_refused(folder: Path, name: str, verdict: str) -> None:
    rows = {"stable": ROWS, "convergence failure": [*ROWS[:400], *BROKEN], "inconclusive": ROWS[:20]}[verdict]
    write(folder / "train.csv", *rows)
    assert run("diagnose", folder / "train.csv", "-o", folder / name) == 0
    with pytest.raises(UnreadableLog, match=r"that gandoctor wrote|is a picture"):
        read(folder / name)


@pytest.mark.parametrize("name", REPORTS)
def test_so_is_a_report_on_several_runs(folder: Path, name: str) -> None:
    write(folder / "other.csv", *ROWS, *BROKEN)
    assert run("diagnose", folder / "train.csv", folder / "other.csv", "-o", folder / name) == 0
    with pytest.raises(UnreadableLog, match="that gandoctor wrote"):
        read(folder / name)


@pytest.mark.parametrize("name", ["report.txt", "report.json", "report.xml"])
def test_so_is_a_report_of_a_check(folder: Path, name: str) -> None:
    (folder / "recipe.toml").write_text('log = "train.csv"\n')
    (folder / "expect.toml").write_text('verdict = "inconclusive"\n')
    run("check", folder, "-o", folder / name)
    with pytest.raises(UnreadableLog, match="that gandoctor wrote"):
        read(folder / name)


def test_the_table_of_a_scan_and_its_page_are_no_logs(folder: Path) -> None:
    assert run("scan", folder, *outputs(folder, "table.csv", "page.html")) == 0
    table = (folder / "table.csv").read_text()
    (folder / "table.csv.unfinished.jsonl").write_text('{"log": "a.csv", "verdict": "", "stamp": "", "rulebook": ""}\n')
    assert logs([folder]) == (folder / "train.csv",)
    assert run("scan", folder, *outputs(folder, "table.csv", "page.html")) == 0
    assert (folder / "table.csv").read_text() == table
    for name in ("table.csv", "page.html"):
        with pytest.raises(UnreadableLog, match=r"gandoctor (scan|wrote)"):
            read(folder / name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "step,d_loss,g_loss\n1,2,3\n",
        "gandoctor: epoch 1: 500 points, step 3\nd_loss: 1.2 g_loss: 0.7\n",
        '{"schema_version": "1.0", "d_loss": [1, 2]}',
        '{"log": "train", "d_loss": 1.2}\n{"log": "train", "d_loss": 1.3}\n',
        "log,verdict,d_loss\n1,2,3\n",
        '<?xml version="1.0"?><log><d_loss>1</d_loss></log>',
        "## Stable training\n\n| step | d_loss |\n| --- | --- |\n",
        "Stable Diffusion, epoch 1: d_loss 1.2\n",
    ],
)
def test_a_log_is_not_taken_for_a_report(text: str) -> None:
    assert refusal(text) == ""
