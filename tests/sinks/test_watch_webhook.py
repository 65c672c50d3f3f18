"""`gandoctor watch --webhook`, against a server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from gandoctor.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = "step,d_loss,g_loss"
WELL = [f"{step},{1.3 + step % 7 / 100},{0.8 + step % 5 / 100}" for step in range(1, 601)]
ILL = [*WELL[:400], *(f"{step},nan,nan" for step in range(401, 601))]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address, and what was posted there."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/SECRET", got
        http.shutdown()
        thread.join()


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def write(log: Path, rows: list[str]) -> Path:
    log.write_text("\n".join([HEADER, *rows]) + "\n")
    return log


def test_the_failures_of_every_log_are_posted_under_its_name(
    tmp_path: Path, told: tuple[str, list[dict[str, Any]]]
) -> None:
    logs = [write(tmp_path / "a.csv", ILL), write(tmp_path / "b.csv", ILL), write(tmp_path / "well.csv", WELL)]
    assert run("watch", tmp_path, "--once", "--webhook", told[0]) == 1
    assert sorted((message["run"], message["rule"], message["since"]) for message in told[1]) == [
        (str(log), "non-finite", 401) for log in logs[:2]
    ]


def test_the_address_can_come_from_the_environment(
    tmp_path: Path, told: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDOCTOR_WEBHOOK", told[0])
    assert run("watch", write(tmp_path / "a.csv", ILL), "--once") == 1
    assert [message["rule"] for message in told[1]] == ["non-finite"]


def test_an_address_that_is_none_is_refused_before_watching(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("watch", write(tmp_path / "a.csv", ILL), "--once", "--webhook", "file:///etc/SECRET") == 2
    said = capsys.readouterr().err
    assert "must be a whole one that begins with https:// or http://" in said
    assert "SECRET" not in said
