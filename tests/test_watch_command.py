"""`gandoctor watch` as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from growing_logs import BROKEN, HEAD, ROWS, write

from gandoctor.cli import main
from gandoctor.commands.alert import alert, command_of
from gandoctor.commands.watch import line, met
from gandoctor.errors import BadOption
from gandoctor.watch import NO_LIMIT, SHARE, Change, Watch

SAVE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def test_one_line_a_run_says_state_place_and_onset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "ill.csv", *ROWS[:400], *BROKEN)
    write(tmp_path / "well.csv", *ROWS)
    assert run("watch", tmp_path, "--once") == 1
    ill, well = capsys.readouterr().out.splitlines()
    assert "ill.csv step 600: Convergence failure." in ill
    assert ill.endswith("Since step 401.")
    assert "well.csv step 600: Stable" in well


def test_a_line_tells_what_else_holds_now_and_what_is_over(tmp_path: Path) -> None:
    log, watch = tmp_path / "run.csv", Watch([tmp_path / "run.csv"], cost=lambda: 0.0)
    write(log, *ROWS[:400], *BROKEN)
    [broken] = watch.poll()
    write(log, *ROWS)
    [healed] = watch.poll()
    assert "Over" not in line(broken, "12:00:00")
    assert line(healed, "12:00:00").endswith("Over: non-finite.")


def test_a_failure_is_handed_to_the_command_as_json(tmp_path: Path) -> None:
    log, out = tmp_path / "ill.csv", tmp_path / "alert.json"
    write(log, *ROWS[:400], *BROKEN)
    assert run("watch", log, "--once", "--on-alert", f"{sys.executable} -c '{SAVE}' {out}") == 1
    assert json.loads(out.read_text())["verdict"] == "convergence_failure"


def test_a_healthy_run_alerts_nobody(tmp_path: Path) -> None:
    write(tmp_path / "well.csv", *ROWS)
    out = tmp_path / "alert.json"
    assert run("watch", tmp_path / "well.csv", "--once", "--on-alert", f"{sys.executable} -c '{SAVE}' {out}") == 0
    assert not out.exists()


@pytest.mark.parametrize(
    ("ill", "others", "status"),
    [
        (False, {}, 0),
        (True, {}, 1),
        (True, {"nothere.csv": None}, 2),
        (False, {"empty.csv": b""}, 2),
        (True, {"runs/bad.csv": b"", "runs/good.csv": (HEAD + "".join(ROWS)).encode()}, 1),  # as for `scan`
        (False, {"runs/bad.csv": b""}, 2),
    ],
)
def test_one_look_ends_as_diagnose_does_where_a_path_cannot_be_judged(
    tmp_path: Path, ill: bool, others: dict[str, bytes | None], status: int
) -> None:
    write(tmp_path / "run.csv", *ROWS[:400], *(BROKEN if ill else ()))
    for name, content in others.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if content is not None:
            (tmp_path / name).write_bytes(content)
    paths = [tmp_path / "run.csv", *sorted({tmp_path / name.partition("/")[0] for name in others})]
    assert run("watch", *paths, "--once") == status


def test_one_look_at_a_folder_without_logs_says_so_and_waits_for_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("watch", tmp_path, "--once") == 2
    assert capsys.readouterr().err == f"gandoctor: no logs found in {tmp_path}\n"


@pytest.mark.parametrize(("interval", "share"), [(None, SHARE), (2.0, NO_LIMIT), (0.1, NO_LIMIT)])
def test_an_interval_that_was_asked_for_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interval: float | None, share: float
) -> None:
    slept: list[float] = []
    shares: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise KeyboardInterrupt

    def poll(watch: Watch, everything: bool = False) -> list[Change]:
        shares.append(watch.share)
        return []

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(Watch, "poll", poll)
    write(tmp_path / "run.csv", *ROWS)
    assert run("watch", tmp_path, *(() if interval is None else ("--interval", interval))) == 0
    assert (slept, shares) == ([interval or 2.0], [share])


@pytest.mark.parametrize(
    ("command", "said"),
    [("", "is empty"), ("'open", "no closing quotation"), ("no-such-program-here x", "there is no program")],
)
def test_a_command_that_cannot_be_run_is_refused_before_watching(command: str, said: str) -> None:
    with pytest.raises(BadOption, match=said):
        command_of(command)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "ended with status 3"),
        ("import time; time.sleep(30)", "took longer than 0.5 s"),
        ("", ""),
    ],
)
def test_a_command_that_fails_is_named(code: str, said: str) -> None:
    assert said in alert([sys.executable, "-c", code], "{}", patience=0.5 if "sleep" in code else 60)


def test_the_words_of_a_log_are_no_part_of_the_command(tmp_path: Path) -> None:
    log = tmp_path / "$(touch gone);.csv"
    write(log, *ROWS[:400], *BROKEN)
    out = tmp_path / "alert.json"
    assert run("watch", log, "--once", "--on-alert", f"{sys.executable} -c '{SAVE}' {out}") == 1
    assert not Path("gone").exists()
    assert out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "for standard input"),
        (("x.csv", "--until-verdict", "soon"), "choose one of"),
        (("x.csv", "--on-alert", "no-such-program-here"), "there is no program"),
        (("x.csv", "--interval", "0"), "--interval"),
    ],
)
def test_wrong_use_is_said_and_ends_with_two(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("watch", *arguments) == 2
    assert said in capsys.readouterr().err


def test_waiting_ends_with_the_verdict_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    write(log, *ROWS[:300])
    command = [sys.executable, "-m", "gandoctor", "watch", str(log), "--interval", "0.1", "--until-verdict"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert "Stable" in process.stdout.readline()
        write(log, *ROWS[:400], *BROKEN)
        assert "Convergence failure" in process.stdout.readline()
        assert process.wait(timeout=60) == 1


def test_an_interrupt_ends_the_watch_quietly(tmp_path: Path) -> None:
    write(tmp_path / "run.csv", *ROWS)
    command = [sys.executable, "-m", "gandoctor", "watch", str(tmp_path), "--interval", "0.1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored where a shell runs us behind it
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        ending = threading.Timer(60, process.kill)
        ending.start()
        assert process.wait() == 0
        ending.cancel()
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("verdicts", "until", "over"),
    [
        ((), "failure", False),
        (("stable",), "failure", False),
        (("stable", "mode_collapse"), "failure", True),
        (("inconclusive",), "any", False),
        (("stable",), "any", True),
        (("convergence_failure",), "mode_collapse", False),
        (("convergence_failure",), "", False),
    ],
)
def test_what_is_waited_for(verdicts: tuple[str, ...], until: str, over: bool) -> None:
    class Found:
        def __init__(self, verdict: str) -> None:
            self.verdict = verdict

    assert met([Found(verdict) for verdict in verdicts], until) is over
