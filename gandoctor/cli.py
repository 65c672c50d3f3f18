"""The command line: which commands and options there are, and how every ending becomes an exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from gandoctor import __version__
from gandoctor.commands.screen import NobodyReads, complain
from gandoctor.errors import GandoctorError

_FAMILIES = ("bce", "lsgan", "hinge", "wgan", "wgan-gp", "relativistic")
_CHECKS = ("terminal", "json", "junit", "github")
_FORMATS = ("terminal", "json", "jsonl", "markdown", "html", "junit", "sarif", "github")
_WRONG, _INTERRUPTED, _PIPE_CLOSED = 2, 130, 141

_rulebook = click.option(
    "--rulebook", default="default", metavar="NAME", show_default=True,
    help="Which rules that ship: default, or documented (the thresholds of tutorials taken literally).",
)  # fmt: skip
_rules = click.option(
    "--rules", "rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="A folder with rules of your own, beside those that ship. May be given several times.",
)  # fmt: skip


_references = click.option(
    "--in", "folder", default=Path("references"), type=click.Path(path_type=Path), metavar="DIR",
    show_default=True, help="The folder of the references.",
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gandoctor", message="%(prog)s %(version)s")
def commands() -> None:
    """Say from its log whether a GAN is training, failing or dead, since when, why, and what to do.

    Start with: gandoctor diagnose LOG
    """


@commands.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="What to print. [default: terminal]")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Write the report to a file instead; its suffix says the format: .txt .json .jsonl .md .html .xml (JUnit)"
    " .sarif .png .svg .pdf",
)  # fmt: skip
@click.option("--run", "run", type=int, metavar="N", help="Which run of a log that holds several, from 1.")
@click.option(
    "--map", "columns", multiple=True, metavar="METRIC=COLUMN",
    help="Which column is which metric, such as d_loss=loss/disc. May be given several times.",
)  # fmt: skip
@click.option("--family", type=click.Choice(_FAMILIES), help="The loss that was trained with, if the log is misread.")
@click.option(
    "--d-loss", type=click.Choice(("sum", "mean", "separate")),
    help="Whether the log holds the sum or the mean of D's losses on real and on generated samples, or both apart.",
)  # fmt: skip
@_rules
@_rulebook
@click.option(
    "--set", "bounds", multiple=True, metavar="RULE.PATTERN.ROW=VALUE",
    help="Another bound for one row of a rule; `gandoctor explain RULE` names them. May be given several times.",
)  # fmt: skip
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a failure is diagnosed, 3 if no verdict is possible.")
def diagnose(paths: tuple[str, ...], **options: Any) -> int:
    """Diagnose logs: files, folders, or - for standard input.

    A folder is a run's or TensorBoard's.

    Example: gandoctor diagnose run.csv --family hinge -o report.md -o curves.png

    Exit status: 0 done; 2 wrong use, or a log that cannot be read (the others are still reported); with --exit-code
    also 1 and 3.
    """
    from gandoctor.commands.diagnose import Request, run

    reading = {
        "run": options["run"],
        "map": _pairs(options["columns"], "--map"),
        "family": options["family"],
        "d_loss": options["d_loss"],
    }
    request = Request(
        paths=paths,
        format=options["format_"],
        outputs=options["outputs"],
        rulebook=options["rulebook"],
        rules=options["rules"],
        bounds={name: _number(name, value) for name, value in _pairs(options["bounds"], "--set").items()},
        options={name: value for name, value in reading.items() if value not in (None, {})},
        exit_code=options["exit_code"],
    )
    return run(request)


@commands.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE.html",
    help="Write a page with the curves of all runs side by side instead.",
)  # fmt: skip
@click.option("--family", type=click.Choice(_FAMILIES), help="The loss that was trained with, if logs are misread.")
@_rules
@_rulebook
@click.option("--exit-code", is_flag=True, help="Exit with 1 if a failure is diagnosed, 3 if no verdict is possible.")
def compare(paths: tuple[str, ...], **options: Any) -> int:
    """Compare runs: the most ill first, and how their recipes differ.

    A folder stands for all the runs and logs below it. A recipe.toml beside a log says how it was trained.

    Example: gandoctor compare runs -o page.html

    Exit status: 0 done; 2 wrong use, or a log that cannot be read; with --exit-code also 1 and 3.
    """
    from gandoctor.commands.compare import run
    from gandoctor.commands.diagnose import Request

    family = options.pop("family")
    return run(Request(paths, format=None, bounds={}, options={"family": family} if family else {}, **options))


@commands.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--interval", type=click.FloatRange(0.1), default=2.0, show_default=True, help="Seconds between looks.")
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
@click.option("--family", type=click.Choice(_FAMILIES), help="The loss that was trained with, if a log is misread.")
@_rules
@_rulebook
def watch(paths: tuple[str, ...], **options: Any) -> int:
    """Follow growing logs: one line when the state of a run changes.

    A folder stands for all the runs and logs below it, those that appear later too.

    Example: gandoctor watch runs --on-alert ./tell-me.sh

    Exit status: 0, or 1 if a failure was diagnosed in the end; 2 wrong use.
    """
    from gandoctor.commands.watch import UNTIL, Request, run

    if options["until"] not in ("", *UNTIL):
        raise click.UsageError(f"--until-verdict {options['until']}: choose one of {', '.join(UNTIL)}")
    reading = {"family": options.pop("family")}
    return run(Request(paths, options={name: value for name, value in reading.items() if value}, **options))


@commands.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--against", type=click.Path(path_type=Path), metavar="REFERENCES",
    help="Hold new runs against a folder of references instead: are they alike?",
)  # fmt: skip
@click.option("--update", is_flag=True, help="Write what was found into expect.toml, after showing the difference.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--format", "format_", type=click.Choice(_CHECKS), help="What to print. [default: terminal]")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Write the report to a file instead; its suffix says the format: .txt .json .xml (JUnit)",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="How many processes. [default: one a core]")
@_rules
@_rulebook
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


@commands.command()
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...")
@click.option("-o", "--output", "table", type=click.Path(path_type=Path), metavar="FILE", help="Table: .csv, .parquet.")
@click.option("--jobs", "processes", type=click.IntRange(0), default=0, help="Processes. [default: one a core]")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Work on the Dask cluster at this address instead.")
@click.option("--fresh", is_flag=True, help="Judge everything anew, also what the table already holds.")
@click.option("--family", type=click.Choice(_FAMILIES), help="The loss that was trained with, if logs are misread.")
@_rules
@_rulebook
def scan(roots: tuple[str, ...], **options: Any) -> int:
    """Judge every log below the ROOTs and make one table of them.

    A ROOT is a file, a folder, or a URL that fsspec knows, such as s3://bucket/runs. Repeat the command to go on after
    an interruption, or to judge only what is new.

    Example: gandoctor scan runs -o runs.csv
    """
    from gandoctor.commands.scan import run
    from gandoctor.scanning import Job
    from gandoctor.scanning.row import Rules

    family = options.pop("family")
    book = Rules(options.pop("rulebook"), tuple(map(str, options.pop("rules"))))
    return run(Job(roots, rules=book, options=(("family", family),) if family else (), **options))


@commands.command()
@click.argument("fake", type=click.Path(path_type=Path))
@click.argument("real", type=click.Path(path_type=Path))
@click.option(
    "--other-real", type=click.Path(path_type=Path), metavar="PATH",
    help="More real samples, for what real ones give against real ones.",
)  # fmt: skip
@click.option(
    "--key", "keys", multiple=True, metavar="NAME",
    help="The array in an .npz that holds several: once for all files, or once for each in order.",
)  # fmt: skip
@click.option("-k", "k", type=int, default=5, show_default=True, help="How many neighbours make a neighbourhood.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal", help="What to print.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if variety is missing or the samples are off the data.")
def samples(fake: Path, real: Path, **options: Any) -> int:
    """Measure generated samples against real ones.

    FAKE and REAL are .npy or .npz files or folders of pictures; 256 samples of each are enough, and twice as many real
    ones are better. Features of a network serve as well as pixels.

    Example: gandoctor samples generated.npz data.npz

    Exit status: 0 done; 2 samples that cannot be used; with --exit-code also 1.
    """
    from gandoctor.commands.samples import Request, run

    request = Request(
        fake, real, options["other_real"], options["keys"], options["k"], options["format_"], options["exit_code"]
    )
    return run(request)


@commands.group()
def reference() -> None:
    """Keep reference runs, which new runs are held against."""


@reference.command("add")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@_references
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
@_references
def list_references(folder: Path) -> int:
    """List the references.

    Example: gandoctor reference list
    """
    from gandoctor.commands.reference import list_all

    return list_all(folder)


@reference.command("show")
@click.argument("name")
@_references
def show_reference(name: str, folder: Path) -> int:
    """Print what is known of the reference NAME.

    Example: gandoctor reference show seed-1
    """
    from gandoctor.commands.reference import show_one

    return show_one(folder, name)


@commands.command()
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
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="What to print. [default: terminal]")
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


@commands.command()
@click.argument("rule")
@_rules
@_rulebook
def explain(rule: str, rules: tuple[Path, ...], rulebook: str) -> int:
    """Print what a RULE looks at, its causes and remedies.

    Example: gandoctor explain discriminator-dominance
    """
    from gandoctor.commands.rules import explain as run

    return run(rule, rulebook, rules)


@commands.group()
def rules() -> None:
    """List the rules, or run the tests they carry."""


@rules.command("list")
@_rules
@_rulebook
def list_rules(rules: tuple[Path, ...], rulebook: str) -> int:
    """List the rules: the verdict that each gives, and how tried it is.

    Example: gandoctor rules list --rulebook documented
    """
    from gandoctor.commands.rules import list_all

    return list_all(rulebook, rules)


@rules.command("test")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@_rulebook
def test_rules(folder: Path | None, rulebook: str) -> int:
    """Run the tests that rules carry, those in DIR or those that ship.

    Example: gandoctor rules test my-rules

    Exit status: 0 all passed, 1 one failed, 2 wrong use.
    """
    from gandoctor.commands.rules import test

    return test(folder, rulebook)


@commands.command()
@click.argument("run", required=False)
def demo(run: str | None) -> int:
    """Diagnose the recorded runs that ship, or one RUN of them.

    Example: gandoctor demo seed-003-baseline
    """
    from gandoctor.commands.demo import run as show

    return show(run)


def _pairs(given: tuple[str, ...], flag: str) -> dict[str, str]:
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


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise click.UsageError(f"--set {name}={value}: {value!r} is not a number") from None


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: errors that the user can mend become one sentence on standard error."""
    sys.exit(_status(arguments))


def _status(arguments: list[str] | None) -> int:
    try:
        status = commands.main(arguments, prog_name="gandoctor", standalone_mode=False)
    except click.ClickException as error:
        error.show()
    except GandoctorError as error:
        complain(error)
    except NobodyReads:
        # Nothing may be written at exit either, or Python complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    else:
        return status if isinstance(status, int) else 0
    return _WRONG
