"""`gandoctor samples` as a user runs it: files, folders of pictures, rubbish."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gandoctor.cli import main
from gandoctor.samples import measure

if TYPE_CHECKING:
    from pathlib import Path

    Captured = pytest.CaptureFixture[str]

RNG = np.random.default_rng(11)
REAL = RNG.integers(0, 256, (60, 4, 4), dtype=np.uint8)
FAKE = RNG.integers(0, 256, (30, 4, 4), dtype=np.uint8)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    np.savez("real.npz", samples=REAL)
    np.savez_compressed("two.npz", x_train=REAL, x_test=FAKE, labels=np.arange(60))
    np.save("fake.npy", FAKE)
    np.save("same.npy", np.repeat(FAKE[:1], 30, axis=0))
    np.save("nan.npy", np.full((30, 16), np.nan))
    np.save("objects.npy", np.array([{}, None], dtype=object), allow_pickle=True)
    np.savez("objects.npz", samples=np.array([[{}], [None]], dtype=object))
    np.savez("labels.npz", labels=np.arange(60))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "fake.npy").read_bytes()[:200])
    (tmp_path / "cut.npz").write_bytes((tmp_path / "real.npz").read_bytes()[:300])
    (tmp_path / "log.csv").write_text("step,d_loss\n1,2\n")
    (tmp_path / "empty.npy").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    (tmp_path / "grid.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["samples", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_a_table_and_a_sentence_are_printed(files: Path, capsys: Captured) -> None:
    assert run("same.npy", "real.npz") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("same.npy against real.npz: 30 of each, k = 5\n\nmetric ")
    assert "coverage " in captured.out
    assert "pairwise_distance  0.00      1.0" in captured.out
    assert captured.out.splitlines()[-1].startswith("Mode collapse: ")
    assert captured.err == ""


def test_json_holds_what_python_gives(files: Path, capsys: Captured) -> None:
    assert run("fake.npy", "real.npz", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    measured = measure(FAKE, REAL)
    assert {name: entry["value"] for name, entry in found["metrics"].items()} == measured.metrics()
    assert found["metrics"]["recall"]["real_mean"] == measured.null["recall"].mean
    assert (found["state"], found["conclusion"]) == (measured.state, measured.conclusion)
    assert (found["size"], found["null_size"], found["k"]) == (30, 30, 5)


def test_other_real_samples_serve_the_null(files: Path, capsys: Captured) -> None:
    assert run("fake.npy", "fake.npy", "-k", 3) == 0
    assert "Note: real against real was measured on 15 samples a side" in capsys.readouterr().out
    assert run("fake.npy", "fake.npy", "--other-real", "real.npz") == 0
    assert "Note" not in capsys.readouterr().out


@pytest.mark.parametrize("keys", [["x_train"], ["", "x_train"], ["ignored", "x_train"]])
def test_an_array_is_named_for_all_files_or_for_each(files: Path, capsys: Captured, keys: list[str]) -> None:
    assert run("fake.npy", "two.npz", *(word for key in keys for word in ("--key", key)), "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["size"] == 30


@pytest.mark.parametrize(("fake", "expected"), [("same.npy", 1), ("fake.npy", 0)])
def test_the_exit_code_tells_whether_variety_is_missing(files: Path, fake: str, expected: int) -> None:
    assert run(fake, "real.npz", "--exit-code") == expected
    assert run(fake, "real.npz") == 0


BAD = [
    (("missing.npy", "real.npz"), "missing.npy: cannot be read (No such file"),
    (("fake.npy", "two.npz"), "x_train (60, 4, 4), x_test (30, 4, 4), labels (60,): name one with --key"),
    (("fake.npy", "two.npz", "--key", "y"), "two.npz: holds no array 'y'; it holds x_train"),
    (("fake.npy", "labels.npz"), "which array are the samples? It holds labels (60,)"),
    (("fake.npy", "two.npz", "--key", "a", "--key", "b", "--key", "c"), "--key is given 3 times for 2 files"),
    (("objects.npy", "real.npz"), "pickle, which can run code"),
    (("objects.npz", "real.npz"), "pickle, which can run code"),
    (("cut.npy", "real.npz"), "cut.npy: is a damaged NumPy file"),
    (("fake.npy", "cut.npz"), "cut.npz: is a damaged NumPy file"),
    (("empty.npy", "real.npz"), "empty.npy: is no .npy or .npz file and no folder of pictures"),
    (("log.csv", "real.npz"), "save samples with np.savez('samples.npz', samples=images)"),
    (("empty", "real.npz"), "empty: holds no pictures (.png, .jpg"),
    (("grid.png", "real.npz"), "grid.png: is one picture; give a folder"),
    (("nan.npy", "real.npz"), "30 of 30 fake samples hold NaN or infinity, the first is number 0"),
    (("fake.npy", "real.npz", "-k", "0"), "k=0: the number of neighbours is a whole number from 1"),
    (("fake.npy", "real.npz", "-k", "30"), "60 real samples are too few: k = 30 neighbours need 62"),
    (("fake.npy",), "Missing argument 'REAL'"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_what_cannot_be_used_gets_a_sentence_and_status_2(
    files: Path, capsys: Captured, arguments: tuple[str, ...], said: str
) -> None:
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_the_program_itself_prints_the_table(files: Path) -> None:
    command = [sys.executable, "-m", "gandoctor", "samples", "fake.npy", "real.npz"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=files, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == "fake.npy against real.npz: 30 of each, k = 5"


# --- pictures ----------------------------------------------------------------------------------------------------


def save(folder: Path, pictures: Any, suffix: str = "png") -> Path:
    image = pytest.importorskip("PIL.Image")
    for index, picture in enumerate(pictures):
        inside = folder / str(index % 2)
        inside.mkdir(parents=True, exist_ok=True)
        image.fromarray(picture).save(inside / f"{index:03}.{suffix}")
    return folder


def test_folders_of_pictures_are_read_with_their_subfolders(files: Path, capsys: Captured) -> None:
    fake, real = save(files / "fake", FAKE), save(files / "real", REAL)
    assert run(fake, real, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    order = [*range(0, 30, 2), *range(1, 30, 2)], [*range(0, 60, 2), *range(1, 60, 2)]
    expected = measure(FAKE[order[0]], REAL[order[1]]).metrics()
    assert {name: entry["value"] for name, entry in found["metrics"].items()} == expected


def test_grey_pictures_among_coloured_ones_become_coloured(files: Path, capsys: Captured) -> None:
    colour = RNG.integers(0, 256, (40, 4, 4, 3), dtype=np.uint8)
    real = save(files / "real", [*colour[:39], REAL[0]])
    assert run(save(files / "fake", colour), real) == 0
    assert "40 of each" in capsys.readouterr().out


def test_pictures_of_two_sizes_and_broken_ones_are_named(files: Path, capsys: Captured) -> None:
    mixed = save(files / "mixed", [REAL[0, :, :3], REAL[1]])
    assert run(mixed, "real.npz") == 2
    assert "001.png: has 4x4 pixels, others have 3x4;" in capsys.readouterr().err
    broken = save(files / "broken", REAL)
    (broken / "0" / "004.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    assert run("fake.npy", broken) == 2
    assert "004.png: is no picture that can be read" in capsys.readouterr().err


def test_without_pillow_it_is_said_how_to_get_it(
    files: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert run("fake.npy", save_without_pillow(files)) == 2
    assert "pip install 'gandoctor[train]'" in capsys.readouterr().err


def save_without_pillow(folder: Path) -> Path:
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(b"\x89PNG")
    return folder / "pictures"
