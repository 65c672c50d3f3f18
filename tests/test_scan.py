"""Many logs to one table: complete, the same wherever it is made, resumed where it was interrupted."""

from __future__ import annotations

import csv
import json
import os
import signal
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from growing_logs import BROKEN, ROWS, write

from gandoctor.engine import diagnose
from gandoctor.errors import BadOption
from gandoctor.report import html
from gandoctor.scanning import COLUMNS, Job, Row, scan
from gandoctor.scanning import journal as table_of
from gandoctor.scanning.journal import journal_of, known
from gandoctor.scanning.order import grouped
from gandoctor.scanning.places import find
from gandoctor.scanning.processes import in_processes
from gandoctor.scanning.row import Rules
from gandoctor.scanning.work import Task

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
    table = tmp_path / "table.csv"
    scan(Job((str(runs),), table=table, processes=1))
    assert len(judged_again(Job((str(runs),), table=table, rules=Rules("documented"), processes=1))) == 12


def test_other_options_judge_everything_again(runs: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    scan(Job((str(runs),), table=table, processes=1))
    assert len(judged_again(Job((str(runs),), table=table, options=(("family", "hinge"),), processes=1))) == 12


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_texts_that_look_like_numbers_or_like_nothing_come_back_as_they_are(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    table = tmp_path / f"table{suffix}"
    hard = Row("NA", "stable", confidence=0.1, since=1 / 3, stamp="1234567890123456", rulebook="705748e12345")
    rows = [hard, Row("nan", headline='a "b",\nc', d_curve="  ▁!", g_curve="NULL", error="#N/A")]
    table_of.write(table, rows)
    assert list(known(table).values()) == rows


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_any_name_of_a_file_gets_into_the_table(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    root = tmp_path / "runs"
    root.mkdir()
    names = ["a\nb.csv", "c\rd.csv", 'e"f,.csv', "=1+1.csv", os.fsdecode(b"g\xffh.csv"), "\u202e.csv"]
    for name in names:
        write(root / name, *ROWS)
    job = Job((str(root),), table=tmp_path / f"table{suffix}", processes=1)
    assert sorted(judged_again(job)) == sorted(names)
    left_out = {".csv": "c\rd.csv", ".parquet": os.fsdecode(b"g\xffh.csv")}[suffix]
    assert judged_again(job) == [left_out]  # it stands in the table under another name
    html.render_scan(grouped(scan(job))).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *((f"{sign}1+1.csv", f"'{sign}1+1.csv") for sign in "=+-@\t\n\uff1d"),
        ("'=1.csv", "''=1.csv"),
        ("'quoted'.csv", "'quoted'.csv"),
        ("runs/=1.csv", "runs/=1.csv"),
        ("", ""),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_defused_and_comes_back(tmp_path: Path, text: str, cell: str) -> None:
    table, row = tmp_path / "table.csv", Row(text, since=-4.0, headline=text, d_curve=text, error=text, stamp="s")
    table_of.write(table, [row])
    with table.open(newline="", encoding="utf-8") as file:
        [written] = csv.DictReader(file)
    assert [written[name] for name in ("log", "headline", "d_curve", "error")] == [cell] * 4
    assert written["since"] == "-4.0"
    assert list(known(table).values()) == [row]


def test_a_scan_goes_on_from_defused_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("=1+1.csv", "'=1+1.csv", "@x.csv"):
        write(tmp_path / name, *ROWS)
    table = tmp_path / "table.csv"
    job = Job((".",), table=table, processes=1)
    assert len(judged_again(job)) == 3
    assert judged_again(job) == []
    assert [line.partition(",")[0] for line in table.read_text().splitlines()[1:]] == [
        "''=1+1.csv", "'=1+1.csv", "'@x.csv",
    ]  # fmt: skip


def test_the_table_of_an_older_version_is_made_anew(runs: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    scan(Job((str(runs),), table=table, processes=1))
    pd.read_csv(table).drop(columns="unit").to_csv(table, index=False)
    assert len(judged_again(Job((str(runs),), table=table, processes=1))) == 12
    assert list(pd.read_csv(table).columns) == list(COLUMNS)


def test_what_the_system_refuses_is_a_row_and_tried_again(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job((str(runs),), table=tmp_path / "table.csv", processes=1)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr("gandoctor.engine.diagnose", refuse)
        assert {row.error for row in scan(job)} == {"[Errno 5] Input/output error"}
    assert len(judged_again(job)) == 12


@pytest.mark.parametrize("log", [False, True])
def test_a_log_that_kills_its_process_is_a_row_and_costs_no_other(runs: Path, tmp_path: Path, log: bool) -> None:
    alone = scan(Job((str(runs),), processes=1))
    places = find([str(runs)])
    deadly = [str(runs / "well2.csv"), str(runs / "ill, 4.csv")] if log else []
    tasks = [Deadly(place, Rules(), (), place.name in deadly) for place in places]
    rows = {row.log: row for row in in_processes(tasks, 2)}
    assert sorted(rows) == [place.name for place in places]
    assert {name for name, row in rows.items() if "was killed" in row.error} == set(deadly)
    for row in alone:
        assert row.log in deadly or replace(rows[row.log], stamp="") == replace(row, stamp="")


@dataclass(frozen=True, slots=True)
class Deadly(Task):
    """A log that may be too much for the process that judges it."""

    kills: bool

    def __setstate__(self, state: list[Any]) -> None:
        """Arrive in another process, which may be the end of it."""
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)
        if self.kills:
            os.kill(os.getpid(), signal.SIGKILL)

    def __getstate__(self) -> list[Any]:
        return [getattr(self, field.name) for field in fields(self)]


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


LINE = ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    "content",
    ["a,b\n1,2\n", "", "\x00\x01", LINE + ",".join("x" * 25), LINE + ",".join("x" * 19), LINE + 'a,"b', "\xff\xfe"],
)
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
        assert row.error == local[name].error.replace(local[name].log, row.log)


def test_of_json_files_behind_a_url_those_are_logs_that_hold_a_run() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    curves = {"d_loss": [1.2 + i % 7 / 50 for i in range(60)], "g_loss": [1.1 + i % 5 / 30 for i in range(60)]}
    memory.pipe("/jsons/history.json", json.dumps(curves).encode())
    memory.pipe("/jsons/config.json", b'{"lr": 0.0002, "betas": [0.5, 0.999]}')
    try:
        assert [place.name for place in find(["memory://jsons"])] == ["memory:///jsons/history.json"]
    finally:
        memory.rm("/jsons", recursive=True)


def test_settings_beside_a_json_log_are_no_rows(tmp_path: Path) -> None:
    curves = {"d_loss": [1.2 + i % 7 / 50 for i in range(60)], "g_loss": [1.1 + i % 5 / 30 for i in range(60)]}
    (tmp_path / "run.json").write_text(json.dumps(curves))
    (tmp_path / "config.json").write_text('{"lr": 0.0002, "betas": [0.5, 0.999]}')
    [row] = scan(Job((str(tmp_path),), processes=1))
    assert (row.log, row.points, row.error) == (str(tmp_path / "run.json"), 60, "")


def test_logs_behind_a_url_are_judged_in_several_processes(runs: Path) -> None:
    pytest.importorskip("fsspec")
    here = scan(Job((str(runs),), processes=1))
    there = scan(Job((f"file://{runs}",), processes=2))
    assert [row.log for row in there] == [f"file://{row.log}" for row in here]
    assert [(row.verdict, row.since, row.headline, row.d_curve) for row in there] == [
        (row.verdict, row.since, row.headline, row.d_curve) for row in here
    ]


@pytest.mark.parametrize(
    ("root", "said"), [("memory://nothing-here", "no such file or folder"), ("gopher://host/x", "gopher")]
)
def test_a_url_that_leads_nowhere_is_wrong_use(root: str, said: str) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(BadOption, match=said):
        find([root])
