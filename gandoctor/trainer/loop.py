"""The training loop: feed, step, record, look at samples, save pictures; ends with a diagnosis and the truth."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.recorder import Recorder
from gandoctor.trainer import backend, data, pictures, recipe, truth
from gandoctor.trainer.feed import Feed
from gandoctor.trainer.look import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gandoctor.model import Diagnosis, Finding
    from gandoctor.samples import SampleMetrics
    from gandoctor.trainer.data import Images
    from gandoctor.trainer.plan import Plan
    from gandoctor.trainer.system import System

OWN_FILES = ("run.csv", "recipe.toml", "samples")
"""What a run leaves in its folder, beside reports."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Functions that the loop calls.

    `on_step(step, system)` before each step: it may change the system, and so break a run on purpose.
    `on_progress(step, metrics)` after each, the metrics still on the device. `on_alert(finding)` when one is sure.
    """

    on_step: Callable[[int, System], None] | None = None
    on_progress: Callable[[int, Mapping[str, Any]], None] | None = None
    on_alert: Callable[[Finding], None] | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """A training that has ended: its diagnosis, what its samples showed, and whether the user broke it off.

    `steps` is how many were trained; `shown` is None where not one was.
    """

    diagnosis: Diagnosis
    shown: truth.Shown | None
    steps: int
    interrupted: bool


def claim(folder: Path) -> None:
    """Make the folder of a run, or BadOption where it holds another one already or cannot be made."""
    taken = [name for name in OWN_FILES if (folder / name).exists()]
    if taken:
        raise BadOption(f"-o {folder}: holds another run ({', '.join(taken)}); choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadOption(f"-o {folder}: cannot be made ({error.strerror})") from error


def train(plan: Plan, folder: Path | None = None, hooks: Hooks | None = None) -> Trained:
    """Train, record and diagnose; with a folder, leave run.csv, recipe.toml and samples/step-NNNNNN.png in it.

    Ctrl-C ends it with what there is. The same plan gives the same run on one machine.
    """
    hooks = hooks or Hooks()
    backend.start(plan.seed)
    images = data.load(plan.data, plan.scenario)
    if folder is not None:
        claim(folder)
    system = _system(plan)
    viewer = Viewer(images, plan.scenario, plan.seed)
    path = None if folder is None else folder / "run.csv"
    loop = _Loop(plan, system, Feed(plan.scenario, images, plan.seed), viewer, folder)
    with Recorder(path, context=recipe.context(plan, images), on_alert=hooks.on_alert) as doctor:
        done = loop.run(doctor, hooks)
        diagnosis = doctor.diagnosis()
    shown = truth.shown(*loop.all_looks(done)) if done else None
    if folder is not None and done:
        _save_grid(folder, done, viewer.pictures(system))
    _write_recipe(plan, images, folder, {} if shown is None else {"samples": shown.table() | {"step": done}})
    return Trained(diagnosis, shown, done, done < plan.scenario.steps)


def _system(plan: Plan) -> System:
    if plan.mode == "as-written":
        from gandoctor.trainer.as_written import AsWritten

        return AsWritten(plan.scenario)
    from gandoctor.trainer.step import Consistent

    return Consistent(plan.scenario)


@dataclass(frozen=True, slots=True)
class _Loop:
    plan: Plan
    system: System
    feed: Feed
    viewer: Viewer
    folder: Path | None
    looks: dict[int, SampleMetrics | None] = field(default_factory=dict)

    def run(self, doctor: Recorder, hooks: Hooks) -> int:
        """Train until the end or Ctrl-C; returns how many steps were trained."""
        done = 0
        with suppress(KeyboardInterrupt):
            for step in range(1, self.plan.scenario.steps + 1):
                if hooks.on_step:
                    hooks.on_step(step, self.system)
                values = self.system.step(self.feed)
                if row := self._logged(step, values):
                    doctor.record(step, row)
                done = step
                if hooks.on_progress:
                    hooks.on_progress(step, values)
                if self.folder is not None and step % self.plan.picture_every == 0:
                    _save_grid(self.folder, step, self.viewer.pictures(self.system))
        return done

    def _logged(self, step: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """What goes into the log: losses as often as the scenario takes them, samples as often as planned.

        What is taken now and then is taken at the last step as well.
        """
        row: dict[str, Any] = {}
        last = step == self.plan.scenario.steps
        evaluation = self.plan.scenario.evaluation
        if evaluation is not None:
            if last or step % evaluation.every == 0:
                row |= self.system.evaluate(self.feed, evaluation.samples)
        elif last or self.plan.mode == "consistent" or step % self.plan.scenario.log_every == 0:
            row |= values
        if last or step % self.plan.look_every == 0:
            measured = self.looks[step] = self.viewer.measure(self.system)
            row |= {} if measured is None else measured.metrics()
        return row

    def all_looks(self, done: int) -> list[SampleMetrics | None]:
        """All looks at the samples, the last after step `done`, which is looked at now if it was not."""
        if done not in self.looks:
            self.looks[done] = self.viewer.measure(self.system)
        return list(self.looks.values())


def _save_grid(folder: Path, step: int, images: Any) -> None:
    (folder / "samples").mkdir(exist_ok=True)
    (folder / "samples" / f"step-{step:06d}.png").write_bytes(pictures.grid(images))


def _write_recipe(plan: Plan, images: Images, folder: Path | None, extra: Mapping[str, Mapping[str, Any]]) -> None:
    if folder is not None:
        (folder / "recipe.toml").write_text(recipe.text(plan, images, extra), encoding="utf-8")
