"""The trainer trains: every scenario in both modes, the facts about Keras that it rests on, and how a run ends."""

from __future__ import annotations

import csv
import os
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("tensorflow")

import tensorflow as tf
from small_data import images, plan, tiny

from gandoctor.errors import GandoctorError
from gandoctor.trainer import data
from gandoctor.trainer.as_written import AsWritten
from gandoctor.trainer.feed import Feed
from gandoctor.trainer.loop import Hooks, train
from gandoctor.trainer.registry import SCENARIOS
from gandoctor.trainer.step import Consistent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gandoctor.trainer.system import System

pytestmark = pytest.mark.filterwarnings(  # `predict` feeds its batches through tf.data, which is traced all the same
    "ignore:Even though the `tf.config.experimental_run_functions_eagerly`:UserWarning"
)
HALVES = {"d_loss_real", "d_loss_fake", "d_accuracy_real", "d_accuracy_fake", "g_loss"}
ACCURACIES = {"d_accuracy_real", "d_accuracy_fake"}
COMBINED = {"d_loss", "d_accuracy", "g_loss"}
SAMPLES = {"coverage", "density", "precision", "recall", "vendi", "pairwise_distance", "duplicates"}
MODES = ("consistent", "as-written")
SYSTEMS: dict[str, type[System]] = {"consistent": Consistent, "as-written": AsWritten}


@pytest.fixture
def untraced() -> Iterator[None]:
    """Steps run as plain Python: for a few steps that is faster than tracing them."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def returned(name: str, mode: str) -> set[str]:
    """What a step returns: in the consistent mode both halves, as written what the source's calls return."""
    if mode == "consistent" or SCENARIOS[name].d_batches == "separate":
        return HALVES - (ACCURACIES if (name, mode) == ("mnist-dense", "as-written") else set())
    return COMBINED | ({"g_accuracy"} if name.startswith("cifar") else set())


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "run.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def moved(network: Any, before: list[np.ndarray[Any, Any]]) -> bool:
    """Whether any weight of a network has changed, those that Keras calls frozen too."""
    return any((now.numpy() != then).any() for now, then in zip(network.weights, before, strict=True))


def all_weights(network: Any) -> list[np.ndarray[Any, Any]]:
    return [variable.numpy() for variable in network.weights]


def trainable_moved(system: System, feed: Feed, steps: int = 2) -> tuple[bool, bool]:
    """Whether D's and G's kernels and biases change in two steps; the averages of BatchNorm do not count."""
    system.step(feed)
    before = [
        {v.path: v.numpy() for v in model.weights if "moving" not in v.path}
        for model in (system.discriminator, system.generator)
    ]
    for _ in range(steps):
        system.step(feed)
    return tuple(  # type: ignore[return-value] # two of them
        any((v.numpy() != kept[v.path]).any() for v in model.weights if v.path in kept)
        for model, kept in zip((system.discriminator, system.generator), before, strict=True)
    )


