"""What every sink promises: one alert a failure, none below its level, and nothing that reaches the training."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sink_material import finding

from gandoctor import Curve, Run, diagnose
from gandoctor.errors import BadOption
from gandoctor.sinks import Sink, WandB, courier, tracker
from gandoctor.sinks.message import alert_of, reason
from gandoctor.sinks.sink import flush

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gandoctor import Finding
    from gandoctor.model import Severity
    from gandoctor.sinks.message import Alert


class Kept(Sink):
    """Keeps the rules it was told of, or does something worse."""

    def __init__(self, level: Severity = "info", then: Callable[[], object] = lambda: None) -> None:
        super().__init__("the test", level)
        self.told: list[str] = []
        self._then = then

    def _tell(self, alert: Alert, to: Any) -> None:
        self._then()
        self.told.append(alert.finding.rule + alert.finding.pair)


def over(*rules: str) -> Callable[[Sink], None]:
    """The sink learns that only these rules hold."""
    return lambda sink: sink.still([finding(rule) for rule in rules])


STORIES: dict[str, tuple[list[Finding | Callable[[Sink], None]], list[str]]] = {
    "the same finding twice": ([finding(), finding()], ["non-finite"]),
    "two patterns of a rule": ([finding(pattern="a"), finding(pattern="b")], ["non-finite"]),
    "two rules": ([finding("divergence"), finding()], ["divergence", "non-finite"]),
    "two pairs of networks": ([finding(pair="A"), finding(pair="B")], ["non-finiteA", "non-finiteB"]),
    "still there": ([finding(), over("non-finite"), finding()], ["non-finite"]),
    "over and back": ([finding(), over("divergence"), finding()], ["non-finite", "non-finite"]),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_rule_is_told_once_until_it_is_over(story: str) -> None:
    happens, told = STORIES[story]
    sink = Kept()
    for event in happens:
        event(sink) if callable(event) else sink(event)
    assert sink.flush()
    assert sink.told == told


@pytest.mark.parametrize(("level", "told"), [("info", ["i", "w", "e"]), ("warning", ["w", "e"]), ("error", ["e"])])
def test_what_is_below_the_level_is_not_told(level: Severity, told: list[str]) -> None:
    sink = Kept(level)
    for rule, severity in (("i", "info"), ("w", "warning"), ("e", "error")):
        sink(finding(rule, severity=severity))
    assert sink.flush()
    assert sink.told == told


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(BadOption, match="'fatal' is none of info, warning, error"):
        Kept("fatal")  # type: ignore[arg-type] # what is tested


def test_a_diagnosis_says_what_is_over() -> None:
    sink = Kept()
    sink(finding())
    sink.figures(diagnose(Run({"d_loss": Curve(np.arange(50.0), np.full(50, 1.3))})))
    sink(finding())
    assert sink.flush()
    assert sink.told == ["non-finite", "non-finite"]


def fail() -> None:
    raise ValueError("the tracker is down")


@pytest.mark.parametrize(
    ("then", "said"), [(fail, "ValueError: the tracker is down"), (sys.exit, "SystemExit")], ids=["raises", "exits"]
)
def test_what_fails_is_warned_of_once_and_raised_never(
    then: Callable[[], object], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Kept(then=then)
    for rule in "abc":
        sink(finding(rule))
    assert sink.flush()
    assert not sink.told
    assert [record.getMessage() for record in caplog.records] == [
        f"gandoctor: the test: something could not be delivered ({said}); the training goes on (said once)"
    ]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a hanging sink waits for; it is opened in the end."""
    event = threading.Event()
    yield event
    event.set()


