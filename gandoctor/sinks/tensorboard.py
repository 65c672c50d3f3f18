"""Alerts and figures for TensorBoard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.sinks.event_writers import EventFolder, OfTensorFlow, OfTorch
from gandoctor.sinks.figures import tag_part, whole
from gandoctor.sinks.tracker import GROUP, Tracker, library

if TYPE_CHECKING:
    from gandoctor.model import Severity
    from gandoctor.sinks.event_writers import EventWriter
    from gandoctor.sinks.figures import Figures
    from gandoctor.sinks.message import Alert


class TensorBoard(Tracker):
    """Shows figures as scalars, alerts and changes of the verdict as texts.

    `where` is a folder, in which a folder `gandoctor` is made (TensorBoard misses what is written to a folder by two
    at a time), or a writer that the training has anyway: a SummaryWriter of PyTorch or tensorboardX, or one of
    TensorFlow's. BadOption for anything else, and for a folder where tensorboard is not installed.
    """

    def __init__(self, where: str | os.PathLike[str] | Any, *, level: Severity = "info") -> None:
        self._writer = _writer_of(where)
        super().__init__("TensorBoard", level)
        self._words: dict[str, str] = {}

    def _finish(self) -> None:
        self._send(lambda _: self._writer.flush())

    def _tell(self, alert: Alert, to: Any) -> None:  # noqa: ARG002 - there is one writer
        finding = alert.finding
        parts = [GROUP, "alert", *map(tag_part, filter(None, [finding.pair, finding.rule]))]
        self._writer.text("/".join(parts), f"**{alert.title}**\n\n{alert.text}", whole(finding.fired))

    def _show(self, figures: Figures, to: Any) -> None:  # noqa: ARG002 - there is one writer
        step = whole(figures.step)
        for name, value in figures.numbers.items():
            self._writer.scalar(f"{GROUP}/{name}", value, step)
        if figures.words != self._words:
            self._words = dict(figures.words)
            self._writer.text(f"{GROUP}/verdict", _verdict(figures), step)


def _verdict(figures: Figures) -> str:
    words = figures.words
    kind = f" ({words['kind']})" if words["kind"] else ""
    since = f" since step {words['since']}" if words["since"] else ""
    return f"**{words['verdict']}**{kind}{since}: {words['headline']}"


def _writer_of(where: Any) -> EventWriter:
    if isinstance(where, str | os.PathLike):
        library("tensorboard", "tensorboard")
        return EventFolder(Path(where) / GROUP)
    if hasattr(where, "add_scalar") and hasattr(where, "add_text"):
        return OfTorch(where)
    if hasattr(where, "as_default") and hasattr(where, "flush"):
        return OfTensorFlow(where)
    raise BadOption(f"TensorBoard takes a folder or a summary writer, not {type(where).__name__}")
