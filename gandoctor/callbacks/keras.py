"""`GANDoctor`, a Keras callback that diagnoses a GAN while `model.fit` trains it, and what hand-written loops need.

    model.fit(data, epochs=50, callbacks=[GANDoctor("run.csv")])

With TensorFlow Keras 3 brings the logs of every batch to the host by itself, whatever callbacks there are, so that
listening waits for no device that was not waited for already.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import keras

from gandoctor.callbacks.aside import stand_aside, stands_aside
from gandoctor.callbacks.asked import asks_to_stop, checked_names, checked_stops
from gandoctor.callbacks.course import Course, last_step
from gandoctor.callbacks.keras_context import context_of
from gandoctor.callbacks.keras_means import BatchValues
from gandoctor.callbacks.keras_networks import networks_of, smallest_kernels
from gandoctor.callbacks.movement import Learning, Movement
from gandoctor.callbacks.sampling import Sampling
from gandoctor.errors import BadOption, GandoctorError
from gandoctor.recorder import Recorder, recipe
from gandoctor.recorder.alerts import say
from gandoctor.recorder.listeners import listeners_of
from gandoctor.recorder.setup import log_path, reports_of, rules_of
from gandoctor.report.sentences import since, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from gandoctor.model import Diagnosis, Finding, Rulebook
    from gandoctor.recorder.listeners import OnAlert

__all__ = ["GANDoctor", "context_of", "train_on_batch"]

_LISTENING: WeakValueDictionary[Path, GANDoctor] = WeakValueDictionary()
"""Log -> who writes it: in a notebook the callback of an interrupted `fit` may live on and hold the log's lock."""


