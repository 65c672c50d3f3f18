"""`GANDoctorTracker`: a training that logs through Hugging Face Accelerate is diagnosed without another line.

    accelerator = Accelerator(log_with=GANDoctorTracker("run.csv"))
    accelerator.init_trackers("gan", config={"latent_dim": 100})
    ...
    accelerator.log({"d_loss": d_loss, "g_loss": g_loss}, step=step)
    ...
    accelerator.end_training()

Accelerate hands trackers the values of the main process alone. For means over all processes build a
`gandoctor.callbacks.torch.GANDoctor` on each of them and record there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accelerate.tracking import GeneralTracker

from gandoctor.callbacks.aside import stands_aside
from gandoctor.readers.recipe import unusable
from gandoctor.recorder import Recorder
from gandoctor.recorder.alerts import say
from gandoctor.recorder.setup import log_path, reports_of

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["GANDoctorTracker"]


class GANDoctorTracker(GeneralTracker):  # type: ignore[misc] # a class that the type checker does not look at
    """A tracker of Accelerate that keeps a log and judges it: `path` and settings are those of `gandoctor.Recorder`.

    The log is opened by `init_trackers`, on the main process; its `config` goes to the context. GandoctorError from
    here and from there where the log cannot be used, and nothing afterwards. A row needs a step: values that are logged
    without one get the number of the call.
    """

    name = "gandoctor"
    requires_logging_directory = False
    main_process_only = True

    def __init__(self, path: str | PathLike[str] | None = "run.csv", **settings: Any) -> None:
        super().__init__()
        self._path, self._settings = log_path(path), settings
        if "report" in settings:
            settings["report"] = reports_of(settings["report"], self._path)
        self.failed = False
        self._recorder: Recorder | None = None
        self._calls = 0

    @property
    def tracker(self) -> Recorder | None:
        """The recorder, for its `diagnosis()`; None on other processes, and before `init_trackers`."""
        return self._recorder

    def start(self) -> None:
        """Accelerate: `init_trackers` was called."""
        self._open()

    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        """Accelerate: the settings of the run; what is no plain value is left out."""
        self._open()
        self._describe(values)

    @stands_aside
    def log(self, values: Mapping[str, Any], step: int | None = None, **_: Any) -> None:
        """Accelerate: `accelerator.log` was called; what is no number is left out."""
        self._calls += 1
        if isinstance(values, Mapping):
            values = {name: value for name, value in values.items() if not isinstance(value, str)}
        self._open().record(self._calls if step is None else step, values)  # which says what is wrong with a row

    @stands_aside
    def finish(self) -> None:
        """Accelerate: `end_training` was called."""
        self.close()
        if self._recorder is not None:
            say(f"gandoctor: {self._recorder.diagnosis().headline}")

    def close(self) -> None:
        """Finish the log."""
        if self._recorder is not None:
            self._recorder.close()

    @stands_aside
    def _describe(self, values: Mapping[str, Any]) -> None:
        left = unusable(values)
        known = {key: value for key, value in values.items() if key not in left}
        self._open().know({"framework": "torch", **known})

    def _open(self) -> Recorder:
        """The recorder, built when it is first wanted."""
        if self._recorder is None:
            self._recorder = Recorder(self._path, **self._settings)
        return self._recorder
