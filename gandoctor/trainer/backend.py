"""TensorFlow as the trainer needs it: there, quiet, and seeded."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTALL = "pip install 'gandoctor[train]'"


def start(seed: int) -> None:
    """Import Keras on TensorFlow and seed Python's, NumPy's and TensorFlow's generators.

    BadOption, with what to install or unset, where Keras is not there or runs on something else.
    """
    if find_spec("tensorflow") is None:
        raise BadOption(f"training needs TensorFlow, which is not installed: {_INSTALL}")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with _native_silence():
            import keras
            import tensorflow as tf
    except ImportError as error:
        raise BadOption(f"TensorFlow cannot be imported ({error}); install it anew: {_INSTALL}") from error
    if not keras.__version__.startswith("3"):
        raise BadOption(f"Keras {keras.__version__} is too old for the trainer, which needs Keras 3: {_INSTALL}")
    if keras.backend.backend() != "tensorflow":
        raise BadOption(f"Keras runs on {keras.backend.backend()}; unset KERAS_BACKEND to train with TensorFlow")
    tf.get_logger().setLevel("ERROR")
    keras.utils.set_random_seed(seed)


@contextmanager
def _native_silence() -> Iterator[None]:
    """Keep what native code writes to standard error while TensorFlow is imported; it is shown if that fails."""
    if "tensorflow" in sys.modules:
        yield
        return
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(real, kept.read())
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)
