"""What the recipe beside a log says about the training: `run.recipe.toml`, or `recipe.toml` where it names the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gandoctor.readers.known import fits
from gandoctor.toml import load as load_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

RECIPE = "recipe.toml"
LIMIT = 1 << 16
"""A recipe of more bytes than this is not read."""

_SIMPLE = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Recipe:
    """`context`: what is known about the training. `columns`: metric -> column of the log, as its recorder decided.

    `notes` say which recipe was read, and what in it could not be used.
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def places(log: Path) -> tuple[Path, Path]:
    """Where the recipe of a log may lie: the folder's, and the log's own, which goes before it."""
    return log.with_name(RECIPE), log.with_name(f"{log.name.partition('.')[0]}.{RECIPE}")


def recipe_of(log: Path) -> Recipe:
    """Read the recipes beside a log whose `log` names it; an empty one where there is none.

    Never fails: a recipe that cannot be read is a note.
    """
    context: dict[str, Any] = {}
    columns: dict[str, str] = {}
    notes: list[str] = []
    for path in places(log):
        try:
            stated = load(path)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            notes.append(f"{path.name} beside the log cannot be read ({error}): left aside")
            continue
        if stated.get("log") != log.name:
            continue
        context |= _usable(stated.get("context"), path.name, notes)
        columns |= _names(stated.get("columns"))
    return Recipe(context, columns, tuple(notes))


def load(path: Path) -> dict[str, Any]:
    """The tables of a recipe; OSError or ValueError where it cannot be read."""
    return load_toml(path, LIMIT)


def unusable(context: Mapping[str, Any]) -> list[str]:
    """The keys of a context whose values cannot be used: neither single values nor lists of them, or out of place."""
    return [key for key, value in context.items() if not (_is_simple(value) and fits(key, value))]


def _usable(table: Any, name: str, notes: list[str]) -> dict[str, Any]:
    if table is None:
        return {}
    if not isinstance(table, dict):
        notes.append(f"{name}: its context is no table: left aside")
        return {}
    if left := unusable(table):
        notes.append(f"{name}: {_listed(left)} of its context cannot be used: left aside")
    return {key: value for key, value in table.items() if key not in left}


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, _SIMPLE) for each in value)
    return isinstance(value, _SIMPLE)


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"'{key:.40}'" for key in list(keys)[:8])


def _names(table: Any) -> dict[str, str]:
    if not isinstance(table, dict):
        return {}
    return {metric: column for metric, column in table.items() if isinstance(column, str)}
