"""`Tracker`, a sink that shows figures beside alerts."""

from __future__ import annotations

from abc import abstractmethod
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gandoctor.errors import BadOption
from gandoctor.sinks.figures import figures_of
from gandoctor.sinks.message import reason
from gandoctor.sinks.sink import Sink

if TYPE_CHECKING:
    from gandoctor.model import Diagnosis
    from gandoctor.sinks.figures import Figures

GROUP = "gandoctor"
"""What everything is called that gandoctor adds to a run: `gandoctor/d_level`."""


class Tracker(Sink):
    """A sink for experiment trackers: what it is told by `figures` appears there under `gandoctor/`."""

    def figures(self, diagnosis: Diagnosis) -> None:
        """Show the state of the training."""
        super().figures(diagnosis)
        found = figures_of(diagnosis)
        if found is not None:
            self._send(lambda to: self._show(found, to))

    @abstractmethod
    def _show(self, figures: Figures, to: Any) -> None:
        """In the background: deliver figures to what `_receiver` returned; what is raised is warned of."""


def library(name: str, extra: str) -> Any:
    """The module of that name; BadOption, with what to do, where there is none or it is broken."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise BadOption(f"{name} cannot be imported: it misses {error.name}") from error
        raise BadOption(f"{name} is not installed: pip install 'gandoctor[{extra}]'") from None
    except ImportError as error:
        raise BadOption(f"{name} cannot be imported ({reason(error)})") from error
