"""Alerts and figures for MLflow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gandoctor.sinks.figures import tag_part, whole
from gandoctor.sinks.tracker import GROUP, Tracker, library

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Severity
    from gandoctor.sinks.figures import Figures
    from gandoctor.sinks.message import Alert


class MLflow(Tracker):
    """Keeps figures as metrics of the run (`gandoctor/d_level`), the verdict and each rule's last alert as tags.

    Tags are `gandoctor.verdict`, `.kind`, `.headline`, `.since`, and `gandoctor.alert.RULE` (`.PAIR` behind it where a
    run has several pairs of networks). `run_id` None is the run that is active in the training's thread when there is
    something to tell; `tracking_uri` None is MLflow's own. BadOption where mlflow is not installed.
    """

    def __init__(self, run_id: str | None = None, *, tracking_uri: str | None = None, level: Severity = "info") -> None:
        self._mlflow = library("mlflow", "mlflow")
        super().__init__("MLflow", level)
        self._run_id, self._tracking_uri = run_id, tracking_uri
        self._active: str | None = None
        self._tags: dict[str, Mapping[str, str]] = {}

    def _receiver(self) -> str:
        if self._run_id is not None:
            return self._run_id
        active = self._mlflow.active_run()
        self._active = active.info.run_id if active is not None else self._active
        if self._active is None:
            raise RuntimeError("no run is active: call mlflow.start_run() first, or give run_id=")
        return self._active

    def _tell(self, alert: Alert, to: Any) -> None:
        parts = ["alert", alert.finding.rule, *filter(None, [alert.finding.pair])]
        name = ".".join(map(tag_part, parts))
        self._client().set_tag(to, f"{GROUP}.{name}", f"{alert.title}. {alert.text}")

    def _show(self, figures: Figures, to: Any) -> None:
        entities = self._mlflow.entities
        now, step = int(time.time() * 1000), whole(figures.step)
        metrics = [entities.Metric(f"{GROUP}/{name}", x, now, step) for name, x in figures.numbers.items()]
        tags = [entities.RunTag(f"{GROUP}.{name}", text) for name, text in figures.words.items()]
        unchanged = self._tags.get(to) == figures.words
        self._client().log_batch(to, metrics=metrics, tags=() if unchanged else tags)
        self._tags = {to: figures.words}

    def _client(self) -> Any:
        return self._mlflow.MlflowClient(tracking_uri=self._tracking_uri)
