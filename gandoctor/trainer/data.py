"""Training images: by name from Keras' data sets or without any network, or from a file or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gandoctor.errors import BadOption
from gandoctor.trainer import cards, embedded, imagefiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gandoctor.trainer.feed import Batch
    from gandoctor.trainer.scenario import Scenario

NAMES = ("mnist", "cifar10", "digits", "patches", "cards")
"""What `--data` knows by name; anything else is a path."""

EMBEDDED: dict[str, str] = {"mnist": "digits", "cifar10": "patches", "cards": "cards"}
"""What stands in for a scenario's data where nothing may be downloaded."""

_MOST_HELD_OUT = 1024
_FEWEST = 12
"""Fewer held-out images have no five nearest neighbours to measure samples by."""


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """Real images in [-1, 1] as float32 of shape (count, height, width, channels); `held_out` are not trained on."""

    name: str
    train: Batch
    held_out: Batch


def load(what: str | None, scenario: Scenario) -> Images:
    """The images to train on: `what` is one of `NAMES`, a path, or None for what needs no network.

    Images are brought to the scenario's size and channels; where there are labels and the scenario is about one digit,
    the others are left out. BadOption for a path that holds no images, and where a download fails.
    """
    name = what or EMBEDDED[scenario.data]
    if name in ("mnist", "cifar10"):
        return _prepared(name, _downloaded(name), scenario)
    made: dict[str, Callable[[], tuple[NDArray[np.uint8], NDArray[np.uint8]]]] = {
        "digits": lambda: embedded.digits(scenario.digit),
        "patches": lambda: embedded.patches(scenario.shape[0]),
        "cards": cards.drawn,
    }
    if name in made:
        train, held_out = made[name]()
        return _prepared(name, imagefiles.Found(train, held_out=held_out), scenario)
    return _prepared(Path(name).stem, imagefiles.read(Path(name)), scenario)


def _downloaded(name: str) -> imagefiles.Found:
    from keras import datasets

    try:
        (train, labels), (held_out, held_out_labels) = getattr(datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception where a download fails
        raise BadOption(
            f"--data {name}: cannot be downloaded ({error}); give a path to an .npz file or a folder of images, or"
            f" --data {EMBEDDED[name]}, which needs no network"
        ) from error
    return imagefiles.Found(train, labels, held_out, held_out_labels)


def _prepared(name: str, found: imagefiles.Found, scenario: Scenario) -> Images:
    """Scale, resize, choose the digit, and hold some images out where the source does not."""
    train, held_out = _digit(found.images, found.labels, scenario.digit), found.held_out
    if scenario.digit is not None and found.labels is not None:
        name = f"{name}, digit {scenario.digit}"
    if held_out is not None:
        held_out = _digit(held_out, found.held_out_labels, scenario.digit)
    else:
        order = np.random.default_rng(0).permutation(len(train))
        some = min(_MOST_HELD_OUT, len(train) // 4)
        train, held_out = train[order[some:]], train[order[:some]]
    if min(len(train), len(held_out)) < _FEWEST:
        raise BadOption(f"--data {name}: {len(train) + len(held_out)} images are too few; 48 are enough")
    return Images(name, *(imagefiles.fitted(images, scenario.shape, name) for images in (train, held_out)))


def _digit(images: NDArray[Any], labels: NDArray[Any] | None, digit: int | None) -> NDArray[Any]:
    if digit is None or labels is None:
        return images
    chosen: NDArray[Any] = images[np.asarray(labels).reshape(-1) == digit]
    return chosen
