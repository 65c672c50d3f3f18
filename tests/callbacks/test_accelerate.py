"""Trainings through Hugging Face Accelerate: by its own tracking, and with a recorder on each process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("torch")
pytest.importorskip("accelerate")

import torch
from accelerate import Accelerator
from torch_gan import gan, train_step

import gandoctor
from gandoctor.callbacks.accelerate import GANDoctorTracker
from gandoctor.callbacks.torch import context_of
from gandoctor.errors import GandoctorError

pytestmark = pytest.mark.filterwarnings("ignore")  # what its dependencies deprecate


def accelerator(*trackers: GANDoctorTracker) -> Accelerator:
    return Accelerator(cpu=True, log_with=list(trackers))


def test_what_is_logged_is_recorded_and_judged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tracker = GANDoctorTracker(tmp_path / "run.csv", report=tmp_path / "report.md")
    program = accelerator(tracker)
    program.init_trackers("gan", config={"latent_dim": 6, "family": "nonsense", "name": "a GAN", "rates": [1, 2]})
    parts = program.prepare(*gan())
    for step in range(1, 31):
        d_loss, g_loss = train_step(*parts)
        program.log({"d_loss": d_loss, "g_loss": g_loss, "note": "text"}, step=step)
    program.end_training()
    assert tracker.tracker is not None
    assert tracker.tracker.diagnosis().headline in caplog.text
    rows = pd.read_csv(tmp_path / "run.csv")
    assert list(rows.columns) == ["step", "d_loss", "g_loss"]
    assert list(rows["step"]) == list(range(1, 31))
    assert rows["d_loss"].between(0.5, 3).all()
    context = gandoctor.read(tmp_path / "run.csv").context
    assert (context["latent_dim"], context["framework"], context["name"]) == (6, "torch", "a GAN")
    assert "run.csv" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_values_without_a_step_are_counted(tmp_path: Path) -> None:
    program = accelerator(GANDoctorTracker(tmp_path / "run.csv"))
    program.init_trackers("gan")
    for _ in range(5):
        program.log({"d_loss": 1.0, "g_loss": torch.tensor(0.5)})
    program.end_training()
    assert list(pd.read_csv(tmp_path / "run.csv")["step"]) == [1, 2, 3, 4, 5]


def test_a_log_that_cannot_be_used_is_refused_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("a,b\n1,x\n")
    with pytest.raises(GandoctorError):
        accelerator(GANDoctorTracker(tmp_path / "run.csv")).init_trackers("gan")


def test_the_log_stays_in_the_folder_in_which_the_tracker_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other := tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    tracker = GANDoctorTracker("run.csv", report="report.md")
    monkeypatch.chdir(other)
    program = accelerator(tracker)
    program.init_trackers("gan")
    program.log({"d_loss": 1.0, "g_loss": 0.5}, step=1)
    program.end_training()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "recipe.toml", "report.md", "run.csv"]
    assert not list(other.iterdir())


@pytest.mark.parametrize(
    ("values", "step"),
    [((1.0, 2.0), 4), (torch.tensor(1.0), 4), (None, 4), ({"d_loss": 1.0}, float("nan")), ({"d_loss": 1.0}, "4")],
)
def test_what_cannot_be_recorded_reaches_no_training(values: object, step: object, tmp_path: Path) -> None:
    tracker = GANDoctorTracker(tmp_path / "run.csv")
    program = accelerator(tracker)
    program.init_trackers("gan", config={"seed": 10**400, 3: object()})
    for number in range(1, 10):
        program.log({"d_loss": 1.0, "g_loss": 0.5}, step=number)
        if number == 3:
            program.log(values, step=step)
    program.end_training()
    assert not tracker.failed
    rows = pd.read_csv(tmp_path / "run.csv").set_index("step")
    assert rows["d_loss"].notna().sum() == 9


def test_prepared_networks_are_looked_into() -> None:
    parts = accelerator().prepare(*gan())
    context = context_of(*parts)
    assert (context["d_optimiser"], context["d_learning_rate"], context["d_trainable_weights"]) == ("adam", 0.0002, 4)


RANKS = """
import sys, warnings; warnings.simplefilter("ignore")
from pathlib import Path
import torch
from accelerate import Accelerator
from torch_gan import gan, train_step
from gandoctor.callbacks.torch import GANDoctor

torch.set_num_threads(1)
program = Accelerator(cpu=True, step_scheduler_with_optimizer=False)
assert program.num_processes == 2
parts = program.prepare(*gan())
stopped = 0
with GANDoctor(sys.argv[1], *parts, on_alert=lambda finding: program.set_trigger()) as doctor:
    for step in range(1, 200):
        d_loss, g_loss = train_step(*parts)
        spoilt = float("nan") if program.process_index == 1 and step > 60 else 1.0
        doctor.record(step, d_loss=d_loss * spoilt, g_loss=g_loss, d_score_real=program.process_index)
        if step % 10 == 0 and program.check_trigger():
            stopped = step
            break
Path(f"{sys.argv[1]}.{program.process_index}").write_text(str(stopped))
program.end_training()
"""


def test_two_processes_are_recorded_as_one_and_stop_together(tmp_path: Path) -> None:
    script, log = tmp_path / "train.py", tmp_path / "run.csv"
    script.write_text(RANKS)
    place = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]), "OMP_NUM_THREADS": "1"}
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        "--master-port=0",
        "--rdzv-backend=c10d",
    ]
    command = [*launch, "--rdzv-endpoint=localhost:0", str(script), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | place, timeout=280)
    assert done.returncode == 0, done.stderr
    one, two = (int((tmp_path / f"run.csv.{rank}").read_text()) for rank in range(2))
    assert one == two
    assert 60 < one < 120
    rows = pd.read_csv(log)
    assert list(rows["step"]) == list(range(1, one + 1))
    assert set(rows["d_score_real"]) == {0.5}
    assert rows["d_loss"].isna().sum() == one - 60
