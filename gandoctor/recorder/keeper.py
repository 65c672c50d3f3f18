"""What a recorder hands its rows to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Diagnosis
    from gandoctor.recorder.alerts import Voice
    from gandoctor.recorder.rows import Deferred


class Keeper(Protocol):
    """Keeps rows: a `Session` that writes and judges them, or something that hands them on to one."""

    @property
    def voice(self) -> Voice:
        """What speaks for the recorder."""

    def take(self, steps: Sequence[float], rows: Sequence[dict[str, Any]], deferred: Sequence[Deferred]) -> int:
        """Take rows whose steps rise; returns how many more there may be until it wants them."""

    def tell(self) -> None:
        """Tell the user, and the user's functions, what was found in the rows that were taken."""

    def know(self, context: Mapping[str, Any]) -> None:
        """Add to the context."""

    def diagnosis(self) -> Diagnosis:
        """The diagnosis of everything that was taken."""

    def close(self) -> None:
        """No more rows will come."""
