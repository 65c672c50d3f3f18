import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gandoctor.errors import UnreadableLog
from gandoctor.readers import table
from gandoctor.readers.cells import number
from gandoctor.readers.plaintable import read_plain
from gandoctor.readers.raw import RawLog
from gandoctor.readers.source import open_bytes
from gandoctor.readers.table import dialect_of, read_table

NAN = float("nan")


def read(text: str | bytes) -> RawLog:
    return read_table(open_bytes(text if isinstance(text, bytes) else text.encode(), "run.csv"))


def as_lists(log: RawLog) -> dict[str, list[float | None]]:
    """Column -> values, None where nothing was logged."""
    return {
        name: [
            float(value) if name not in log.logged or log.logged[name][row] else None
            for row, value in enumerate(values)
        ]
        for name, values in log.columns.items()
    }


def same(one: RawLog, other: RawLog) -> bool:
    """Whether two logs agree to the bit, lines and notes included."""
    mask = {name: other.logged.get(name, np.ones(other.rows, dtype=bool)) for name in other.columns}
    assert list(one.columns) == list(other.columns)
    assert one.lines is not None
    assert other.lines is not None
    return (
        all(values.tobytes() == other.columns[name].tobytes() for name, values in one.columns.items())
        and all((one.logged.get(name, np.ones(one.rows, dtype=bool)) == mask[name]).all() for name in mask)
        and one.lines.tolist() == other.lines.tolist()
        and (one.notes, one.totals) == (other.notes, other.totals)
    )


PLAIN = {"step": [0.0, 1.0, 2.0], "d_loss": [1.4, 1.2, 1.0], "g_loss": [0.7, 0.9, 1.1]}

