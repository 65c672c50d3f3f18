"""Settings of a training that a tracker keeps beside its curves: which of them are worth knowing, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from gandoctor.readers.text_context import is_setting, setting_of

_LONGEST = 60
_MOST = 10_000
_DEPTH = 8


def settings_of(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The stated settings that tell something about a GAN, by their own keys; texts such as "64" become numbers.

    Nested settings go by their innermost key, the first of a name counts. What is unset ("None") or long is left out.
    """
    found: dict[str, Any] = {}
    for key, value in islice(_leaves(stated, _DEPTH), _MOST):
        setting = setting_of(value) if isinstance(value, str) else value
        if key not in found and is_setting(key) and isinstance(setting, str | int | float | bool):
            found[key] = setting
    return found


def _leaves(stated: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in stated.items():
        if isinstance(value, Mapping):
            if depth:
                yield from _leaves(value, depth - 1)
        elif not (isinstance(value, str) and len(value) > _LONGEST):
            yield str(key).replace(".", "/").rpartition("/")[2], value
