"""What the caller decided about a log before it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from gandoctor.errors import BadOption
from gandoctor.model import DForm, Family

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: tuple[str, ...] = get_args(Family)
D_FORMS: tuple[str, ...] = get_args(DForm)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The reader's options; BadOption where a value cannot be used.

    `map`: canonical metric -> column. `run`: which run of a file that holds several, from 1; None for the last one
    with enough points. `family` is the loss family, `d_form` how the logged D loss combines its two halves.
    """

    map: Mapping[str, str] = field(default_factory=dict)
    run: int | None = None
    family: str | None = None
    d_form: str | None = None

    def __post_init__(self) -> None:
        if self.run is not None and self.run < 1:
            raise BadOption(f"--run {self.run}: runs are counted from 1")
        if self.family is not None and self.family not in FAMILIES:
            raise BadOption(f"--family {self.family}: the families are {', '.join(FAMILIES)}")
        if self.d_form is not None and self.d_form not in D_FORMS:
            raise BadOption(f"--d-loss {self.d_form}: it can be {', '.join(D_FORMS)}")
