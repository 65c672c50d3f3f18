"""The README's Python for trainings: it runs on small networks and leaves logs that can be judged."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

import keras
import small_gan

import gandoctor

README = Path(__file__).resolve().parents[2] / "README.md"
SIZE = 16

pytestmark = [
    pytest.mark.skipif(not README.exists(), reason="the README is not part of the wheel"),
    pytest.mark.filterwarnings(  # Keras keeps its variables so, under numpy 2
        "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
    ),
]


def blocks(word: str) -> list[str]:
    return [block for block in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if word in block]


def test_the_callback_of_the_readme_records_a_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [block] = blocks("callbacks.keras import GANDoctor")
    data = np.concatenate(list(small_gan.data(20)))
    exec(block, {"gandoctor": gandoctor, "model": small_gan.compiled(), "data": data})
    assert gandoctor.read("fit.csv").last_step == 20  # two epochs of 320 points in batches of 32
    assert "fit.csv" in Path("fit.md").read_text()


def test_the_loop_of_the_readme_records_each_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    d, g = small_gan.discriminator(), small_gan.generator()
    ones, zeros = np.ones((SIZE, 1), np.float32), np.zeros((SIZE, 1), np.float32)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((SIZE, 2)).astype(np.float32)
    z = rng.standard_normal((SIZE, small_gan.LATENT)).astype(np.float32)
    d.compile(loss=loss, optimizer=keras.optimizers.Adam(1e-3))
    d.train_on_batch(x, ones)
    d.trainable = False
    gan = keras.Sequential([g, d])
    gan.compile(loss=loss, optimizer=keras.optimizers.Adam(1e-3))
    [block] = blocks("context_of(")
    exec(block, {"gandoctor": gandoctor, "d": d, "g": g, "gan": gan, "x": x, "z": z, "ones": ones, "zeros": zeros})
    run = gandoctor.read("loop.csv")
    assert set(run.curves) == {"d_loss_real", "d_loss_fake", "g_loss"}
    assert run.points == 19
    assert len(set(run.curves["d_loss_real"].values)) > 10  # D learns: it was trained once before it was frozen
    assert run.context["framework"] == "keras"
