import bz2
import csv
import gzip
import json
import lzma
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from event_files import events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers.formats import kind_of, read_raw, read_source
from gandoctor.readers.source import open_bytes, open_source

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"

Curves = dict[str, list[float]]
CURVES: Curves = {"step": [1.0, 2.0, 3.0, 4.0], "d_loss": [1.4, 1.2, 0.5, 0.25], "g_loss": [0.7, 0.8, 1.5, -2.0]}


def rows(curves: Curves) -> list[dict[str, float]]:
    return [dict(zip(curves, values, strict=True)) for values in zip(*curves.values(), strict=True)]


def table(curves: Curves, mark: str, end: str = "\n", point: str = ".") -> str:
    lines = [mark.join(curves)] + [mark.join(map(repr, row.values())).replace(".", point) for row in rows(curves)]
    return end.join(lines) + end


def text(curves: Curves) -> bytes:
    return table(curves, ",").encode()


def save(curves: Curves, path: Path) -> None:
    arrays: dict[str, Any] = {name: np.array(values) for name, values in curves.items()}
    np.savez(path, **arrays)


def tensorboard(curves: Curves, path: Path) -> None:
    tags = list(curves)[1:]
    points = [(tag, int(step), value) for tag in tags for step, value in zip(curves["step"], curves[tag], strict=True)]
    path.write_bytes(events(points, "double"))


def downloads(curves: Curves, path: Path) -> None:
    path.mkdir(exist_ok=True)
    for tag in list(curves)[1:]:
        cells = zip(curves["step"], curves[tag], strict=True)
        lines = "".join(f"1600000000.5,{int(step)},{value!r}\n" for step, value in cells)
        (path / f"run-.-tag-{tag}.csv").write_text("Wall time,Step,Value\n" + lines)


def run_folder(curves: Curves, path: Path) -> None:
    path.mkdir(exist_ok=True)
    (path / "run.csv").write_bytes(text(curves))
    (path / "recipe.toml").write_text("seed = 1\n")


def chainer(curves: Curves, path: Path) -> None:
    (path / "result").mkdir(parents=True, exist_ok=True)
    (path / "result" / "log").write_text(json.dumps(rows(curves)))
    (path / "train.py").write_text("print('hello')\n")


FORMATS: dict[str, Callable[[Curves, Path], object]] = {
    "csv": lambda c, p: p.write_bytes(text(c)),
    "Windows csv": lambda c, p: p.write_bytes(table(c, ",", "\r\n").encode()),
    "tsv": lambda c, p: p.write_text(table(c, "\t")),
    "German csv": lambda c, p: p.write_text(table(c, ";", point=",")),
    "utf-16 csv": lambda c, p: p.write_bytes(table(c, ",").encode("utf-16")),
    "gzip": lambda c, p: p.write_bytes(gzip.compress(text(c))),
    "bzip2": lambda c, p: p.write_bytes(bz2.compress(text(c))),
    "xz": lambda c, p: p.write_bytes(lzma.compress(text(c))),
    "zstandard": lambda c, p: p.write_bytes(zstandard.ZstdCompressor().compress(text(c))),
    "json lines": lambda c, p: p.write_text("".join(json.dumps(row) + "\n" for row in rows(c))),
    "packed json lines": lambda c, p: p.write_bytes(gzip.compress("\n".join(map(json.dumps, rows(c))).encode())),
    "json array": lambda c, p: p.write_text(json.dumps(rows(c), indent=4)),
    "json of arrays": lambda c, p: p.write_text(json.dumps(c)),
    "npz": save,
    "event file": tensorboard,
    "downloads": downloads,
    "run folder": run_folder,
    "Chainer folder": chainer,
    "printed": lambda c, p: p.write_text(
        "".join(" ".join(f"{key}: {value!r}" for key, value in row.items()) + "\n" for row in rows(c))
    ),
}


def read_back(how: str, curves: Curves, folder: Path) -> Curves:
    path = folder / "log.npz" if how == "npz" else folder / "log"
    FORMATS[how](curves, path)
    (log,) = read_raw([path])
    assert not any(mask.size and not mask.all() for mask in log.logged.values())
    return {name.lower(): values.tolist() for name, values in log.columns.items() if name != "Wall time"}


@pytest.mark.parametrize("how", FORMATS)
def test_a_run_reads_back_the_same_from_every_format(how: str, tmp_path: Path) -> None:
    assert read_back(how, CURVES, tmp_path) == CURVES


FINITE = st.floats(allow_nan=False, allow_infinity=False, width=64)


@pytest.mark.parametrize("how", [how for how in FORMATS if how not in ("printed", "Chainer folder", "run folder")])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.tuples(FINITE, FINITE), min_size=2, max_size=12))
def test_any_numbers_read_back_to_the_bit(how: str, values: list[tuple[float, float]], tmp_path: Path) -> None:
    d, g = zip(*values, strict=True)
    curves = {"step": [float(i) for i in range(len(d))], "d_loss": list(d), "g_loss": list(g)}
    assert read_back(how, curves, tmp_path) == curves


