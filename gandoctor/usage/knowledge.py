"""The commands that show what gandoctor knows: explain, rules, demo."""

from __future__ import annotations

from pathlib import Path

import click

from gandoctor.usage.options import rulebook_option, rules_option


@click.command()
@click.argument("rule")
@rules_option
@rulebook_option
def explain(rule: str, rules: tuple[Path, ...], rulebook: str) -> int:
    """Print what a RULE looks at, its causes and remedies.

    Example: gandoctor explain discriminator-dominance
    """
    from gandoctor.commands.rules import explain as run

    return run(rule, rulebook, rules)


@click.group()
def rules() -> None:
    """List the rules, or run the tests they carry."""


@rules.command("list")
@rules_option
@rulebook_option
def list_rules(rules: tuple[Path, ...], rulebook: str) -> int:
    """List the rules: the verdict that each gives, and how tried it is.

    Example: gandoctor rules list --rulebook documented
    """
    from gandoctor.commands.rules import list_all

    return list_all(rulebook, rules)


@rules.command("test")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@rulebook_option
def test_rules(folder: Path | None, rulebook: str) -> int:
    """Run the tests that rules carry, those in DIR or those that ship.

    Example: gandoctor rules test my-rules

    Exit status: 0 all passed, 1 one failed, 2 wrong use.
    """
    from gandoctor.commands.rules import test

    return test(folder, rulebook)


@click.command()
@click.argument("run", required=False)
def demo(run: str | None) -> int:
    """Diagnose the recorded runs that ship, or one RUN of them.

    Example: gandoctor demo seed-003-baseline
    """
    from gandoctor.commands.demo import run as show

    return show(run)
