"""Many logs to one table: complete, the same wherever it is made, resumed where it was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.engine import diagnose
from gandoctor.errors import BadOption
from gandoctor.scanning import COLUMNS, Job, Row, scan
from gandoctor.scanning.journal import journal_of, known
from gandoctor.scanning.places import find

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Twelve logs, two of which cannot be read."""
    root = tmp_path / "runs"
    root.mkdir()
    for at in range(5):
        write(root / f"well{at}.csv", *ROWS[: 300 + 50 * at])
        write(root / f"ill, {at}.csv", *ROWS[: 300 + 20 * at], *BROKEN)
    (root / "empty.csv").write_bytes(b"")
    (root / "pickle.log").write_bytes(b"\x80\x04\x95\x00rubbish")
    return root


def plain(rows: list[Row]) -> list[dict[str, Any]]:
    return [row.as_dict() for row in rows]


def test_every_log_is_a_row_with_the_verdict_of_diagnose(runs: Path) -> None:
    rows = {row.log: row for row in scan(Job((str(runs),), processes=1))}
    assert sorted(rows) == sorted(map(str, runs.iterdir()))
    for log, row in rows.items():
        if row.error:
            assert row.verdict == ""
            continue
        found = diagnose(log)
        assert (row.verdict, row.kind, row.since, row.points) == (
            found.verdict,
            found.kind,
            found.since,
            found.run.points,
        )
    assert {row.log.rpartition("/")[2] for row in rows.values() if row.error} == {"empty.csv", "pickle.log"}


def test_several_processes_make_the_same_rows(runs: Path) -> None:
    one, two = (scan(Job((str(runs),), processes=processes)) for processes in (1, 2))
    assert plain(one) == plain(two)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_table_holds_the_rows_and_reads_back(runs: Path, tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    table = tmp_path / f"table{suffix}"
    rows = scan(Job((str(runs),), table=table, processes=1))
    frame = pd.read_parquet(table) if suffix == ".parquet" else pd.read_csv(table)
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["log"]) == [row.log for row in rows]
    assert plain(list(known(table).values())) == plain(rows)


def judged_again(job: Job) -> list[str]:
    seen: list[str] = []
    scan(job, lambda row, _total: seen.append(row.log.rpartition("/")[2]))
    return sorted(seen)


def test_what_has_not_changed_is_not_judged_again(runs: Path, tmp_path: Path) -> None:
    job = Job((str(runs),), table=tmp_path / "table.csv", processes=1)
    assert len(judged_again(job)) == 12
    assert judged_again(job) == []
    write(runs / "well0.csv", *ROWS)
    write(runs / "new.csv", *ROWS)
    (runs / "well1.csv").unlink()
    assert judged_again(job) == ["new.csv", "well0.csv"]
    assert str(runs / "well1.csv") not in known(tmp_path / "table.csv")
    assert len(judged_again(Job((str(runs),), table=tmp_path / "table.csv", processes=1, fresh=True))) == 12


def test_another_rulebook_judges_everything_again(runs: Path, tmp_path: Path) -> None:
    from gandoctor.scanning.row import Rules

    table = tmp_path / "table.csv"
    scan(Job((str(runs),), table=table, processes=1))
    assert len(judged_again(Job((str(runs),), table=table, rules=Rules("documented"), processes=1))) == 12


def test_an_interrupted_scan_goes_on_where_it_was(runs: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    job = Job((str(runs),), table=table, processes=1)
    seen: list[str] = []

    def interrupt(row: Row, _total: int) -> None:
        seen.append(row.log.rpartition("/")[2])
        if len(seen) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(job, interrupt)
    assert not table.exists()
    with journal_of(table).open("a") as file:
        file.write('{"log": "cut in the mid')
    assert sorted(seen + judged_again(job)) == sorted(path.name for path in runs.iterdir())
    assert len(pd.read_csv(table)) == 12
    assert not journal_of(table).exists()


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "\x00\x01"])
def test_a_file_that_is_no_table_of_a_scan_is_never_overwritten(runs: Path, tmp_path: Path, content: str) -> None:
    table = tmp_path / "mine.csv"
    table.write_text(content)
    with pytest.raises(BadOption, match="no table of a scan"):
        scan(Job((str(runs),), table=table, processes=1))
    assert table.read_text() == content


def test_a_root_that_does_not_exist_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="no such file or folder"):
        find([str(tmp_path / "gone")])


def test_logs_behind_a_url_get_the_rows_of_local_ones(runs: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    for path in runs.iterdir():
        memory.pipe(f"/bucket/{path.name}", path.read_bytes())
    memory.pipe("/bucket/sub/run.csv", (runs / "well0.csv").read_bytes())
    memory.pipe("/bucket/sub/notes.txt", b"hello")
    try:
        local = {row.log.rpartition("/")[2]: row for row in scan(Job((str(runs),), processes=1))}
        remote = {row.log.rpartition("/")[2]: row for row in scan(Job(("memory://bucket",), processes=1))}
    finally:
        memory.rm("/bucket", recursive=True)
    assert remote.pop("sub").verdict == "stable"
    assert remote.keys() == local.keys()
    for name, row in remote.items():
        assert (row.verdict, row.since, row.headline) == (local[name].verdict, local[name].since, local[name].headline)
        assert row.log.startswith("memory://")
        assert bool(row.error) is bool(local[name].error)


@pytest.mark.parametrize(
    ("root", "said"), [("memory://nothing-here", "no such file or folder"), ("gopher://host/x", "gopher")]
)
def test_a_url_that_leads_nowhere_is_wrong_use(root: str, said: str) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(BadOption, match=said):
        find([root])
