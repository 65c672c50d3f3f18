"""Trains or pretends to, and logs it with a real package: `python record_runs.py PACKAGE FOLDER`.

What was logged is written to `said.json` in the folder: lists of D's and of G's loss. It runs in a process of its own,
since these packages warn, start services and leave threads behind.
"""

from __future__ import annotations

import json
import math
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from stored_runs import curves

ROWS: list[dict[str, float]] = curves()
D = [row["d_loss"] for row in ROWS]
CONFIG = {"batch_size": 64, "latent_dim": 100, "adv_loss": "hinge"}


def use_wandb() -> dict[str, Any]:
    os.environ["WANDB_MODE"] = "offline"
    wandb = import_module("wandb")
    for name, rows in (("first", ROWS[:9]), ("second", ROWS)):
        run = wandb.init(project="gan", name=name, config={**CONFIG, "model": {"n_critic": 5}}, dir=".")
        for i, row in enumerate(rows):
            run.log({**row, "weights": wandb.Histogram([1, 2, 3])} if i % 7 == 0 else row)
        run.finish()
    return {"d": D}


def use_mlflow(uri: str) -> dict[str, Any]:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"  # it asks for that since version 3
    mlflow = import_module("mlflow")
    mlflow.set_tracking_uri(uri)
    for name, rows in (("first", ROWS[:9]), ("second", ROWS)):
        with mlflow.start_run(run_name=name) as run:
            mlflow.log_params(CONFIG)
            points = [(key, value, step) for step, row in enumerate(rows) for key, value in row.items()]
            odd = [("fid", math.nan, 0), ("fid", math.inf, 1)]
            batch = [mlflow.entities.Metric(key, value, 1000 + step, step) for key, value, step in (*points, *odd)]
            mlflow.MlflowClient().log_batch(run.info.run_id, metrics=batch)
    return {"d": D}


def use_trackio() -> dict[str, Any]:
    os.environ["TRACKIO_DIR"] = str(Path("trackio").absolute())
    trackio = import_module("trackio")
    for name, rows in (("first", ROWS[:9]), ("second", ROWS)):
        trackio.init(project="gan", name=name, config=CONFIG)
        for row in rows:
            trackio.log(row)
        trackio.finish()
    return {"d": D}


def use_lightning() -> dict[str, Any]:
    torch, lightning = import_module("torch"), import_module("lightning")
    loggers = import_module("lightning.pytorch.loggers")
    said: dict[str, list[float]] = {"d": [], "g": []}

    class Gan(lightning.LightningModule):  # type: ignore[misc,name-defined]  # a package that is not there has no types
        def __init__(self, batch_size: int = 4, latent_dim: int = 2) -> None:
            super().__init__()
            self.save_hyperparameters()
            self.automatic_optimization = False
            self.d, self.g = torch.nn.Linear(2, 1), torch.nn.Linear(2, 2)

        def training_step(self, batch: Any, _: int) -> None:
            for key, optimiser, net in zip("dg", self.optimizers(), (self.d, self.g), strict=True):
                loss = net(batch[0]).square().mean()
                optimiser.zero_grad()
                self.manual_backward(loss)
                optimiser.step()
                self.log(f"{key}_loss", loss)
                said[key].append(loss.item())

        def on_train_epoch_end(self) -> None:
            self.log("val/fid", 90.0 - self.current_epoch)

        def configure_optimizers(self) -> Any:
            return [torch.optim.SGD(net.parameters(), 0.01) for net in (self.d, self.g)], []

    rows = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(80, 2)), batch_size=4)
    quiet = {"enable_progress_bar": False, "enable_checkpointing": False, "enable_model_summary": False}
    logger = loggers.CSVLogger(".", name="logs")
    trainer = lightning.Trainer(max_epochs=3, logger=logger, log_every_n_steps=1, accelerator="cpu", **quiet)
    trainer.fit(Gan(), rows)
    return said


def use_ignite() -> dict[str, Any]:
    engine, utils = import_module("ignite.engine"), import_module("ignite.utils")
    bar = import_module("ignite.handlers.tqdm_logger")
    logger = utils.setup_logger("trainer", filepath="train.log")
    trainer = engine.Engine(lambda _, i: ROWS[i])

    def tell(of: Any) -> None:
        row, state = of.state.output, of.state
        place = f"Epoch[{state.epoch}/{state.max_epochs}] Iter[{state.iteration}]"
        logger.info(f"{place} d_loss: {row['d_loss']} g_loss: {row['g_loss']}")

    trainer.add_event_handler(engine.Events.ITERATION_COMPLETED, tell)
    with Path("bar.txt").open("w") as file:
        bar.ProgressBar(file=file).attach(trainer, output_transform=lambda row: row)
        trainer.run(range(len(ROWS)), max_epochs=1)
    return {"d": D}


