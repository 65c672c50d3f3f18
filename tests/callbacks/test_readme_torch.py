"""The README's loop in PyTorch runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gandoctor

torch = pytest.importorskip("torch")

README = Path(__file__).resolve().parents[2] / "README.md"


@pytest.mark.skipif(not README.exists(), reason="the README is not part of the wheel")
def test_the_loop_in_pytorch_records_each_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [block] = re.findall(r"```python\n(from gandoctor.callbacks.torch.*?)```", README.read_text(), re.DOTALL)
    d, g = torch.nn.Linear(2, 1), torch.nn.Linear(3, 2)
    names = {
        "discriminator": d,
        "generator": g,
        "d_optimizer": torch.optim.Adam(d.parameters(), 1e-3),
        "g_optimizer": torch.optim.Adam(g.parameters(), 1e-3),
        "loader": [torch.randn(4, 2) for _ in range(12)],
        "train_step": lambda real: (d(real).mean() + 1, d(g(torch.randn(4, 3))).mean() + 1),
    }
    exec(block, names)
    run = gandoctor.read("torch.csv")
    assert run.points == 12
    assert set(run.curves) == {"d_loss", "g_loss"}
    assert run.context["d_learning_rate"] == 0.001
