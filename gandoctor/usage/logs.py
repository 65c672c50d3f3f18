"""The commands that read logs and samples: diagnose, compare, scan, samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gandoctor.usage.options import FAMILIES, FORMATS, number, pairs, rulebook_option, rules_option


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What to print. [default: terminal]")
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
@click.option("--family", type=click.Choice(FAMILIES), help="The loss that was trained with, if the log is misread.")
@click.option(
    "--d-loss", type=click.Choice(("sum", "mean", "separate")),
    help="Whether the log holds the sum or the mean of D's losses on real and on generated samples, or both apart.",
)  # fmt: skip
@rules_option
@rulebook_option
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
        "map": pairs(options["columns"], "--map"),
        "family": options["family"],
        "d_loss": options["d_loss"],
    }
    request = Request(
        paths=paths,
        format=options["format_"],
        outputs=options["outputs"],
        rulebook=options["rulebook"],
        rules=options["rules"],
        bounds={name: number(name, value) for name, value in pairs(options["bounds"], "--set").items()},
        options={name: value for name, value in reading.items() if value not in (None, {})},
        exit_code=options["exit_code"],
    )
    return run(request)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE.html",
    help="Write a page with the curves of all runs side by side instead.",
)  # fmt: skip
@click.option("--family", type=click.Choice(FAMILIES), help="The loss that was trained with, if logs are misread.")
@rules_option
@rulebook_option
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


@click.command()
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...")
@click.option(
    "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Write a table (.csv, .parquet) or a page (.html). May be given once for each.",
)  # fmt: skip
@click.option("--jobs", "processes", type=click.IntRange(0), default=0, help="Processes. [default: one a core]")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Work on the Dask cluster at this address instead.")
@click.option("--fresh", is_flag=True, help="Judge everything anew, also what the table already holds.")
@click.option("--family", type=click.Choice(FAMILIES), help="The loss that was trained with, if logs are misread.")
@rules_option
@rulebook_option
def scan(roots: tuple[str, ...], **options: Any) -> int:
    """Judge every log below the ROOTs: one table and one page of all.

    A ROOT is a file, a folder, or a URL that fsspec knows, such as s3://bucket/runs. With a table, repeat the command
    to go on after an interruption, or to judge only what is new.

    Example: gandoctor scan runs -o runs.csv -o runs.html
    """
    from gandoctor.commands.scan import run
    from gandoctor.scanning import Job
    from gandoctor.scanning.row import Rules

    family, outputs = options.pop("family"), options.pop("outputs")
    book = Rules(options.pop("rulebook"), tuple(map(str, options.pop("rules"))))
    return run(Job(roots, rules=book, options=(("family", family),) if family else (), **options), outputs)


@click.command()
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
