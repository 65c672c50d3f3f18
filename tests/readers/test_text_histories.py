"""A training that is printed as lists once it is over, in the forms that programs print it in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import gandoctor
from gandoctor.errors import NoGanCurve
from gandoctor.readers.text_histories import begins_with_list, histories_in

if TYPE_CHECKING:
    from pathlib import Path

    from gandoctor.model import Run

RNG = np.random.default_rng(0)
D, G = RNG.normal(1.3, 0.1, 60).round(4), RNG.normal(0.8, 0.1, 60).round(4)
d, g = D.tolist(), G.tolist()
GONE = "Epoch 1 done in 10.5 s\nEpoch 2 done in 10.4 s\n"


def tensors(values: list[float]) -> str:
    return "[" + ", ".join(f"tensor({value}, device='cuda:0', grad_fn=<MeanBackward0>)" for value in values) + "]"


FORMS = {
    "a dictionary": f"{ {'d_loss': d, 'g_loss': g} }\n",
    "JSON": json.dumps({"d_loss": d, "g_loss": g}),
    "names before": f"d_losses {d}\ng_losses {g}\n",
    "assignments": f"d_losses = {d}\n\ng_losses = {g}\n",
    "after a log without losses": f"{GONE}D losses: {d}\nG losses: {g}\n",
    "both on a line": f"{GONE}D loss: {d}, G loss: {g}",
    "numpy's repr, over lines": f"D losses: {D!r}\nG losses: {G!r}\n",
    "numpy's str, over lines": f"D losses: {D}\nG losses: {G}\n",
    "numpy's numbers": f"D losses: {list(D)}\nG losses: {list(G)}\n",
    "tensors": f"D losses: {tensors(d)}\nG losses: {tensors(g)}\n",
    "a number a line": "D losses: [" + ",\n".join(map(str, d)) + "]\nG losses: [" + ",\n".join(map(str, g)) + "]\n",
    "names on lines before": f"G losses:\n{g}\nD losses:\n{d}\n",
    "no names": f"({d}, {g})",
    "beside other numbers": f"1,234.5 s, d_loss = {d}\n10,000 images, -1.#IND, g_loss = {g} after 1,234,567 steps\n",
    "growing": "".join(f"Epoch {k} D: {d[: 12 * k]} G: {g[: 12 * k]}\n" for k in range(1, 6)),
    "other lists": f"betas = [0.5, 0.999]\nd_loss = {d}\ng_loss = {g}\nd_lr = {[2e-4] * 60}\nfid = {d[:14]}\n",
}


def read(tmp_path: Path, text: str) -> Run:
    path = tmp_path / "printed.txt"
    path.write_text(text)
    return gandoctor.read(path)


@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_a_curve(tmp_path: Path, form: str) -> None:
    run = read(tmp_path, FORMS[form])
    assert {"d_loss", "g_loss"} <= run.curves.keys()
    assert run.curves["d_loss"].values.tolist() == d
    assert run.curves["g_loss"].values.tolist() == g


def test_what_was_done_is_said(tmp_path: Path) -> None:
    notes = read(tmp_path, FORMS["other lists"]).notes
    said = "3 printed lists of 60 numbers each were read as the course of the training; fid, of another length, not"
    assert said in notes


def test_a_counter_counts(tmp_path: Path) -> None:
    run = read(tmp_path, f"steps: {list(range(0, 6000, 100))}\nd_loss: {d}\ng_loss: {g}\n")
    assert run.curves["d_loss"].steps.tolist() == list(range(0, 6000, 100))


def test_findings_point_at_the_lists(tmp_path: Path) -> None:
    path = tmp_path / "printed.txt"
    path.write_text(f"{GONE}\nd_loss: {d}\ng_loss: {g}\n")
    run = gandoctor.read(path)
    assert run.line(30.0) == 4


@pytest.mark.parametrize("rows", [12, 200])
def test_rows_go_before_a_shorter_list(tmp_path: Path, rows: int) -> None:
    lines = [f"step {k} d_loss: {1 + k / 1000} g_loss: 0.5" for k in range(rows)]
    run = read(tmp_path, "\n".join([*lines[:5], f"g_losses of the last epoch: {g[:12]}", *lines[5:]]))
    assert run.curves.keys() == {"d_loss", "g_loss"}
    assert run.curves["d_loss"].values.tolist() == [1 + k / 1000 for k in range(rows)]


@pytest.mark.parametrize(
    "text",
    [
        "step 1 d_loss: [0.5, 0.6, 0.7] g_loss: [0.5, 0.6, 0.7]\n",  # three networks
        f"generator channels: {[64] * 20}\n",
        f"betas: {d}\n",
        f"d_loss: [{', '.join(['0.5'] * 20)}, none]\n",
        "".join(f"step {k} d_loss: {d[k : k + 14]}\n" for k in range(20)),  # a list of networks in each row
        "no list at all\n",
        "[Epoch 1/200] [Batch 3/400] [D loss: 0.5] [G loss: 0.7, 0.8, and eleven more numbers]\n",
        "",
    ],
)
def test_other_lists_are_no_history(text: str) -> None:
    assert histories_in(text) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        (f"d = {d}", True),
        (f"d = {d}"[:100], True),
        (f"([{', '.join(map(str, d))}], 5)", True),
        ("step,d_loss\n1,0.5\n", False),
        ('step,d_losses\n1,"[0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7]"\n', False),
        ("[1/50][0/400] 0.5, 0.6", False),
        ("", False),
    ],
)
def test_a_text_that_begins_with_a_list_is_no_table(text: str, begins: bool) -> None:
    assert begins_with_list(text) == begins


def test_a_list_of_losses_in_a_row_is_of_64_networks_at_most(tmp_path: Path) -> None:
    run = read(tmp_path, "".join(f"step {k} d_loss: {[k / 8] * 300} g_loss: {[k / 4] * 300}\n" for k in (1, 2, 3)))
    assert len(run.curves) == 128
    assert [note for note in run.notes if note.endswith("pairs of networks: the first 64 were read")]


def test_lists_without_a_loss_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(NoGanCurve):
        read(tmp_path, f"width: {[16] * 30}\nheight: {[32] * 30}\n")
