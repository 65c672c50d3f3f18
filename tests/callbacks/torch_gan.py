"""A small GAN in PyTorch, for tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

LATENT = 6


class Generator(nn.Sequential):  # type: ignore[misc] # the type checker does not look at torch
    def __init__(self) -> None:
        super().__init__(nn.Linear(LATENT, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))


class Discriminator(nn.Sequential):  # type: ignore[misc] # as above
    def __init__(self) -> None:
        super().__init__(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Dropout(0.1), nn.Linear(8, 1))


def gan() -> tuple[Any, Any, Any, Any]:
    """D, G and their optimisers."""
    d, g = Discriminator(), Generator()
    d_optimizer = torch.optim.Adam(d.parameters(), lr=2e-4, betas=(0.5, 0.999))
    return d, g, d_optimizer, torch.optim.Adam(g.parameters(), lr=1e-4, betas=(0.5, 0.999))


def d_loss_of(d: Any, real: Any, fake: Any) -> Any:
    return nn.functional.softplus(-d(real)).mean() + nn.functional.softplus(d(fake.detach())).mean()


def train_step(d: Any, g: Any, d_optimizer: Any, g_optimizer: Any) -> tuple[Any, Any]:
    """One step of both; returns their losses, graphs and all."""
    real, fake = torch.randn(16, 2) + 2, g(torch.randn(16, LATENT))
    d_optimizer.zero_grad()
    d_loss = d_loss_of(d, real, fake)
    d_loss.backward()
    d_optimizer.step()
    g_optimizer.zero_grad()
    g_loss = nn.functional.softplus(-d(fake)).mean()
    g_loss.backward()
    g_optimizer.step()
    return d_loss, g_loss