class GANDoctor(keras.callbacks.Callback):  # type: ignore[misc] # Keras publishes no types
    """Diagnoses a GAN while `fit` trains it: records the losses of each batch and says when the training has failed.

    `path` is the log it writes, None for none. The logs are understood as a file of them would be, GANs of several
    models too; `names` says what their words do not (`{"adv_B": "d_loss@B"}`). What is no metric is recorded and not
    judged. `context` is what the model cannot tell (`{"dataset_size": 5000}`).

    With `sample`, a function n -> n samples or the latent size, and `real`, an array or batches of real samples, it
    measures diversity every `sample_every` batches, and never so often that it takes more than 2 % of the time.

    `on_alert(finding)`, or each of several, is called once for every finding that becomes sure; those from
    `gandoctor.sinks` get figures too. `stop_on` holds verdicts
    ("convergence_failure", "mode_collapse") and rules ("non-finite"): a finding of one of them that decides a verdict
    ends the training through `model.stop_training`, as EarlyStopping does. `report` names a file, or several, for the
    report at the end of `fit`; suffixes say the formats.

    `fit` can be called again, and with BackupAndRestore or `initial_epoch` in a new process: the log goes on, steps
    count the batches of all epochs.

    GandoctorError where an argument or the log cannot be used. Nothing is raised once the training runs: an error in
    here is logged once, and the training goes on alone.
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = "run.csv",
        *,
        names: Mapping[str, str] | None = None,
        sample: Callable[[int], Any] | int | None = None,
        real: Any = None,
        sample_every: int | None = None,
        on_alert: OnAlert = None,
        stop_on: Iterable[str] = (),
        report: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
        context: Mapping[str, Any] | None = None,
        rulebook: Rulebook | str | None = None,
    ) -> None:
        super().__init__()
        if (sample is None) != (real is None):
            raise BadOption("sample and real go together: generated samples are compared with real ones")
        self._path = log_path(path)
        self._report, self._given = reports_of(report, self._path), recipe.checked(context or {})
        self._rulebook = rules_of(rulebook)
        self._names = checked_names(names or {})
        self._sampling = None if sample is None else Sampling(sample, real, sample_every)
        self._listeners, self._stop_on = listeners_of(on_alert), checked_stops(stop_on, self._rulebook)
        self._values, self._course = BatchValues(), Course()
        self._learning: Learning | None = None
        self._recorder: Recorder | None = None
        self._last: Diagnosis | None = None
        self.failed = False

    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis of the training so far; None before its first batch."""
        return self._last if self._recorder is None else self._recorder.diagnosis()

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
        """Keras: `fit` was called. GandoctorError where the log cannot be used: nothing is trained yet."""
        try:
            self._begin()
        except GandoctorError:
            raise
        except Exception as error:
            stand_aside(self, error)

    @stands_aside
    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - as Keras has it
        """Keras: an epoch begins; its metrics were just reset."""
        if self._course.is_new and self._path is not None and (epoch or _was_trained(self.model)):
            self._course.step = last_step(self._path)
        self._course.begin_epoch(epoch)
        self._values.begin_epoch(self.model)
        if self._learning is None:
            networks = networks_of(self.model)
            self._learning = Learning(
                Movement(networks.discriminators, smallest_kernels), Movement(networks.generators, smallest_kernels)
            )
            self._learning.begin(self._course.step)

    @stands_aside
    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - as above
        """Keras: a batch was trained on, or several with `steps_per_execution`."""
        if self._values.reads:
            _ = self.model  # on JAX, asking for the model is what brings its variables up to date
        step = self._course.end_batch()
        self._record(self._values.values(_numbers(logs or {}), self._course.batches))
        if self._sampling is not None and self._sampling.is_due(step):
            self._record(self._sampling.measure(step, lambda: networks_of(self.model).generators))
        if self._learning is not None and self._learning.is_due(step):
            self._know(self._learning.tell(step))

    @stands_aside
    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keras: an epoch is over; the logs hold what was validated as well."""
        for name in self._values.end_epoch():
            say(f"gandoctor: {name} was averaged in an unforeseen way: its values in epoch {epoch + 1} are not exact")
        self._record({name: x for name, x in _numbers(logs or {}).items() if not self._values.knows(name)})
        self._course.end_epoch()

    @stands_aside
    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002 - Keras' signature
        """Keras: `fit` is over, at its end or because something stopped it."""
        self.close()
        if self._last is not None:
            said = (subject(self._last), self._last.headline, since(self._last))
            say("gandoctor: " + ". ".join(part.rstrip(".") for part in said if part))

    def _begin(self) -> None:
        self.close()
        if self._path is not None:
            if (earlier := _LISTENING.get(self._path)) is not None:
                earlier.close()
            _LISTENING[self._path] = self
        self._learning, self.failed = None, False
        model = self.model
        each = int(getattr(model, "steps_per_execution", 1))
        self._values.together = each != 1
        self._course.begin_fit((self.params or {}).get("steps"), each)
        known = context_of(model=model) | self._course.context() | self._given
        listeners = (self._stop_if_asked, *self._listeners)
        self._recorder = Recorder(
            self._path, context=known, rulebook=self._rulebook, on_alert=listeners, report=self._report
        )

    def close(self) -> None:
        """Finish the log of this `fit`, or of one that was interrupted."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._last = recorder.diagnosis()
            recorder.close()

    def _record(self, values: Mapping[str, float]) -> None:
        """Record what is known of the last batch; a second call for one batch adds to its row."""
        if self._recorder is not None and values:
            self._recorder.record(self._course.step, {self._names.get(name, name): x for name, x in values.items()})

    def _know(self, found: Mapping[str, Any]) -> None:
        if self._recorder is not None and found:
            self._recorder.know(found)

    def _stop_if_asked(self, finding: Finding) -> None:
        if asks_to_stop(finding, self._stop_on):
            if not self.model.stop_training:
                say(f"gandoctor stops the training, as stop_on asks: {finding.title}")
            self.model.stop_training = True


def train_on_batch(model: Any, *given: Any, **settings: Any) -> Any:
    """`model.train_on_batch(...)` with the values of this batch, whatever the version of Keras.

    Before 3.15 Keras 3 returns the mean over all batches since the metrics were last reset, and resets none itself.
    """
    model.reset_metrics()
    return model.train_on_batch(*given, **settings)


def _was_trained(model: Any) -> bool:
    """Whether the model was trained before this process: its optimisers have made steps."""
    networks = networks_of(model)
    optimisers = (*networks.d_optimisers, *networks.g_optimisers)
    return any(int(optimiser.iterations.numpy()) > 0 for optimiser in optimisers)


def _numbers(logs: Mapping[str, Any]) -> dict[str, float]:
    """What in the logs is a number."""
    found = {}
    for name, value in logs.items():
        with suppress(TypeError, ValueError):
            found[name] = float(value)
    return found
