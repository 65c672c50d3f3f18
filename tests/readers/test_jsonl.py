import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gandoctor
from gandoctor.errors import UnreadableLog
from gandoctor.readers.formats import read_raw
from gandoctor.readers.jsonl import looks_like_json, read_json
from gandoctor.readers.raw import RawLog


def read(text: str) -> RawLog:
    log = read_json(text, "run.json")
    assert log is not None
    return log


def as_lists(log: RawLog) -> dict[str, list[float | None]]:
    return {
        name: [
            float(value) if name not in log.logged or log.logged[name][row] else None
            for row, value in enumerate(values)
        ]
        for name, values in log.columns.items()
    }


ROWS = [{"step": i, "d_loss": 1.5 - i / 10, "g_loss": 0.7 + i / 10} for i in range(4)]
CURVES = {key: [row[key] for row in ROWS] for key in ROWS[0]}
PLAIN = {key: [float(value) for value in values] for key, values in CURVES.items()}

SHAPES: dict[str, str] = {
    "an object a line": "\n".join(map(json.dumps, ROWS)) + "\n",
    "Windows lines": "\r\n".join(map(json.dumps, ROWS)),
    "blank lines": "\n\n".join(map(json.dumps, ROWS)),
    "an array": json.dumps(ROWS),
    "an array over many lines": json.dumps(ROWS, indent=4),
    "objects over many lines": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "objects without a break": "".join(map(json.dumps, ROWS)),
    "an object of arrays": json.dumps(CURVES),
    "a history": json.dumps({"history": CURVES, "params": {"epochs": 4}}).replace("history", ""),
    "rows inside": json.dumps({"model": "dcgan", "log_history": ROWS, "best": None}),
    "numbers as strings": "\n".join(json.dumps({key: str(value) for key, value in row.items()}) for row in ROWS),
    "tensors as strings": "\n".join(
        json.dumps({k: f"tensor({v}, device='cuda:0')" for k, v in r.items()}) for r in ROWS
    ),
    "lists of one": "\n".join(json.dumps({key: [value] for key, value in row.items()}) for row in ROWS),
    "a split frame": json.dumps(
        {"columns": list(CURVES), "index": [0, 1, 2, 3], "data": [list(r.values()) for r in ROWS]}
    ),
    "a collector's means": "\n".join(
        json.dumps({key: {"num": 8, "mean": value, "std": 0.1} for key, value in row.items()}) for row in ROWS
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_run_reads_the_same_in_every_shape(shape: str) -> None:
    columns = as_lists(read(SHAPES[shape]))
    assert {name.removeprefix("/"): values for name, values in columns.items()} == PLAIN


COLUMNS: dict[str, tuple[str, dict[str, list[float | None]]]] = {
    "nested": ('{"loss": {"d": 1, "g": {"adv": 2}}}\n{"loss": {"d": 3, "g": {"adv": 4}}}',
               {"loss/d": [1, 3], "loss/g/adv": [2, 4]}),
    "sparse": ('{"step": 1, "d": 0.5}\n{"step": 2, "fid": 90}\n{"step": 3, "d": null}',
               {"step": [1, 2, 3], "d": [0.5, None, None], "fid": [None, 90, None]}),
    "infinite": ('{"d": Infinity, "g": -Infinity}\n{"d": 1e999, "g": "inf"}',
                 {"d": [math.inf, math.inf], "g": [-math.inf, math.inf]}),
    "percent": ('{"acc": "85%"}\n{"acc": "90 %"}', {"acc%": [85, 90]}),
    "a frame by index": ('{"d": {"0": 0.5, "1": 0.6}, "g": {"0": 0.7, "1": 0.8}}', {"": [0, 1], "d": [0.5, 0.6],
                                                                                  "g": [0.7, 0.8]}),
    "values by iteration": ('{"train": {"d cost": {"10": 0.5, "5": 0.6}}, "dev": {"d cost": {"10": 0.7, "20": 0.8}}}',
                            {"": [5, 10, 20], "train/d cost": [0.6, 0.5, None], "dev/d cost": [None, 0.7, 0.8]}),
    "shorter curves": ('{"d": [1, 2, 3, 4, 5, 6], "g": [7, 8]}', {"d": [1, 2, 3, 4, 5, 6],
                                                                 "g": [None, None, 7, None, None, 8]}),
    "rows of rows": ("[[1, 0.5], [2, 0.6]]", {"0": [1, 2], "1": [0.5, 0.6]}),
    "validation rows": ('{"mode": "train", "d": 1}\n{"mode": "val", "d": 2}\n{"mode": "train", "d": 3}',
                        {"d": [1, None, 3], "val/d": [None, 2, None]}),
    "a curve a tag": ('{"tag": "d", "step": 1, "value": 0.5}\n{"tag": "g", "step": 1, "value": 0.7}\n'
                      '{"tag": "d", "step": 2, "value": 0.6}', {"step": [1, 2], "d": [0.5, 0.6], "g": [0.7, None]}),
    "a single object": ('{"d_loss": 0.5, "g_loss": 0.7}', {"d_loss": [0.5], "g_loss": [0.7]}),
}  # fmt: skip


@pytest.mark.parametrize("case", COLUMNS)
def test_tricky_objects_are_read(case: str) -> None:
    text, columns = COLUMNS[case]
    assert as_lists(read(text)) == columns


def test_a_logged_nan_is_told_from_a_missing_key() -> None:
    log = read('{"d": NaN, "g": 1}\n{"g": 2}\n{"d": "nan", "g": 3}')
    assert log.logged["d"].tolist() == [True, False, True]
    assert np.isnan(log.columns["d"]).all()


def test_a_first_line_about_the_environment_becomes_context() -> None:
    env = {"env_info": "long\n" * 100, "seed": 7, "exp_name": "dcgan"}
    log = read("\n".join(json.dumps(row) for row in [env, *ROWS]))
    assert as_lists(log) == PLAIN
    assert log.context == {"seed": 7, "exp_name": "dcgan"}
    assert log.lines is not None
    assert log.lines.tolist() == [2, 3, 4, 5]


def test_text_that_never_changes_becomes_context() -> None:
    log = read("\n".join(json.dumps(row | {"gan_loss": "hinge", "time": f"10:0{i}"}) for i, row in enumerate(ROWS)))
    assert (as_lists(log), log.context) == (PLAIN, {"gan_loss": "hinge"})


CUT = {
    "lines": ("\n".join(map(json.dumps, ROWS)) + '\n{"step": 4, "d_l', r"the last line \(5\) is cut off"),
    "an array": (json.dumps([*ROWS, {"step": 4}], indent=1)[:-6], "the end of the file is cut off"),
    "after a comma": (json.dumps(ROWS)[:-1] + ", ", "the end of the file is cut off"),
    "a wordy line": (
        "\n".join(map(json.dumps, ROWS[:2])) + "\nsaving\n" + "\n".join(map(json.dumps, ROWS[2:])),
        "line 3",
    ),
}


@pytest.mark.parametrize("case", CUT)
def test_a_cut_end_costs_one_object_and_is_noted(case: str) -> None:
    import re

    text, note = CUT[case]
    log = read(text)
    assert as_lists(log) == PLAIN
    assert re.search(note, log.notes[0])


@pytest.mark.parametrize(
    "text",
    ["[0] [Epoch 0/50] [D loss: 0.5]\n" * 3, "[1/50] D_loss=0.5\n", "[INFO] d 0.5", "{}: d 0.5", "{step 1}", "[-] d"],
)
def test_a_log_line_that_begins_with_a_bracket_is_no_json(text: str) -> None:
    assert not looks_like_json(text) or read_json(text, "x") is None


@pytest.mark.parametrize("text", ["{}", "[]", '{"name": "x"}', '["a", "b"]', '[{"a": "b"}]', "[[]]", '{"a": []}'])
def test_json_without_a_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLog, match=r"run\.json is JSON and holds no curve"):
        read(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"a":' * 900 + "1" + "}" * 900])
def test_deep_nesting_is_refused_and_no_crash(text: str) -> None:
    with pytest.raises(UnreadableLog, match="x is JSON"):
        read_json(text, "x")


def stats(kimg: float, d: float) -> dict[str, Any]:
    mean = {"num": 1, "std": 0.0}
    return {"Progress/kimg": {**mean, "mean": kimg}, "Loss/D/loss": {**mean, "mean": d}, "timestamp": 1.7e9 + kimg}


def metric(name: str, kimg: int, value: float) -> dict[str, Any]:
    return {"results": {name: value}, "metric": name, "snapshot_pkl": f"network-snapshot-{kimg:06d}.pkl", "num_gpus": 1}


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def stylegan(tmp_path: Path) -> Path:
    write_lines(tmp_path / "stats.jsonl", [stats(0.1, 0.5), stats(4.1, 0.6), stats(8.2, 0.7)])
    write_lines(tmp_path / "metric-fid50k_full.jsonl", [metric("fid50k_full", 0, 300), metric("fid50k_full", 8, 90)])
    write_lines(tmp_path / "metric-kid50k.jsonl", [metric("kid50k", 8, 0.1), metric("kid50k", 12, 0.05)])
    return tmp_path


@pytest.mark.parametrize("what", [".", "stats.jsonl"])
def test_stylegan_stats_are_joined_with_the_metrics_beside_them(stylegan: Path, what: str) -> None:
    (log,) = read_raw([stylegan / what])
    columns = as_lists(log)
    assert columns.pop("timestamp")[3] is None
    assert columns == {
        "Progress/kimg": [0.1, 4.1, 8.2, 12],
        "Loss/D/loss": [0.5, 0.6, 0.7, None],
        "fid50k_full": [300, None, 90, None],
        "kid50k": [None, None, 0.1, 0.05],
    }


def test_a_metric_file_alone_has_the_kimg_of_its_snapshots(stylegan: Path) -> None:
    (log,) = read_raw([stylegan / "metric-fid50k_full.jsonl"])
    assert as_lists(log) == {"Progress/kimg": [0, 8], "fid50k_full": [300, 90]}


def test_a_folder_of_metric_files_without_stats_joins_them(stylegan: Path) -> None:
    (stylegan / "stats.jsonl").unlink()
    (log,) = read_raw([stylegan])
    assert as_lists(log) == {
        "Progress/kimg": [0, 8, 12],
        "fid50k_full": [300, 90, None],
        "kid50k": [None, 0.1, 0.05],
    }


def test_stylegan_files_given_together_are_one_log(stylegan: Path) -> None:
    (log,) = read_raw([stylegan / "stats.jsonl", stylegan / "metric-kid50k.jsonl"])
    assert "kid50k" in log.columns


PAIRS = {
    "lists of step and value": {"d_loss": [[k * 10, d] for k, d in enumerate([1.5, 1.25, 1.0])],
                                "g_loss": [[k * 10, d] for k, d in enumerate([0.5, 0.75, 1.0])]},
    "objects by step": {str(k * 10): {"d_loss": 1.5 - 0.25 * k, "g_loss": 0.5 + 0.25 * k} for k in (2, 0, 1)},
}  # fmt: skip


@pytest.mark.parametrize("shape", PAIRS)
def test_values_stand_at_the_steps_that_the_document_gives(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(PAIRS[shape]))
    run = gandoctor.read(path)
    assert run.unit == "step"
    for metric, values in (("d_loss", [1.5, 1.25, 1.0]), ("g_loss", [0.5, 0.75, 1.0])):
        assert run.curves[metric].steps.tolist() == [0, 10, 20]
        assert run.curves[metric].values.tolist() == values


def test_lists_of_two_that_do_not_count_are_columns_still() -> None:
    log = read_json(json.dumps({"d_loss": [[0.5, 0.25], [0.75, 0.5], [0.5, 0.5]]}), "log")
    assert log is not None
    assert list(log.columns) == ["d_loss/0", "d_loss/1"]
