"""Behind a URL of fsspec a scan finds what it finds in a folder: runs of trackers, their stores, and plain logs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import stored_runs as stored

from gandoctor.errors import BadOption
from gandoctor.scanning import Job, Row, scan
from gandoctor.scanning import places as places_of
from gandoctor.scanning.places import fetched, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROWS = stored.curves()
URL = "memory:///bucket"


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system in memory, with an empty bucket."""
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.makedirs("/bucket", exist_ok=True)
    yield system
    system.rm("/bucket", recursive=True)


def put(system: Any, root: Path) -> None:
    """Copy a tree into the bucket."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            system.pipe(f"/bucket/{path.relative_to(root).as_posix()}", path.read_bytes())


def wandb(root: Path) -> None:
    run = stored.wandb_run(root, ROWS, date="20260101_000000", config={"d_lr": 0.0002})
    stored.wandb_run(root, ROWS[:30], date="20260102_000000", run="other")
    (root / "wandb" / "debug.log").write_text("d_loss: 1 g_loss: 2\n")
    (run / "files" / "media").mkdir(parents=True, exist_ok=True)
    (run / "files" / "media" / "sample.png").write_bytes(b"\x89PNG")


def mlflow(root: Path) -> None:
    for run in ("aaa", "bbb"):
        stored.mlflow_run(root, ROWS, run=run)


def mlflow_store(root: Path) -> None:
    stored.mlflow_store(root / "mlflow.db", {"first": ROWS})
    (root / "Thumbs.db").write_bytes(b"something else")


def trackio(root: Path) -> None:
    (root / "trackio").mkdir()
    stored.trackio_store(root / "trackio" / "gan.db", {"first": ROWS})


def events(root: Path) -> None:
    """Two plain logs, one in a folder that nobody meant, and a run's folder with others below it."""
    text = "step,d_loss,g_loss\n" + "".join(f"{i},{row['d_loss']},{row['g_loss']}\n" for i, row in enumerate(ROWS))
    for name in ("a.csv", ".hidden/b.csv", "deep/c.csv", "run/metrics.csv", "run/checkpoints/d.csv", "a/b/README.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


LAYOUTS = [wandb, mlflow, mlflow_store, trackio, events]


def plain(row: Row, root: str) -> Row:
    """The row without what a place gives it: the beginning of its name, and its stamp."""
    return replace(row, log=row.log.removeprefix(root), stamp="")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_rows_are_those_of_a_local_folder(tmp_path: Path, memory: Any, layout: Callable[[Path], None]) -> None:
    layout(tmp_path)
    put(memory, tmp_path)
    here = [plain(row, str(tmp_path)) for row in scan(Job((str(tmp_path),), processes=1))]
    there = [plain(row, URL) for row in scan(Job((URL,), processes=1))]
    assert here
    assert [row.error for row in here] == [""] * len(here)
    assert there == here


def test_all_of_them_are_found_together(tmp_path: Path, memory: Any) -> None:
    for layout in LAYOUTS:
        layout(tmp_path)
    put(memory, tmp_path)
    here = [place.name.removeprefix(str(tmp_path)) for place in find([str(tmp_path)])]
    assert [place.name.removeprefix(URL) for place in find([URL])] == here
    assert len(here) == 9


def test_a_run_that_is_named_itself_is_one_log(tmp_path: Path, memory: Any) -> None:
    mlflow(tmp_path)
    put(memory, tmp_path)
    (place,) = find([next(place.name for place in find([URL]) if place.name.endswith("aaa"))])
    assert place.name.endswith("aaa")


def test_a_change_below_a_run_is_noticed(tmp_path: Path, memory: Any) -> None:
    mlflow(tmp_path)
    put(memory, tmp_path)
    before = {place.name: place.stamp for place in find([URL])}
    (metric,) = memory.glob("/bucket/**/aaa/metrics/d_loss")
    memory.pipe(metric, memory.cat(metric) + b"1700000000000 1.5 99\n")
    after = {place.name: place.stamp for place in find([URL])}
    assert [name.rpartition("/")[2] for name in after if after[name] != before[name]] == ["aaa"]


def test_weights_and_pictures_of_a_run_are_left_where_they_are(
    tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wandb(tmp_path)
    put(memory, tmp_path)
    monkeypatch.setattr(places_of, "LARGEST", 100_000)
    name = next(place.name for place in find([URL]))
    memory.pipe(f"{name.removeprefix('memory:/')}/files/model.pt", bytes(200_000))
    with fetched(name) as folder:
        got = {path.name for path in folder.rglob("*") if path.is_file()}
    assert not got & {"model.pt", "sample.png"}
    assert any(file.endswith(".wandb") for file in got)
    memory.pipe(f"{name.removeprefix('memory:/')}/files/huge.log", bytes(200_000))
    with pytest.raises(BadOption, match="larger than"), fetched(name):
        pass


@pytest.mark.parametrize("name", ["../out.csv", "a\\..\\..\\out.csv", "c:out.csv", "sub/../../out.csv"])
def test_a_name_that_leads_out_of_its_folder_is_refused(name: str) -> None:
    with pytest.raises(BadOption, match="no file name"):
        places_of._inside(f"/bucket/run/{name}", "/bucket/run")


def test_a_store_that_fails_is_a_row_and_is_tried_again(
    tmp_path: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    events(tmp_path)
    put(memory, tmp_path)
    table = tmp_path / "table.csv"
    job = Job((URL,), table=table, processes=1)

    def refuse(*_: object) -> None:
        raise ConnectionError("reset by peer")

    with monkeypatch.context() as broken:
        broken.setattr(type(memory), "get_file", refuse)
        rows = scan(job)
    assert [row.error.partition(" (")[0] for row in rows] == [f"{row.log}: cannot be fetched" for row in rows]
    assert all("reset by peer" in row.error for row in rows)
    assert [row.verdict for row in scan(job)] == [row.verdict for row in scan(Job((URL,), processes=1))]
    assert not any(row.error for row in scan(job))
