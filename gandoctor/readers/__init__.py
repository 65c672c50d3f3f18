"""Logs as runs: `read` for one run, `read_all` for every run, `from_frame` for a pandas data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

    from gandoctor.model import Run

    PathLike = str | os.PathLike[str]

__all__ = ["from_frame", "read", "read_all"]


def read(
    path: PathLike,
    *,
    run: int | None = None,
    map: Mapping[str, str] | None = None,  # noqa: A002 - the name of the flag that users know
    family: str | None = None,
    d_loss: str | None = None,
) -> Run:
    """Read the run in a log: a file, a folder, or "-" for stdin.

    Of several runs the last one with enough points is read, or number `run` (from 1). `map` says which column is which
    metric (`{"d_loss": "my column"}`), `family` is the loss family, `d_loss` whether the logged D loss is the "sum" or
    the "mean" of its halves or they are logged "separate". Raises GandoctorError where the log cannot be used.
    """
    from gandoctor.readers.options import ReadOptions
    from gandoctor.readers.several import pick, runs_of

    options = ReadOptions(map or {}, run, family, d_loss)
    return pick(runs_of([path], options), options)


def read_all(
    *paths: PathLike,
    map: Mapping[str, str] | None = None,  # noqa: A002 - the name of the flag that users know
    family: str | None = None,
    d_loss: str | None = None,
) -> tuple[Run, ...]:
    """Read every run in the logs, in order; the options are those of `read`."""
    from gandoctor.readers.options import ReadOptions
    from gandoctor.readers.several import runs_of

    return runs_of(paths, ReadOptions(map or {}, None, family, d_loss))


def from_frame(
    frame: pd.DataFrame,
    *,
    run: int | None = None,
    map: Mapping[str, str] | None = None,  # noqa: A002 - the name of the flag that users know
    family: str | None = None,
    d_loss: str | None = None,
) -> Run:
    """Read the run in a data frame of one column a metric; the options are those of `read`."""
    from gandoctor.readers.frame import from_frame as convert
    from gandoctor.readers.options import ReadOptions

    return convert(frame, ReadOptions(map or {}, run, family, d_loss))
