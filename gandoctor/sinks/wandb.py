"""Alerts and figures for Weights & Biases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gandoctor.sinks.tracker import GROUP, Tracker, library

if TYPE_CHECKING:
    from gandoctor.model import Severity
    from gandoctor.sinks.figures import Figures
    from gandoctor.sinks.message import Alert

_LEVELS: dict[Severity, str] = {"info": "INFO", "warning": "WARN", "error": "ERROR"}
_LONGEST_TITLE = 63


class WandB(Tracker):
    """Sends alerts through `run.alert`, keeps figures in the run's history and summary.

    `run` is what `wandb.init` returned; None for the one that is open when there is something to tell. Figures join
    the next row that the training logs, so that W&B's own count of steps stays as it is; they have an axis of their
    own, `gandoctor/step`. BadOption where wandb is not installed.
    """

    def __init__(self, run: Any = None, *, level: Severity = "info") -> None:
        self._wandb = library("wandb", "wandb")
        super().__init__("W&B", level)
        self._run = run
        self._described: Any = None

    def _receiver(self) -> Any:
        run = self._run if self._run is not None else self._wandb.run
        if run is None:
            raise RuntimeError("no run is open: call wandb.init() first, or give run=")
        return run

    def _tell(self, alert: Alert, to: Any) -> None:
        to.alert(title=alert.title[:_LONGEST_TITLE], text=alert.text, level=_LEVELS[alert.finding.severity])

    def _show(self, figures: Figures, to: Any) -> None:
        if self._described is not to:
            to.define_metric(f"{GROUP}/step", hidden=True)
            to.define_metric(f"{GROUP}/*", step_metric=f"{GROUP}/step")
            self._described = to
        row = {f"{GROUP}/{name}": value for name, value in figures.numbers.items()}
        to.log({**row, f"{GROUP}/step": figures.step}, commit=False)
        to.summary.update({f"{GROUP}/{name}": text for name, text in figures.words.items()})