def made(name: str, mode: str, folder: Path, **changes: Any) -> tuple[System, Feed]:
    scenario = tiny(name, **changes)
    tf.keras.utils.set_random_seed(3)
    return SYSTEMS[mode](scenario), Feed(scenario, data.load(images(folder), scenario), 3)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_takes_steps_in_both_modes(name: str, mode: str, tmp_path: Path) -> None:
    system, feed = made(name, mode, tmp_path)
    before = all_weights(system.generator)
    values = {name: float(value) for name, value in system.step(feed).items()}
    assert set(values) == returned(name, mode)
    assert np.isfinite(list(values.values())).all()
    assert moved(system.generator, before)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    ("name", "mode", "steps", "logged"),
    [
        ("mnist-dcgan", "consistent", ["1", "2", "3"], HALVES),
        ("mnist-dense", "consistent", ["2", "3"], {"d_loss", "g_loss"}),
        ("mnist-dense", "as-written", ["2", "3"], {"d_loss", "g_loss"}),
        ("mnist-dcgan-combined-batch", "as-written", ["1", "2", "3"], COMBINED),
    ],
)
def test_a_run_logs_what_its_source_logs_and_what_its_samples_show(
    name: str, mode: str, steps: list[str], logged: set[str], tmp_path: Path
) -> None:
    trained = train(plan(name, tmp_path, mode), tmp_path / "run")
    found = rows(tmp_path / "run")
    assert set(found[0]) == {"step"} | logged | SAMPLES
    assert [row["step"] for row in found] == steps
    assert trained.steps == 3
    assert trained.shown is not None
    assert (tmp_path / "run" / "samples" / "step-000003.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("untraced")
def test_as_written_a_run_is_logged_as_often_as_its_source_does(tmp_path: Path) -> None:
    train(plan("mnist-dcgan", tmp_path, "as-written", steps=4, log_every=3), tmp_path / "run")
    assert [row["step"] for row in rows(tmp_path / "run") if row["g_loss"]] == ["3", "4"]


def test_as_the_tutorial_writes_it_the_discriminator_is_never_trained(tmp_path: Path) -> None:
    assert trainable_moved(*made("mnist-dcgan", "as-written", tmp_path)) == (False, True)


def test_one_step_of_the_discriminator_before_it_is_frozen_mends_that(tmp_path: Path) -> None:
    system, feed = made("mnist-dcgan", "as-written", tmp_path, freezing="after-a-step")
    assert trainable_moved(system, feed) == (True, True)
    before = all_weights(system.discriminator)
    system._composite.train_on_batch(feed.latents(4), np.ones((4, 1)))  # type: ignore[attr-defined] # G's step alone
    assert not moved(system.discriminator, before)


def test_with_the_freezing_undone_the_composite_model_trains_the_discriminator_too(tmp_path: Path) -> None:
    system, feed = made("cifar-dcgan-sgd", "as-written", tmp_path)
    system.step(feed)
    before = all_weights(system.discriminator)
    system._composite.train_on_batch(feed.latents(4), np.ones((4, 1)))  # type: ignore[attr-defined] # G's step alone
    assert moved(system.discriminator, before)


def test_frozen_in_turn_each_step_trains_its_own_network(tmp_path: Path) -> None:
    system, feed = made("mnist-dense", "as-written", tmp_path)
    assert trainable_moved(system, feed) == (True, True)
    before = all_weights(system.discriminator)
    system._composite.train_on_batch(feed.latents(4), np.ones((4, 1)))  # type: ignore[attr-defined] # G's step alone
    assert not moved(system.discriminator, before)


def test_the_consistent_step_trains_both_and_can_freeze_the_discriminator(tmp_path: Path) -> None:
    system, feed = made("mnist-dcgan", "consistent", tmp_path)
    assert trainable_moved(system, feed) == (True, True)
    system.freeze_discriminator = True
    assert trainable_moved(system, feed) == (False, True)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("combined", [False, True])
def test_both_steps_of_the_consistent_mode_judge_one_network_unless_batches_are_combined(
    combined: bool, tmp_path: Path
) -> None:
    # With the same latents and nothing learnt in between, J = exp(-g) + exp(-d_fake) is at most 1 by Jensen.
    changes = {"same_latents": True, "d_batches": "combined" if combined else "separate", "batch": 16, "g_batch": 16}
    system, feed = made("mnist-dcgan", "consistent", tmp_path, **changes)
    for _ in range(10):
        system.step(feed)
    system.d_lr = system.g_lr = 0.0
    values = {name: float(value) for name, value in system.step(feed).items()}
    consistency = np.exp(-values["g_loss"]) + np.exp(-values["d_loss_fake"])
    assert (consistency > 1 + 1e-6) == combined


def test_the_same_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        train(plan("mnist-dcgan", tmp_path, seed=seed), tmp_path / name)
    one, again, other = ((tmp_path / name / "run.csv").read_bytes() for name in ("one", "again", "other"))
    assert one == again
    assert one != other


@pytest.mark.usefixtures("untraced")
def test_looking_at_samples_does_not_change_the_training(tmp_path: Path) -> None:
    from dataclasses import replace

    for name, every in (("often", 1), ("never", 100)):
        train(replace(plan("mnist-dcgan", tmp_path), look_every=every, picture_every=every), tmp_path / name)
    often, never = ([row["g_loss"] for row in rows(tmp_path / name)] for name in ("often", "never"))
    assert often == never


@pytest.mark.usefixtures("untraced")
def test_the_recipe_names_every_setting_and_what_the_samples_showed(tmp_path: Path) -> None:
    train(plan("mnist-dcgan", tmp_path, "as-written", seed=9), tmp_path / "run")
    recipe = tomllib.loads((tmp_path / "run" / "recipe.toml").read_text(encoding="utf-8"))
    assert (recipe["log"], recipe["rows"], recipe["mode"]) == ("run.csv", "trained", "as-written")
    known = {"family": "bce", "framework": "keras", "dataset": "blobs, digit 8", "latent_dim": 50, "seed": 9}
    known |= {"g_lr": 2e-4, "d_lr": 2e-4, "d_beta1": 0.5, "d_optimiser": "adam", "width": 0.02, "steps": 3}
    known |= {"batch_size": 4, "combined_batch": False, "d_batch_normalisation": True, "d_trainable": "before"}
    assert known.items() <= recipe["context"].items()
    assert {"python", "keras", "numpy", "gandoctor"} <= set(recipe["versions"])
    assert {"label", "verdict", "coverage", "coverage_of_real", "vendi", "size"} <= set(recipe["samples"])


@pytest.mark.usefixtures("untraced")
def test_the_diagnosis_of_the_folder_knows_the_recipe(tmp_path: Path) -> None:
    import gandoctor

    train(plan("mnist-dcgan-latent-1", tmp_path), tmp_path / "run")
    assert gandoctor.read(tmp_path / "run").context["latent_dim"] == 1


@pytest.mark.usefixtures("untraced")
def test_an_interrupt_ends_the_run_with_what_there_is(tmp_path: Path) -> None:
    def interrupt(step: int, system: System) -> None:
        if step == 3:
            raise KeyboardInterrupt

    trained = train(plan("mnist-dcgan", tmp_path, steps=50), tmp_path / "run", Hooks(on_step=interrupt))
    assert (trained.interrupted, trained.steps) == (True, 2)
    assert [row["step"] for row in rows(tmp_path / "run")] == ["1", "2"]
    recipe = tomllib.loads((tmp_path / "run" / "recipe.toml").read_text(encoding="utf-8"))
    assert recipe["samples"]["step"] == 2


@pytest.mark.usefixtures("untraced")
def test_an_interrupt_before_the_first_step_leaves_no_samples(tmp_path: Path) -> None:
    def interrupt(step: int, system: System) -> None:
        raise KeyboardInterrupt

    trained = train(plan("mnist-dcgan", tmp_path), tmp_path / "run", Hooks(on_step=interrupt))
    assert (trained.steps, trained.shown, trained.diagnosis.verdict) == (0, None, "inconclusive")


def break_it(system: System, way: str) -> None:
    """One of the ways in which a benchmark breaks a healthy run."""
    if way == "nan":
        system.poison()
    elif way == "rates":
        system.d_lr = system.g_lr = 1.0
    elif way == "batch":
        system.batch = 8
    else:
        setattr(system, way, True)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("way", ["nan", "rates", "batch", "combined", "freeze_discriminator"])
def test_a_hook_can_break_a_run_from_a_given_step_on(way: str, tmp_path: Path) -> None:
    def third(step: int, system: System) -> None:
        if step == 3:
            break_it(system, way)

    whole = train(plan("mnist-dcgan", tmp_path, steps=5), tmp_path / "whole")
    train(plan("mnist-dcgan", tmp_path, steps=5), tmp_path / "broken", Hooks(on_step=third))
    first, second = (
        np.array([[float(row[name]) for name in ("d_loss_fake", "g_loss")] for row in rows(tmp_path / name)])
        for name in ("whole", "broken")
    )
    assert whole.steps == 5
    assert (first[:2] == second[:2]).all()
    assert not (first[2:] == second[2:]).all()
    assert np.isnan(second[3:]).any() == (way == "nan")


@pytest.mark.usefixtures("untraced")
def test_samples_that_are_not_finite_are_a_divergence(tmp_path: Path) -> None:
    def poison(step: int, system: System) -> None:
        if step == 2:
            system.poison()

    trained = train(plan("mnist-dcgan", tmp_path, steps=6), None, Hooks(on_step=poison))
    assert trained.shown is not None
    assert trained.shown.label == "diverged"
    assert trained.shown.verdict == "convergence_failure"


@pytest.mark.usefixtures("untraced")
def test_a_folder_that_holds_a_run_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    train(plan("mnist-dcgan", tmp_path), tmp_path / "run")
    before = (tmp_path / "run" / "run.csv").read_bytes()
    with pytest.raises(GandoctorError, match="holds another run"):
        train(plan("mnist-dcgan", tmp_path), tmp_path / "run")
    assert (tmp_path / "run" / "run.csv").read_bytes() == before


def test_a_penalty_on_the_gradient_changes_the_training(tmp_path: Path) -> None:
    kept: dict[float, Mapping[str, Any]] = {}
    for penalty in (0.0, 10.0):
        system, feed = made("mnist-dcgan", "consistent", tmp_path, r1=penalty)
        for _ in range(3):
            kept[penalty] = {name: float(value) for name, value in system.step(feed).items()}
    assert kept[0.0] != kept[10.0]
    assert np.isfinite(list(kept[10.0].values())).all()
