"""What the ranks of the tests do: `python ranks_at_work.py FOLDER WHAT...`, started once a rank, with RANK set."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

sys.path.insert(0, str(Path(__file__).parent))

from torch_gan import gan, train_step

from gandoctor.callbacks import gathering
from gandoctor.callbacks.torch import DistributedRecorder, GANDoctor

RANK, FOLDER = int(os.environ["RANK"]), Path(sys.argv[1])
STEPS = 120
gathering.PARTING = 60.0  # the machine of the tests may be slow; no test waits for so long


def recorder(name: str) -> Any:
    return DistributedRecorder(FOLDER / f"{name}.csv")


def plain() -> None:
    """Ranks record their own values; rank 1 is the slower one."""
    with recorder("plain") as doctor:
        for step in range(1, STEPS + 1):
            doctor.record(step, d_loss=torch.tensor(1.0 + RANK), g_loss=torch.tensor(0.5), **fid(step))
            if RANK and step % 10 == 0:
                time.sleep(0.005)


def fid(step: int) -> dict[str, float]:
    return {"fid": 40.0} if RANK == 0 and step % 50 == 0 else {}


def nan() -> None:
    """Rank 1 sees a NaN."""
    with recorder("nan") as doctor:
        for step in range(1, STEPS + 1):
            loss = float("nan") if RANK and step > 60 else 1.3
            doctor.record(step, d_loss=loss, g_loss=0.8 + step % 7 / 10)
            dist.barrier()
    (FOLDER / f"verdict{RANK}").write_text(doctor.diagnosis().headline)


def early() -> None:
    """Rank 1 has fewer batches."""
    with recorder("early") as doctor:
        for step in range(1, STEPS + 1 - 40 * RANK):
            doctor.record(step, d_loss=1.0 + RANK, g_loss=0.5)


def raises() -> None:
    """Rank 1 fails, and with it the whole training."""
    with recorder("raises") as doctor:
        for step in range(1, STEPS + 1):
            doctor.record(step, d_loss=1.0 + RANK, g_loss=0.5)
            if RANK and step == 70:
                raise RuntimeError("out of memory")


def killed() -> None:
    """Rank 1 vanishes without a word; rank 0 goes on."""
    gathering.SILENCE = 0.3
    with recorder("killed") as doctor:
        for step in range(1, STEPS + 1):
            doctor.record(step, d_loss=1.0 + RANK, g_loss=0.5)
            if RANK and step == 50:
                os._exit(9)
            time.sleep(0.01)


def alone() -> None:
    """Rank 1 never builds a recorder."""
    gathering.SILENCE = 0.3
    if RANK == 0:
        with recorder("alone") as doctor:
            for step in range(1, STEPS + 1):
                doctor.record(step, d_loss=1.0, g_loss=0.5)
                time.sleep(0.01)


def unread() -> None:
    """Rank 0 never builds a recorder."""
    if RANK:
        with recorder("unread") as doctor:
            for step in range(1, 400):
                doctor.record(step, d_loss=1.0, g_loss=0.5)


def ddp() -> None:
    """A GAN in DistributedDataParallel."""
    torch.manual_seed(0)
    d, g, *_ = gan()
    d, g = (torch.nn.parallel.DistributedDataParallel(one, broadcast_buffers=False) for one in (d, g))
    optimizers = [torch.optim.Adam(one.parameters(), lr=2e-4, betas=(0.5, 0.999)) for one in (d, g)]
    torch.manual_seed(RANK)
    with GANDoctor(FOLDER / "ddp.csv", d, g, *optimizers, gradients_every=10) as doctor:
        for step in range(1, STEPS + 1):
            d_loss, g_loss = train_step(d, g, *optimizers)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
            with (FOLDER / f"losses{RANK}.txt").open("a") as file:
                file.write(f"{d_loss.item()!r}\n")


def before() -> None:
    """The recorder is built before the group."""
    with recorder("before") as doctor:
        for step in range(1, 20):
            doctor.record(step, d_loss=1.0 + RANK, g_loss=0.5)


if __name__ == "__main__":
    what = sys.argv[2:]
    if "before" not in what:
        dist.init_process_group("gloo", init_method=f"file://{FOLDER / 'meeting'}", rank=RANK, world_size=2)
    for one in what:
        globals()[one]()
