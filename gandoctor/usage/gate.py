"""The commands of a CI gate: check, reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gandoctor.usage.options import CHECKS, references_option, rulebook_option, rules_option


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="REFERENCES",
    help="Hold new runs against a folder of references instead: are they alike?",
)  # fmt: skip
@click.option("--update", is_flag=True, help="Write what was found into expect.toml, after showing the difference.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--format", "format_", type=click.Choice(CHECKS), help="What to print. [default: terminal]")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Write the report to a file instead; its suffix says the format: .txt .json .xml (JUnit)",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes. [default: one a core]")
@rules_option
@rulebook_option
def check(paths: tuple[Path, ...], **options: Any) -> int:
    """Hold recorded runs against what is expected of them.

    PATH is a run's folder, with recipe.toml (log = "run.csv") and expect.toml, or a folder that holds such. With
    --against it is a new log or its folder.

    expect.toml holds verdict; kind, the rule behind it; fired and silent, lists of rules; since and fired_at, the first
    and last step at which the failure may have begun and become sure; [[bypass]] with what, why, who, until for a
    change that is let pass. --update writes a first one. For --against, [[bypass]] stands in REFERENCES/bypass.toml.

    Example: gandoctor check fixtures

    Example: gandoctor check runs/new-*.csv --against references

    Exit status: 0 as expected; 1 a run changed, or is worse than the references; 2 wrong use, or a run that cannot be
    judged.
    """
    from gandoctor.commands.check import Request, run

    return run(Request(paths=paths, format=options.pop("format_"), **options))


@click.group()
def reference() -> None:
    """Keep reference runs, which new runs are held against."""


@reference.command("add")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@references_option
@click.option("--name", default="", metavar="NAME", help="What to call it. [default: the name of the log or folder]")
@click.option("--creator", default="", metavar="NAME", help="Who made the run. [default: the user]")
@click.option("--platform", default="", metavar="TEXT", help="What it was trained on. [default: this machine]")
@click.option("--note", default="", metavar="TEXT", help="What is worth knowing about it.")
@click.option("--allow", default="", metavar="REASON", help="Take a run that is not stable, and say why.")
def add_reference(run: Path, **options: Any) -> int:
    """Make a reference of a run: a small text file.

    Train the same recipe with five seeds or more and add each of them. A recipe.toml beside the log says what the
    hyper-parameters were.

    Example: gandoctor reference add runs/seed-1 --note "before the refactoring"
    """
    from gandoctor.commands.reference import Addition, add

    return add(Addition(run=run, **options))


@reference.command("list")
@references_option
def list_references(folder: Path) -> int:
    """List the references.

    Example: gandoctor reference list
    """
    from gandoctor.commands.reference import list_all

    return list_all(folder)


@reference.command("show")
@click.argument("name")
@references_option
def show_reference(name: str, folder: Path) -> int:
    """Print what is known of the reference NAME.

    Example: gandoctor reference show seed-1
    """
    from gandoctor.commands.reference import show_one

    return show_one(folder, name)
