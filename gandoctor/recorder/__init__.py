"""Records a training while it runs: a log that survives, and a doctor that speaks up."""

from __future__ import annotations

from gandoctor.recorder.recorder import Recorder

__all__ = ["Recorder"]
