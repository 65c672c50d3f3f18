"""Runs that the real packages wrote a moment before, in a process of their own; skipped where one is not installed.

pip install wandb mlflow trackio lightning pytorch-ignite ctgan mmengine coqui-tts-trainer
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gandoctor.readers import read, read_all

if TYPE_CHECKING:
    from gandoctor.model import Run

Said = dict[str, list[float]]
SECONDS = 300


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[Path, Said]:
    """The folder that a package wrote to, and what it was told."""
    package: str = request.param
    spec = find_spec(package.partition("-")[0])
    if spec is None or spec.origin is None:  # a folder of that name is no package
        pytest.skip(f"{package} is not installed")
    folder = tmp_path_factory.mktemp(package)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("WANDB")}
    environment = {**plain, "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}  # no service of this process writes it
    script = Path(__file__).with_name("record_runs.py")
    made = subprocess.run(
        [sys.executable, str(script), package, str(folder)],
        env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    (folder / "printed.txt").write_text(made.stdout + made.stderr)
    return folder, json.loads((folder / "said.json").read_text())


def with_packages(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recorded", names, indirect=True)


def same(run: Run, said: Said) -> bool:
    """Whether the curves are those that were logged, to the bit."""
    return all(run.curves[f"{key}_loss"].values.tolist() == values for key, values in said.items())


def shown(run: Run, said: Said, near: float) -> bool:
    """Whether each value that was logged is in its curve, as near as it was printed, in order and up to the last."""
    for key, values in said.items():
        curve = run.curves[f"{key}_loss"].values
        at = 0
        for value in values:
            found = np.flatnonzero(np.abs(curve[at:] - value) <= near)
            if not len(found):
                return False
            at += int(found[0])
    return True


@with_packages("wandb", "mlflow", "mlflow-database", "trackio")
def test_the_newest_run_of_a_tracker_reads_back_to_the_bit(recorded: tuple[Path, Said]) -> None:
    folder, said = recorded
    (folder / "printed.txt").unlink(missing_ok=True)
    (place,) = [at for at in folder.iterdir() if at.name not in ("said.json", "mlartifacts")]
    run = read(place)
    assert same(run, said)
    assert run.curves["d_loss"].steps.tolist() == list(range(len(said["d"])))
    assert run.name.endswith("run second")
    assert {"batch_size": 64, "latent_dim": 100}.items() <= run.context.items()
    if place.name != "trackio":
        assert run.context["family"] == "hinge"
    assert [each.points for each in read_all(place)] == [9, len(said["d"])]


@with_packages("mlflow", "mlflow-database")
def test_nan_and_infinity_come_back_from_mlflow(recorded: tuple[Path, Said]) -> None:
    folder, _ = recorded
    (place,) = [at for at in folder.iterdir() if at.name in ("mlruns", "mlflow.db")]
    np.testing.assert_array_equal(read(place).curves["fid"].values, [np.nan, np.inf])


@with_packages("lightning")
def test_the_sparse_rows_of_lightning_are_put_together(recorded: tuple[Path, Said]) -> None:
    folder, said = recorded
    for place in (folder / "logs", folder / "logs" / "version_0"):
        run = read(place)
        assert same(run, said)
        assert len(run.curves["fid"]) == 3
        assert {"batch_size": 4, "latent_dim": 2}.items() <= run.context.items()


@with_packages("ignite")
def test_what_ignite_prints_is_read(recorded: tuple[Path, Said]) -> None:
    folder, said = recorded
    assert same(read(folder / "train.log"), said)
    bar = read(folder / "bar.txt").curves["d_loss"]  # it shows what the clock lets it, in three digits
    assert len(bar) > 2
    np.testing.assert_allclose(bar.values, np.array(said["d"])[bar.steps.astype(int) - 1], rtol=0, atol=0.006)


@with_packages("ctgan")
def test_the_losses_of_ctgan_are_read(recorded: tuple[Path, Said]) -> None:
    folder, said = recorded
    assert same(read(folder / "loss_values.csv"), said)
    assert shown(read(folder / "printed.txt"), said, near=0.006)


@with_packages("mmengine")
@pytest.mark.parametrize(("pattern", "near"), [("*/vis_data/scalars.json", 0), ("*/*.log", 6e-5)])
def test_both_logs_of_mmengine_are_read(recorded: tuple[Path, Said], pattern: str, near: float) -> None:
    folder, said = recorded
    (path,) = (folder / "work").glob(pattern)
    run = read(path)
    np.testing.assert_allclose(run.curves["d_loss_real"].values, said["d"], rtol=0, atol=near)
    assert set(run.curves) >= {"d_loss_fake", "g_loss"}


@with_packages("trainer")
def test_the_text_of_coquis_trainer_is_read_without_its_averages(recorded: tuple[Path, Said]) -> None:
    folder, said = recorded
    (path,) = (folder / "out").glob("*/trainer_0_log.txt")
    run = read(path)
    assert same(run, said)
    assert set(run.curves) <= {"d_loss", "g_loss", "learning_rate"}
