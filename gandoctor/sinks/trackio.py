"""Alerts and figures for Trackio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gandoctor.sinks.figures import whole
from gandoctor.sinks.tracker import GROUP, Tracker, library

if TYPE_CHECKING:
    from gandoctor.model import Severity
    from gandoctor.sinks.figures import Figures
    from gandoctor.sinks.message import Alert

_LEVELS: dict[Severity, str] = {"info": "INFO", "warning": "WARN", "error": "ERROR"}


class Trackio(Tracker):
    """Fires Trackio's alerts, and logs figures with the step of the training beside them, `gandoctor/step`.

    They join the last row of the run, so that Trackio's own count of steps stays as it is; in a run that has logged
    nothing yet they are at the step of the training. `run` is what `trackio.init` returned; None for the one that is
    open in the training's thread when there is something to tell. BadOption where trackio is not installed.
    """

    def __init__(self, run: Any = None, *, level: Severity = "info") -> None:
        self._trackio = library("trackio", "trackio")
        super().__init__("Trackio", level)
        self._run = run
        self._alone: Any = None

    def _receiver(self) -> Any:
        run = self._run if self._run is not None else self._trackio.context_vars.current_run.get()
        if run is None:
            raise RuntimeError("no run is open: call trackio.init() first, or give run=")
        return run

    def _tell(self, alert: Alert, to: Any) -> None:
        level = self._trackio.AlertLevel[_LEVELS[alert.finding.severity]]
        to.alert(title=alert.title, text=alert.text, level=level)

    def _show(self, figures: Figures, to: Any) -> None:
        row: dict[str, float | str] = {f"{GROUP}/{name}": value for name, value in figures.numbers.items()}
        row |= {f"{GROUP}/{name}": text for name, text in figures.words.items() if text}
        to.log({**row, f"{GROUP}/step": figures.step}, step=self._step(figures, to))

    def _step(self, figures: Figures, run: Any) -> int:
        """The run's last step: a higher one, or none, would move the count of a training that leaves it to Trackio."""
        following = getattr(run, "_next_step", 0)  # no public name for it up to 0.43
        if not following:
            self._alone = run
        return whole(figures.step) if run is self._alone else following - 1
