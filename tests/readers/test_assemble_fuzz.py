"""Whatever a log holds, it becomes runs with rising steps, or a refusal in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gandoctor.errors import GandoctorError
from gandoctor.readers.assemble import assemble
from gandoctor.readers.names import understand
from gandoctor.readers.raw import RawLog

if TYPE_CHECKING:
    from gandoctor.model import Run

WORDS = [
    *("d", "g", "D", "G", "loss", "real", "fake", "acc", "acc.%", "step", "epoch", "batch", "iters", "kimg", "restart"),
    *("A", "B", "x", "y", "0", "1", "2", "[0]", "[1]", "[2]", "gan", "adv", "total", "score", "D(x)", "D(G(z))", "fid"),
    *(
        "r",
        "f",
        "a",
        "c",
        "val",
        "mean",
        "gp",
        "r1",
        "lr",
        "is",
        "+",
        "%",
        "损失",
        "判别器",
        "time",
        "l1",
        "errD",
        "A2B",
    ),
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([" ", "_", "/", ""]).map(lambda between: between.join(parts))
)
NUMBERS = st.one_of(
    st.floats(-1e6, 1e6),
    st.sampled_from([float("nan"), float("inf"), -float("inf"), 0.0, 1.0, 1e300]),
    st.integers(-3, 40).map(float),
)


@st.composite
def logs(draw: st.DrawFn) -> RawLog:
    rows = draw(st.integers(0, 30))
    columns, logged = {}, {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=7, unique=True)):
        columns[name] = np.array(draw(st.lists(NUMBERS, min_size=rows, max_size=rows)), dtype=np.float64)
        if draw(st.booleans()):
            logged[name] = np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), dtype=np.bool_)
    return RawLog(columns, "log", logged, totals={name: 10.0 for name in columns if draw(st.booleans())})


def runs_of(log: RawLog) -> tuple[Run, ...]:
    try:
        return assemble(log)
    except GandoctorError:
        return ()


@given(logs())
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_log_becomes_runs_or_a_refusal(log: RawLog) -> None:
    for run in runs_of(log):
        assert run.curves
        for metric, curve in run.curves.items():
            assert len(curve)
            assert (np.diff(curve.steps) > 0).all()
            assert run.columns[metric] in log.columns


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_is_a_name(text: str) -> None:
    assert understand(text).column == text
