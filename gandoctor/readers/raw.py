"""What a reader of one format hands on: rows of named numbers, before anyone asks what the names mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from gandoctor.model import FloatArray


_LONGEST_PART = 80


@dataclass(frozen=True, slots=True, eq=False)
class RawLog:
    """Rows of a log in file order: column name as the log has it -> values, all of one length.

    NaN in `columns` where `logged[name]` is False means "not in this row"; NaN where it is True was logged as NaN.
    A column absent from `logged` was logged in every row. Names that mean step, epoch or batch ("Epoch", "iters",
    "", "Progress/kimg") stay ordinary columns: `axis.py` finds them. `lines` is the 1-based line of each row where
    the format has lines. `totals` holds what stands behind a slash in "3/100": column -> the total ("epoch": 100).
    `context` is what the log says about the training (StudioGAN's `adv_loss`), `notes` what was repaired. `part` is
    what a store of many runs calls this one: text from the log, never a path.
    """

    columns: Mapping[str, FloatArray]
    name: str
    logged: Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]] = field(default_factory=dict)
    lines: np.ndarray[Any, np.dtype[np.int64]] | None = None
    totals: Mapping[str, float] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    part: str = ""

    @property
    def title(self) -> str:
        """The name for people: the log's, and the run's where the log holds several."""
        return f"{self.name}, run {self.part[:_LONGEST_PART]}" if self.part else self.name

    @property
    def rows(self) -> int:
        """The number of rows."""
        return max((len(values) for values in self.columns.values()), default=0)
