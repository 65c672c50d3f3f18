"""Numbers as training loops hand them over: plain, of numpy, or still on a device, where fetching each would wait."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PLAIN = frozenset({float, int, bool, type(None), np.float64, np.float32, np.int64, np.int32})
"""Types whose values never change and wait for nothing: kept as they are."""

_NARROW = ("float16", "bfloat16", "float32")


class NotOneNumber(ValueError):
    """A value that cannot be recorded: it is no number, or several."""


def keep(value: Any) -> Any:
    """What is recorded of a value, out of reach of anything that the training does to it afterwards.

    A plain or numpy number; or, where reading it now would wait for a device, a tensor of one element that nobody else
    writes to: `fetch` reads it. A torch tensor is detached from its graph and, on a device, copied there (the copy is
    queued behind the work that makes the value); the tensors of TensorFlow and jax never change and are kept, variables
    are read. Anything else is asked for its `float()`. NotOneNumber where it is no number, or several.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, np.generic | np.ndarray):
        return _of_array(value)
    if isinstance(value, str | bytes):
        raise NotOneNumber(f"{value!r:.40} is text")
    framework = _framework(type(value))
    try:
        return _KEEP[framework](value) if framework else float(value)
    except NotOneNumber:
        raise
    except Exception as error:  # whatever a foreign type's conversion raises
        raise NotOneNumber(f"{type(value).__name__} is no number ({_first_line(error)})") from error


def fetch(values: Sequence[Any]) -> list[Any]:
    """The numbers of tensors that `keep` kept, each device waited for once; NotOneNumber in place of a lost one."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, value in enumerate(values):
        groups.setdefault(_alike(value), []).append(i)
    found: list[Any] = [None] * len(values)
    for (framework, *_), places in groups.items():
        for i, number in zip(places, _fetched(framework, [values[i] for i in places]), strict=True):
            found[i] = number
    return found


def now(value: Any) -> Any:
    """A number at once, waiting for its device where need be; NotOneNumber where it is none."""
    kept = keep(value)
    number = fetch([kept])[0] if is_deferred(kept) else kept
    if number is None:
        raise NotOneNumber("None is no number")
    if isinstance(number, NotOneNumber):
        raise number
    return number


def is_deferred(value: Any) -> bool:
    """Whether `keep` left the value on its device."""
    return type(value) not in PLAIN and not isinstance(value, np.generic)


def _framework(kind: type) -> str:
    """The framework that a type belongs to, "" where none that is loaded."""
    found = _frameworks.get(kind)
    if found is None:
        roots = (base.__module__.partition(".")[0] for base in kind.__mro__)
        names = ("jax" if root == "jaxlib" else root for root in roots)
        found = _frameworks[kind] = next((name for name in names if name in _KEEP and name in sys.modules), "")
    return found


_frameworks: dict[type, str] = {}
"""Types that were looked up before."""


def _of_array(value: Any) -> Any:
    if value.size != 1:
        raise NotOneNumber(f"an array of shape {value.shape} is not one number")
    kind = value.dtype.kind
    if kind not in "fiub" and value.dtype.name not in _NARROW:
        raise NotOneNumber(f"an array of {value.dtype} is no number")
    return value.reshape(-1)[0]


def _of_torch(value: Any) -> Any:
    if value.numel() != 1:
        raise NotOneNumber(f"a tensor of shape {tuple(value.shape)} is not one number")
    if not value.is_cpu:
        return value.detach().reshape(()).clone()
    number = value.item()  # reads through the graph without touching it: `detach` alone would cost far more
    return np.float32(number) if _is_narrow(value.dtype) else number


@cache
def _is_narrow(dtype: Any) -> bool:
    """Whether a type of torch's holds no more digits than float32."""
    return str(dtype).rpartition(".")[2] in _NARROW


def _of_tensorflow(value: Any) -> Any:
    if hasattr(value, "read_value"):
        value = value.read_value()
    if not hasattr(value, "numpy"):
        raise NotOneNumber(f"{type(value).__name__} has no value yet: record outside of tf.function")
    if value.shape.num_elements() != 1:
        raise NotOneNumber(f"a tensor of shape {tuple(value.shape)} is not one number")
    return _of_array(value.numpy()) if value.device.endswith("CPU:0") else value


def _of_keras(value: Any) -> Any:
    return keep(value.value)


def _of_jax(value: Any) -> Any:
    if not hasattr(value, "is_deleted"):
        return float(value)
    if value.size != 1:
        raise NotOneNumber(f"an array of shape {value.shape} is not one number")
    return value


_KEEP: dict[str, Callable[[Any], Any]] = {
    "torch": _of_torch,
    "tensorflow": _of_tensorflow,
    "keras": _of_keras,
    "jax": _of_jax,
}


def _alike(value: Any) -> tuple[Any, ...]:
    """What values must share to be fetched together; one that cannot say it is fetched alone."""
    framework = _framework(type(value))
    try:
        return (framework, str(value.dtype), str(value.device))
    except Exception:  # an array of jax that was given away has no device any more
        return (framework, id(value))


def _fetched(framework: str, values: list[Any]) -> Sequence[Any]:
    try:
        return [_of_array(number) for number in _FETCH[framework](values)]
    except Exception:  # a lost device, a donated buffer: one value may be gone and the others not
        return [_fetched_alone(framework, value) for value in values]


def _fetched_alone(framework: str, value: Any) -> Any:
    try:
        return _of_array(_FETCH[framework]([value])[0])
    except Exception as error:
        return NotOneNumber(f"{type(value).__name__} could not be fetched ({_first_line(error)})")


def _from_torch(values: list[Any]) -> Any:
    together = sys.modules["torch"].stack(values)
    return (together.float() if str(together.dtype).endswith("bfloat16") else together).cpu().numpy()


def _from_tensorflow(values: list[Any]) -> Any:
    tf = sys.modules["tensorflow"]
    return tf.stack([value if value.shape.rank == 0 else tf.reshape(value, ()) for value in values]).numpy()


def _from_jax(values: list[Any]) -> Any:
    return [np.asarray(value) for value in sys.modules["jax"].device_get(values)]


_FETCH: dict[str, Callable[[list[Any]], Any]] = {
    "torch": _from_torch,
    "tensorflow": _from_tensorflow,
    "jax": _from_jax,
}


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]:.80}"