def use_ctgan() -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(0)
    model = import_module("ctgan").CTGAN(epochs=12, batch_size=20, verbose=True)
    model.fit(pd.DataFrame({"a": random.normal(size=100), "b": random.choice(["x", "y"], 100)}), ["b"])
    model.loss_values.to_csv("loss_values.csv")
    return {"d": model.loss_values["Discriminator Loss"].tolist(), "g": model.loss_values["Generator Loss"].tolist()}


def use_mmengine() -> dict[str, Any]:
    torch, runner = import_module("torch"), import_module("mmengine.runner")
    base = import_module("mmengine.model").BaseModel

    class Gan(base):  # type: ignore[misc,valid-type]  # a package that is not there has no types
        def __init__(self) -> None:
            super().__init__()
            self.net, self.turn = torch.nn.Linear(2, 2), iter(ROWS)

        def forward(self, *_: Any, **__: Any) -> None:
            return None

        def train_step(self, *_: Any, **__: Any) -> dict[str, Any]:
            row = next(self.turn)
            names = {"loss_disc_real": row["d_loss"], "loss_disc_fake": 0.5, "loss_disc_fake_g": row["g_loss"]}
            return {name: torch.tensor(value, dtype=torch.float64) for name, value in names.items()}

    rows = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(len(ROWS), 2)), batch_size=1)
    runner.Runner(
        Gan(), work_dir="work", train_dataloader=rows, train_cfg={"by_epoch": False, "max_iters": len(ROWS)},
        optim_wrapper={"type": "OptimWrapper", "optimizer": {"type": "SGD", "lr": 0.01}},
        default_hooks={
            "logger": {"type": "LoggerHook", "interval": 1, "log_metric_by_epoch": False}, "checkpoint": None,
        },
        log_processor={"by_epoch": False, "window_size": 1},
    ).train()  # fmt: skip
    return {"d": D}


def use_trainer() -> dict[str, Any]:
    """Coqui's trainer, with a model that only says what its losses are."""
    torch, trainer = import_module("torch"), import_module("trainer")
    turn = iter(ROWS)

    class Gan(trainer.TrainerModel):  # type: ignore[misc,name-defined]  # a package that is not there has no types
        def __init__(self) -> None:
            super().__init__()
            self.net = torch.nn.Linear(2, 2)

        def optimize(self, *_: Any) -> tuple[dict[str, Any], dict[str, float]]:
            row = next(turn)
            return {}, {"loss_disc": row["d_loss"], "loss_gen": row["g_loss"]}

        def get_optimizer(self) -> Any:
            return torch.optim.SGD(self.net.parameters(), 0.01)

        def get_data_loader(self, *_: Any, **__: Any) -> Any:
            return torch.utils.data.DataLoader([{"x": torch.zeros(2)} for _ in range(20)], batch_size=1)

        def get_criterion(self) -> None:
            return None

        def nothing(self, *_: Any, **__: Any) -> None:
            return None

        forward = train_step = eval_step = train_log = nothing

    config = trainer.TrainerConfig(epochs=3, print_step=1, batch_size=1, run_eval=False, save_step=10_000)
    config.lr, config.run_name, config.num_loader_workers = 0.01, "gan", 0
    trainer.Trainer(trainer.TrainerArgs(), config, "out", model=Gan()).fit()
    return {"d": D}


RECORDERS = {
    "wandb": use_wandb,
    "mlflow": lambda: use_mlflow(Path("mlruns").absolute().as_uri()),
    "mlflow-database": lambda: use_mlflow("sqlite:///mlflow.db"),
    "trackio": use_trackio,
    "lightning": use_lightning,
    "ignite": use_ignite,
    "ctgan": use_ctgan,
    "mmengine": use_mmengine,
    "trainer": use_trainer,
}

if __name__ == "__main__":
    os.chdir(sys.argv[2])
    Path("said.json").write_text(json.dumps(RECORDERS[sys.argv[1]]()))
