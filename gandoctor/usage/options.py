"""Options that several commands have, and how options of the form NAME=VALUE are taken apart."""

from __future__ import annotations

from pathlib import Path

import click

FAMILIES = ("bce", "lsgan", "hinge", "wgan", "wgan-gp", "relativistic")
CHECKS = ("terminal", "json", "junit", "github")
FORMATS = ("terminal", "json", "jsonl", "markdown", "html", "junit", "sarif", "github")

rulebook_option = click.option(
    "--rulebook", default="default", metavar="NAME", show_default=True,
    help="Which rules that ship: default, or documented (the thresholds of tutorials taken literally).",
)  # fmt: skip
rules_option = click.option(
    "--rules", "rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="A folder with rules of your own, beside those that ship. May be given several times.",
)  # fmt: skip


references_option = click.option(
    "--in", "folder", default=Path("references"), type=click.Path(path_type=Path), metavar="DIR",
    show_default=True, help="The folder of the references.",
)  # fmt: skip


def pairs(given: tuple[str, ...], flag: str) -> dict[str, str]:
    """NAME=VALUE options as a mapping; wrong use where one has no = or a name comes twice."""
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise click.UsageError(f"{flag} {text}: write NAME=VALUE")
        if name in pairs:
            raise click.UsageError(f"{flag} {name}: is given twice")
        pairs[name] = value
    return pairs


def number(name: str, value: str) -> float:
    """The value of a --set option; wrong use where it is no number."""
    try:
        return float(value)
    except ValueError:
        raise click.UsageError(f"--set {name}={value}: {value!r} is not a number") from None
