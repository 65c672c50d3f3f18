"""Hand-written loops in PyTorch: what their tensors cost, the context of their networks, gradients and weights."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

pytest.importorskip("torch")

import torch
from torch import nn
from torch.optim.optimizer import _global_optimizer_post_hooks
from torch_gan import LATENT, Discriminator, Generator, d_loss_of, gan, train_step

import gandoctor
from gandoctor.callbacks.torch import GANDoctor, GradientNorms, context_of
from gandoctor.callbacks.torch_networks import networks_in
from gandoctor.errors import GandoctorError
from gandoctor.recorder.scalars import is_deferred, keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_no_graph_is_kept_alive() -> None:
    with gandoctor.Recorder() as doctor:
        middle = nn.Linear(3, 3)(torch.randn(5, 3))
        loss = middle.square().mean()
        gone = weakref.ref(middle)
        doctor.record(1, d_loss=loss, g_loss=loss * 2)
        del middle, loss
        gc.collect()
        assert gone() is None


def test_what_waits_on_a_device_is_a_copy_without_a_graph() -> None:
    loss = nn.Linear(3, 1, device="meta")(torch.empty(3, device="meta")).mean()
    kept = keep(loss)
    assert is_deferred(kept)
    assert (kept.grad_fn, kept.requires_grad, kept.dim()) == (None, False, 0)
    assert kept is not loss


def test_a_gan_is_described_under_the_keys_of_the_rules() -> None:
    expected = {
        "framework": "torch",
        "precision": "float32",
        "device": "cpu",
        "latent_dim": LATENT,
        "d_optimiser": "adam",
        "d_learning_rate": 0.0002,
        "d_beta_1": 0.5,
        "d_batch_normalisation": False,
        "d_dropout": True,
        "d_trainable_weights": 4,
        "d_parameters": 33,
        "g_learning_rate": 0.0001,
        "g_batch_normalisation": True,
        "g_trainable_weights": 6,
    }
    context = context_of(*gan())
    assert {key: context.get(key) for key in expected} == expected
    assert "g_dropout" not in context


def of_dcgan() -> nn.Module:
    return nn.Sequential(nn.Sequential(nn.ConvTranspose2d(100, 8, 4, bias=False), nn.BatchNorm2d(8)), nn.Tanh())


def conditional() -> nn.Module:
    return nn.ModuleList([nn.Embedding(10, 4), nn.Linear(14, 2)])


def stated() -> nn.Module:
    generator = conditional()
    generator.nz = 10
    return generator


@pytest.mark.parametrize(
    ("generator", "size"),
    [
        (of_dcgan, 100),
        (lambda: nn.Linear(7, 2), 7),
        (lambda: torch.compile(nn.Sequential(nn.Flatten(), nn.Linear(9, 2)), backend="eager"), 9),
        (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.ConvTranspose2d(8, 3, 3)), None),
        (conditional, None),
        (stated, 10),
        (lambda: object(), None),
    ],
)
def test_the_latent_size_is_told_where_it_can_be(generator: Callable[[], Any], size: int | None) -> None:
    assert context_of(generator=generator()).get("latent_dim") == size


def test_several_networks_and_groups_are_told_by_what_they_share() -> None:
    two = [Generator(), Generator()]
    groups = [{"params": one.parameters(), "lr": 10.0**-k} for k, one in enumerate(two)]
    context = context_of(generator=two, g_optimizer=torch.optim.RMSprop(groups, momentum=0.0))
    assert context["g_optimiser"] == "rmsprop"
    assert "g_learning_rate" not in context
    assert (context["g_momentum"], context["g_batch_normalisation"]) == (0.0, True)


def test_an_optimiser_of_other_weights_is_said(caplog: pytest.LogCaptureFixture) -> None:
    d, g, _, g_optimizer = gan()
    context = context_of(d, g, torch.optim.SGD(Discriminator().parameters(), lr=0.1), g_optimizer)
    assert (context["d_trainable_weights"], context["g_trainable_weights"]) == (0, 6)
    assert "no weight of the discriminator is trained" in caplog.text


def test_networks_and_their_optimisers_are_found_in_a_module() -> None:
    module = nn.Module()
    module.netG, module.G_ema, module.vgg = Generator(), Generator(), nn.Linear(2, 2)
    module.critics = nn.ModuleList([Discriminator(), Discriminator()])
    module.d_criterion = nn.BCEWithLogitsLoss()
    opt_of_g = torch.optim.Adam(module.netG.parameters())
    opt_of_d = torch.optim.SGD(module.critics.parameters(), lr=0.1)
    found = networks_in(module, [opt_of_g, opt_of_d])
    assert found.generators == (module.netG,)
    assert found.discriminators == tuple(module.critics)
    assert (found.g_optimisers, found.d_optimisers) == ((opt_of_g,), (opt_of_d,))


def norm_of(network: nn.Module) -> float:
    return float(torch.cat([p.grad.flatten() for p in network.parameters()]).norm())


def test_gradients_are_those_that_the_optimisers_step_with() -> None:
    d, g, d_optimizer, g_optimizer = gan()
    with GradientNorms(d, g, every=1) as norms:
        for step in range(1, 4):
            real, fake = torch.randn(16, 2), g(torch.randn(16, LATENT))
            d_optimizer.zero_grad()
            d_loss_of(d, real, fake).backward()
            nn.utils.clip_grad_norm_(d.parameters(), 0.05)
            d_norm = norm_of(d)
            d_optimizer.step()
            g_optimizer.zero_grad()
            (-d(fake)).mean().backward()
            g_optimizer.step()
            assert norms.take(step) == {"d_grad_norm": pytest.approx(d_norm), "g_grad_norm": pytest.approx(norm_of(g))}
            assert d_norm == pytest.approx(0.05, rel=1e-3)
            assert norm_of(d) != pytest.approx(d_norm)


def hooks() -> int:
    return len(_global_optimizer_post_hooks)


def test_between_the_steps_that_are_measured_there_is_no_hook() -> None:
    parts = gan()
    norms = GradientNorms(parts[0], parts[1], every=10)
    measured, hooked = [], []
    for step in range(1, 31):
        hooked += [step] if hooks() else []
        train_step(*parts)
        measured += [step] if set(norms.take(step)) == {"d_grad_norm", "g_grad_norm"} else []
    assert measured == hooked == [1, 11, 21]
    norms.remove()
    for step in range(31, 50):
        train_step(*parts)
        assert norms.take(step) == {}
        assert hooks() == 0


def test_a_generator_that_steps_more_rarely_is_waited_for() -> None:
    d, g, d_optimizer, g_optimizer = gan()
    found: list[tuple[int, str]] = []
    with GradientNorms(d, g, every=8) as norms:
        for step in range(1, 25):
            train_step(d, g, d_optimizer, g_optimizer if step % 5 == 0 else torch.optim.SGD(Generator().parameters()))
            found += [(step, name) for name in norms.take(step)]
    assert [step for step, name in found if name == "d_grad_norm"] == [1, 9, 17]
    assert [step for step, name in found if name == "g_grad_norm"] == [5, 10, 20]
    assert hooks() == 0


def test_a_loop_is_recorded_with_its_gradients_and_whether_weights_move(tmp_path: Path) -> None:
    parts = gan()
    with GANDoctor(tmp_path / "run.csv", *parts, gradients_every=20, context={"batch_size": 16}) as doctor:
        losses = []
        for step in range(1, 41):
            d_loss, g_loss = train_step(*parts)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
            losses.append(d_loss.item())
        assert doctor.diagnosis().run.context["d_weights_moved"] is True
    rows = pd.read_csv(tmp_path / "run.csv").set_index("step")
    assert list(rows["d_loss"]) == pytest.approx(losses)
    assert list(rows["d_grad_norm"].dropna().index) == list(rows["g_grad_norm"].dropna().index) == [1, 21]
    context = gandoctor.read(tmp_path / "run.csv").context
    assert (context["batch_size"], context["g_weights_moved"], context["d_optimiser"]) == (16, True, "adam")
    assert hooks() == 0


def test_a_discriminator_that_never_moves_is_said(caplog: pytest.LogCaptureFixture) -> None:
    d, g, _, g_optimizer = gan()
    still = torch.optim.SGD(d.parameters(), lr=0.0)
    with GANDoctor(None, d, g, still, g_optimizer) as doctor:
        for step in range(1, 30):
            d_loss, g_loss = train_step(d, g, still, g_optimizer)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
        assert doctor.diagnosis().run.context["d_weights_moved"] is False
    assert "the discriminator does not learn: its weights are those of step 1" in caplog.text


def test_what_are_no_networks_is_refused_before_the_training() -> None:
    d, g, d_optimizer, _ = gan()
    for wrong in ((d, "generator"), (d, g, g), (d, g, d_optimizer, 3)):
        with pytest.raises(GandoctorError, match="was given for"):
            GANDoctor(None, *wrong)
    with pytest.raises(GandoctorError, match="number of steps"):
        GradientNorms(d, g, every=0)


def test_networks_that_cannot_be_looked_at_disturb_no_training(caplog: pytest.LogCaptureFixture) -> None:
    d, g, *optimizers = gan()
    lazy = nn.Sequential(nn.LazyLinear(3))
    with GANDoctor(None, [d, lazy], g, *optimizers, gradients_every=1) as doctor:
        for step in range(1, 30):
            d_loss, g_loss = train_step(d, g, *optimizers)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
        assert doctor.diagnosis().run.last_step == 29
    assert "does not look at weights any more" in caplog.text


WRONG_ROWS: dict[str, tuple[Any, ...]] = {
    "a step that is NaN": (float("nan"), {"d_loss": 1.0}),
    "a step that is infinite": (torch.tensor(float("inf")), {"d_loss": 1.0}),
    "a step without end": (10**400, {"d_loss": 1.0}),
    "a step that is a vector": (torch.tensor([1, 2]), {"d_loss": 1.0}),
    "a step that is text": ("3", {"d_loss": 1.0}),
    "no step": (None, {"d_loss": 1.0}),
    "a tuple of losses": (4, (1.0, 1.0)),
    "a tensor of losses": (4, torch.tensor([1.0, 1.0])),
    "one loss": (4, torch.tensor(1.0)),
    "names that are none": (4, {1: 1.0, None: 2.0}),
}


@pytest.mark.parametrize("kind", WRONG_ROWS)
@pytest.mark.parametrize("every", [None, 2])
def test_a_row_that_cannot_be_recorded_reaches_no_training(
    kind: str, every: int | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    d, g, *optimizers = gan()
    with GANDoctor(tmp_path / "run.csv", d, g, *optimizers, gradients_every=every) as doctor:
        for step in range(1, 40):
            d_loss, g_loss = train_step(d, g, *optimizers)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
            if step == 3:
                doctor.record(*WRONG_ROWS[kind])
        assert doctor.diagnosis().run.context["d_weights_moved"] is True
    assert len(caplog.records) in (1, 2)  # each name that is none is said
    rows = pd.read_csv(tmp_path / "run.csv").set_index("step")
    assert rows.loc[5:, "d_loss"].notna().all()
    assert rows.index.tolist() == list(range(1, 40))
    if every:
        assert rows["d_grad_norm"].notna().sum() > 15


def test_gradients_that_cannot_be_measured_disturb_no_training(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    d, g, *optimizers = gan()
    monkeypatch.setattr(GradientNorms, "take", lambda *_: 1 / 0)
    with GANDoctor(None, d, g, *optimizers, gradients_every=1) as doctor:
        for step in range(1, 30):
            d_loss, g_loss = train_step(d, g, *optimizers)
            doctor.record(step, d_loss=d_loss, g_loss=g_loss)
            assert hooks() == 0
        assert doctor.diagnosis().run.last_step == 29
    assert caplog.text.count("does not look at gradients any more: ZeroDivisionError") == 1


REFUSED: dict[str, dict[str, Any]] = {
    "a log in use": {},
    "a folder that is not there": {"path": "nowhere/run.csv"},
    "a context that means nothing": {"context": {"family": "nonsense"}},
    "a setting that is none": {"colour": "red"},
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_recorder_that_is_refused_leaves_no_hook_behind(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "run.csv"
    d, g, *_ = gan()
    with gandoctor.Recorder(log):
        with pytest.raises((GandoctorError, TypeError)):
            GANDoctor(**{"path": log, **REFUSED[kind]}, discriminator=d, generator=g, gradients_every=100)
        assert hooks() == 0
