"""The databases of experiment trackers: whose one is, by its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.errors import UnreadableLog
from gandoctor.readers.mlflow_store import is_mlflow, read_mlflow
from gandoctor.readers.sqlite import opened
from gandoctor.readers.trackio_store import is_trackio, read_trackio

if TYPE_CHECKING:
    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.source import Source

_SHOWN = 8


def read_store(source: Source) -> list[RawLog]:
    """The logs of the runs in a tracker's database, the newest last.

    UnreadableLog where it is another database, is damaged, or holds no point.
    """
    with opened(source) as store:
        if is_mlflow(store):
            return read_mlflow(store)
        if is_trackio(store):
            return read_trackio(store)
        held = ", ".join(sorted(store.tables)[:_SHOWN]) or "none"
    raise UnreadableLog(
        f"{source.name} is an SQLite database, but neither MLflow's nor Trackio's (its tables: {held}); "
        "save the table with the losses as CSV first (pandas: frame.to_csv)"
    )
