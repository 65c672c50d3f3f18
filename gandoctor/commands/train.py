"""`gandoctor train`: a GAN that a document describes, trained, recorded and diagnosed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.commands import formats
from gandoctor.commands.screen import say, screen, show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.progress import Progress

    from gandoctor.trainer.loop import Trained
    from gandoctor.trainer.plan import Plan
    from gandoctor.trainer.scenario import Mode

_SHOWN_EVERY = 10
"""Steps between two looks at the losses for the progress bar: each fetches them from the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for; None stands for what the scenario says. `reports` are suffixes without their dot."""

    scenario: str
    steps: int | None
    seed: int
    width: float | None
    data: str | None
    mode: Mode
    remedy: str | None
    first_convolution: bool
    folder: Path | None
    format_: str | None
    reports: tuple[str, ...]
    exit_code: bool


def list_all() -> int:
    """Print the scenarios: what each is, and what its source says came of it."""
    from gandoctor.report.terminal import table
    from gandoctor.report.words import VERDICTS
    from gandoctor.trainer.registry import SCENARIOS

    words = {str(name): text.lower() for name, text in VERDICTS.items()}
    now = screen()
    rows = [(s.name, s.about, words.get(s.expected, "not known")) for s in SCENARIOS.values()]
    show(table(("scenario", "what it is", "expected"), rows, now.colour, now.width, now.blocks), now.colour)
    show("\nTrain one: gandoctor train SCENARIO\n")
    return 0


def run(request: Request) -> int:
    """Train, leave the run's folder, and print the report as `diagnose` does; returns the exit status."""
    from gandoctor.commands import diagnose
    from gandoctor.trainer.loop import Hooks, train

    plan = _plan(request)
    folder = request.folder or Path(f"{plan.scenario.name}-s{plan.seed}")
    outputs = tuple(folder / f"report.{suffix}" for suffix in request.reports)
    for output in outputs:
        formats.of_file(output)
    say(f"training {plan.scenario.name} ({plan.mode}) into {folder}; Ctrl-C ends it with what there is")
    with _bar() as bar:
        trained = train(plan, folder, Hooks(on_progress=_shown(bar, plan.scenario.steps)))
    _tell(trained, plan)
    return diagnose.run(
        diagnose.Request(
            paths=(str(folder / "run.csv"),),
            format=request.format_ or "terminal",
            outputs=outputs,
            rulebook="default",
            rules=(),
            bounds={},
            options={},
            exit_code=request.exit_code,
        )
    )


def _plan(request: Request) -> Plan:
    from gandoctor.trainer.plan import Plan
    from gandoctor.trainer.remedies import applied
    from gandoctor.trainer.scenario import scenario

    chosen = scenario(request.scenario)
    changes: dict[str, Any] = {"steps": request.steps, "width": request.width}
    chosen = replace(chosen, **{name: value for name, value in changes.items() if value is not None})
    if not request.first_convolution:
        chosen = chosen.without_first_convolution()
    about = {}
    if request.remedy:
        chosen = applied(request.remedy, chosen, request.mode)
        about = {"remedy": request.remedy}
    return Plan(scenario=chosen, mode=request.mode, seed=request.seed, data=request.data, about=about)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[losses]}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _shown(bar: Progress, steps: int) -> Callable[[int, Mapping[str, Any]], None]:
    """Moves the bar at each step, and shows the losses now and then."""
    task = bar.add_task("", total=steps, losses="")

    def show_step(step: int, values: Mapping[str, Any]) -> None:
        bar.update(task, completed=step)
        if step % _SHOWN_EVERY == 0:
            losses = {name: float(value) for name, value in values.items() if "loss" in name}
            bar.update(task, losses="  ".join(f"{name} {value:.3g}" for name, value in losses.items()))

    return show_step


def _tell(trained: Trained, plan: Plan) -> None:
    if trained.interrupted:
        say(f"interrupted: {trained.steps} of {plan.scenario.steps} steps were trained")
    if trained.shown is not None:
        say(f"samples at step {trained.steps}: {trained.shown.sentence}")
