"""Recording a training of two ranks, in two real processes: means over both, and no rank that waits for another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

WORK = Path(__file__).with_name("ranks_at_work.py")
PATIENCE = 120
"""Seconds; far more than the slowest machine needs, and less than any deadlock lasts."""


Ended = list[subprocess.CompletedProcess[str]]


def both(folder: Path, *what: str) -> Ended:
    """What two ranks did, said and how they ended; fails where one hangs."""
    started = []
    for rank in range(2):
        place = {"RANK": str(rank), "WORLD_SIZE": "2", "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-W", "ignore", str(WORK), str(folder), *what]
        started.append(subprocess.Popen(command, env=os.environ | place, stderr=subprocess.PIPE, text=True))
    ended, until = [], time.monotonic() + PATIENCE
    for process in started:
        try:
            said = process.communicate(timeout=max(until - time.monotonic(), 1))[1]
        except subprocess.TimeoutExpired:
            for one in started:
                one.kill()
            raise
        ended.append(subprocess.CompletedProcess(process.args, process.returncode, "", said))
    return ended


def log(folder: Path, what: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{what}.csv").set_index("step")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The logs of several trainings, one after the other in the same two processes."""
    made = tmp_path_factory.mktemp("ranks")
    ended = both(made, "plain", "nan", "early", "ddp", "alone")
    assert [process.returncode for process in ended] == [0, 0], ended
    for rank, process in enumerate(ended):
        (made / f"said{rank}").write_text(process.stderr)
    return made


def test_rank_0_records_the_means_of_both(folder: Path) -> None:
    rows = log(folder, "plain")
    assert list(rows.index) == list(range(1, 121))
    assert set(rows["d_loss"]) == {1.5}
    assert rows["fid"].dropna().to_dict() == {50: 40.0, 100: 40.0}
    assert len(list(folder.glob("plain*.csv"))) == 1


def test_a_nan_of_one_rank_is_seen_by_rank_0(folder: Path) -> None:
    assert log(folder, "nan")["d_loss"].isna().sum() == 60
    assert "NaN" in (folder / "said0").read_text()
    assert (folder / "verdict1").read_text() == "Judged on rank 0"
    assert (folder / "verdict0").read_text() != "Judged on rank 0"


def test_a_rank_that_ends_early_is_waited_for_no_more(folder: Path) -> None:
    assert log(folder, "early")["d_loss"].to_dict() == {step: 1.5 if step <= 80 else 1.0 for step in range(1, 121)}


def test_a_gan_in_distributed_data_parallel(folder: Path) -> None:
    rows = log(folder, "ddp")
    zero, one = (np.loadtxt(folder / f"losses{rank}.txt") for rank in range(2))
    assert not np.allclose(zero, one)
    assert rows["d_loss"].to_numpy() == pytest.approx((zero + one) / 2, abs=1e-6)
    assert len(rows["d_grad_norm"].dropna()) == len(rows["g_grad_norm"].dropna()) == 12
    recipe = (folder / "ddp.recipe.toml").read_text()
    assert all(line in recipe for line in ("d_learning_rate = 0.0002", "latent_dim = 6", "d_weights_moved = true"))


def test_a_recorder_on_rank_0_alone_goes_on_alone(folder: Path) -> None:
    assert list(log(folder, "alone").index) == list(range(1, 121))
    assert "rank 1 has recorded nothing" in (folder / "said0").read_text()


def test_a_recorder_on_rank_1_alone_stops_nobody(tmp_path: Path) -> None:
    ended = both(tmp_path, "unread")
    assert [process.returncode for process in ended] == [0, 0], ended
    assert not list(tmp_path.glob("*.csv"))


def test_a_rank_that_raises_leaves_the_others_their_log(tmp_path: Path) -> None:
    ended = both(tmp_path, "raises")
    assert [process.returncode for process in ended] == [0, 1], ended
    assert log(tmp_path, "raises")["d_loss"].to_dict() == {step: 1.5 if step <= 70 else 1.0 for step in range(1, 121)}


def test_a_rank_that_vanishes_is_left_out_after_a_while(tmp_path: Path) -> None:
    ended = both(tmp_path, "killed")
    rows = log(tmp_path, "killed")
    assert [process.returncode for process in ended] == [0, 9], ended
    assert "rank 1 has recorded nothing" in ended[0].stderr
    assert list(rows.index) == list(range(1, 121))
    assert set(rows["d_loss"].iloc[:30]) == {1.5}
    assert set(rows["d_loss"].iloc[60:]) == {1.0}


def test_a_recorder_that_is_built_before_the_group_records_rank_0(tmp_path: Path) -> None:
    ended = both(tmp_path, "before")
    assert [process.returncode for process in ended] == [0, 0], ended
    assert "after torch.distributed.init_process_group" in ended[0].stderr
    assert set(log(tmp_path, "before")["d_loss"]) == {1.0}
