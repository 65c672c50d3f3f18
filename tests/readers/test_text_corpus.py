"""Every text log of the corpus, where there is one, gives about as many rows as another parser found."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gandoctor.readers.text import read_text

if TYPE_CHECKING:
    from gandoctor.readers.raw import RawLog

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"
NOT_TEXT = "VisualDL"
FRAMES = "_tqdm"


def text_logs() -> list[tuple[str, int]]:
    index = CORPUS / "index.csv"
    if not index.exists():
        return []
    with index.open(newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["file"].endswith((".txt", ".log"))]
    return [(row["file"], int(row["points"])) for row in rows if NOT_TEXT not in row["format"]]


@cache
def read(file: str) -> RawLog:
    return read_text((CORPUS / file).read_bytes().decode("utf-8", errors="replace"), file)


LOGS = text_logs()
pytestmark = pytest.mark.skipif(not LOGS, reason="the corpus is not beside the repository")


@pytest.mark.parametrize(("file", "points"), LOGS, ids=[file for file, _ in LOGS])
def test_a_log_gives_its_rows(file: str, points: int) -> None:
    log = read(file)
    full = [name for name in log.columns if name not in log.logged or log.logged[name].mean() > 0.2]
    assert len(full) >= 2
    counts = {log.rows, *(int(np.count_nonzero(log.logged.get(name, np.ones(log.rows)))) for name in full)}
    slack = 0.15 if FRAMES in file else 0.05
    assert min(abs(count - points) for count in counts) <= max(2, slack * points)


@pytest.mark.parametrize("file", [file for file, _ in LOGS])
def test_no_column_is_named_by_prose(file: str) -> None:
    assert all(len(name) <= 40 and len(name.split()) <= 4 for name in read(file).columns)
