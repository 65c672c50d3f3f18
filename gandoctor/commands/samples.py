"""`gandoctor samples`: generated samples against real ones, as a table and in a sentence."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.commands.screen import screen, show
from gandoctor.errors import BadOption, BadSamples
from gandoctor.report.words import clean, count
from gandoctor.samples import Reference, SampleMetrics
from gandoctor.samples.files import load
from gandoctor.samples.result import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MEANING: Mapping[str, str] = {
    "coverage": "real samples with a generated one nearby",
    "density": "how many real ones are around a generated one",
    "precision": "generated samples with a real one nearby",
    "recall": "real samples that G could have made",
    "vendi": "number of different samples, over real ones",
    "pairwise_distance": "mean distance of two samples, over real ones",
    "duplicates": "generated samples with a near copy",
}
_GOOD = ("like real", "slightly off")


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `keys`: none, one for all files, or one a file in the order fake, real, other real."""

    fake: Path
    real: Path
    other_real: Path | None
    keys: tuple[str, ...]
    k: int
    format: str
    exit_code: bool


def run(request: Request) -> int:
    """Measure and print; returns the exit status. BadSamples and BadOption for what cannot be used."""
    paths = [path for path in (request.fake, request.real, request.other_real) if path is not None]
    keys = _keys(request.keys, len(paths))
    fake, real, *others = (load(path, key) for path, key in zip(paths, keys, strict=True))
    try:
        measured = Reference(real, others[0] if others else None, request.k).measure(fake)
    except MemoryError as error:
        raise BadSamples("the samples are too large for the memory of this machine: give fewer or smaller") from error
    show(_json(measured, request) if request.format == "json" else _page(measured, request))
    return int(request.exit_code and measured.state not in _GOOD)


def _keys(given: tuple[str, ...], files: int) -> tuple[str, ...]:
    if len(given) > 1 and len(given) != files:
        raise BadOption(f"--key is given {len(given)} times for {files} files: once for all, or once for each in order")
    return given if len(given) == files else (given or ("",)) * files


def _page(measured: SampleMetrics, request: Request) -> str:
    from gandoctor.report.terminal import table

    now = screen()
    fake, real = (clean(str(path)) for path in (request.fake, request.real))
    head = f"{fake} against {real}: {measured.size} of each, k = {measured.k}\n\n"
    rows = [_row(measured, name) for name in NAMES]
    titles = ("metric", "measured", "real vs real", "off by", "what it is")
    body = table(titles, rows, now.colour, now.width, now.blocks)
    return head + body + "\n" + "".join(f"{line}\n" for line in (*_remarks(measured), measured.conclusion))


def _row(measured: SampleMetrics, name: str) -> tuple[str, ...]:
    null = measured.null[name]
    expected = f"{null.mean:.2f} (sd {null.sd:.2f})"
    away = measured.deviation(name)
    off = f"{round(away):+d} sd" if math.isfinite(away) else "unknown"
    return (name, f"{getattr(measured, name):.2f}", expected, off, _MEANING[name])


def _remarks(measured: SampleMetrics) -> list[str]:
    remarks = [f"Note: {note}." for note in measured.notes]
    if measured.null_size < measured.size:
        remarks.append(
            f"Note: real against real was measured on {count(measured.null_size, 'sample')} a side, so small losses"
            " may be missed: give more real samples."
        )
    return remarks


def _json(measured: SampleMetrics, request: Request) -> str:
    metrics = {
        name: {
            "value": _number(value),
            "real_mean": _number(measured.null[name].mean),
            "real_sd": _number(measured.null[name].sd),
            "deviation": _number(measured.deviation(name)),
        }
        for name, value in measured.metrics().items()
    }
    document: dict[str, Any] = {
        "fake": str(request.fake),
        "real": str(request.real),
        "size": measured.size,
        "null_size": measured.null_size,
        "k": measured.k,
        "state": measured.state,
        "conclusion": measured.conclusion,
        "metrics": metrics,
        "notes": list(measured.notes),
    }
    return json.dumps(document, indent=2) + "\n"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
