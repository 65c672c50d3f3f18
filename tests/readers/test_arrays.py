import zipfile
from pathlib import Path

import numpy as np
import pytest

from gandoctor.errors import UnreadableLog
from gandoctor.readers import compression
from gandoctor.readers.arrays import sibling
from gandoctor.readers.formats import read_raw
from gandoctor.readers.raw import RawLog

D = np.linspace(1.4, 0.2, 12)
G = np.linspace(0.7, 5.0, 12)


def read(path: Path) -> RawLog:
    (log,) = read_raw([path])
    return log


PAIRS = [
    ("d_losses", "g_losses"), ("D_loss", "G_loss"), ("disc_loss", "gen_loss"), ("lossD", "lossG"), ("dLoss", "gLoss"),
    ("discriminator_losses", "generator_losses"), ("critic_loss", "gen_loss"), ("run3_d_loss", "run3_g_loss"),
    ("loss_d_1000", "loss_g_1000"), ("d", "g"), ("dloss", "gloss"), ("DiscriminatorLoss", "GeneratorLoss"),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize("given", [0, 1])
def test_an_array_finds_its_sibling_in_the_folder(pair: tuple[str, str], given: int, tmp_path: Path) -> None:
    np.save(tmp_path / f"{pair[0]}.npy", D)
    np.save(tmp_path / f"{pair[1]}.npy", G)
    np.save(tmp_path / "samples.npy", np.zeros((4, 28, 28)))
    log = read(tmp_path / f"{pair[given]}.npy")
    assert log.columns[pair[0]].tolist() == D.tolist()
    assert log.columns[pair[1]].tolist() == G.tolist()
    assert pair[1 - given] in log.notes[0]


@pytest.mark.parametrize(("name", "others"), [
    ("d_losses", ["g_losses_val"]), ("losses", ["g_losses"]), ("dg_loss", ["g_loss"]), ("data", ["gata"]),
    ("d_loss_1", ["g_loss_2"]),
])  # fmt: skip
def test_a_name_that_differs_otherwise_is_no_sibling(name: str, others: list[str]) -> None:
    assert sibling(Path(f"{name}.npy"), [Path(f"{other}.npy") for other in others]) is None


def test_curves_of_different_lengths_span_one_training(tmp_path: Path) -> None:
    np.save(tmp_path / "d_losses.npy", np.arange(20.0))
    np.save(tmp_path / "g_losses.npy", np.arange(4.0))
    log = read(tmp_path / "d_losses.npy")
    assert np.flatnonzero(log.logged["g_losses"]).tolist() == [4, 9, 14, 19]
    assert log.columns["g_losses"][log.logged["g_losses"]].tolist() == [0, 1, 2, 3]
    assert "d_losses" not in log.logged
    assert any("4 and 20 values" in note for note in log.notes)


def test_two_arrays_given_together_are_one_log(tmp_path: Path) -> None:
    np.save(tmp_path / "real.npy", D)
    np.save(tmp_path / "fake.npy", G)
    (log,) = read_raw([tmp_path / "real.npy", tmp_path / "fake.npy"])
    assert list(log.columns) == ["real", "fake"]


def test_a_folder_of_arrays_is_read_as_a_pair(tmp_path: Path) -> None:
    np.save(tmp_path / "d_losses.npy", D)
    np.save(tmp_path / "g_losses.npy", G)
    assert set(read(tmp_path).columns) == {"d_losses", "g_losses"}


@pytest.mark.parametrize("compressed", [False, True])
def test_an_archive_of_arrays_is_read_with_its_names(compressed: bool, tmp_path: Path) -> None:
    (np.savez_compressed if compressed else np.savez)(
        tmp_path / "h.npz", d_loss=D, g_loss=G.astype("f4"), n=np.int64(3)
    )
    log = read(tmp_path / "h.npz")
    assert set(log.columns) == {"d_loss", "g_loss"}
    assert log.columns["g_loss"].dtype == np.float64


SHAPES = {
    "columns": (np.column_stack([D, G]), {"x/0": D, "x/1": G}),
    "a column": (D[:, None], {"x": D}),
    "a row": (D[None, :], {"x": D}),
    "integers": (np.arange(5), {"x": np.arange(5.0)}),
    "half precision": (np.array([0.5, 0.25], "f2"), {"x": np.array([0.5, 0.25])}),
    "fields": (np.array([(1, 0.5), (2, 0.6)], [("step", "i4"), ("d", "f8")]),
               {"step": np.array([1.0, 2]), "d": np.array([0.5, 0.6])}),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_the_dimensions_of_an_array_become_columns(case: str, tmp_path: Path) -> None:
    array, columns = SHAPES[case]
    np.save(tmp_path / "x.npy", array)
    log = read(tmp_path / "x.npy")
    assert {name: values.tolist() for name, values in log.columns.items()} == {
        k: v.tolist() for k, v in columns.items()
    }


def test_samples_beside_the_curves_are_left_out_and_noted(tmp_path: Path) -> None:
    np.savez(tmp_path / "h.npz", d_loss=D, samples=np.zeros((16, 28, 28)), latent=np.zeros((16, 128)))
    log = read(tmp_path / "h.npz")
    assert list(log.columns) == ["d_loss"]
    assert "samples has the shape (16, 28, 28) and is no curve" in log.notes


def test_nan_in_an_array_was_logged(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([0.5, np.nan, np.inf]))
    assert read(tmp_path / "x.npy").logged == {}


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(UnreadableLog, match=sentence):
        read(path)


def test_object_arrays_are_refused_without_being_opened(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}, None], dtype=object)
    np.save(tmp_path / "x.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "x.npz", d=objects)
    for suffix in ("npy", "npz"):
        refused(tmp_path / f"x.{suffix}", r"holds Python objects.*pickle.*np\.save")


def test_arrays_without_a_curve_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((4, 28, 28)))
    refused(tmp_path / "x.npy", "x has the shape .* and is no curve")
    np.save(tmp_path / "y.npy", np.array(["a", "b"]))
    refused(tmp_path / "y.npy", "no numbers")
    np.save(tmp_path / "z.npy", np.empty(0))
    refused(tmp_path / "z.npy", "holds no curve")


def test_a_damaged_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", D)
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-20])
    refused(tmp_path / "x.npy", "damaged NumPy file")


def test_an_archive_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "bomb.npz", d=np.zeros(1_000_000))
    monkeypatch.setattr(compression, "MAX_BYTES", 1 << 20)
    refused(tmp_path / "bomb.npz", r"bomb\.npz unpacks to more than 1 MB")


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liar.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("d.npy", b"x" * 1000)
    refused(path, "damaged NumPy file")