def test_a_sink_that_hangs_holds_up_neither_an_alert_nor_the_end(
    gate: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Kept(then=gate.wait)
    sink(finding("a"))
    sink(finding("b"))
    assert not sink.flush(0.05)
    assert not sink.told
    assert "2 not delivered within 0.05 s" in caplog.text
    gate.set()
    assert sink.flush()
    assert sink.told == ["a", "b"]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how many seconds a courier was waited for, at most, each time."""
    seconds: list[float] = []
    really = courier.Courier.flush

    def flush(waited_for: courier.Courier, given: float) -> bool:
        seconds.append(given)
        return really(waited_for, given)

    monkeypatch.setattr(courier.Courier, "flush", flush)
    return seconds


def test_several_that_hang_are_waited_for_together(
    gate: threading.Event, waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    hanging, fine = [Kept(then=gate.wait) for _ in range(3)], Kept()
    for one in (*hanging, fine):
        one(finding("a"))
    assert not flush([*hanging, fine], 0.2)
    assert sum(waits) <= 0.2
    assert fine.told == ["a"]
    assert [record.getMessage().count("1 not delivered within 0.2 s") for record in caplog.records] == [1, 1, 1]


def test_what_was_waited_for_in_vain_is_not_waited_for_by_close_again(
    gate: threading.Event, waits: list[float]
) -> None:
    with Kept(then=gate.wait) as sink:
        sink(finding("a"))
        assert not sink.flush(0.01)
        sink.close()
    assert waits == [pytest.approx(0.01, abs=0.01)]
    gate.set()
    sink(finding("b"))
    sink.close()
    assert len(waits) == 2
    assert sink.told == ["a", "b"]


HANGING = """
    import atexit, sys, threading
    sys.path.insert(0, sys.argv[1])
    import gandoctor
    from sink_material import finding
    from gandoctor.sinks import Sink, sink

    class Hanging(Sink):
        def _tell(self, alert, to):
            threading.Event().wait()

    waited = 0.0

    def wait(courier, seconds):
        global waited
        waited += seconds
        return False

    sink.monotonic = lambda: waited
    sink.Courier.flush = wait
    sinks = [Hanging("the test", "info") for _ in range(3)]
    doctor = gandoctor.Recorder(on_alert=sinks)
    for one in sinks:
        one(finding())
    {end}
    atexit._run_exitfuncs()
    print(waited)
"""


@pytest.mark.parametrize("end", ["doctor.close()", "doctor.close(); doctor.close()", "pass", "del doctor"])
def test_sinks_that_hang_hold_a_program_for_ten_seconds_altogether(end: str) -> None:
    code = textwrap.dedent(HANGING).replace("{end}", end)
    command = [sys.executable, "-c", code, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) == 10.0
    assert done.stderr.count("1 not delivered within 10 s") == 3


def test_what_waits_is_bounded(
    gate: threading.Event, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "ROOM", 3)
    sink = Kept(then=gate.wait)
    for rule in "abcde":
        sink(finding(rule))
    gate.set()
    assert sink.flush()
    assert sink.told == ["a", "b", "c"]
    assert caplog.text.count("too far behind") == 1


def test_no_thread_is_left_when_there_is_nothing_to_do() -> None:
    sink = Kept()
    sink(finding())
    assert sink.flush()
    end = time.monotonic() + 5
    while any(thread.name == "gandoctor-sink" for thread in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.01)
    assert not [thread for thread in threading.enumerate() if thread.name == "gandoctor-sink"]


def test_what_was_told_in_the_last_moment_is_delivered_at_exit() -> None:
    code = """
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from sink_material import finding
        from gandoctor.sinks import Sink

        class Slow(Sink):
            def _tell(self, alert, to):
                time.sleep(0.3)
                print(alert.title)

        sink = Slow("the test", "info")
        sink(finding())
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "A loss is NaN or infinite\n"


def test_an_alert_says_what_since_when_how_sure_why_and_where_there_is_help() -> None:
    alert = alert_of(finding(pair="A\x1b[31m"))
    assert alert.title == "A loss is NaN or infinite (pair A\\x1b[31m)"
    assert alert.text == (
        "Since step 96, certain from step 120 (94 % sure): The losses hold 25 NaN in a row. "
        "Help: gandoctor explain non-finite"
    )


SECRETS = {
    "https://hooks.slack.com/services/T0/B0/abcSECRET": "https://hooks.slack.com",
    "failed for https://user:SECRET@mlflow.example.com/api?key=SECRET now": "https://mlflow.example.com now",
    "Max retries exceeded with url: /services/SECRET (Caused by X)": "url: ... (Caused by X)",
    "postgresql://me:SECRET@db:5432/mlflow is down": "postgresql://db:5432 is down",
}


@pytest.mark.parametrize("text", SECRETS)
def test_what_a_library_says_of_an_address_is_told_without_its_secrets(text: str) -> None:
    told = reason(ValueError(text))
    assert "SECRET" not in told
    assert SECRETS[text] in told


def test_a_long_complaint_is_told_in_a_line() -> None:
    told = reason(ValueError("first " + "x" * 500 + "\nsecond"))
    assert re.fullmatch(r"ValueError: first x{154}", told)


BROKEN = {
    "not there": (ModuleNotFoundError(name="wandb"), r"wandb is not installed: pip install 'gandoctor\[wandb\]'"),
    "a part of it is not there": (ModuleNotFoundError(name="yaml"), "wandb cannot be imported: it misses yaml"),
    "of two versions": (ImportError("cannot import name 'x'"), "wandb cannot be imported .*cannot import name 'x'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_package_that_cannot_be_had_is_said_before_the_training(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error, said = BROKEN[case]

    def import_module(name: str) -> None:
        raise error

    monkeypatch.setattr(tracker, "import_module", import_module)
    with pytest.raises(BadOption, match=said):
        WandB()
