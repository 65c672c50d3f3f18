"""`GANDoctor` in real trainings by Lightning, with manual optimisation of two optimisers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("torch")
pytest.importorskip("lightning")

import lightning.pytorch as pl
import torch
from torch.optim.optimizer import _global_optimizer_post_hooks
from torch_gan import LATENT, Discriminator, Generator, d_loss_of

import gandoctor
from gandoctor.callbacks.lightning import GANDoctor
from gandoctor.errors import GandoctorError

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning's advice on workers, and what its dependencies deprecate

BATCHES = 30


class SmallGAN(pl.LightningModule):  # type: ignore[misc] # the type checker does not look at Lightning
    """A GAN that logs its losses; G learns in every `n_critic`th batch, and the losses are NaN after `good` ones."""

    def __init__(self, n_critic: int = 1, good: int = 10**9, **how: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.automatic_optimization = False
        self.generator, self.discriminator = Generator(), Discriminator()
        self.latent_dim, self.n_critic, self.good, self.how = LATENT, n_critic, good, how
        self.raw: list[float] = []

    def configure_optimizers(self) -> list[Any]:
        rates = ((self.generator, 1e-4), (self.discriminator, 2e-4))
        return [torch.optim.Adam(one.parameters(), lr=rate, betas=(0.5, 0.999)) for one, rate in rates]

    def training_step(self, batch: Any, index: int) -> None:
        g_optimizer, d_optimizer = self.optimizers()
        real, fake = batch, self.generator(torch.randn(len(batch), LATENT))
        d_loss = d_loss_of(self.discriminator, real, fake)
        d_optimizer.zero_grad()
        self.manual_backward(d_loss)
        d_optimizer.step()
        self.raw.append(d_loss.item() if len(self.raw) < self.good else float("nan"))
        self.log("d_loss", self.raw[-1], **self.how)
        if (index + 1) % self.n_critic == 0:
            g_loss = torch.nn.functional.softplus(-self.discriminator(fake)).mean()
            g_optimizer.zero_grad()
            self.manual_backward(g_loss)
            g_optimizer.step()
            self.log("g_loss", g_loss)

    def validation_step(self, batch: Any, index: int) -> None:
        self.log("fid", 40.0)


def loader(batches: int = BATCHES) -> Any:
    return torch.utils.data.DataLoader(torch.randn(batches * 8, 2), batch_size=8)


def fit(module: Any, doctor: Any, folder: Path, epochs: int = 2, ckpt_path: Any = None, **settings: Any) -> Any:
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = pl.Trainer(
        max_epochs=epochs, accelerator="cpu", default_root_dir=folder, callbacks=[doctor], **quiet, **settings
    )
    trainer.fit(module, loader(), loader(2), ckpt_path=ckpt_path)
    return trainer


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "run.csv"


def test_a_training_is_recorded_with_the_losses_of_each_batch(log: Path) -> None:
    report = log.with_name("report.md")
    doctor, module = GANDoctor(log, report=report, gradients_every=20), SmallGAN()
    fit(module, doctor, log.parent)
    rows = pd.read_csv(log).set_index("step")
    assert list(rows.index) == list(range(1, 61))
    assert list(rows["d_loss"]) == pytest.approx(module.raw)
    assert rows["g_loss"].between(0.01, 9).all()
    assert rows["fid"].dropna().to_dict() == {30: 40.0, 60: 40.0}
    assert list(rows["d_grad_norm"].dropna().index) == list(rows["g_grad_norm"].dropna().index) == [1, 21, 41]
    assert "run.csv" in report.read_text(encoding="utf-8")
    live, later = doctor.diagnosis(), gandoctor.diagnose(log)
    assert live is not None
    assert (live.verdict, live.findings, live.conventions) == (later.verdict, later.findings, later.conventions)


def test_the_module_is_described_under_the_keys_of_the_rules(log: Path) -> None:
    doctor = GANDoctor(log, context={"dataset_size": 240})
    fit(SmallGAN(n_critic=2), doctor, log.parent, epochs=1, precision="bf16-mixed")
    expected = {
        "framework": "torch",
        "precision": "mixed_bfloat16",
        "latent_dim": LATENT,
        "d_steps": 2,
        "steps_per_epoch": 30,
        "dataset_size": 240,
        "d_learning_rate": 0.0002,
        "g_learning_rate": 0.0001,
        "g_batch_normalisation": True,
        "d_weights_moved": True,
        "g_weights_moved": True,
    }
    context = gandoctor.read(log).context
    assert {key: context.get(key) for key in expected} == expected


def test_a_loss_that_is_logged_in_every_third_batch_stands_in_every_third_row(log: Path) -> None:
    fit(SmallGAN(n_critic=3), GANDoctor(log), log.parent)
    rows = pd.read_csv(log).set_index("step")
    assert list(rows["g_loss"].dropna().index) == list(range(3, 61, 3))
    assert rows["d_loss"].notna().all()


@pytest.mark.parametrize("how", [{"on_step": True, "on_epoch": True}, {"prog_bar": True}])
def test_no_mean_over_an_epoch_stands_beside_the_values_of_batches(how: dict[str, bool], log: Path) -> None:
    module = SmallGAN(**how)
    fit(module, GANDoctor(log), log.parent)
    rows = pd.read_csv(log)
    assert list(rows["d_loss"]) == pytest.approx(module.raw)
    assert set(rows.columns) == {"step", "d_loss", "g_loss", "fid"}


def test_what_is_logged_by_epoch_alone_stands_in_the_row_of_the_last_batch(log: Path) -> None:
    module = SmallGAN(on_step=False, on_epoch=True)
    fit(module, GANDoctor(log), log.parent)
    rows = pd.read_csv(log).set_index("step")["d_loss"].dropna()
    means = [sum(module.raw[:30]) / 30, sum(module.raw[30:]) / 30]
    assert list(rows.index) == [30, 60]
    assert list(rows) == pytest.approx(means, rel=1e-4)


def test_a_training_that_fails_is_stopped_where_that_is_asked_for(log: Path) -> None:
    alerts: list[gandoctor.Finding] = []
    doctor = GANDoctor(log, stop_on="convergence_failure", on_alert=alerts.append)
    trainer = fit(SmallGAN(good=40), doctor, log.parent, epochs=9)
    assert trainer.should_stop
    assert {finding.rule for finding in alerts} == {"non-finite"}
    assert 40 < int(pd.read_csv(log)["step"].max()) < 70


def test_a_training_goes_on_from_its_checkpoint_in_its_log(log: Path) -> None:
    kept = log.with_name("kept.ckpt")
    fit(SmallGAN(), GANDoctor(log), log.parent, epochs=1).save_checkpoint(kept)
    fit(SmallGAN(), GANDoctor(log), log.parent, epochs=3, ckpt_path=kept)
    assert list(pd.read_csv(log)["step"]) == list(range(1, 91))
    assert len(list(log.parent.glob("run*.csv"))) == 1


def test_a_fault_in_here_disturbs_no_training(
    log: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("gandoctor.callbacks.lightning_logged.Logged.batch", fails)
    module = SmallGAN()
    fit(module, GANDoctor(log, stop_on="non-finite"), log.parent)
    assert len(module.raw) == 60
    assert caplog.text.count("stands aside and the training goes on: ZeroDivisionError: a fault") == 1


def test_an_exception_of_the_training_keeps_the_log(log: Path) -> None:
    class Fails(SmallGAN):
        def training_step(self, batch: Any, index: int) -> None:
            super().training_step(batch, index)
            if index == 20:
                raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        fit(Fails(), GANDoctor(log), log.parent)
    assert list(pd.read_csv(log)["step"]) == list(range(1, 21))


def test_a_module_that_logs_nothing_is_told_so(log: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Silent(SmallGAN):
        def log(self, *_: Any, **__: Any) -> None:
            pass

    fit(Silent(), GANDoctor(log), log.parent, epochs=4)
    assert caplog.text.count("gandoctor hears nothing") == 1


def test_what_cannot_be_used_is_refused_before_the_training(log: Path) -> None:
    for wrong in ({"stop_on": "nonsense"}, {"names": {"adv": "nonsense"}}, {"gradients_every": 0}, {"report": "a.xyz"}):
        with pytest.raises(GandoctorError):
            GANDoctor(log, **wrong)


def test_a_log_in_use_is_refused_and_no_hook_is_left_behind(log: Path) -> None:
    with gandoctor.Recorder(log):
        with pytest.raises(GandoctorError, match="another Recorder"):
            fit(SmallGAN(), GANDoctor(log, gradients_every=100), log.parent)
        assert not _global_optimizer_post_hooks


def test_the_log_stays_in_the_folder_in_which_the_callback_was_built(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other := tmp_path / "other").mkdir()
    monkeypatch.chdir(log.parent)
    doctor = GANDoctor(log.name, report="report.md")
    monkeypatch.chdir(other)
    fit(SmallGAN(), doctor, tmp_path, epochs=1)
    assert list(pd.read_csv(log)["step"]) == list(range(1, BATCHES + 1))
    assert log.with_name("report.md").exists()
    assert not list(other.iterdir())


OTHER = """
import sys, warnings; warnings.simplefilter("ignore")
{first}
import torch
import {name} as pl
from gandoctor.callbacks.lightning import GANDoctor
class M(pl.LightningModule):
    def __init__(self):
        super().__init__(); self.automatic_optimization = False; self.d = torch.nn.Linear(2, 1)
    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), lr=0.1)
    def training_step(self, batch, index):
        self.log("d_loss", 1.0); self.log("g_loss", 0.5); self.optimizers().step()
