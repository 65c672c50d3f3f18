"""gandoctor: tells from its log whether a GAN is training, failing or dead, why, and what to do.

import gandoctor
print(gandoctor.diagnose("logs.csv"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor import samples, sinks
    from gandoctor.engine import Monitor, diagnose
    from gandoctor.errors import GandoctorError
    from gandoctor.model import Curve, Diagnosis, Finding, Run
    from gandoctor.readers import read
    from gandoctor.recorder import Recorder

__version__ = "0.1.0"
__all__ = [
    "Curve",
    "Diagnosis",
    "Finding",
    "GandoctorError",
    "Monitor",
    "Recorder",
    "Run",
    "diagnose",
    "read",
    "samples",
    "sinks",
]

_HOMES = {
    "engine": ("Monitor", "diagnose"),
    "errors": ("GandoctorError",),
    "model": ("Curve", "Diagnosis", "Finding", "Run"),
    "readers": ("read",),
    "recorder": ("Recorder",),
}
"""Module -> the public names that live there. Each is loaded when it is first used: pytest imports this package at
every start, for the plugin, and must not wait for numpy."""

_MODULES = ("samples", "sinks")
"""Modules that are used by name, `gandoctor.samples.measure`, without an import of their own."""


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
