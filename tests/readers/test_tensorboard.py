import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from event_files import Point, events, record
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util.tensor_util import make_tensor_proto

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.formats import read_raw
from gandoctor.readers.raw import RawLog


def write(path: Path, points: list[Point], form: str = "simple", start: float = 1e9) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(events(points, form, start))
    return path


def read(path: Path) -> RawLog:
    (log,) = read_raw([path])
    return log


def logged(log: RawLog, tag: str) -> list[tuple[float, float]]:
    """(step, value) of the rows in which a tag was logged."""
    rows = log.logged.get(tag, np.ones(log.rows, dtype=bool))
    return list(zip(log.columns["Step"][rows].tolist(), log.columns[tag][rows].tolist(), strict=True))


BOTH: list[Point] = [(tag, step, step / 4 + (tag == "G")) for step in range(5) for tag in ("D", "G")]


@pytest.mark.parametrize("form", ["simple", "tensor", "double", "half"])
def test_scalars_are_read_in_either_form(form: str, tmp_path: Path) -> None:
    log = read(write(tmp_path / "events.out.tfevents.1.host", BOTH, form))
    assert list(log.columns) == ["Step", "Wall time", "D", "G"]
    assert logged(log, "D") == [(s, s / 4) for s in range(5)]
    assert logged(log, "G") == [(s, s / 4 + 1) for s in range(5)]
    assert log.logged == {}


def test_an_event_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    assert read(write(tmp_path / "log.txt", BOTH)).rows == 5


def test_tags_of_different_steps_keep_their_own(tmp_path: Path) -> None:
    points = [("D_batch", i, i / 100) for i in range(40)] + [("D_epoch", i, i / 8) for i in range(1, 5)]
    log = read(write(tmp_path / "e.tfevents", points))
    assert logged(log, "D_epoch") == [(i, i / 8) for i in range(1, 5)]
    assert (log.rows, len(logged(log, "D_batch"))) == (40, 40)


