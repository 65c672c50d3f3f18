"""`Recorder`, which sits in a training loop: takes numbers, keeps a log, watches, and never disturbs the training."""

from __future__ import annotations

import atexit
import os
import weakref
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, SupportsFloat, overload

from gandoctor.recorder.interrupts import Uninterrupted
from gandoctor.recorder.listeners import listeners_of
from gandoctor.recorder.rows import step_text
from gandoctor.recorder.scalars import PLAIN, NotOneNumber, is_deferred, keep, now
from gandoctor.recorder.session import Session
from gandoctor.recorder.setup import Setup, context_of, log_path, name_of, reports_of, rules_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from gandoctor.model import Diagnosis, Finding, Rulebook, Unit
    from gandoctor.recorder.keeper import Keeper
    from gandoctor.recorder.listeners import OnAlert
    from gandoctor.recorder.rows import Deferred

    PathLike = str | os.PathLike[str]

_FAR = 1e300
"""No step lies so far out."""


class Recorder:
    """Records a training into a CSV file and judges it as it goes.

    `path` is the log, a column a metric behind the step; None judges without writing. It is found from the folder in
    which the recorder is built, wherever the program goes afterwards; so are reports. A log that is there is continued:
    steps that are recorded again replace the old ones, and the judgement goes on as if never interrupted. A run that
    begins at its first step again gets a fresh file, and the old one is kept as `run-1.csv`. With `resume=False` an
    existing log is refused, with `overwrite=True` replaced; what is no log of a Recorder is refused always.

    `context` is what is known about the training (`family`, `latent_dim`, `g_lr`, ...): causes are ranked by it, and it
    is written to `recipe.toml` beside the log. `rulebook` is the name of one that ships or a loaded one. `unit` is what
    the steps count.
    `on_alert`, a function or several, is called with every failure once it is sure; all of them are logged to the
    logger "gandoctor" too. Those from `gandoctor.sinks` also get figures: every ten seconds at most, and at the end.
    `report` names files, whose suffixes say their formats, that are written at the end.

    Rows are written, and values fetched from their devices, when an evaluation is due (every fourth row at first, every
    40th part of the run later), after `flush_rows` rows or `flush_seconds` seconds, whichever comes first: that much a
    killed process loses at most. The last row is held back until the next one, so that a step may be recorded in parts.

    Wrong use here raises `GandoctorError` before the training begins. After that nothing that fails reaches the
    training: a value that is no number and a step that does not rise are left out, rows that a full disk refuses wait
    in memory until it takes them, a log that was moved or removed is written anew, a fault of the monitor ends the
    judgement alone, and each is said once. A Ctrl-C reaches it when the rows under way are written and judged.
    One process and one thread record.
    """

    def __init__(
        self,
        path: PathLike | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        rulebook: Rulebook | str | None = None,
        unit: Unit = "step",
        on_alert: OnAlert = None,
        report: PathLike | Sequence[PathLike] = (),
        resume: bool = True,
        overwrite: bool = False,
        flush_rows: int = 1000,
        flush_seconds: float = 5.0,
    ) -> None:
        log = log_path(path)
        setup = Setup(
            path=log,
            name=name_of(path),
            context=context_of(context),
            rulebook=rules_of(rulebook),
            unit=unit_of(unit),
            on_alert=listeners_of(on_alert),
            reports=reports_of(report, log),
            resume=resume,
            overwrite=overwrite,
        )
        self._session: Keeper = self._open(setup)
        self._flush_rows, self._flush_seconds = max(flush_rows, 1), flush_seconds
        self._rows: list[tuple[float, dict[str, Any]]] = []
        self._deferred: list[Deferred] = []
        self._last = -inf
        self._room = 0
        self._deadline = monotonic() + flush_seconds
        self._closed = False
        self._pid = os.getpid()
        atexit.register(_close_forgotten, weakref.ref(self))

    @overload
    def record(self, step: SupportsFloat, **named: Any) -> None: ...

    @overload
    def record(self, step: SupportsFloat, metrics: Mapping[str, Any], **named: Any) -> None: ...

    def record(self, step: SupportsFloat, metrics: Mapping[str, Any] | None = None, **named: Any) -> None:
        """Add a row: `record(7, d_loss=d, g_loss=g)`, or a mapping for names like `d_loss@A`.

        Values are numbers, or scalars of numpy, torch, TensorFlow or jax on any device; None was not measured. A second
        call with the same step adds to its row. Metrics are named as in `gandoctor.metrics`; other names are understood
        as in a log (`loss_D`), or written and not judged.
        """
        try:
            row = {**metrics, **named} if metrics else named
            if not PLAIN.issuperset(map(type, row.values())):
                self._keep_all(row, step)
            if type(step) is not int:
                step = float(now(step))
            if self._last < step < _FAR:
                self._last = step
                self._rows.append((step, row))
                if len(self._rows) > self._room or monotonic() > self._deadline:
                    self._hand_over(1)
            else:
                self._add_to_last(step, row)
        except Exception as error:  # a value or a name of any type; the training goes on
            self._session.voice.once(
                "row", f"a row at step {step!r:.40} is not recorded: {type(error).__name__}: {error}"
            )

    def know(self, context: Mapping[str, Any]) -> None:
        """Add what has become known of the training: causes are ranked by it from now on, and the recipe holds it.

        Not for what decides how losses are read (`family`, `d_form`, the targets): that is told at the beginning.
        """
        self._guarded(lambda: self._session.know(context_of(context)))

    def flush(self) -> None:
        """Fetch, write and judge everything that was recorded, the last row too, which is closed by that."""
        self._guarded(lambda: self._hand_over(0))

    def diagnosis(self) -> Diagnosis:
        """The diagnosis of the run so far, including the last row."""
        self.flush()
        return self._session.diagnosis()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The failures that were found so far, those that healed with their `until`: `diagnosis().findings`."""
        return self.diagnosis().findings

    def close(self) -> None:
        """Write what is left and the report; the second time nothing happens."""
        if self._closed or os.getpid() != self._pid:
            return
        self.flush()
        self._closed = True
        self._guarded(self._session.close)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_pid"):
            self._guarded(self.close)

    def _open(self, setup: Setup) -> Keeper:
        """What takes the rows; GandoctorError where the log cannot be used."""
        return Session(setup)

    def _keep_all(self, row: dict[str, Any], step: SupportsFloat) -> None:
        """Put in place of each value what is recorded of it."""
        for name, value in row.items():
            try:
                row[name] = keep(value)
            except NotOneNumber as error:
                row[name] = None
                self._session.voice.once(f"value {name}", f"{name} at step {step} is not recorded: {error}")
            if is_deferred(row[name]):
                self._deferred.append((row, name))

    def _add_to_last(self, step: float, row: dict[str, Any]) -> None:
        """Add to the row of the last step, where it is still held; any other step that does not rise is left out."""
        if self._rows and step == self._rows[-1][0]:
            last = self._rows[-1][1]
            last.update(row)
            self._deferred = [(last if of is row else of, name) for of, name in self._deferred]
        else:
            came = f"step {step_text(step)} came after {step_text(self._last)}"
            self._session.voice.once("step", f"{came} and is not recorded: steps must rise, from epoch to epoch too")

    def _hand_over(self, held: int) -> None:
        """Give the rows to the session but for the last `held` ones."""
        with Uninterrupted():
            end = len(self._rows) - held
            given, self._rows = self._rows[:end], self._rows[end:]
            own = [any(of is row for _, row in self._rows) for of, _ in self._deferred]
            deferred = [one for one, is_held in zip(self._deferred, own, strict=True) if not is_held]
            self._deferred = [one for one, is_held in zip(self._deferred, own, strict=True) if is_held]
            self._deadline = monotonic() + self._flush_seconds
            if not given:
                return
            if self._closed or os.getpid() != self._pid:
                self._session.voice.once(
                    "closed", "this Recorder is closed, or another process's: rows are not recorded"
                )
                return
            self._room = min(self._take(given, deferred), self._flush_rows)
        self._session.tell()

    def _take(self, given: Sequence[tuple[float, dict[str, Any]]], deferred: Sequence[Deferred]) -> int:
        steps, rows = zip(*given, strict=True)
        try:
            return self._session.take(steps, rows, deferred)
        except Exception as error:  # no memory, say; the rows after these may fare better
            lost = f"the rows from step {step_text(steps[0])} to {step_text(steps[-1])} are not recorded"
            self._session.voice.once("rows", f"{lost}: {type(error).__name__}: {error}")
            return 0

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # the last line of defence: nothing but an interrupt may reach the training
            self._session.voice.once("guard", f"recording failed ({type(error).__name__}: {error})")


def _close_forgotten(recorder: weakref.ref[Recorder]) -> None:
    alive = recorder()
    if alive is not None:
        alive.close()
