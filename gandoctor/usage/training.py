"""The commands beside a training: train, watch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gandoctor.usage.options import FAMILIES, FORMATS, rulebook_option, rules_option


@click.command()
@click.argument("scenario", required=False, metavar="[SCENARIO]")
@click.option("--list", "list_", is_flag=True, help="List the scenarios and end.")
@click.option("--steps", type=click.IntRange(1), help="How many steps to train. [default: the scenario's]")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same run on one machine.")
@click.option("--width", type=float, help="Scale of the networks' filters; 1 is the source's, which takes long.")
@click.option(
    "--data", metavar="WHAT",
    help="mnist or cifar10 (downloaded once), digits, patches or cards (without network), an .npz file or a folder of"
    " images. [default: without network]",
)  # fmt: skip
@click.option(
    "--mode", type=click.Choice(("consistent", "as-written")), default="consistent", show_default=True,
    help="A training step of our own, or what the source's code does on the Keras that is installed.",
)  # fmt: skip
@click.option("--no-first-convolution", "without", is_flag=True, help="D as the two failure listings print it.")
@click.option("--remedy", metavar="ID", help="Train with a rule's remedy applied; `gandoctor explain RULE` has them.")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The run's folder. [default: SCENARIO-sSEED]",
)  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What to print. [default: terminal]")
@click.option(
    "--report", "reports", multiple=True, default=("md", "png"), metavar="SUFFIX", show_default=True,
    help="A report to leave in the folder, by its suffix as in `diagnose -o`. May be given several times.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a failure is diagnosed, 3 if no verdict is possible.")
def train(scenario: str | None, list_: bool, **options: Any) -> int:
    """Train a GAN of known fate, record it, and diagnose it.

    Each SCENARIO is a GAN that a document describes, with its hyper-parameters and its mistakes. The folder gets the
    log, the recipe, pictures of samples and reports.

    Example: gandoctor train mnist-dcgan-combined-batch

    Exit status: 0 done; 2 wrong use, or TensorFlow is missing; with --exit-code also 1 and 3.
    """
    from gandoctor.commands.train import Request, list_all, run

    if list_:
        return list_all()
    if scenario is None:
        raise click.UsageError("name a SCENARIO; gandoctor train --list shows them")
    return run(Request(scenario=scenario, first_convolution=not options.pop("without"), **options))


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--interval", type=click.FloatRange(0.1),
    help="Seconds between looks, whatever they cost. [default: 2; a log that has grown long waits longer, about a"
    " minute at most, so that watching costs little]",
)  # fmt: skip
@click.option("--on-alert", default="", metavar="COMMAND", help="Run this on a failure; JSON is on its standard input.")
@click.option(
    "--webhook", default="", envvar="GANDOCTOR_WEBHOOK", metavar="URL",
    help="Post failures there: JSON, or what Slack, Discord and ntfy expect. Better set GANDOCTOR_WEBHOOK: a command"
    " line can be seen by others.",
)  # fmt: skip
@click.option(
    "--webhook-level", type=click.Choice(("info", "warning", "error")), default="error", show_default=True,
    help="The least severe failure to post.",
)  # fmt: skip
@click.option(
    "--until-verdict", "until", default="", is_flag=False, flag_value="failure", metavar="[VERDICT]",
    help="End when a run is diagnosed so: failure (if left out), any, stable, mode_collapse, convergence_failure.",
)  # fmt: skip
@click.option("--screen", "full_screen", is_flag=True, help="Show curves and report on the whole terminal.")
@click.option("--once", is_flag=True, help="Look once and end.")
@click.option("--family", type=click.Choice(FAMILIES), help="The loss that was trained with, if a log is misread.")
@rules_option
@rulebook_option
def watch(paths: tuple[str, ...], **options: Any) -> int:
    """Follow growing logs: one line when the state of a run changes.

    A folder stands for all the runs and logs below it, those that appear later too.

    Example: gandoctor watch runs --on-alert ./tell-me.sh

    Exit status: 0, or 1 if a failure was diagnosed in the end; 2 wrong use, or with --once a log that cannot be judged.
    """
    from gandoctor.commands.watch import UNTIL, Request, run

    if options["until"] not in ("", *UNTIL):
        raise click.UsageError(f"--until-verdict {options['until']}: choose one of {', '.join(UNTIL)}")
    reading = {"family": options.pop("family")}
    return run(Request(paths, options={name: value for name, value in reading.items() if value}, **options))
