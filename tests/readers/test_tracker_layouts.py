"""Text logs of programs that cannot be run here, written by their documentation or code: the source is named.

Which folders and files are taken for a tracker's, without looking inside, is tested here as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stored_runs as stored

from gandoctor.discover import logs
from gandoctor.readers import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROWS = stored.curves()
STAMP = "2023-04-05 09:10:11,914"


def vits(i: int, d: float, g: float) -> str:
    """jaywalnut310/vits, train.py: two calls of a logger whose format is "time, name, level, text" between tabs."""
    head = f"{STAMP}\tljs_base\tINFO\t"
    return (
        f"{head}Train Epoch: {1 + i // 20} [{i % 20 * 5}%]\n{head}[{d}, {g}, 5.1, 21.3, 1.2, 1.5, {i * 200}, 0.0002]\n"
    )


def so_vits(i: int, d: float, g: float) -> str:
    """svc-develop-team/so-vits-svc, train.py."""
    head = f"{STAMP}\t44k\tINFO\t"
    told = f"Losses: [{d}, {g}, 5.1, 21.3, 1.2], step: {i * 200}, lr: 0.0001, reference_loss: 31.2"
    return f"{head}Train Epoch: {1 + i // 20} [{i % 20 * 5}%]\n{head}{told}\n"


def rvc(i: int, d: float, g: float) -> str:
    """RVC-Project/Retrieval-based-Voice-Conversion-WebUI, train.py."""
    head = f"{STAMP}\tmi-test\tINFO\t"
    named = f"loss_disc={d}, loss_gen={g}, loss_fm=5.100,loss_mel=21.300, loss_kl=1.500"
    return f"{head}Train Epoch: {1 + i // 20} [{i % 20 * 5}%]\n{head}[{i * 200}, 9.99875e-05]\n{head}{named}\n"


def basicsr(i: int, d: float, g: float) -> str:
    """XPixelGroup/BasicSR, utils/logger.py."""
    place = f"[ESRG..][epoch:{i // 40:3d}, iter:{i * 200:8,d}, lr:(1.000e-04,)]"
    clock = "[eta: 1 day, 18:11:03, time (data): 0.390 (0.002)]"
    told = f"l_g_pix: 3.6667e-04 l_g_gan: {g} l_d_real: {d} l_d_fake: 5.0000e-01 "
    return f"2023-04-05 09:10:11,914 INFO: {place} {clock} {told}\n"


def mmediting(i: int, d: float, g: float) -> str:
    """open-mmlab/mmediting 0.x (mmcv's text logger); mmagic's is in `test_tracker_packages.py`."""
    told = f"loss_gan: {g}, loss_d_real: {d}, loss_d_fake: 0.5, loss_pix: 0.0123"
    place = f"Iter [{i * 200}/400000]\tlr_generator: 1.000e-04, time: 0.52"
    return f"2021-09-09 10:00:00,120 - mmedit - INFO - {place}, {told}\n"


def averaged(i: int, d: float, g: float) -> str:
    """The AverageMeter of PyTorch's ImageNet example, which many copied: the value, and its mean in brackets."""
    return f"Epoch: [0][{i * 200}/90000]\tTime 0.12 (0.13)\tLoss_D {d} ({d + 0.5})\tLoss_G {g} ({g + 0.5})\n"


TEXTS: Mapping[str, tuple[Callable[[int, float, float], str], str]] = {
    "VITS": (vits, "d_loss"),
    "so-vits-svc": (so_vits, "d_loss"),
    "RVC": (rvc, "d_loss"),
    "BasicSR": (basicsr, "d_loss_real"),
    "mmediting": (mmediting, "d_loss_real"),
    "value (average)": (averaged, "d_loss"),
}


@pytest.mark.parametrize("program", TEXTS)
def test_the_text_log_of_a_program_is_read(program: str, tmp_path: Path) -> None:
    line, metric = TEXTS[program]
    path = tmp_path / "train.log"
    path.write_text("".join(line(i, row["d_loss"], row["g_loss"]) for i, row in enumerate(ROWS, 1)))
    run = read(path)
    assert run.curves[metric].values.tolist() == [row["d_loss"] for row in ROWS]
    assert run.curves["g_loss"].values.tolist() == [row["g_loss"] for row in ROWS]
    assert run.curves[metric].steps.tolist() == [200 * i for i in range(1, 61)]
    assert {name.partition("_")[2] for name in run.curves} <= {"loss", "loss_real", "loss_fake", "rate"}


@pytest.mark.parametrize(
    "line",
    ["Losses: [1.4, 0.7], step: 3", "[1.4, 0.7, 5.1]", "[1.4, 0.7, 5.1, 21.3, 2.5, 0.0002]", "[]", "[1.4, x]"],
)
def test_a_list_of_another_kind_is_given_no_names(line: str, tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    head = f"{STAMP}\tljs_base\tINFO\t"
    rows = "".join(f"d_loss: {row['d_loss']} g_loss: {row['g_loss']}\n" for row in ROWS)
    path.write_text(f"{head}Train Epoch: 1 [0%]\n{head}{line}\n{rows}")
    run = read(path)
    assert (run.columns["d_loss"], run.columns["g_loss"]) == ("d_loss", "g_loss")


FASTAI = {
    "epoch,train_loss,gen_loss,crit_loss,time": ("gen_loss", "crit_loss"),
    "epoch,train_loss,train_gen_loss,train_crit_loss,valid_loss,valid_gen_loss,valid_crit_loss,time": (
        "train_gen_loss",
        "train_crit_loss",
    ),
    "epoch,train_loss,valid_loss,gen_loss,disc_loss,time": ("gen_loss", "disc_loss"),
}


@pytest.mark.parametrize("header", FASTAI)
def test_the_history_of_fastai_is_read(header: str, tmp_path: Path) -> None:
    """fastai, callback/progress.py: CSVLogger writes `history.csv` as the epochs end, the time as minutes:seconds."""
    g, d = FASTAI[header]
    cells = {g: "g_loss", d: "d_loss"}
    lines = [
        ",".join(
            str(i) if name == "epoch" else "00:07" if name == "time" else str(row.get(cells.get(name, ""), 0.1))
            for name in header.split(",")
        )
        for i, row in enumerate(ROWS)
    ]
    path = tmp_path / "history.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    run = read(path)
    assert (run.columns["g_loss"], run.columns["d_loss"]) == (g, d)
    assert run.curves["d_loss"].values.tolist() == [row["d_loss"] for row in ROWS]
    assert run.unit == "epoch"


def test_a_table_of_ctgan_that_was_pickled_is_refused(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "loss_values.pkl"
    pandas.DataFrame({"Epoch": [0], "Generator Loss": [1.0], "Discriminator Loss": [0.5]}).to_pickle(path)
    with pytest.raises(Exception, match="is a pickle, and opening a pickle can run any code"):
        read(path)


# --- which folders and files are a tracker's ---------------------------------------------------------------------


def test_each_run_and_each_store_of_a_tracker_is_one_log(tmp_path: Path) -> None:
    first = stored.wandb_run(tmp_path, ROWS, date="20260101_000000")
    second = stored.wandb_run(tmp_path, ROWS, date="20260102_000000", run="other")
    (second / "files" / "output.log").write_text("d_loss: 1 g_loss: 2\n")
    (tmp_path / "wandb" / "latest-run").symlink_to(second, target_is_directory=True)
    (tmp_path / "wandb" / "debug.log").symlink_to(second / "files" / "output.log")
    runs = [stored.mlflow_run(tmp_path, ROWS, run=run) for run in ("aaa", "bbb")]
    database = stored.mlflow_store(tmp_path / "mlflow.db", {"first": ROWS})
    project = stored.trackio_store(tmp_path / "trackio" / "gan.db", {"first": ROWS})
    (tmp_path / "Thumbs.db").write_bytes(b"something else")
    (tmp_path / "wandb-logs").mkdir()
    (tmp_path / "wandb-logs" / "debug.log").write_text("a log like any other\n")
    other = tmp_path / "wandb-logs" / "debug.log"
    assert logs([tmp_path]) == tuple(sorted([first, second, *runs, database, project, other]))


def test_a_project_with_event_files_is_read_from_those(tmp_path: Path) -> None:
    (tmp_path / "stats.jsonl").write_text(
        "".join(f'{{"Progress/kimg": {i}, "Loss/D/loss": 1.5, "Loss/G/loss": 0.75}}\n' for i in range(9))
    )
    stored.wandb_run(tmp_path, ROWS)
    assert read(tmp_path).curves["d_loss"].values.tolist() == [1.5] * 9


def test_other_databases_and_empty_trackers_do_not_hide_a_log(tmp_path: Path) -> None:
    stored.wandb_run(tmp_path, [])
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "cache.db").write_bytes(b"SQLite format 3\0" + bytes(500))
    (tmp_path / "log.csv").write_text("step,d_loss,g_loss\n1,1.4,0.7\n2,1.3,0.8\n")
    assert read(tmp_path).curves["d_loss"].values.tolist() == [1.4, 1.3]