KINDS = {
    "step,d\n1,0.5\n2,0.6\n": "table", '{"d": 1}\n{"d": 2}\n': "json", "[[1, 2], [3, 4]]": "json",
    "Wall time,Step,Value\n1.5e9,1,0.5\n1.6e9,2,0.6\n": "tags", "Epoch 1, D loss: 0.5, G loss: 0.6\n" * 3: "text",
    "[0/10] Loss_D: 0.5\n": "text", "(epoch: 1, iters: 5) D: 0.5\n": "text", "d_loss 0.5\n": "text",
    '{"results": {"fid": 1}, "snapshot_pkl": "network-snapshot-000001.pkl"}\n': "metrics",
    "epoch  d  g\n1  0.5  0.6\n": "text", "<table><tr><td>1</td></tr></table>": "text",
}  # fmt: skip


@pytest.mark.parametrize("content", KINDS)
@pytest.mark.parametrize("name", ["run.csv", "run.txt", "run.json", "run"])
def test_the_content_decides_and_not_the_name(content: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    assert kind_of(open_source(tmp_path / name)) == KINDS[content]


def test_downloads_of_different_steps_keep_their_own(tmp_path: Path) -> None:
    (tmp_path / "d_loss.csv").write_text("Wall time,Step,Value\n" + "".join(f"{1e9 + i},{i},0.5\n" for i in range(6)))
    (tmp_path / "g_loss.csv").write_text("Wall time,Step,Value\n" + "".join(f"{1e9 + i},{i},0.7\n" for i in (2, 5)))
    for paths in ([tmp_path], [tmp_path / "d_loss.csv", tmp_path / "g_loss.csv"]):
        (log,) = read_raw(paths)
        assert log.columns["Step"].tolist() == [0, 1, 2, 3, 4, 5]
        assert log.logged["g_loss"].tolist() == [False, False, True, False, False, True]
        assert log.columns["Wall time"].tolist() == [1e9 + i for i in range(6)]


def test_a_single_download_is_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "run-exp-1-tag-Loss_D.csv"
    path.write_text("Wall time,Step,Value\n" + "".join(f"1e9,{i // 3},{i}.5\n" for i in range(9)))
    (log,) = read_raw([path])
    assert (list(log.columns), log.columns["Loss_D"].tolist()) == (
        ["Wall time", "Step", "Loss_D"],
        [i + 0.5 for i in range(9)],
    )


def test_downloads_of_two_runs_are_told_apart(tmp_path: Path) -> None:
    for run in ("a", "b"):
        (tmp_path / f"run-{run}-tag-d.csv").write_text("Wall time,Step,Value\n1e9,1,0.5\n1e9,2,0.6\n")
    (log,) = read_raw([tmp_path])
    assert set(log.columns) == {"Step", "Wall time", "a/d", "b/d"}


def test_several_files_give_a_log_each_in_their_order(tmp_path: Path) -> None:
    for i in range(3):
        (tmp_path / f"{i}.csv").write_text(f"step,d\n{i},0.5\n{i},0.6\n")
    logs = read_raw([tmp_path / f"{i}.csv" for i in (2, 0, 1)])
    assert [log.columns["step"][0] for log in logs] == [2, 0, 1]


def test_a_notebook_is_read_by_what_its_cells_printed(tmp_path: Path) -> None:
    printed = [f"Epoch {i} d_loss: 0.{i} g_loss: 1.{i}\n" for i in range(1, 6)]
    cells = [
        {"cell_type": "markdown", "source": "d_loss: 99"},
        {"cell_type": "code", "outputs": [{"output_type": "stream", "text": printed[:2]}]},
        {"cell_type": "code", "outputs": [{"output_type": "stream", "text": "".join(printed[2:])}]},
    ]
    path = tmp_path / "gan.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}))
    (log,) = read_raw([path])
    assert log.columns["d_loss"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_the_file_that_tells_most_is_taken_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "eval.csv").write_text("step,fid\n1,90\n2,80\n")
    (tmp_path / "loss.csv").write_text("step,d,g\n" + "".join(f"{i},0.5,0.6\n" for i in range(50)))
    (tmp_path / "model.pth").write_bytes(b"\x80\x02}q\x00.")
    (tmp_path / "train.py").write_text("d_loss = 0.5\n")
    (log,) = read_raw([tmp_path])
    assert (Path(log.name).name, log.rows) == ("loss.csv", 50)
    assert log.notes == (
        "2 logs in this folder: only loss.csv, which holds the most, was read, not eval.csv"
        f" (all of them: gandoctor scan {tmp_path})",
    )


def test_a_file_of_one_row_beside_the_log_is_no_other_log(tmp_path: Path) -> None:
    (tmp_path / "args.json").write_text('{"lr": 0.0002, "batch_size": 64}')
    (tmp_path / "loss.csv").write_text("step,d,g\n" + "".join(f"{i},0.5,0.6\n" for i in range(50)))
    (log,) = read_raw([tmp_path])
    assert log.notes == ("other files in the folder were not read: args.json",)


def test_logs_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for at, rows in (("a", 40), ("b", 50)):
        (tmp_path / at).mkdir()
        (tmp_path / at / "run.csv").write_text("step,d,g\n" + "".join(f"{i},0.5,0.6\n" for i in range(rows)))
    (log,) = read_raw([tmp_path])
    assert "only b/run.csv, which holds the most, was read, not a/run.csv" in log.notes[0]


def test_a_log_in_a_sub_folder_is_found_where_the_folder_has_none(tmp_path: Path) -> None:
    inside = tmp_path / "lightning_logs" / "version_0"
    inside.mkdir(parents=True)
    (inside / "metrics.csv").write_text("d_loss,epoch,g_loss,step\n0.5,0,,1\n,0,0.7,1\n0.6,0,,2\n")
    (inside / "hparams.yaml").write_text("lr: 0.1\n")
    (log,) = read_raw([tmp_path])
    assert log.logged["g_loss"].tolist() == [False, True, False]


@pytest.mark.parametrize(("files", "sentence"), [
    ({}, "it holds nothing"), ({"model.pth": b"\x80\x02}q\x00."}, r"it holds model\.pth"),
    ({f"{i}.png": b"\x89PNG" for i in range(12)}, r"0\.png, 1\.png.* and 4 more"),
])  # fmt: skip
def test_a_folder_without_a_log_lists_what_it_holds(files: dict[str, bytes], sentence: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableLog, match=rf"holds no log that can be read; {sentence}" if not files else sentence):
        read_raw([tmp_path])


def test_paths_inside_a_log_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("step,d\n1,42\n2,42\n")
    (tmp_path / "log.csv").write_text(f"step,d,path\n1,0.5,{tmp_path}/secret.csv\n2,0.6,{tmp_path}/secret.csv\n")
    (log,) = read_raw([tmp_path / "log.csv"])
    assert log.columns["d"].tolist() == [0.5, 0.6]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_link_that_points_nowhere_is_named(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(GandoctorError, match=r"link\.csv does not exist"):
        read_raw([tmp_path / "link.csv"])


BAD = {
    "an empty file": (b"", "is empty"),
    "only a header": (b"step,d_loss,g_loss\n", r"holds a header \(step, d_loss, g_loss\) and no row below it"),
    "only a header, semicolons": (b"step;d_loss\r\n", r"holds a header \(step, d_loss\)"),
    "rubbish": (bytes(range(256)), "is binary"),
    "json of text": (b'{"name": "x"}', "is JSON and holds no curve"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_its_name_and_a_reason(case: str, tmp_path: Path) -> None:
    content, sentence = BAD[case]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableLog, match=rf"bad\.csv {sentence}"):
        read_raw([path])


def test_nothing_given_is_refused() -> None:
    with pytest.raises(GandoctorError, match="no log was named"):
        read_raw([])


def read_or_refuse(data: bytes) -> None:
    """Reads bytes; fails on anything but rows of one length or a sentence that names the file."""
    try:
        logs = read_source(open_bytes(data, "this.log"))
    except GandoctorError as refusal:
        sentence = str(refusal)
        assert "this.log" in sentence
    else:
        assert all(len(values) == log.rows for log in logs for values in log.columns.values())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_bring_anything_but_a_log_or_a_sentence(data: bytes) -> None:
    read_or_refuse(data)


PIECES = st.sampled_from(
    ["step", "d_loss", ",", ";", "\t", "|", "\n", "\r\n", '"', "0.5", "1,2", "nan",
     "{", "}", "[", "]", ":", "tensor(", "#", "-", "%", " "]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_brings_anything_but_a_log_or_a_sentence(text: str) -> None:
    read_or_refuse(text.encode())


def corpus() -> list[tuple[str, str]]:
    index = CORPUS / "index.csv"
    if not index.is_file():
        return []
    with index.open(newline="") as handle:
        return [(row["file"], row["format"]) for row in csv.DictReader(handle)]


EXPECTED = (
    (r"TensorBoard event|VisualDL", "events"), (r"download CSV", "tags"), (r"metric jsonl \(FID only\)", "metrics"),
    (r"json", "json"), (r"CSV|pkl|NumPy", "table"), (r"excerpt", "text|table"),
    (r"notebook|text log|loss_log|file", "text"),
)  # fmt: skip


@pytest.mark.skipif(not corpus(), reason="the corpus of others' logs is not here")
def test_every_file_of_the_corpus_goes_to_the_reader_of_its_format() -> None:
    wrong = []
    for name, told in corpus():
        wanted = next(kind for pattern, kind in EXPECTED if re.search(pattern, told, re.IGNORECASE))
        kind = kind_of(open_source(CORPUS / name))
        logs = read_source(open_source(CORPUS / name)) if kind not in ("text",) else []
        if not re.fullmatch(wanted, kind) or any(not log.rows for log in logs):
            wrong.append((name, told, kind))
    assert wrong == []