def test_a_repeated_step_keeps_every_value_in_the_order_of_writing(tmp_path: Path) -> None:
    points = [(tag, i // 10, float(i)) for i in range(35) for tag in ("D", "G")]
    log = read(write(tmp_path / "e.tfevents", points))
    assert logged(log, "D") == logged(log, "G") == [(i // 10, float(i)) for i in range(35)]
    assert log.logged == {}


def test_a_restart_follows_what_came_before_it(tmp_path: Path) -> None:
    write(tmp_path / "events.out.tfevents.2", [("D", i, 2.0) for i in range(3, 6)], start=2e9)
    write(tmp_path / "events.out.tfevents.1", [("D", i, 1.0) for i in range(5)])
    assert logged(read(tmp_path), "D") == [(i, 1.0) for i in range(5)] + [(i, 2.0) for i in range(3, 6)]


def test_empty_event_files_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "events.out.tfevents.0", [])
    (tmp_path / "events.out.tfevents.00").write_bytes(b"")
    write(tmp_path / "events.out.tfevents.1", BOTH)
    assert read(tmp_path).rows == 5


def test_add_scalars_names_a_series_after_its_folder(tmp_path: Path) -> None:
    for series in ("real", "fake"):
        write(tmp_path / f"loss_D_{series}" / "events.out.tfevents.1", [("loss/D", i, 0.5) for i in range(3)])
    write(tmp_path / "events.out.tfevents.1", [("loss_G", i, 0.7) for i in range(3)])
    assert set(read(tmp_path).columns) == {"Step", "Wall time", "loss/D/real", "loss/D/fake", "loss_G"}


def test_one_tag_in_several_folders_gets_the_folder_in_front(tmp_path: Path) -> None:
    for part in ("disc", "gen"):
        write(tmp_path / "run" / part / "events.out.tfevents.1", [("loss", i, 0.5) for i in range(3)])
    assert set(read(tmp_path).columns) == {"Step", "Wall time", "run/disc/loss", "run/gen/loss"}


def test_a_validation_folder_belongs_to_the_run(tmp_path: Path) -> None:
    for part in ("train", "validation"):
        write(tmp_path / part / "events.out.tfevents.1", BOTH)
    assert set(read(tmp_path).columns) == {"Step", "Wall time", "train/D", "train/G", "validation/D", "validation/G"}


def test_folders_that_hold_the_same_curves_are_runs(tmp_path: Path) -> None:
    for run in ("lr1", "lr2"):
        write(tmp_path / run / "events.out.tfevents.1", BOTH)
    logs = read_raw([tmp_path])
    assert [(Path(log.name).name, log.rows) for log in logs] == [("lr1", 5), ("lr2", 5)]


def test_a_path_in_a_tag_is_only_a_name(tmp_path: Path) -> None:
    tag = "../../etc/passwd"
    log = read(write(tmp_path / "e.tfevents", [(tag, 0, 0.5), (tag, 1, 0.5), ("<b>D</b>", 1, 0.5)]))
    assert set(log.columns) == {"Step", "Wall time", tag, "<b>D</b>"}


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_cut_file_gives_what_came_before_the_cut_and_a_note(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "e.tfevents"
    path.write_bytes(events(BOTH)[:-cut])
    log = read(path)
    assert (len(logged(log, "D")), len(logged(log, "G"))) == (5, 4)
    assert "damaged at byte" in log.notes[0]


def test_a_broken_record_ends_the_reading_with_a_note(tmp_path: Path) -> None:
    data = bytearray(events(BOTH))
    at = len(events(BOTH[:4]))
    data[at + 12 : at + 30] = b"\xff" * 18
    (tmp_path / "e.tfevents").write_bytes(data)
    log = read(tmp_path / "e.tfevents")
    assert log.rows == 2
    assert f"damaged at byte {at} " in log.notes[0]


def test_infinite_and_missing_numbers_were_logged(tmp_path: Path) -> None:
    log = read(write(tmp_path / "e.tfevents", [("D", 0, float("nan")), ("D", 1, float("inf"))]))
    assert np.isnan(log.columns["D"][0])
    assert log.columns["D"][1] == np.inf
    assert log.logged == {}


def test_what_is_no_scalar_is_passed_over(tmp_path: Path) -> None:
    picture = Summary.Value(tag="image", image=Summary.Image(height=1, width=1, encoded_image_string=b"\x89PNG"))
    text = Summary.Value(tag="note", tensor=make_tensor_proto(np.array([b"0.5"])))
    text.metadata.plugin_data.plugin_name = "text"
    table = Summary.Value(tag="table", tensor=make_tensor_proto(np.ones((2, 2), "f4")))
    extra = b"".join(
        record(Event(wall_time=1.0, step=1, summary=Summary(value=[each]))) for each in (picture, text, table)
    )
    (tmp_path / "e.tfevents").write_bytes(events(BOTH) + extra)
    assert set(read(tmp_path / "e.tfevents").columns) == {"Step", "Wall time", "D", "G"}


def test_a_file_without_scalars_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="holds no scalar"):
        read(write(tmp_path / "e.tfevents", []))


def test_without_the_tensorboard_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "e.tfevents", BOTH)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    for given in (path, tmp_path):
        with pytest.raises(GandoctorError, match=r"pip install gandoctor\[tensorboard\]"):
            read(given)


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def visualdl(tag: str, step: int, number: float | None) -> bytes:
    inner = (
        (b"\x08" + varint(step) if step else b"") + field(2, tag.encode()) + b"\x18" + varint(1_690_000_000_000 + step)
    )
    data = field(1, inner + (b"\x25" + struct.pack("<f", number) if number is not None else b""))
    return struct.pack("<Q", len(data)) + data


def test_visualdl_records_are_read(tmp_path: Path) -> None:
    points = [visualdl(tag, step, step / 4) for step in range(5) for tag in ("损失/判别器", "损失/生成器")]
    path = tmp_path / "vdlrecords.1.log"
    path.write_bytes(visualdl("meta_data_tag", 0, None) + b"".join(points))
    for given in (path, tmp_path):
        assert logged(read(given), "损失/判别器") == [(step, step / 4) for step in range(5)]
    path.write_bytes(path.read_bytes()[:-3])
    assert "damaged at byte" in read(path).notes[0]
