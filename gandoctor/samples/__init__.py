"""Truth from samples: how varied generated samples are and how like the data, measured on a few hundred of each."""

from __future__ import annotations

from gandoctor.samples.reference import Reference, measure
from gandoctor.samples.result import Null, SampleMetrics

__all__ = ["Null", "Reference", "SampleMetrics", "measure"]