WRITTEN = {
    "commas": "step,d_loss,g_loss\n0,1.4,0.7\n1,1.2,0.9\n2,1.0,1.1\n",
    "no newline at the end": "step,d_loss,g_loss\n0,1.4,0.7\n1,1.2,0.9\n2,1.0,1.1",
    "Windows line ends": "step,d_loss,g_loss\r\n0,1.4,0.7\r\n1,1.2,0.9\r\n2,1.0,1.1\r\n",
    "old Mac line ends": "step,d_loss,g_loss\r0,1.4,0.7\r1,1.2,0.9\r2,1.0,1.1\r",
    "blanks": "step, d_loss , g_loss\n0,  1.4, 0.7\n1, 1.2 ,0.9\n2, 1.0 , 1.1 \n",
    "tabs": "step\td_loss\tg_loss\n0\t1.4\t0.7\n1\t1.2\t0.9\n2\t1.0\t1.1\n",
    "semicolons": "step;d_loss;g_loss\n0;1.4;0.7\n1;1.2;0.9\n2;1.0;1.1\n",
    "decimal commas": "step;d_loss;g_loss\n0;1,4;0,7\n1;1,2;0,9\n2;1,0;1,1\n",
    "decimal commas between tabs": "step\td_loss\tg_loss\n0\t1,4\t0,7\n1\t1,2\t0,9\n2\t1,0\t1,1\n",
    "Excel's directive": "sep=;\nstep;d_loss;g_loss\n0;1,4;0,7\n1;1,2;0,9\n2;1,0;1,1\n",
    "bars": "step|d_loss|g_loss\n0|1.4|0.7\n1|1.2|0.9\n2|1.0|1.1\n",
    "a Markdown table": "| step | d_loss | g_loss |\n|---|---:|---:|\n"
    "| 0 | 1.4 | 0.7 |\n| 1 | 1.2 | 0.9 |\n| 2 | 1.0 | 1.1 |\n",
    "quotes": '"step","d_loss","g_loss"\n"0","1.4","0.7"\n"1","1.2","0.9"\n"2","1.0","1.1"\n',
    "comments": "# lr = 0.0002\n# batch, 64\nstep,d_loss,g_loss\n0,1.4,0.7\n1,1.2,0.9\n2,1.0,1.1\n",
    "NumPy's commented header": "# step,d_loss,g_loss\n0,1.4,0.7\n1,1.2,0.9\n2,1.0,1.1\n",
    "blank lines": "\nstep,d_loss,g_loss\n\n0,1.4,0.7\n\n1,1.2,0.9\n2,1.0,1.1\n\n\n",
    "delimiters at the end": "step,d_loss,g_loss,\n0,1.4,0.7,\n1,1.2,0.9,\n2,1.0,1.1,\n",
    "delimiters at the end of rows": "step,d_loss,g_loss\n0,1.4,0.7,\n1,1.2,0.9,\n2,1.0,1.1,\n",
    "a byte order mark": "\ufeffstep,d_loss,g_loss\n0,1.4,0.7\n1,1.2,0.9\n2,1.0,1.1\n",
    "tensors": "step,d_loss,g_loss\n0,tensor(1.4),tensor(0.7)\n1,tensor(1.2),tensor(.9)\n2,tensor(1.),tensor(1.1)\n",
    "tensors with commas": "step,d_loss,g_loss\n"
    + "".join(
        f"{i},tensor({d}, device='cuda:0', grad_fn=<AddBackward0>),\"tensor([{g}], dtype=torch.float64)\"\n"
        for i, d, g in ((0, 1.4, 0.7), (1, 1.2, 0.9), (2, 1.0, 1.1))
    ),
    "NumPy scalars": "step,d_loss,g_loss\n"
    "0,np.float32(1.4),array(0.7)\n1,np.float32(1.2),[0.9]\n2,np.float32(1.0),(1.1)\n",
    "exponents": "step,d_loss,g_loss\n0,1.4e+00,7E-1\n1,12e-1,.9\n2,1.,+1.1\n",
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_table_reads_the_same_however_it_is_written(how: str) -> None:
    log = read(WRITTEN[how])
    assert as_lists(log) == PLAIN
    assert log.notes == ()


def test_lines_are_those_of_the_file() -> None:
    lines = read("# a\nstep,d\n\n1,0.5\n\n2,0.6\n").lines
    assert lines is not None
    assert lines.tolist() == [4, 6]


COLUMNS: dict[str, tuple[str, dict[str, list[float | None]]]] = {
    "an unnamed pandas index": (",d,g\n0,0.5,0.6\n1,0.7,0.8\n", {"": [0, 1], "d": [0.5, 0.7], "g": [0.6, 0.8]}),
    "a frame without names": (",0,1\n0,0.5,0.6\n1,0.7,0.8\n", {"": [0, 1], "0": [0.5, 0.7], "1": [0.6, 0.8]}),
    "a series": (",0\n0,0.5\n1,0.7\n", {"": [0, 1], "0": [0.5, 0.7]}),
    "a header short of the index": ("d,g\n0,0.5,0.6\n1,0.7,0.8\n", {"": [0, 1], "d": [0.5, 0.7], "g": [0.6, 0.8]}),
    "no header": ("0,0.5,0.6\n1,0.7,0.8\n", {"0": [0, 1], "1": [0.5, 0.7], "2": [0.6, 0.8]}),
    "no header, tabs": ("0\t0.5\n1\t0.7\n", {"0": [0, 1], "1": [0.5, 0.7]}),
    "no step": ("d,g\n0.5,0.6\n0.7,0.8\n", {"d": [0.5, 0.7], "g": [0.6, 0.8]}),
    "one column": ("d_loss\n0.5\n0.7\n", {"d_loss": [0.5, 0.7]}),
    "bare numbers": ("0.5\n0.7\n", {"0": [0.5, 0.7]}),
    "a single row": ("step,d\n0,0.5\n", {"step": [0], "d": [0.5]}),
    "the same name twice": ("loss,loss\n0.5,0.6\n0.7,0.8\n", {"loss": [0.5, 0.7], "loss.1": [0.6, 0.8]}),
    "header of wide blanks": ("D_loss    acc   G_loss\n0.5 | 1 | 0.6\n0.7 | 2 | 0.8\n",
                              {"D_loss": [0.5, 0.7], "acc": [1, 2], "G_loss": [0.6, 0.8]}),
    "names with commas": ('"loss, D","loss, G"\n0.5,0.6\n0.7,0.8\n', {"loss, D": [0.5, 0.7], "loss, G": [0.6, 0.8]}),
    "Keras' NA": ("epoch,d,val\n0,0.5,NA\n1,0.7,0.8\n", {"epoch": [0, 1], "d": [0.5, 0.7], "val": [None, 0.8]}),
    "empty cells": ("step,d,fid\n0,0.5,\n1,,90\n2,0.7,\n", {"step": [0, 1, 2], "d": [0.5, None, 0.7],
                                                            "fid": [None, 90, None]}),
    "None and null": ("step,d,g\n0,None,1\n1,0.5,null\n", {"step": [0, 1], "d": [None, 0.5], "g": [1, None]}),
    "an empty column": ("step,d,note\n0,0.5,\n1,0.7,\n", {"step": [0, 1], "d": [0.5, 0.7]}),
    "infinities": ("d,g\ninf,-inf\nInfinity,1e999\n", {"d": [math.inf, math.inf], "g": [-math.inf, math.inf]}),
    "percent": ("step,acc\n0,85%\n1,90.5 %\n", {"step": [0, 1], "acc%": [85, 90.5]}),
    "thousands": ('step,g\n"1,000","1,234.5"\n"2,000","12,345,678"\n', {"step": [1000, 2000], "g": [1234.5, 12345678]}),
    "German thousands": ("step;g\n1;1.234,5\n2;0,5\n", {"step": [1, 2], "g": [1234.5, 0.5]}),
    "quoted decimal commas": ('step,g\n1,"0,55"\n2,"0,65"\n', {"step": [1, 2], "g": [0.55, 0.65]}),
    "average meters": ("step,d\n1,0.5 (0.7)\n2,0.6 (0.65)\n", {"step": [1, 2], "d": [0.5, 0.6]}),
    "a true minus": ("step,d\n1,\u22120.5\n2,0.6\n", {"step": [1, 2], "d": [-0.5, 0.6]}),
    "underscores are text": ("run,d\n2020_01_01,0.5\n2020_01_02,0.6\n", {"d": [0.5, 0.6]}),
}  # fmt: skip


@pytest.mark.parametrize("case", COLUMNS)
def test_tricky_columns_are_read(case: str) -> None:
    text, columns = COLUMNS[case]
    assert as_lists(read(text)) == columns


def test_a_logged_nan_is_told_from_an_empty_cell() -> None:
    log = read("step,d,fid\n0,nan,\n1,NaN,3\n2,,nan\n")
    assert log.logged["d"].tolist() == [True, True, False]
    assert log.logged["fid"].tolist() == [False, True, True]
    assert "step" not in log.logged
    assert np.isnan(log.columns["d"]).all()


def test_a_total_behind_a_slash_is_kept() -> None:
    log = read("epoch,d\n1/100,0.5\n2/100,0.6\n")
    assert (log.columns["epoch"].tolist(), log.totals) == ([1, 2], {"epoch": 100.0})


NOTES = {
    "cut last line": ("step,d,g\n0,0.5,0.6\n1,0.7,0.8\n2,0.", [0, 1], r"the last line \(4\) is cut off"),
    "last cell cut in the middle": ("step,d\n0,0.5\n1,0.7\n2,1e-", [0, 1], r"the last line \(4\) is cut off"),
    "last cell cut before a digit": ("step,d\n0,-0.5\n1,-0.7\n2,-", [0, 1, 2], ""),
    "short row in the middle": ("step,d,g\n" + "1,0.5,0.6\n" * 20 + "2,0.7\n" + "3,0.5,0.6\n" * 20, [1] * 20 + [3] * 20,
                                r"rows without 3 cells were left out: line 22$"),
    "long row in the middle": ("step,d,g\n" + "1,0.5,0.6\n" * 20 + "2,0.7,3,0.5,0.6\n" + "3,0.5,0.6\n", [1] * 20 + [3],
                               r"rows without 3 cells were left out: line 22$"),
    "words in the middle": ("step,d,g\n1,0.5,0.6\nSaving, a, checkpoint\n2,0.5,0.6\n3,.5,.6\n", [1, 2, 3],
                            r"rows without a number were left out: line 3$"),
    "a word in a cell": ("step,d\n1,0.5\n2,error\n3,0.6\n4,0.6\n", [1, 2, 3, 4], r"column 'd' holds text at line 3"),
    "a text column": ("time,step,d\n12:00:01,1,0.5\n12:00:02,2,0.6\n", [1, 2], r"column 'time' is not numeric"),
    "lines before the table": ("Using cuda\nStart: now\nstep,d,g\n" + "1,0.5,0.6\n" * 4, [1] * 4,
                               r"2 lines before the table were left out"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTES)
def test_what_is_out_of_line_is_noted_with_its_line(case: str) -> None:
    text, steps, note = NOTES[case]
    log = read(text)
    assert log.columns["step"].tolist() == steps
    if note:
        assert any(re.search(note, told) for told in log.notes), log.notes
    else:
        assert log.notes == ()


def test_many_faults_are_counted_and_the_first_named() -> None:
    log = read("step,d,g\n" + "1,0.5,0.6\n" * 50 + "1,2,3,4\n" * 8 + "1,0.5,0.6\n" * 50)
    assert log.notes == ("rows without 3 cells were left out: lines 52, 53, 54, 55, 56 and 3 more",)


def test_a_repeated_header_is_a_restart() -> None:
    log = read("epoch,d\n1,0.5\n2,0.6\nepoch,d\n1,0.7\nepoch,d\n1,0.8\n2,0.9\n")
    assert as_lists(log) == {"epoch": [1, 2, 1, 1, 2], "d": [0.5, 0.6, 0.7, 0.8, 0.9], "restart": [0, 0, 1, 2, 2]}
    assert log.lines is not None
    assert log.lines.tolist() == [2, 3, 5, 7, 8]
    assert "repeated 2 times" in log.notes[-1]


def test_a_restart_with_more_columns_goes_on_under_its_own_header() -> None:
    log = read("epoch,d\n1,0.5\n2,0.6\n3,0.6\n4,0.5\nepoch,d,fid\n5,0.7,90\n6,0.8,80\n")
    assert as_lists(log) == {
        "epoch": [1, 2, 3, 4, 5, 6],
        "d": [0.5, 0.6, 0.6, 0.5, 0.7, 0.8],
        "fid": [None, None, None, None, 90, 80],
        "restart": [0, 0, 0, 0, 1, 1],
    }


def test_rows_that_leave_their_last_cells_out_are_kept() -> None:
    text = "step,d,fid\n" + "".join(f"{i},0.5,90\n" if i % 3 == 0 else f"{i},0.5\n" for i in range(12))
    log = read(text)
    assert log.logged["fid"].tolist() == [i % 3 == 0 for i in range(12)]
    assert log.notes == ()


LABELLED: dict[str, tuple[str, dict[str, list[float | None]]]] = {
    "a curve a tag": ("run,tag,step,value\na,D,1,0.5\na,G,1,0.7\na,D,2,0.6\na,G,2,0.8\na,FID,2,90\n",
                      {"step": [1, 2], "D": [0.5, 0.6], "G": [0.7, 0.8], "FID": [None, 90]}),
    "a melted frame": ("epoch,variable,value\n1,d,0.5\n2,d,0.6\n1,g,0.7\n2,g,\n", {"epoch": [1, 2], "d": [0.5, 0.6],
                                                                                 "g": [0.7, None]}),
    "tags without steps": ("metric;value\nd;0,5\ng;0,7\nd;0,6\ng;0,8\n", {"d": [0.5, 0.6], "g": [0.7, 0.8]}),
    "tags with times": ("tag,step,wall_time,value\nd,1,10.5,0.5\nd,2,11.5,0.6\ng,2,11.75,0.7\n",
                        {"step": [1, 2], "wall_time": [10.5, 11.5], "d": [0.5, 0.6], "g": [None, 0.7]}),
    "phases": ("phase,epoch,d\ntrain,1,0.5\nval,1,0.9\ntrain,2,0.6\nval,2,0.8\n",
               {"epoch": [1, None, 2, None], "d": [0.5, None, 0.6, None], "val/epoch": [None, 1, None, 2],
                "val/d": [None, 0.9, None, 0.8]}),
    "one phase only": ("phase,epoch,d\ntrain,1,0.5\ntrain,2,0.6\n", {"epoch": [1, 2], "d": [0.5, 0.6]}),
    "a name that is a number": ("key,value\n1,0.5\n2,0.6\n", {"key": [1, 2], "value": [0.5, 0.6]}),
}  # fmt: skip


@pytest.mark.parametrize("case", LABELLED)
def test_rows_that_say_what_they_hold_are_sorted_by_it(case: str) -> None:
    text, columns = LABELLED[case]
    assert as_lists(read(text)) == columns


NO_TABLES = {
    "a log with commas": "Epoch 0, Loss D: 0.5, Loss G: 0.6\nEpoch 1, Loss D: 0.5, Loss G: 0.6\n",
    "a log with a time and commas": "12:00:01, epoch 1, d 0.5\n12:00:02, epoch 2, d 0.6\n",
    "bars": "Epoch [1/2] | d_loss: 0.5 | g_loss: 0.6\nEpoch [2/2] | d_loss: 0.5 | g_loss: 0.6\n",
    "logging's milliseconds": "2020-01-01 10:00:00,123 d 0.5\n2020-01-01 10:00:01,456 d 0.6\n",
    "names beside numbers": "epoch,1,d_loss,0.5,g_loss,0.6\nepoch,2,d_loss,0.5,g_loss,0.6\n",
    "machinelearningmastery": ">1, 1/100, d=0.5, g=0.6\n>2, 1/100, d=0.5, g=0.6\n",
    "semicolons": "iteration:1;errorD:0.5;loss_G:0.6\niteration:2;errorD:0.5;loss_G:0.6\n",
    "free text cells": "time,message\n10:00,d_loss 0.5 g_loss 0.6\n10:01,d_loss 0.4 g_loss 0.7\n",
    "prose": "We train, and train.\nThe loss falls, and then it rises.\n",
    "tqdm": "Epoch: 1, G_loss = 3.2, D_loss = 0.2: 100%|###| 600/600 [00:16<00:00, 37.03it/s]\n" * 3,
}


@pytest.mark.parametrize("case", NO_TABLES)
def test_a_log_with_delimiters_in_it_is_no_table(case: str) -> None:
    assert dialect_of(open_bytes(NO_TABLES[case].encode(), "x.csv")) is None
    with pytest.raises(UnreadableLog, match=r"x\.csv is no table"):
        read_table(open_bytes(NO_TABLES[case].encode(), "x.csv"))


NUMBERS = {
    "0.5": 0.5, "1,234.5": 1234.5, "1,234": 1234, "0,55": 0.55, "85%": 85, "85.5 %": 85.5, "3/100": 3, "1e-3": 1e-3,
    "tensor(1.0110)": 1.011, "tensor(1.01, device='cuda:0', grad_fn=<SubBackward0>)": 1.01, "tensor([[0.5]])": 0.5,
    "tensor(nan)": NAN, "np.float64(0.5)": 0.5, "array([0.5], dtype=float32)": 0.5, "[0.5]": 0.5, "(0.5,)": 0.5,
    "<tf.Tensor: shape=(), dtype=float32, numpy=0.69>": 0.69,
    "'0.5'": 0.5, "True": 1, "-inf": -math.inf, "1.5 (1.7)": 1.5,
    "-1.#IND": NAN, "1.#QNAN": NAN, "-1.#INF00": -math.inf, "1.#X": None,
    "-nan": NAN, "1_000": None, "abc": None, "": None, "1.2.3": None, "10:00": None, "2020-01-01": None, "[1, 2]": None,
    "tensor(1.0": None, "0.5 0.6": None, "1e": None, "12ms": None, "%": None,
}  # fmt: skip


@pytest.mark.parametrize("cell", NUMBERS)
def test_a_cell_is_the_number_that_it_writes_or_none(cell: str) -> None:
    found, wanted = number(cell), NUMBERS[cell]
    assert found == wanted or (found is not None and wanted is not None and math.isnan(found) and math.isnan(wanted))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets pandas try every table, whatever its size."""
    monkeypatch.setattr(table, "LARGE", 0)


BOTH = (
    {f"written with {name}": text for name, text in WRITTEN.items()}
    | {name: text for name, (text, _) in COLUMNS.items()}
    | {f"noted: {name}": text for name, (text, _, _) in NOTES.items()}
    | {
        "logged nan": "step,d,fid\n0,nan,\n1,NaN,3\n2,,nan\n",
        "restart": "epoch,d\n1,0.5\n2,0.6\nepoch,d\n1,0.7\n",
        "17 digits": "step,d\n0,0.30000000000000004\n1,123456789.12345678\n2,2.2250738585072014e-308\n3,5e-324\n",
        "sparse last column": "step,d,fid\n" + "".join(f"{i},0.5,{'9' if i % 7 == 0 else ''}\n" for i in range(99)),
        "a cut line whose last column is empty": "step,d,fid\n" + "1,0.5,\n" * 30 + "2,0.5\n" + "3,0.5,1\n" * 30,
        "blank lines inside": "step,d\n0,0.5\n\n\n1,0.6\n\n",
        "rows of nothing": "step,d\n0,0.5\n,\n1,0.6\n",
        "rows of nan": "step,d\n0,0.5\nnan,nan\n1,0.6\n",
        "a time column": "time,d\n2020-01-01 10:00:00,0.5\n2020-01-01 10:00:01,0.6\n",
        "Latin names": "\xe9poque,d\n1,0.5\n2,0.6\n",
        "zero bytes": "step,d\n1,0.5\n2,0.6\n" + "\0" * 50,
        "comments inside": "step,d\n1,0.5\n# saved\n2,0.6\n",
        "true and false": "step,d,best\n1,0.5,True\n2,0.6,False\n",
        "spaces for empty": "step,d\n1, \n2,0.6\n",
        "signs": "step,d\n+1,+0.5\n-2,-.6\n",
        "long integers": "step,d\n12345678901234567890123,0.5\n2,0.6\n",
    }
)


@pytest.mark.parametrize("case", BOTH)
def test_pandas_and_the_careful_reader_agree_to_the_bit(case: str, quick: None) -> None:
    text = BOTH[case]
    source = open_bytes(text.encode("latin-1") if case == "Latin names" else text.encode(), "run.csv")
    dialect = dialect_of(source)
    assert dialect is not None
    assert same(read_table(source), table.read_carefully(source, dialect))


@pytest.mark.parametrize("case", BOTH)
def test_numpy_and_the_careful_reader_agree_to_the_bit_where_numpy_dares(case: str) -> None:
    text = BOTH[case]
    source = open_bytes(text.encode("latin-1") if case == "Latin names" else text.encode(), "run.csv")
    dialect = dialect_of(source)
    assert dialect is not None
    plain = read_plain(source, dialect)
    if plain is not None:
        plain = replace(plain, notes=(*source.notes, *plain.notes))
        assert same(plain, table.read_carefully(source, dialect))


def test_numpy_dares_where_every_cell_is_a_plain_number() -> None:
    source = open_bytes(b"step,d_loss,g_loss\n" + b"1,0.5,nan\n2,-1e-3,inf\n" * 20, "run.csv")
    dialect = dialect_of(source)
    assert dialect is not None
    plain = read_plain(source, dialect)
    assert plain is not None
    assert same(plain, table.read_carefully(source, dialect))


CELLS = st.one_of(
    st.floats(width=64).map(repr),
    st.floats(min_value=-1e6, max_value=1e6).map("{:.4f}".format),
    st.integers(-(10**9), 10**9).map(str),
    st.sampled_from(["", "nan", "NA", "inf", "-inf", " 0.5 ", "1e-3", "None", "tensor(0.5)", "85%", "x"]),
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=30), st.booleans())
def test_pandas_and_the_careful_reader_agree_on_any_cells(rows: list[tuple[str, str, str]], ended: bool) -> None:
    text = "step,d,g\n0,0.5,0.6\n" + "\n".join(",".join(row) for row in rows) + ("\n" if ended else "")
    source = open_bytes(text.encode(), "run.csv")
    dialect = dialect_of(source)
    if dialect is None:
        return
    from gandoctor.readers.bigtable import read_quick

    for quick_log in (read_quick(source, dialect), read_plain(source, dialect)):
        if quick_log is not None:
            assert same(quick_log, table.read_carefully(source, dialect))


def test_a_clean_large_table_takes_the_quick_way(tmp_path: Path) -> None:
    from gandoctor.readers.bigtable import read_quick
    from gandoctor.readers.source import open_source

    path = tmp_path / "big.csv"
    rows = "".join(f"{i},{i / 7!r},{i / 3!r},{'' if i % 9 else i}\n" for i in range(120_000))
    path.write_text("step,d_loss,g_loss,fid\n" + rows)
    source = open_source(path)
    dialect = dialect_of(source)
    assert dialect is not None
    assert source.size > table.LARGE
    log = read_quick(source, dialect)
    assert log is not None
    assert same(log, table.read_carefully(source, dialect))
    assert all(values.dtype == np.float64 for values in log.columns.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_pieces_of_a_long_careful_reading_fit_together(encoding: str) -> None:
    text = "step,d\n" + "".join(f"{i},tensor({i}.5)\n" for i in range(45_000)) + "45000,0."
    log = read(text.encode(encoding))
    assert log.columns["step"].tolist() == list(range(45_001))
    assert log.columns["d"][44_999] == 44_999.5


def test_a_small_table_is_read_without_pandas(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("step,d_loss,g_loss\n" + "".join(f"{i},0.5,0.6\n" for i in range(450)))
    program = (
        "import sys; from gandoctor.readers.formats import read_raw;"
        "log, = read_raw([sys.argv[1]]); assert log.rows == 450;"
        "print([m for m in ('pandas', 'scipy', 'matplotlib', 'tensorboard', 'rich', 'click') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


BAD = {
    "no rows": ("step,d,g\nx,y,z\n", "is no table|no row of numbers"),
    "nothing but words": ("alpha,beta\nx,y\nz,w\n", "is no table"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_table_without_numbers_is_refused(case: str) -> None:
    text, sentence = BAD[case]
    with pytest.raises(UnreadableLog, match=sentence):
        read(text)
