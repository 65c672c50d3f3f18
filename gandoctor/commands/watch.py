"""`gandoctor watch`: follows logs while they grow and says in one line when the state of a run changes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.commands.alert import alert, command_of
from gandoctor.commands.diagnose import DONE, FAILURE, WRONG
from gandoctor.commands.hooks import Hooks
from gandoctor.commands.screen import complain, screen, show
from gandoctor.discover import logs
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS, clean, count, step
from gandoctor.watch import NO_LIMIT, SHARE, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gandoctor.model import Diagnosis, Severity
    from gandoctor.watch import Change

UNTIL = ("failure", "any", "stable", "mode_collapse", "convergence_failure")
"""What `--until-verdict` can wait for; "any" is every verdict but inconclusive."""

INTERVAL = 2.0
"""Seconds from one look to the next where none were asked for."""

_ILL = ("mode_collapse", "convergence_failure")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `options` go to the reader as they are.

    `interval` is in seconds; None is `INTERVAL`, and then a log waits longer where diagnosing it is dear.
    """

    paths: tuple[str, ...]
    rulebook: str
    rules: tuple[Path, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    interval: float | None = None
    on_alert: str = ""
    webhook: str = ""
    webhook_level: Severity = "error"
    until: str = ""
    full_screen: bool = False
    once: bool = False


def run(request: Request) -> int:
    """Watch until interrupted, or until `--until-verdict` is met; returns 1 where a failure ended it, else 0.

    Of one look (`once`) it returns 2 where of a path nothing could be judged, as `diagnose` does.
    """
    from gandoctor.rulebook import load

    if "-" in request.paths:
        raise BadOption("watch follows files and folders; for standard input there is: gandoctor diagnose -")
    command = command_of(request.on_alert) if request.on_alert else []
    hooks = Hooks(request.webhook, request.webhook_level)

    def alarm(change: Change) -> None:
        _run_command(change, command)
        hooks.tell(change)

    share = SHARE if request.interval is None else NO_LIMIT
    watch = Watch(request.paths, load(request.rulebook, request.rules), request.options, share)
    try:
        if request.full_screen:
            return _on_screen(watch, request, alarm)
        return _in_lines(watch, request, alarm)
    except KeyboardInterrupt:
        return 0
    finally:
        hooks.close()


def _in_lines(watch: Watch, request: Request, alarm: Callable[[Change], None]) -> int:
    if not logs(request.paths):
        where = ", ".join(map(clean, request.paths))
        complain(f"no logs found in {where}" if request.once else f"nothing to watch yet in {where}; waiting")
    while True:
        for change in watch.poll(everything=request.once):
            show(line(change, time.strftime("%H:%M:%S")) + "\n", screen().colour)
            alarm(change)
        if request.once:
            return WRONG if unjudged(watch, request.paths) else _status(watch)
        if met(watch.diagnoses.values(), request.until):
            return _status(watch)
        time.sleep(request.interval or INTERVAL)


def _on_screen(watch: Watch, request: Request, alarm: Callable[[Change], None]) -> int:
    """Show the report of the most ill run, beneath a table where there are several, until interrupted."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from gandoctor.commands.overview import overview

    console = Console()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            for change in watch.poll():
                alarm(change)
            text = overview(watch.diagnoses, screen(), console.height)
            live.update(Text.from_ansi(text, no_wrap=True, overflow="crop"), refresh=True)
            if met(watch.diagnoses.values(), request.until):
                return _status(watch)
            time.sleep(request.interval or INTERVAL)


def line(change: Change, clock: str) -> str:
    """Return what is new about a log in one line: "12:01:33 run.csv step 1,240: Convergence failure. ..."."""
    name = f"{clock} {clean(str(change.log))}"
    if change.diagnosis is None:
        return f"{name}: cannot be judged: {clean(change.after.trouble)}"
    run = change.diagnosis.run
    at = f" {step(run.unit, run.last_step)}" if run.points else ""
    words = VERDICTS[change.diagnosis.verdict]
    headline = clean(change.diagnosis.headline)
    said = headline if headline.lower().startswith(words.lower()) else f"{words}. {headline}"
    since = change.diagnosis.since
    when = f" Since {step(run.unit, since)}." if since is not None else ""
    return f"{name}{at}: {said.rstrip('.')}.{when}{_news(change)}"


def _news(change: Change) -> str:
    """Return which rules hold now that did not before, and which no longer do, the one behind the verdict apart."""
    before = change.before.holds if change.before is not None else frozenset()
    new = sorted({clean(rule) for rule, _ in change.after.holds - before} - {change.after.kind})
    over = sorted({clean(rule) for rule, _ in before - change.after.holds})
    return (f" Now also: {', '.join(new)}." if new else "") + (f" Over: {', '.join(over)}." if over else "")


def met(diagnoses: Any, until: str) -> bool:
    """Whether one of the diagnoses is what `--until-verdict` waits for."""
    verdicts = {diagnosis.verdict for diagnosis in diagnoses}
    wanted = {"failure": set(_ILL), "any": {*_ILL, "stable"}, "": set()}.get(until, {until})
    return bool(verdicts & wanted)


def unjudged(watch: Watch, paths: Sequence[str]) -> list[str]:
    """The paths of which nothing was judged: a log that cannot be read, a folder that holds none which can."""
    judged = list(watch.diagnoses)
    return [path for path in paths if not any(log.is_relative_to(path) for log in judged)]


def _status(watch: Watch) -> int:
    return FAILURE if any(diagnosis.verdict in _ILL for diagnosis in watch.diagnoses.values()) else DONE


def _run_command(change: Change, command: Sequence[str]) -> None:
    """Run the user's command on a new failure; one that fails is named and the watch goes on."""
    if command and change.alarming and change.diagnosis is not None:
        problem = alert(command, _json(change.diagnosis, change.log))
        if problem:
            complain(f"--on-alert: {problem} ({count(1, 'alert')} not delivered, for {change.log})")


def _json(diagnosis: Diagnosis, log: Path) -> str:
    from gandoctor.report import json

    return json.render(diagnosis, str(log))
