"""What a text log holds, as the tables of cases write it."""

from __future__ import annotations

from gandoctor.readers.text import read_text

Rows = list[dict[str, float]]


def rows_of(text: str) -> Rows:
    """What was logged, row by row; counters first."""
    log = read_text(text, "log.txt")
    return [
        {
            name: float(column[at])
            for name, column in log.columns.items()
            if name not in log.logged or log.logged[name][at]
        }
        for at in range(log.rows)
    ]
