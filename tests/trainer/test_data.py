"""Where training images come from, and what images that cannot be used are answered with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("PIL")

from PIL import Image
from small_data import images

from gandoctor.errors import GandoctorError
from gandoctor.trainer import data, imagefiles, pictures
from gandoctor.trainer.feed import Feed
from gandoctor.trainer.look import features
from gandoctor.trainer.registry import SCENARIOS

if TYPE_CHECKING:
    from pathlib import Path

DIGIT, DENSE, COLOUR = (SCENARIOS[name] for name in ("mnist-dcgan", "mnist-dense", "cifar-dcgan-adam"))


@pytest.mark.parametrize(
    ("name", "scenario"), [("digits", "mnist-dcgan"), ("patches", "cifar-dcgan-sgd"), ("cards", "trading-cards")]
)
def test_what_needs_no_network_fits_its_scenario_and_is_always_the_same(name: str, scenario: str) -> None:
    found, named = data.load(None, SCENARIOS[scenario]), data.load(name, SCENARIOS[scenario])
    assert found.name == name
    assert found.train.shape[1:] == found.held_out.shape[1:] == SCENARIOS[scenario].shape
    assert found.train.dtype == np.float32
    assert -1 <= found.train.min() < -0.5
    assert 0.5 < found.train.max() <= 1
    assert (found.train == named.train).all()
    assert len(np.unique(found.train[:200], axis=0)) > 150


def test_every_card_has_the_same_border_and_its_own_picture() -> None:
    cards = data.load("cards", SCENARIOS["trading-cards"]).train[:100]
    assert (cards[:, :3] == cards[0, :3]).all()
    assert len(np.unique(cards[:, 15:41, 9:55], axis=0)) == 100


def test_of_a_file_as_keras_lays_it_out_the_digit_is_taken(tmp_path: Path) -> None:
    path = images(tmp_path)
    eight, every = data.load(path, DIGIT), data.load(path, DENSE)
    assert eight.name == "blobs, digit 8"
    assert len(eight.train) + len(eight.held_out) == 48
    assert len(every.train) + len(every.held_out) == 96


def test_what_is_held_out_is_not_trained_on(tmp_path: Path) -> None:
    found = data.load(images(tmp_path), DENSE)
    train, held_out = ({image.tobytes() for image in part} for part in (found.train, found.held_out))
    assert held_out
    assert not train & held_out


def test_the_test_images_of_a_file_are_held_out(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    train, test = random.integers(0, 256, (2, 20, 28, 28), np.uint8)
    np.savez(tmp_path / "both.npz", x_train=train, x_test=test)
    found = data.load(str(tmp_path / "both.npz"), DENSE)
    assert (len(found.train), len(found.held_out)) == (20, 20)


@pytest.mark.parametrize("scale", [lambda x: x, lambda x: x / 255, lambda x: x / 127.5 - 1, lambda x: x.astype(float)])
def test_grey_levels_are_recognised_by_their_range(scale: Any) -> None:
    levels = np.arange(4 * 28 * 28).reshape(4, 28, 28) % 256
    fitted = imagefiles.fitted(scale(levels), (28, 28, 1), "levels")
    assert fitted == pytest.approx(levels[..., None] / 127.5 - 1, abs=1e-6)


@pytest.mark.parametrize("shape", [(20, 16, 16), (20, 16, 16, 3), (20, 16, 16, 4), (20, 40, 30, 1)])
def test_images_of_any_size_are_brought_to_that_of_the_scenario(shape: tuple[int, ...]) -> None:
    fitted = imagefiles.fitted(np.full(shape, 255, np.uint8), COLOUR.shape, "white")
    assert fitted.shape == (20, 32, 32, 3)
    assert (fitted == 1).all()


def test_a_folder_of_pictures_is_read_with_those_below_it(tmp_path: Path) -> None:
    for place in range(60):
        folder = tmp_path / ("one" if place % 2 else "two")
        folder.mkdir(exist_ok=True)
        Image.fromarray(np.full((30, 40, 3), place * 4, np.uint8)).save(folder / f"{place}.png")
    found = data.load(str(tmp_path), COLOUR)
    assert found.train.shape[1:] == (32, 32, 3)
    assert (len(found.train), len(found.held_out)) == (45, 15)


UNUSABLE: list[tuple[str, Any, str]] = [
    ("missing.npz", None, "there is no such file, and no data set of that name"),
    ("text.npz", b"no archive", "is not an .npz file"),
    ("nothing.npz", b"", "is not an .npz file"),
    ("flat.npz", np.zeros(100), r"shape \(100,\)"),
    ("words.npz", np.array([[["a"]]]), "images need numbers"),
    ("objects.npz", np.array([{}, {}], dtype=object), "is not an .npz file of numbers"),
    ("few.npz", np.zeros((4, 28, 28)), "too few"),
    ("range.npz", np.full((60, 28, 28), 4096.0), "values reach from 4096 to 4096"),
    ("nan.npz", np.full((60, 28, 28), np.nan), "values reach from nan to nan"),
]


@pytest.mark.parametrize(("name", "content", "said"), UNUSABLE, ids=[name for name, *_ in UNUSABLE])
def test_a_file_that_cannot_be_trained_on_is_answered_with_a_sentence(
    name: str, content: Any, said: str, tmp_path: Path
) -> None:
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content is not None:
        np.savez(tmp_path / name, x=content)
    with pytest.raises(GandoctorError, match=said):
        data.load(str(tmp_path / name), DENSE)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "holds no pictures"), (b"rubbish", "cannot be read as a picture")]
)
def test_a_folder_without_pictures_is_answered_with_a_sentence(
    content: bytes | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(GandoctorError, match=said):
        data.load(str(tmp_path), DENSE)


def test_a_download_that_fails_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")

    def fail() -> None:
        raise Exception("URL fetch failure: no route to host")

    monkeypatch.setattr(keras.datasets.cifar10, "load_data", fail)
    with pytest.raises(GandoctorError, match="--data patches, which needs no network"):
        data.load("cifar10", COLOUR)


def test_reals_come_in_order_where_the_source_never_shuffles(tmp_path: Path) -> None:
    found = data.load(images(tmp_path), DENSE)
    feed = Feed(DENSE, found, seed=1)
    batches = [feed.reals(30) for _ in range(3)]
    assert (batches[0] == found.train[:30]).all()
    assert (batches[1] == found.train[30:60]).all()
    assert (batches[2] == found.train[:30]).all()


def test_latents_follow_the_law_of_the_scenario(tmp_path: Path) -> None:
    normal, uniform = (Feed(each, data.load(images(tmp_path), DENSE), 1).latents(500) for each in (DENSE, COLOUR))
    assert normal.shape == uniform.shape == (500, 100)
    assert normal.std() == pytest.approx(1, abs=0.02)
    assert abs(uniform).max() <= 1
    assert uniform.std() == pytest.approx(3**-0.5, abs=0.02)


@pytest.mark.parametrize(
    ("shape", "values"), [((28, 28, 1), 14 * 14), ((32, 32, 3), 16 * 16 * 3), ((64, 64, 3), 16 * 16 * 3)]
)
def test_images_are_compared_by_squares_of_pixels(shape: tuple[int, int, int], values: int) -> None:
    rows = features(np.random.default_rng(0).uniform(-1, 1, (5, *shape)).astype(np.float32))
    assert rows.shape == (5, values)
    ramp = np.broadcast_to(np.arange(28, dtype=np.float32)[:, None, None], (1, 28, 28, 1))
    assert features(ramp).reshape(14, 14)[:, 0] == pytest.approx(np.arange(0.5, 28, 2))


def test_a_grid_shows_the_images_in_rows_from_the_top_left() -> None:
    from io import BytesIO

    shades = np.linspace(-1, 1, 13)[:, None, None, None] * np.ones((13, 8, 8, 1))
    shades[12] = np.nan
    picture = np.asarray(Image.open(BytesIO(pictures.grid(shades.astype(np.float32), across=10))))
    size = picture.shape[1] // (10 * 10 + 2)
    assert picture.shape == (22 * size, 102 * size)
    assert [picture[6 * size, (6 + 10 * place) * size] for place in (0, 9)] == [0, 191]
    assert [picture[16 * size, (6 + 10 * place) * size] for place in (0, 2, 5)] == [212, 0, 128]