pl.Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
    callbacks=[GANDoctor(sys.argv[1])]).fit(M(), torch.utils.data.DataLoader(torch.randn(9, 2)))
print(*(base.__module__.partition(".")[0] for base in GANDoctor.__bases__))
"""


@pytest.mark.parametrize(
    ("name", "first", "bases"),
    [
        ("pytorch_lightning", "", ["pytorch_lightning"]),
        ("pytorch_lightning", "import lightning.pytorch", ["lightning", "pytorch_lightning"]),
        ("lightning.pytorch", "", ["lightning"]),
        ("pytorch_lightning", "import gandoctor.callbacks.lightning", ["lightning", "pytorch_lightning"]),
    ],
)
def test_either_lightning_can_be_used(name: str, first: str, bases: list[str], log: Path) -> None:
    pytest.importorskip("pytorch_lightning")
    code = OTHER.format(name=name, first=first)
    done = subprocess.run([sys.executable, "-c", code, str(log)], capture_output=True, text=True, env=paths())
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].split() == bases
    assert list(pd.read_csv(log)["step"]) == list(range(1, 10))


def paths() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}


RANKS = """
import sys, warnings; warnings.simplefilter("ignore")
from pathlib import Path
from test_lightning import *
log = Path(sys.argv[1])
class Mine(SmallGAN):
    def training_step(self, batch, index):
        super().training_step(batch, index)
        self.log("d_score_real", float(self.global_rank))
if __name__ == "__main__":
    torch.set_num_threads(1)
    module = Mine(good=70)
    doctor = GANDoctor(log, stop_on="non-finite")
    trainer = fit(module, doctor, log.parent, epochs=20, devices=2, strategy="ddp_find_unused_parameters_true")
    (log.parent / f"rank{trainer.global_rank}").write_text(f"{len(module.raw)} {doctor.failed}")
"""


def test_two_ranks_are_recorded_as_one_and_stop_together(log: Path) -> None:
    script = log.with_name("train.py")
    script.write_text(RANKS)
    command = [sys.executable, str(script), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, env=paths(), timeout=280)
    assert done.returncode == 0, done.stderr
    one, two = (log.with_name(f"rank{rank}").read_text() for rank in range(2))
    assert one == two
    assert one.split()[1] == "False"
    assert int(one.split()[0]) in (100, 105, 150)
    rows = pd.read_csv(log)
    assert list(rows["step"]) == list(range(1, int(one.split()[0]) + 1))
    assert set(rows["d_score_real"]) == {0.5}
    assert "stops the training, as stop_on asks" in done.stderr
