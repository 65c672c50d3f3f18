"""Lines of one shape that are read together give what they give one by one."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from gandoctor.errors import UnreadableLog
from gandoctor.readers import text_blocks, text_entries
from gandoctor.readers.text import read_text
from gandoctor.readers.text_blocks import Pace, alike
from gandoctor.readers.text_tokens import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gandoctor.readers.raw import RawLog

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "raw"
FORMS = (
    "[{i}/50][{i}/400] Loss_D: {f} Loss_G: {f}",
    "Epoch {i} step {i} D loss {f}, G loss {f}",
    "step {i} d_loss {f} g_loss {f}",
    "iter {i}: D(x): {f} D(G(z)): {f} / {f}",
    "2024-01-02 03:04:05 step {i} d_loss={f} g_loss={f}",
    "{i} d_loss={f}",
    "{i} g_loss={f}",
    "d_loss {f} g_loss {f}",
    "Epoch {i}/50",
    "epoch: {i} lr: {f}",
    "({f}) {f}",
    "step {i}, {f}, {f}",
    "| {i} | {f} | {f} |",
    "| step | d_loss | g_loss |",
    "D loss {i}: {f} G loss {i}: {f}",
    "step {i} d_loss tensor({f}, device='cuda:0') g_loss {f}",
    "10/400 [==>...] - ETA: 3s - d_loss: {f}\r{i}/400 [==>...] - ETA: 3s - d_loss: {f}",
    "step {i} FID {f}",
    "saved checkpoint {i}",
    "==== Training Loss (Sun Aug 19 08:57:32 2018) ====",
    "--{i} 2018-08-19 Loss---",
    "D loss:",
    "{f}",
    "{i} {f} d_loss {f}",
    "[{i}-{i}-{i}] d_loss {f}",
    "{i}.{i} {i}:{i} d_loss {f}",
    "",
)
WHOLE = st.one_of(st.integers(0, 12).map(str), st.sampled_from(["2023", "10", "1,234", "400"]))
FRACTION = st.one_of(
    st.floats(-3, 30).map(lambda value: f"{value:.4f}"),
    st.sampled_from(
        ["nan", "inf", "1", "0.5", "-1.#IND", "1e-05", "N/A", "1,234.5", "-0.25", "0.5%", "1.2.3", "12:30"]
    ),
)
"""Among them texts that make another shape of a line, or a date or a version of a number."""


@st.composite
def logs(draw: Any) -> str:
    """Runs of lines of one form each, with numbers drawn anew for each line or counted on."""
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        form = draw(st.sampled_from(FORMS))
        odd = draw(st.lists(st.tuples(st.integers(0, 60), FRACTION, WHOLE), max_size=4))
        at = {place: (fraction, whole) for place, fraction, whole in odd}
        for place in range(draw(st.integers(1, 60))):
            fraction, whole = at.get(place, (f"{0.5 + 0.01 * place:.3f}", str(place)))
            lines.append(form.replace("{f}", fraction).replace("{i}", whole))
    return "\n".join(lines)


def read(text: str) -> dict[str, Any] | str:
    """What the reader makes of a text, in a form that can be compared; NaN equals NaN."""
    try:
        log: RawLog = read_text(text, "log")
    except UnreadableLog as error:
        return str(error)
    assert log.lines is not None
    return {
        "columns": {name: [repr(value) for value in values.tolist()] for name, values in log.columns.items()},
        "order": list(log.columns),
        "logged": {name: mask.tolist() for name, mask in log.logged.items()},
        "lines": log.lines.tolist(),
        "types": {(values.dtype.str, values.ndim) for values in log.columns.values()},
        "totals": dict(log.totals),
        "notes": log.notes,
    }


@contextmanager
def tried(due: Callable[[Any], bool]) -> Iterator[None]:
    """Sets after which lines the reader tries whether the next ones are alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "is_due", lambda _, shape: due(shape))
        yield


