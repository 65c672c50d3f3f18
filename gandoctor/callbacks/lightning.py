"""`GANDoctor`, a Lightning callback that diagnoses a GAN while `trainer.fit` trains it.

    Trainer(callbacks=[GANDoctor("run.csv")]).fit(gan, data)

It reads what the module logs (`self.log("d_loss", d_loss)` in `training_step`), with manual optimisation too, and goes
with `lightning` as with `pytorch_lightning`.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.aside import stand_aside, stands_aside
from gandoctor.callbacks.asked import asks_to_stop, checked_names, checked_stops
from gandoctor.callbacks.lightning_logged import Logged
from gandoctor.callbacks.torch import DistributedRecorder, Watch
from gandoctor.callbacks.torch_context import context_of_module
from gandoctor.callbacks.torch_networks import networks_in
from gandoctor.errors import BadOption, GandoctorError
from gandoctor.recorder import recipe
from gandoctor.recorder.alerts import say
from gandoctor.recorder.listeners import listeners_of
from gandoctor.recorder.setup import log_path, reports_of, rules_of
from gandoctor.report.sentences import since, subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    from gandoctor.model import Diagnosis, Finding, Rulebook
    from gandoctor.recorder.listeners import OnAlert

__all__ = ["GANDoctor"]

_AGREE_EVERY = 50
"""Batches between two agreements of the ranks on whether to stop."""
_SILENT = 100
"""Batches without anything logged after which that is said."""


def _bases() -> tuple[Any, ...]:
    """The callback classes of each Lightning that the program has loaded, of those installed where it has none yet.

    A trainer of one takes no callback of the other.
    """
    names = ("lightning.pytorch", "pytorch_lightning")
    found = []
    for name in [name for name in names if name in sys.modules] or names:
        with suppress(ImportError):
            found.append(import_module(name).Callback)
    if not found:
        raise ImportError("gandoctor.callbacks.lightning needs Lightning: pip install 'gandoctor[lightning]'")
    return tuple(found)


class GANDoctor(*_bases()):  # type: ignore[misc] # which classes they are turns out at run time
    """Diagnoses a GAN while `fit` trains it: records what is logged for each batch and says when training has failed.

    `path` is the log it writes, None for none; steps count the batches of all epochs, not the steps of both optimisers
    as `trainer.global_step` does. Names are understood as in a log file; `names` says what their words do not
    (`{"adv_B": "d_loss@B"}`). `context` is what the module cannot tell (`{"dataset_size": 5000}`). With
    `gradients_every=100` the norms of D's and G's gradients are recorded every 100 batches.

    `on_alert(finding)`, or each of several, is called once for every finding that becomes sure. `stop_on` holds
    verdicts ("convergence_failure", "mode_collapse") and rules ("non-finite"): a finding of one of them that decides a
    verdict sets `trainer.should_stop`, on all ranks together. `report` names a file, or several, for the report at the
    end of `fit`; suffixes say the formats.

    In a training of several ranks rank 0 records means over all of them. A training that goes on from a checkpoint
    (`ckpt_path`) goes on in the log. GandoctorError where an argument or the log cannot be used. Nothing is raised once
    the training runs: an error in here is said once, and the training goes on alone.
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = "run.csv",
        *,
        names: Mapping[str, str] | None = None,
        gradients_every: int | None = None,
        on_alert: OnAlert = None,
        stop_on: Iterable[str] = (),
        report: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
        context: Mapping[str, Any] | None = None,
        rulebook: Rulebook | str | None = None,
    ) -> None:
        super().__init__()
        if gradients_every is not None and gradients_every < 1:
            raise BadOption(f"gradients_every={gradients_every}: give a number of batches, such as 100")
        self._path = log_path(path)
        self._report, self._given = reports_of(report, self._path), recipe.checked(context or {})
        self._rulebook = rules_of(rulebook)
        self._names, self._gradients_every = checked_names(names or {}), gradients_every
        self._listeners, self._stop_on = listeners_of(on_alert), checked_stops(stop_on, self._rulebook)
        self._logged = Logged()
        self._recorder: DistributedRecorder | None = None
        self._watch: Watch | None = None
        self._last: Diagnosis | None = None
        self._stopping = ""
        self._step = self._recorded = 0
        self.failed = False

    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis of the training so far; None before its first batch, inconclusive on ranks other than 0."""
        return self._last if self._recorder is None else self._recorder.diagnosis()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Lightning: training begins. GandoctorError where the log cannot be used: nothing is trained yet."""
        try:
            self._begin(trainer, pl_module)
        except GandoctorError:
            raise
        except Exception as error:
            stand_aside(self, error)

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:  # noqa: ARG002 - as Lightning has it
        """Lightning: a batch was trained on."""
        self._listen(trainer, outputs)
        self._stop_together(trainer)

    @stands_aside
    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - as above
        """Lightning: a validation is over; what it logged belongs to the last batch that was trained on."""
        if not trainer.sanity_checking:
            self._record(self._logged.epoch(trainer.callback_metrics))

    @stands_aside
    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - as above
        """Lightning: an epoch is over; what was logged by epoch alone is known now."""
        self._record(self._logged.epoch(trainer.callback_metrics))

    @stands_aside
    def on_train_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002 - as above
        """Lightning: training is over, at its end or because something stopped it."""
        self.close()
        if self._last is not None and trainer.is_global_zero:
            said = (subject(self._last), self._last.headline, since(self._last))
            say("gandoctor: " + ". ".join(part.rstrip(".") for part in said if part))

    @stands_aside
    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002 - as above
        """Lightning: the training failed, or was interrupted; what was recorded is kept."""
        if self._recorder is not None:
            self._recorder.hurry()
        self.close()

    def close(self) -> None:
        """Finish the log of this `fit`."""
        recorder, self._recorder = self._recorder, None
        if self._watch is not None:
            self._watch.close()
        if recorder is not None:
            recorder.close()
            self._last = recorder.diagnosis()

    def _begin(self, trainer: Any, module: Any) -> None:
        self.close()
        self._logged, self._stopping, self.failed = Logged(), "", False
        self._step = self._recorded = 0
        known = context_of_module(module, trainer.optimizers, trainer.precision) | self._given
        with suppress(TypeError, ValueError, OverflowError):  # an endless loader has no length
            known.setdefault("steps_per_epoch", int(trainer.num_training_batches))
        self._recorder = DistributedRecorder(
            self._path,
            context=known,
            rulebook=self._rulebook,
            on_alert=(self._stop, *self._listeners),
            report=self._report,
        )
        self._watch = Watch(networks_in(module, trainer.optimizers), self._gradients_every)
        self._watch.begin(trainer.fit_loop.total_batch_idx + 1)

    @stands_aside
    def _listen(self, trainer: Any, outputs: Any) -> None:
        self._step = trainer.fit_loop.total_batch_idx + 1
        if self._watch is None:
            return
        values = _scalars(outputs) | self._logged.batch(trainer.callback_metrics)
        self._record(values | self._watch.gradients(self._step))
        self._recorded += 1 if values else 0
        if trainer.is_global_zero and self._recorder is not None and (moved := self._watch.weights(self._step)):
            self._recorder.know(moved)
        if self._step == _SILENT and not self._recorded:
            say('gandoctor hears nothing: the module logs no loss by step, as self.log("d_loss", d_loss) does')

    def _record(self, values: Mapping[str, Any]) -> None:
        if self._recorder is not None and values and self._step:
            self._recorder.record(self._step, {self._names.get(name, name): value for name, value in values.items()})

    def _stop(self, finding: Finding) -> None:
        if asks_to_stop(finding, self._stop_on):
            self._stopping = finding.title

    def _stop_together(self, trainer: Any) -> None:
        """Stop where `stop_on` asks for it; every rank comes here for every batch, whatever has failed on it."""
        if not self._stop_on:
            return
        stop = bool(self._stopping)
        if trainer.world_size > 1:
            if (trainer.fit_loop.total_batch_idx + 1) % _AGREE_EVERY:
                return
            stop = bool(trainer.strategy.reduce_boolean_decision(stop, all=False))
        if stop and not trainer.should_stop:
            if self._stopping:
                say(f"gandoctor stops the training, as stop_on asks: {self._stopping}")
            trainer.should_stop = True


def _scalars(outputs: Any) -> dict[str, Any]:
    """What `training_step` returned by name, as far as it is single numbers; "loss" says nothing in a GAN."""
    if not isinstance(outputs, dict):
        return {}
    named = {name: value for name, value in outputs.items() if isinstance(name, str) and name != "loss"}
    return {name: x for name, x in named.items() if isinstance(x, int | float) or getattr(x, "numel", lambda: 0)() == 1}
