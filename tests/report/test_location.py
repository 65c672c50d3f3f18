from __future__ import annotations

from urllib.parse import unquote

import pytest
from situations import EVIL, lined, stable

from gandoctor.model import Run
from gandoctor.report.location import as_uri, file_of

LINES = lined(stable()).run.lines


@pytest.mark.parametrize(
    ("path", "name", "lines", "file"),
    [
        ("runs/a.csv", "runs/a.csv", True, "runs/a.csv"),
        ("./runs/../runs/a.csv", "./runs/../runs/a.csv", True, "runs/a.csv"),
        ("runs/a", "runs/a/run.csv", True, "runs/a/run.csv"),
        ("runs/a", "runs/a", False, "runs/a"),
        ("runs/a.csv.gz", "runs/a.csv.gz", False, "runs/a.csv.gz"),
        ("/project/runs/a.csv", "/project/runs/a.csv", True, "runs/a.csv"),
        ("/home/me/secret/a.csv", "/home/me/secret/a.csv", True, "secret/a.csv"),
        ("../other/a.csv", "../other/a.csv", True, "other/a.csv"),
        ("-", "<stdin>", False, ""),
    ],
)
def test_a_run_is_named_by_its_file_within_the_project(
    path: str, name: str, lines: bool, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/project")
    assert file_of(path, Run({}, name=name, lines=LINES if lines else None), "/project") == file


def test_the_project_may_be_a_folder_above(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/project/sub")
    assert file_of("a.csv", Run({}, name="a.csv", lines=LINES), "/project") == "sub/a.csv"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("runs/a.csv", "runs/a.csv"),
        ("a b#1?.csv", "a%20b%231%3F.csv"),
        ("c:/x", "c%3A/x"),
        ("ü", "%C3%BC"),
        ("100%", "100%25"),
    ],
)
def test_a_file_is_a_relative_uri(file: str, uri: str) -> None:
    assert as_uri(file) == uri


def test_any_name_becomes_a_uri_and_can_be_read_back() -> None:
    assert unquote(as_uri(EVIL), errors="surrogatepass") == EVIL
