"""Images for trainings of a few steps: grey blobs, enough of them to measure samples against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.trainer.plan import Plan
from gandoctor.trainer.registry import SCENARIOS
from gandoctor.trainer.scenario import Evaluation, Scenario

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 96


def images(folder: Path, count: int = COUNT, side: int = 28) -> str:
    """The path of an .npz file as Keras lays it out: half of the images are eights."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side]
    middles = random.uniform(side / 4, side * 3 / 4, (count, 2))
    blobs = [255 * np.exp(-((y - v) ** 2 + (x - u) ** 2) / side) for v, u in middles]
    path = folder / "blobs.npz"
    np.savez(path, x_train=np.array(blobs).astype(np.uint8), y_train=np.arange(count) % 2 * 8)
    return str(path)


def tiny(name: str, **changes: Any) -> Scenario:
    """A scenario at the smallest size at which it still is itself."""
    scenario = SCENARIOS[name]
    small = {"width": 0.02, "steps": 3, "batch": 4, "g_batch": 4}
    if scenario.evaluation:
        small["evaluation"] = Evaluation(every=2, samples=4)  # type: ignore[assignment] # one mapping of all changes
    return replace(scenario, **{**small, **changes})


def plan(name: str, folder: Path, mode: Any = "consistent", seed: int = 1, **changes: Any) -> Plan:
    """A training of three steps, whose samples are measured at the second."""
    return Plan(scenario=tiny(name, **changes), mode=mode, seed=seed, data=images(folder), look_every=2)
