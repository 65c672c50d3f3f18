"""What a process or a worker of a cluster is given: a log, and how to judge it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.scanning.row import Row, Rules, failed, judge, rulebook

if TYPE_CHECKING:
    from gandoctor.scanning.places import Place


@dataclass(frozen=True, slots=True)
class Task:
    """A log to judge, by these rules, with these options of `readers.read`."""

    place: Place
    rules: Rules
    options: tuple[tuple[str, Any], ...]

    def killed(self) -> Row:
        """Return the row that says that judging the log killed the process."""
        why = "the process that judged it was killed, perhaps for want of memory"
        return failed(self.place.name, why, rulebook(self.rules).hash)


def judged(task: Task) -> Row:
    """Return the log's row: a function by name, which is what travels to another process."""
    return judge(task.place.name, task.place.stamp, task.rules, task.options)
