"""What `GANDoctor` costs a real PyTorch training step: a DCGAN on 28 x 28 images in a plain loop, on the CPU.

    python tests/benchmarks/torch_step.py [--blocks N] [--batch N] [--filters N] [--gradients-every N]

In every second block of steps the doctor records, in the others it is not called: blocks that take turns, so that the
load of the machine falls on both. Printed are the median step of each side in processor time of the whole process, the
median over neighbouring blocks of their ratio with a 95 % bootstrap interval, and the processor time of `record` as a
share of the step: in all, and for the first and the last hundred steps, since evaluations are dense at first and become
rare. Budget: .5 % of a step. Exit status 1 if the share in all is above it, or the whole interval of the ratio is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from blocks import missed
from torch import nn

from gandoctor.callbacks.torch import GANDoctor

WARM = 2
"""Blocks a side left out of the ratio: in the first ones memory is allotted."""


class DCGAN:
    """The usual DCGAN with the optimisers of its paper."""

    def __init__(self, filters: int) -> None:
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, filters, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(filters, 2 * filters, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * filters),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(7 * 7 * 2 * filters, 1),
        )
        self.generator = nn.Sequential(
            nn.Linear(100, 7 * 7 * 2 * filters),
            nn.Unflatten(1, (2 * filters, 7, 7)),
            nn.BatchNorm2d(2 * filters),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * filters, filters, 4, 2, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.ConvTranspose2d(filters, 1, 4, 2, 1),
            nn.Tanh(),
        )
        self.d_optimizer, self.g_optimizer = (
            torch.optim.Adam(network.parameters(), 2e-4, betas=(0.5, 0.999))
            for network in (self.discriminator, self.generator)
        )
        self.loss = nn.BCEWithLogitsLoss()

    def step(self, real: torch.Tensor) -> dict[str, torch.Tensor]:
        """One step of D, one of G; the losses as tensors, which is how a loop has them."""
        ones, zeros = torch.ones(len(real), 1), torch.zeros(len(real), 1)
        fake = self.generator(torch.randn(len(real), 100))
        self.d_optimizer.zero_grad()
        answers = self.discriminator(real)
        on_real, on_fake = self.loss(answers, ones), self.loss(self.discriminator(fake.detach()), zeros)
        (on_real + on_fake).backward()
        self.d_optimizer.step()
        self.g_optimizer.zero_grad()
        g_loss = self.loss(self.discriminator(fake), ones)
        g_loss.backward()
        self.g_optimizer.step()
        right = (answers > 0).float().mean()
        return {"d_loss_real": on_real, "d_loss_fake": on_fake, "g_loss": g_loss, "d_accuracy_real": right}


def trained(args: argparse.Namespace, path: Path) -> tuple[list[list[float]], list[float], int]:
    """Train once, in turns: the seconds of the steps of each block, those of `record`, and the rows that it wrote."""
    torch.manual_seed(0)
    images = torch.rand(8, args.batch, 1, 28, 28) * 2 - 1
    gan = DCGAN(args.filters)
    steps: list[list[float]] = []
    hooks: list[float] = []
    networks = gan.discriminator, gan.generator, gan.d_optimizer, gan.g_optimizer
    with GANDoctor(path, *networks, gradients_every=args.gradients_every) as doctor:
        for block in range(2 * (args.blocks + WARM)):
            steps.append([])
            for at in range(args.steps):
                began = time.process_time()
                losses = gan.step(images[at % len(images)])
                if block % 2:
                    asked = time.process_time()
                    doctor.record(len(hooks) + 1, losses)
                    hooks.append(time.process_time() - asked)
                steps[-1].append(time.process_time() - began)
    return steps, hooks, len(path.read_text().splitlines()) - 1


def main() -> int:
    """Print the table; status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=40, help="blocks a side")
    parser.add_argument("--steps", type=int, default=25, help="steps a block")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--filters", type=int, default=64, help="of the first convolution")
    parser.add_argument("--gradients-every", type=int, help="record the norms of the gradients as well")
    args: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        steps, hooks, rows = trained(args, Path(folder) / "run.csv")
    assert rows == len(hooks), f"{rows} rows of {len(hooks)}"
    print(f"{args.blocks} blocks of {args.steps} steps a side, batch {args.batch}, {args.filters} filters")
    return int(missed(np.median(np.array(steps[2 * WARM :]), axis=1).reshape(-1, 2), hooks))


if __name__ == "__main__":
    sys.exit(main())
