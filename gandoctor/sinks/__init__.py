"""Where alerts and figures of a training go besides its log: trackers and webhooks.

    with gandoctor.Recorder("run.csv", on_alert=[gandoctor.sinks.WandB(), gandoctor.sinks.Webhook(url)]) as doctor:
        ...

A sink is called with each failure that has become sure; a Recorder, or a callback that has one, also gives it figures
from time to time and at the end. It delivers in a thread of its own, so that the training never waits for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.sinks.mlflow import MLflow
    from gandoctor.sinks.sink import Sink
    from gandoctor.sinks.tensorboard import TensorBoard
    from gandoctor.sinks.tracker import Tracker
    from gandoctor.sinks.trackio import Trackio
    from gandoctor.sinks.wandb import WandB
    from gandoctor.sinks.webhook import Webhook

__all__ = ["MLflow", "Sink", "TensorBoard", "Tracker", "Trackio", "WandB", "Webhook"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name.lower()}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
