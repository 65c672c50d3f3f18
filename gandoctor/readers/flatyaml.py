"""The flat part of a YAML file, `key: value` at the left margin; no YAML library, no tags, texts and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HYPER = "hparams.yaml"
LIMIT = 1 << 18
"""Bytes of which no more is read."""
_PAIR = re.compile(r"(?P<key>[A-Za-z_][\w./-]{0,80}):[ \t]+(?P<value>[^\s#&*!|>{\[%@`-][^\n]{0,400}|-[\d.][^\n]{0,40})")


def read_flat(path: Path) -> dict[str, str]:
    """The single values of a YAML file by key, as texts; nested ones, lists, anchors and tags are left aside.

    Empty where the file is absent or no text.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LIMIT).decode("utf-8", "replace")
    except OSError:
        return {}
    found = (_PAIR.match(line) for line in text.splitlines())
    return {match["key"]: _plain(match["value"]) for match in found if match}


def hyper_parameters(log: Path) -> dict[str, str]:
    """What the `hparams.yaml` says that Lightning's loggers leave beside `metrics.csv` or event files; else nothing."""
    if log.name == "metrics.csv":
        return read_flat(log.with_name(HYPER))
    return read_flat(log / HYPER)


def _plain(value: str) -> str:
    """The value without its quotes or the comment behind it."""
    if value[0] in "'\"" and (end := value.find(value[0], 1)) > 0:
        return value[1:end]
    return value.partition(" #")[0].strip()