def both(text: str) -> tuple[Any, Any]:
    """What is read line by line, and where each line is tried with those that follow."""
    with tried(lambda _: False):
        alone = read(text)
    with tried(lambda shape: shape is not None):
        return alone, read(text)


@settings(max_examples=400, deadline=None)
@given(text=logs())
def test_lines_read_together_are_lines_read_one_by_one(text: str) -> None:
    alone, together = both(text)
    assert together == alone
    assert read(text) == alone


@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled logs are not here")
def test_so_are_those_of_real_logs() -> None:
    differ = []
    for path in sorted(CORPUS.glob("*.[tlo][xou][tg]")):
        alone, together = both(path.read_bytes()[:400_000].decode("utf-8", errors="replace"))
        if alone != together:
            differ.append(path.name)
    assert differ == []


def test_a_long_log_is_cut_in_few_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Mock(side_effect=cut)
    for module in (text_blocks, text_entries):
        monkeypatch.setattr(module, "cut", counted)
    lines = [f"[{step // 400}/50][{step % 400}/400] Loss_D: 0.{step:05} Loss_G: 1.5" for step in range(20_000)]
    log = read_text("\n".join(lines), "log")
    assert log.columns["Loss_D"].tolist() == [float(f"0.{step:05}") for step in range(20_000)]
    assert log.lines is not None
    assert log.lines.tolist() == list(range(1, 20_001))
    assert counted.call_count < 100


def test_tries_become_rare_where_they_gain_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Mock(side_effect=alike)
    monkeypatch.setattr(text_entries, "alike", counted)
    turn = [f"step {{0}} {name}_loss {{1}}\n" * 5 for name in ("d", "g")]
    read("".join(form.format(step, 0.5) for step in range(2_000) for form in turn))
    assert sum(len(call.args[0]) for call in counted.call_args_list) < 1_000


@pytest.mark.parametrize("width", [30, 300, 4_000])
def test_no_more_numbers_are_cut_at_once_than_fit_into_memory(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    counted = Mock(side_effect=alike)
    monkeypatch.setattr(text_entries, "alike", counted)
    line = "step {} d_loss 0.5" + " 1.5" * width
    log = read_text("\n".join(line.format(step) for step in range(600_000 // width)), "log")
    assert log.columns["step"].tolist() == list(range(600_000 // width))
    tried = [len(call.args[0]) for call in counted.call_args_list]
    assert bool(tried) == (width < 4_000)
    assert max(tried, default=0) * width <= 50_000


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["step 2 d 0.5", "step 3 d 1.5"], 2),
        (["step 2 d 0.5", "step 3 d 1"], 1),
        (["step 2 d 0.5", "step 3.5 d 1.5"], 1),
        (["step 2 d 0.5", "step 3 g 1.5"], 1),
        (["step 2 d 0.5", " step 3 d 1.5"], 0),
        (["step 2 d 0.5", "step 3 d 1.5 end"], 1),
        (["step 2 d 0.5", "step 3 d 1.5 4"], 1),
        (["step 2 d 0.5", "", "step 3 d 1.5"], 0),
        (["step 2 d 0.5", "step 2023-01-05 d 1.5"], 1),
        (["step 2 d 0.5", "step 3 d N/A"], 1),
        (["2 step 2 d 0.5"], 0),
        (["no numbers"], 0),
        ([], 0),
    ],
)
def test_alike_ends_at_the_first_other_shape(lines: list[str], whole: int) -> None:
    numbers = alike(lines, cut("step 1 d 0.25"), ())
    assert numbers == [["2", "3"][:whole], ["0.5", "1.5"][:whole]]


def test_alike_keeps_numbers_that_are_names() -> None:
    assert alike(["d1 loss 1: 2.5", "d1 loss 2: 3.5"], cut("d1 loss 1: 0.5"), ((0, "1"),)) == [["1"], ["2.5"]]


def test_a_headline_is_like_no_line() -> None:
    assert alike(["== 2018-08-19 loss =="], cut("== 2018-08-18 loss =="), ()) == [[]]
