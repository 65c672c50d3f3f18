"""What a recorder does with rows: writes them, judges them, speaks up. A part that fails stands aside alone."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from gandoctor.errors import BadOption
from gandoctor.readers.names import understand
from gandoctor.recorder import recipe, reports
from gandoctor.recorder.alerts import Voice, say
from gandoctor.recorder.history import read_history
from gandoctor.recorder.listeners import Listeners
from gandoctor.recorder.live import Live
from gandoctor.recorder.logfile import LogFile
from gandoctor.recorder.naming import MOST_NAMES
from gandoctor.recorder.rows import Chunk, chunk_of, settle, step_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gandoctor.model import Diagnosis
    from gandoctor.recorder.rows import Deferred
    from gandoctor.recorder.setup import Setup

T = TypeVar("T")


class Session:
    """The log, the judgement and the words of one recorder."""

    def __init__(self, setup: Setup) -> None:
        """Take up the log; GandoctorError where it cannot be used."""
        self._listeners = Listeners(setup.on_alert)
        self.voice = Voice(self._listeners)
        self._setup = setup
        self._live: Live | None = self._new_live()
        self._file: LogFile | None = None
        self._past: tuple[float, float] | None = None
        self._described: dict[str, str] | None = None
        if setup.path is not None:
            self._file = LogFile(setup.path, setup.unit)
            try:
                self._begin(self._file, self._live)
            except BaseException:
                self._file.close()
                raise

    def take(self, steps: Sequence[float], rows: Sequence[dict[str, Any]], deferred: Sequence[Deferred]) -> int:
        """Write and judge rows whose steps rise; returns how many more there may be until an evaluation is due."""
        for name, why in settle(deferred).items():
            self.voice.once(f"value {name}", f"{name} is not recorded: {why}")
        chunk = self._writable(chunk_of(steps, rows))
        if self._past is not None:
            past, self._past = self._past, None
            self._logging(lambda file: self._rejoin(file, past, float(chunk.steps[0])))
        again = self._judging(lambda live: live.understand(chunk))
        self._logging(lambda file: self._write(file, chunk))
        self._judging(lambda live: self._judge(live, chunk, again=bool(again)))
        return self._live.due if self._live else 1 << 30

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
        self._listeners.close(self.diagnosis)
        if self._setup.reports:
            self._report()
        if self._file is not None:
            self._file.close()

    def _new_live(self) -> Live:
        said_by = "user" if self._setup.path is None else "recipe"  # as a reader of the log will find it
        return Live(self._setup.rulebook, self._setup.unit, self._setup.context, said_by)

    def _begin(self, file: LogFile, live: Live) -> None:
        """Take up what the log holds already."""
        if file.is_empty:
            file.clear()
            return
        history = read_history(file)
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

    def _rejoin(self, file: LogFile, past: tuple[float, float], step: float) -> None:
        """Make room for a first row that lies before the end of the log."""
        first, last = past
        if step > last:
            return
        if step <= first:
            kept = file.set_aside()
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
        known = self._live.naming.names if self._live else self._file.names if self._file else ()
        new = [name for name in chunk.columns if name not in known]
        bad = [name for name in new if not _is_name(name, self._setup.unit)]
        bad += [name for name in new if name not in bad][max(MOST_NAMES - len(known), 0) :]
        for name in bad:
            self.voice.once("name", f"{name!r:.60} is not recorded: it is no name for a column, or one too many")
        return (
            replace(chunk, columns={name: c for name, c in chunk.columns.items() if name not in bad}) if bad else chunk
        )

    def _write(self, file: LogFile, chunk: Chunk) -> None:
        """Write the recipe where there is something new in it, then the rows: a kill may come between the two."""
        if self._live and self._described != self._live.naming.metrics:
            self._described = self._live.naming.metrics
            if recipe.write(file.path, self._setup.context, self._live.naming.columns) is None:
                self.voice.once("recipe", f"the recipes beside {file.path} are not its own: the context is not kept")
        file.append(chunk)

    def _judge(self, live: Live, chunk: Chunk, *, again: bool) -> None:
        if again and self._file is not None:
            live.relive(read_history(self._file))
        else:
            live.follow(chunk)
        for name in chunk.columns:
            if name not in live.naming.metrics and understand(name).what not in ("axis", "telemetry"):
                self.voice.once(
                    f"unjudged {name}", f"{name} is recorded and not judged: gandoctor knows no such metric"
                )
        self.voice.still([f for f in live.findings() if f.active])
        news, diagnosis = live.news()
        if diagnosis is not None:
            self.voice.tell(news, diagnosis, float(chunk.steps[-1]))
        self._listeners.look(lambda: live.diagnosis(self._setup.name))

    def _report(self) -> None:
        diagnosis = self._judging(self._last_diagnosis) or self.diagnosis()
        for target in self._setup.reports:
            try:
                reports.write(target, diagnosis, self._setup.rulebook)
            except Exception as error:  # a folder that is gone; the other reports, and the program, go on
                say(f"gandoctor: {target} could not be written ({error})")

    def _last_diagnosis(self, live: Live) -> Diagnosis:
        """The diagnosis with every point of the log, where there is one, instead of what was kept in memory."""
        run = read_history(self._file).run(live.naming.columns) if self._file and not self._file.is_empty else None
        return live.diagnosis(self._setup.name, run)

    def _logging(self, action: Callable[[LogFile], None]) -> None:
        """Do something with the log; where it fails, say so and go on without one."""
        if self._file is None:
            return
        try:
            action(self._file)
        except Exception as error:  # a full disk, a folder that is gone: neither may reach the training
            why = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            judged = ", still judged" if self._live else ""
            say(f"gandoctor: {self._file.path} is not written any more ({why}); the training goes on{judged}")
            file, self._file = self._file, None
            file.close()

    def _judging(self, action: Callable[[Live], T]) -> T | None:
        """Do something with the judgement; where it fails, say so and go on without one."""
        if self._live is None:
            return None
        try:
            return action(self._live)
        except Exception as error:  # a fault of gandoctor, or a log that cannot be read again
            recorded = ", still recorded" if self._file else ""
            say(
                f"gandoctor: this training is not judged any more ({type(error).__name__}: {error}), which is a fault"
                f" in gandoctor; it goes on{recorded}"
            )
            self._live = None
            return None


def _is_name(name: Any, unit: str) -> bool:
    """Whether a column of the log can be called so: a text on one line that is no number and not the step's own."""
    if not isinstance(name, str) or not name.strip() or name != name.strip() or not name.isprintable() or name == unit:
        return False
    try:
        float(name)
    except ValueError:
        return True
    return False
