"""What a recorder does with rows: writes them, judges them, speaks up. A part that fails stands aside alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from gandoctor.errors import BadOption, GandoctorError
from gandoctor.readers.names import understand
from gandoctor.recorder import recipe, reports
from gandoctor.recorder.alerts import Voice, say
from gandoctor.recorder.history import read_history, taken_up
from gandoctor.recorder.listeners import Listeners
from gandoctor.recorder.live import Live
from gandoctor.recorder.logfile import LogFile
from gandoctor.recorder.naming import refused
from gandoctor.recorder.rows import Chunk, chunk_of, settle, step_text
from gandoctor.recorder.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gandoctor.model import Diagnosis, Finding
    from gandoctor.recorder.rows import Deferred
    from gandoctor.recorder.setup import Setup

T = TypeVar("T")

_SILENT = 100
"""Rows until it is said that nothing of a GAN is in them: what a name means can depend on one that comes later."""
_MOST_REFUSED = 20
"""Names that are refused one by one; a program that makes a new one in each step is told once more."""


class Session:
    """The log, the judgement and the words of one recorder."""

    def __init__(self, setup: Setup) -> None:
        """Take up the log; GandoctorError where it cannot be used."""
        self._listeners = Listeners(setup.on_alert)
        self.voice = Voice(self._listeners)
        self._setup = setup
        self._live: Live | None = self._new_live()
        self._writer: Writer | None = None
        self._past: tuple[float, float] | None = None
        self._described: dict[str, str] | None = None
        self._again = False
        self._refused: set[str] = set()
        self._untold: list[tuple[tuple[Finding, ...], Diagnosis, float]] = []
        if setup.path is not None:
            file = LogFile(setup.path, setup.unit)
            try:
                self._begin(file, self._live)
            except BaseException as error:
                file.close()
                if isinstance(error, OSError):
                    raise BadOption(f"{setup.path} cannot be written ({error.strerror or error})") from error
                raise
            self._writer = Writer(file)

    def take(self, steps: Sequence[float], rows: Sequence[dict[str, Any]], deferred: Sequence[Deferred]) -> int:
        """Write and judge rows whose steps rise; returns how many more there may be until an evaluation is due."""
        for name, why in settle(deferred).items():
            self.voice.once(f"value {name}", f"{name} is not recorded: {why}")
        chunk = self._writable(chunk_of(steps, rows))
        if self._past is not None:
            past, self._past = self._past, None
            self._logging(lambda writer: self._rejoin(writer, past, float(chunk.steps[0])))
        self._again |= bool(self._judging(lambda live: live.understand(chunk)))
        self._logging(lambda writer: self._write(writer, chunk))
        self._judging(lambda live: self._judge(live, chunk))
        return self._live.due if self._live else 1 << 30

    def tell(self) -> None:
        """Tell what was found in the rows that were taken, to the user and to the user's functions and sinks."""
        self._judging(self._tell)

    def know(self, context: Mapping[str, Any]) -> None:
        """Add to the context; the recipe is written with the next rows."""
        self._setup = replace(self._setup, context={**self._setup.context, **context})
        self._described = None
        self._judging(lambda live: live.know(self._setup.context))

    def diagnosis(self) -> Diagnosis:
        """The diagnosis of everything that was taken; an inconclusive one where the judgement stands aside."""
        found = self._judging(lambda live: live.diagnosis(self._setup.name))
        if found is None:
            nothing = self._new_live().diagnosis(self._setup.name)
            return replace(nothing, headline="Not judged: gandoctor failed during this training")
        return found

    def close(self) -> None:
        """Write the reports, tell sinks how it ended, and let go of the log."""
        try:
            self._listeners.close(self.diagnosis)
            if self._setup.reports:
                self._report()
        finally:  # an interrupt may end the waiting for a sink
            if self._writer is not None:
                self._writer.close()

    def _new_live(self) -> Live:
        said_by = "user" if self._setup.path is None else "recipe"  # as a reader of the log will find it
        return Live(self._setup.rulebook, self._setup.unit, self._setup.context, said_by)

    def _begin(self, file: LogFile, live: Live) -> None:
        """Take up what the log holds already."""
        if file.is_empty:
            file.clear()
            return
        history = taken_up(file)
        if self._setup.overwrite:
            file.clear()
            return
        if not self._setup.resume:
            raise BadOption(f"{file.path} exists: resume=True goes on with it, overwrite=True replaces it")
        file.cut(inf)
        live.naming.go_on(history.raw, file.names, history.columns)
        live.relive(history)
        live.forget_news()
        self._past = (float(history.steps[0]), float(history.steps[-1]))

    def _rejoin(self, writer: Writer, past: tuple[float, float], step: float) -> None:
        """Make room for a first row that lies before the end of the log."""
        first, last = past
        if step > last:
            return
        file = writer.file
        if step <= first:
            kept = file.set_aside()
            writer.begin_anew()
            self._live = self._live and self._new_live()
            say(f"gandoctor: the training begins anew: {file.path} is a new log, the old one is kept as {kept.name}")
            return
        file.cut(step)
        say(f"gandoctor: {file.path} goes on at step {step_text(step)}; its rows up to {step_text(last)} are replaced")
        if self._live:
            self._live.relive(read_history(file))
            self._live.forget_news()

    def _writable(self, chunk: Chunk) -> Chunk:
        """The chunk without columns that a table cannot hold."""
        known = self._live.naming.names if self._live else self._writer.names if self._writer else ()
        bad = refused([name for name in chunk.columns if name not in known], len(known), self._setup.unit)
        for name in bad:
            self._refuse(name)
        return (
            replace(chunk, columns={name: c for name, c in chunk.columns.items() if name not in bad}) if bad else chunk
        )

    def _refuse(self, name: Any) -> None:
        """Say of each name that cannot be recorded that it is none; of endless ones only that there are more."""
        shown = f"{name!r:.60}"
        if len(self._refused) < _MOST_REFUSED or shown in self._refused:
            self._refused.add(shown)
            why = "it is no name for a column, or one too many"
            self.voice.once(f"name {shown}", f"{shown} is not recorded: {why}")
        else:
            self.voice.once("names", f"{shown} is not recorded either, and so is no other name of that kind")

    def _write(self, writer: Writer, chunk: Chunk) -> None:
        """Write the recipe where there is something new in it, then the rows: a kill may come between the two."""
        why = self._describe(writer.file) if self._live and self._described != self._live.naming.metrics else ""
        if writer.append(chunk):
            self._described = None
        if why and writer.is_complete:
            self.voice.once("recipe", f"the context is not kept beside {writer.file.path}: {why}")

    def _describe(self, file: LogFile) -> str:
        """Write the recipe; returns why that failed. What can change is tried again with the next rows."""
        assert self._live is not None
        naming = self._live.naming
        try:
            written = recipe.write(file.path, self._setup.context, naming.columns)
        except OSError as error:
            return error.strerror or str(error)
        self._described = naming.metrics
        return "" if written else "the recipes there are not its own"

    def _judge(self, live: Live, chunk: Chunk) -> None:
        if self._again and self._writer is not None and self._writer.is_complete:
            live.relive(read_history(self._writer.file))
            self._again = False
        else:
            live.follow(chunk)
        for name in chunk.columns if live.naming.metrics or live.rows > _SILENT else ():
            if name not in live.naming.metrics and understand(name).what not in ("axis", "telemetry"):
                self.voice.once(
                    f"unjudged {name}", f"{name} is recorded and not judged: gandoctor knows no such metric"
                )
        news, diagnosis = live.news()
        if diagnosis is not None:
            self._untold.append((news, diagnosis, float(chunk.steps[-1])))

    def _tell(self, live: Live) -> None:
        self.voice.still([f for f in live.findings() if f.active])
        while self._untold:
            self.voice.tell(*self._untold.pop(0))
        self._listeners.look(lambda: live.diagnosis(self._setup.name))

    def _report(self) -> None:
        diagnosis = self._judging(self._last_diagnosis) or self.diagnosis()
        for target in self._setup.reports:
            try:
                reports.write(target, diagnosis, self._setup.rulebook)
            except Exception as error:  # a folder that is gone; the other reports, and the program, go on
                say(f"gandoctor: {target} could not be written ({error})")

    def _last_diagnosis(self, live: Live) -> Diagnosis:
        """The diagnosis with every point of the log, where they can be read, instead of what was kept in memory."""
        run = None
        if self._writer is not None and self._writer.is_complete and not self._writer.file.is_empty:
            with suppress(GandoctorError, OSError):  # it was moved or removed
                run = read_history(self._writer.file).run(live.naming.columns)
        return live.diagnosis(self._setup.name, run)

    def _logging(self, action: Callable[[Writer], None]) -> None:
        """Do something with the log; where it fails for good, say so and go on without one."""
        if self._writer is None:
            return
        try:
            action(self._writer)
        except Exception as error:  # a log that cannot be put in order; rows that cannot be written only wait
            why = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            judged = ", still judged" if self._live else ""
            writer, self._writer = self._writer, None
            say(f"gandoctor: {writer.file.path} is not written any more ({why}); the training goes on{judged}")
            with suppress(OSError):
                writer.file.close()

    def _judging(self, action: Callable[[Live], T]) -> T | None:
        """Do something with the judgement; where it fails, say so and go on without one."""
        if self._live is None:
            return None
        try:
            return action(self._live)
        except Exception as error:  # a fault of gandoctor, no memory, or a log that cannot be read again
            fault = f"a fault in gandoctor, {type(error).__name__}: {error}"
            why = "memory ran out" if isinstance(error, MemoryError) else fault
            recorded = ""
            if self._writer is not None:
                recorded = f", still recorded: `gandoctor diagnose {self._writer.file.path}` judges what is there"
            say(f"gandoctor: this training is not judged any more ({why}); it goes on{recorded}")
            self._live = None
            return None
