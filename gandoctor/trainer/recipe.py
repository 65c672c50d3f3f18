"""recipe.toml: how a run came about, complete enough to train it again."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.trainer.data import Images
    from gandoctor.trainer.plan import Plan
    from gandoctor.trainer.scenario import Optimiser, Scenario

_PACKAGES = ("gandoctor", "numpy", "tensorflow", "tensorflow-cpu", "keras")


def context(plan: Plan, images: Images) -> dict[str, Any]:
    """What is known about the training, under the keys that the rules' causes look at."""
    s = plan.scenario
    as_written = plan.mode == "as-written"
    made: dict[str, Any] = {
        "family": "bce",
        "d_form": "sum" if s.evaluation else "mean" if as_written and s.d_batches == "combined" else "separate",
        "framework": "keras",
        "dataset": images.name,
        "dataset_size": len(images.train),
        "batch_size": s.g_batch,
        "d_batch_size": 2 * s.batch,
        "steps": s.steps,
        "latent_dim": s.latent,
        "latent_law": s.latent_law,
        "width": s.width,
        "combined_batch": s.d_batches == "combined",
        "d_batch_normalisation": s.d_normalisation,
        "g_batch_normalisation": s.networks != "dense",
        "first_convolution": s.first_convolution,
        "misplaced_normalisation": s.misplaced_normalisation,
        "real_label": s.real_label,
        "r1": s.r1,
    }
    if as_written:
        made |= {"d_trainable": s.freezing, "d_fakes_from": s.g_mode}
    made |= _optimiser("g", s.g) | _optimiser("d", s.d)
    return made | {"seed": plan.seed}


def _optimiser(who: str, settings: Optimiser) -> dict[str, Any]:
    made = {f"{who}_optimiser": settings.kind, f"{who}_lr": settings.rate}
    if settings.kind == "adam":
        return made | {f"{who}_beta1": settings.beta1}
    return made | {f"{who}_momentum": settings.momentum}


def versions() -> dict[str, str]:
    """The versions of what a run's numbers depend on; what is not installed is left out."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def text(plan: Plan, images: Images, extra: Mapping[str, Mapping[str, Any]]) -> str:
    """The recipe as TOML: what was trained and how, versions, and further tables such as what the samples showed."""
    s = plan.scenario
    head = {
        "log": "run.csv",
        "rows": "trained",
        "source": f"gandoctor train {s.name}, after {s.source}",
        "scenario": s.name,
        "mode": plan.mode,
        "source_says": s.source_says,
        **plan.about,
    }
    tables = {"context": context(plan, images), "versions": versions(), **extra}
    parts = [f"# {_about(s)}.\n" + pairs(head), *(f"[{name}]\n{pairs(table)}" for name, table in tables.items())]
    return "\n".join(parts)


def _about(scenario: Scenario) -> str:
    return scenario.about[0].upper() + scenario.about[1:]


def pairs(table: Mapping[str, Any]) -> str:
    """Keys and values as TOML, a line each; what is not finite is written as TOML writes it."""
    return "".join(f"{key} = {value(held)}\n" for key, held in table.items())


def value(held: Any) -> str:
    """One value as TOML: texts, truth values, numbers, lists and mappings of them."""
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, str):
        return json.dumps(held, ensure_ascii=False)
    if isinstance(held, list | tuple):
        return "[" + ", ".join(map(value, held)) + "]"
    return repr(held) if isinstance(held, int) else f"{float(held):.6g}"
