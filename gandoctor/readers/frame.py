"""A pandas data frame as a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import UnreadableLog
from gandoctor.readers.assemble import assemble
from gandoctor.readers.names import understand
from gandoctor.readers.options import ReadOptions
from gandoctor.readers.raw import RawLog
from gandoctor.readers.several import pick

if TYPE_CHECKING:
    import pandas as pd

    from gandoctor.model import FloatArray, Run

INDEX = "index"


@np.errstate(over="ignore", invalid="ignore")  # as for logs
def from_frame(frame: pd.DataFrame, options: ReadOptions | None = None, name: str = "frame") -> Run:
    """Return the run in a data frame of one column a metric; its index is the step unless a column counts steps.

    A missing cell was not logged. UnreadableLog for a frame without rows or numbers.
    """
    if not len(frame):
        raise UnreadableLog(f"{name}: the data frame has no rows")
    columns: dict[str, FloatArray] = {}
    logged = {}
    for column in frame.columns:
        values = _numbers(frame[column])
        if values is not None:
            columns[str(column)] = values
            missing = np.isnan(values)
            if missing.any():
                logged[str(column)] = ~missing
    if not any(understand(column).what == "axis" for column in columns):
        index = _numbers(frame.index.to_series())
        if index is not None and not np.isnan(index).any():
            columns = {INDEX: index, **columns}
    if not columns:
        raise UnreadableLog(f"{name}: the data frame has no column of numbers")
    chosen = options or ReadOptions()
    return pick(assemble(RawLog(columns, name, logged), chosen), chosen)


def _numbers(series: pd.Series[Any]) -> FloatArray | None:
    """Return the column as float64; None where it holds no numbers."""
    import pandas as pd

    if series.dtype == bool or pd.api.types.is_datetime64_any_dtype(series):
        return None
    values = np.asarray(pd.to_numeric(series, errors="coerce"), dtype=np.float64)
    return None if np.isnan(values).all() and not pd.api.types.is_numeric_dtype(series) else values
