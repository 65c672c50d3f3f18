"""`gandoctor train` as a user meets it: what it lists, refuses, leaves and says."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from typing import TYPE_CHECKING

from gandoctor import cli
from gandoctor.trainer import backend
from gandoctor.trainer.registry import SCENARIOS

if TYPE_CHECKING:
    from pathlib import Path


def ended(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["train", *arguments])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_the_list_names_every_scenario_and_what_to_type_next() -> None:
    shown = CliRunner().invoke(cli.commands, ["train", "--list"])
    assert shown.exit_code == 0
    assert all(name in shown.output for name in SCENARIOS)
    assert "gandoctor train SCENARIO" in shown.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "gandoctor train --list shows them"),
        (("dcgan",), "there is no scenario 'dcgan'; there are mnist-dcgan, "),
        (("mnist-dcgan", "--remedy", "pray"), "the trainer can apply"),
        (("mnist-dcgan", "--remedy", "separate-batches"), "which is so already"),
        (("mnist-dcgan", "--width", "0"), "width must be above 0"),
        (("mnist-dcgan", "--steps", "0"), "'--steps'"),
        (("mnist-dcgan", "--seed", "-1"), "seed must be from 0"),
        (("mnist-dcgan", "--mode", "magic"), "'--mode'"),
        (("trading-cards", "--no-first-convolution"), "has no listing without it"),
        (("mnist-dcgan", "--report", "docx"), "the suffix says the format"),
    ],
)
def test_wrong_use_is_answered_before_anything_is_trained(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = ended(*arguments, "-o", str(tmp_path / "run"), capsys=capsys)
    assert (status, out) == (2, "")
    assert said in err
    assert not (tmp_path / "run").exists()


def test_without_tensorflow_one_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backend, "find_spec", lambda name: None)
    status, _, err = ended("mnist-dcgan", "-o", str(tmp_path / "run"), capsys=capsys)
    assert status == 2
    assert "pip install 'gandoctor[train]'" in err
    assert not (tmp_path / "run").exists()


def test_a_run_leaves_its_folder_and_prints_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tensorflow")
    from small_data import images

    arguments = ("mnist-dense", "--steps", "4", "--width", "0.05", "--data", images(tmp_path), "--report", "json")
    status, out, err = ended(*arguments, "-o", str(tmp_path / "run"), capsys=capsys)
    assert status == 0
    assert "Inconclusive" in out
    assert "samples at step 4" in err
    assert {path.name for path in (tmp_path / "run").iterdir()} >= {"run.csv", "recipe.toml", "report.json", "samples"}
    again, _, refused = ended(*arguments, "-o", str(tmp_path / "run"), capsys=capsys)
    assert again == 2
    assert "holds another run" in refused
