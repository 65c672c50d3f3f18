"""Diagnoses made by hand, one for each situation that a report has to tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gandoctor.model import (
    Advice,
    Band,
    Convention,
    Curve,
    Diagnosis,
    Finding,
    LikelyCause,
    Phase,
    Reading,
    Remedy,
    Run,
    Span,
    Unanswered,
)

BROWNLEE = "Brownlee 2019, How to Identify and Diagnose GAN Failure Modes"
CALIBRATION = "estimated from 180 runs of 60 programs whose outcome is known"
NO_SAMPLES = Unanswered(
    "low-diversity",
    "not logged: coverage",
    "coverage of 256 generated samples every few hundred steps",
)


def curve(values: np.ndarray, start: float = 1) -> Curve:
    return Curve(np.arange(start, start + len(values), dtype=float), np.asarray(values, dtype=float))


def noise(n: int, level: float, sd: float, seed: int) -> np.ndarray:
    return level + sd * np.random.default_rng(seed).standard_normal(n)


def healthy_run(n: int = 450) -> Run:
    return Run(
        {"d_loss": curve(np.abs(noise(n, 1.2, 0.1, 1))), "g_loss": curve(np.abs(noise(n, 1.1, 0.2, 2)))},
        name="healthy.csv",
        columns={"d_loss": "d_loss", "g_loss": "g_loss"},
    )


def diagnosis(run: Run, **changes: object) -> Diagnosis:
    last = run.last_step
    plain = Diagnosis(
        run=run,
        verdict="stable",
        confidence=0.88,
        headline="The two networks keep each other in balance",
        calibration=CALIBRATION,
        limits=("The losses cannot show whether the samples have enough variety: mode collapse is not excluded",),
        phases=(Phase("warm-up", None, run.first_step, 100), Phase("stable", "stable", 101, last)),
        findings=(),
        suspicions=(),
        remarks=(),
        unanswered=(NO_SAMPLES, replace(NO_SAMPLES, rule="quality-collapse")),
        causes=(),
        remedies=(),
        best=Span(101, last, "the losses stayed in balance"),
        conventions=(Convention("bce", "sum", reasons=("both losses start near 0.69",)),),
        bands=(
            Band("D loss, each half", 0.5, 0.8, 0.6, 0.87, True, BROWNLEE),
            Band("G loss", 0.5, 2.0, 1.1, float("nan"), True, BROWNLEE),
        ),
        rulebook="default",
        rulebook_hash="0123456789ab",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # tests name the fields they change


def stable() -> Diagnosis:
    return diagnosis(healthy_run())


def finding(rule: str, since: float, fired: float, until: float | None = None, **changes: object) -> Finding:
    plain = Finding(
        rule=rule,
        pattern="always",
        title="D has won",
        verdict="convergence_failure",
        severity="error",
        weight="verdict",
        since=since,
        fired=fired,
        until=until,
        readings=(
            Reading(
                "level",
                "median(d_level)",
                0.0013,
                0.05,
                "below",
                50,
                "calibrated",
                "no healthy run stayed below it; the failed ones all did",
                "law",
            ),
        ),
        evidence="D's loss is 0.1 % of what a D that knows nothing would have",
        confidence=0.94,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # tests name the fields they change


REMEDY = Remedy(
    "lower-d-rate",
    "lower D's learning rate to a quarter",
    "G gets a gradient again once D is less certain",
    "D's loss rises above 0.1 and G's loss falls within about 300 steps",
    "B",
    source="heusel2017",
)


def dominance() -> Diagnosis:
    n = 450
    d = np.concatenate([np.abs(noise(96, 1.2, 0.1, 3)), np.geomspace(1.1, 0.0008, 60), np.full(n - 156, 0.0009)])
    g = np.concatenate([np.abs(noise(96, 1.1, 0.2, 4)), np.linspace(1.2, 10.4, n - 96)])
    run = Run(
        {"d_loss": curve(d), "g_loss": curve(g)},
        name="adam.csv",
        columns={"d_loss": "loss/disc", "g_loss": "loss/gen"},
        unmapped=("seconds", "lambda_cycle"),
        notes=("2 rows without numbers were left out (lines 7 and 9)",),
    )
    return diagnosis(
        run,
        verdict="convergence_failure",
        confidence=0.94,
        headline="The discriminator has won: the generator has had nothing to learn from since step 97",
        limits=(),
        phases=(
            Phase("warm-up", None, 1, 60),
            Phase("stable", "stable", 61, 96),
            Phase("discriminator-dominance", "convergence_failure", 97, 450),
        ),
        findings=(finding("discriminator-dominance", 97, 146),),
        causes=(
            LikelyCause(
                "discriminator-dominance",
                "D's learning rate is too high for G's",
                "the learning rates of the two optimisers; D's gradient norm against G's",
                ("d_lr is 10 times g_lr",),
            ),
            LikelyCause(
                "discriminator-dominance",
                "D sees so few images that it knows them by heart",
                "D's loss on held-out images",
            ),
        ),
        remedies=(
            Advice("discriminator-dominance", REMEDY),
            Advice(
                "discriminator-dominance",
                replace(
                    REMEDY,
                    id="r1",
                    do="add an R1 penalty of weight 10 to D",
                    why="it bounds D's slope near real images",
                ),
            ),
        ),
        best=Span(61, 96, "the losses stayed in balance"),
        bands=(
            Band("D loss, each half", 0.5, 0.8, 0.0005, 0.0013, False, BROWNLEE),
            Band("G loss", 0.5, 2.0, 8.2, float("nan"), False, BROWNLEE),
        ),
        normalised={"d_level": curve(d / 1.386), "consistency": curve(np.exp(-g) + np.exp(-d))},
    )


def mismatch() -> Diagnosis:
    n = 450
    decay = np.geomspace(0.7, 0.0005, 60)
    d = np.concatenate([decay, np.full(n - 60, 0.0005)])
    g = np.concatenate([decay, np.full(n - 60, 0.001)])
    j = Reading(
        "consistency",
        "median(consistency)",
        1.97,
        1.05,
        "above",
        50,
        "derived",
        "Jensen's inequality; 0 of 500 healthy runs stayed above for 20 steps",
        "goodfellow2014",
    )
    return diagnosis(
        Run({"d_loss": curve(d), "g_loss": curve(g)}, name="combined.txt", columns={"d_loss": "d", "g_loss": "g"}),
        verdict="convergence_failure",
        confidence=0.997,
        headline="The two losses contradict each other: they were not measured on the same networks",
        limits=(),
        phases=(Phase("evaluation-mismatch", "convergence_failure", 6, n),),
        findings=(
            finding(
                "evaluation-mismatch",
                6,
                25,
                title="The two losses contradict each other",
                readings=(j,),
                evidence="exp(-g) + exp(-d_fake) is 1.97; no discriminator can exceed 1",
                confidence=0.997,
            ),
        ),
        causes=(
            LikelyCause(
                "evaluation-mismatch",
                "real and generated images share a batch, so batch normalisation tells D which is which",
                "train D on two separate batches for 50 steps: J falls below 1",
            ),
        ),
        remedies=(
            Advice(
                "evaluation-mismatch",
                replace(
                    REMEDY,
                    do="give D separate batches of real and generated images",
                    why="the statistics of a mixed batch give the answer away",
                    expect="J falls below 1 within 20 steps",
                ),
            ),
        ),
        best=None,
        conventions=(Convention("bce", "mean", decided_by="user"),),
    )


def suspected_collapse() -> Diagnosis:
    return diagnosis(
        healthy_run(),
        confidence=0.58,
        suspicions=(
            finding(
                "implied-low-coverage",
                300,
                380,
                title="G may cover only part of the data",
                verdict="mode_collapse",
                severity="warning",
                weight="suspicion",
                confidence=0.42,
                readings=(
                    Reading(
                        "share",
                        "median(implied_coverage)",
                        0.31,
                        0.5,
                        "below",
                        60,
                        "derived",
                        "the losses of an ideal D",
                    ),
                ),
                evidence="an ideal D with these losses would see G cover 31 % of the data",
            ),
        ),
    )


def undecided() -> Diagnosis:
    return diagnosis(
        healthy_run(),
        verdict="inconclusive",
        confidence=0.45,
        headline="The log can be read in two ways and they lead to different answers",
        limits=("With --d-loss sum the run is stable; with --d-loss mean D and G contradict each other",),
        conventions=(Convention("bce", "sum", decided_by="default", alternatives=(("bce", "mean"), ("lsgan", "sum"))),),
        best=None,
    )


def healed() -> Diagnosis:
    return diagnosis(
        healthy_run(),
        phases=(
            Phase("warm-up", None, 1, 100),
            Phase("discriminator-dominance", "convergence_failure", 120, 210),
            Phase("stable", "stable", 211, 450),
        ),
        findings=(finding("discriminator-dominance", 120, 170, until=210),),
        remarks=(
            finding(
                "smoothed-log",
                1,
                60,
                title="The log is smoothed",
                verdict=None,
                severity="info",
                weight="remark",
                evidence="neighbouring values agree too well for single steps",
            ),
        ),
    )


def cycle() -> Diagnosis:
    n = 200
    curves = {
        f"{side}_loss@{pair}": curve(np.abs(noise(n, 0.25 if side == "d" else 0.4, 0.05, seed)))
        for seed, (side, pair) in enumerate([("d", "A"), ("g", "A"), ("d", "B"), ("g", "B")])
    }
    run = Run(
        curves,
        name="cyclegan.txt",
        unit="epoch",
        columns={"d_loss@A": "D_A", "g_loss@A": "G_A", "d_loss@B": "D_B", "g_loss@B": "G_B"},
    )
    return diagnosis(
        run,
        verdict="convergence_failure",
        headline="In pair B the discriminator has won",
        findings=(finding("discriminator-dominance", 120, 140, pair="B"),),
        conventions=(Convention("lsgan", "mean", pair="A"), Convention("lsgan", "mean", pair="B")),
        phases=(Phase("stable", "stable", 1, 119), Phase("discriminator-dominance", "convergence_failure", 120, 200)),
    )


def broken() -> Diagnosis:
    values = noise(300, 1.2, 0.1, 5)
    values[200:] = np.nan
    g = noise(300, 1.0, 0.1, 6)
    g[198:200] = np.inf
    g[200:] = np.nan
    return diagnosis(
        Run({"d_loss": curve(values), "g_loss": curve(g)}, name="nan.log"),
        verdict="convergence_failure",
        confidence=1.0,
        headline="The losses are no longer numbers",
        findings=(
            finding(
                "non-finite",
                199,
                199,
                title="NaN or infinity in a loss",
                readings=(
                    Reading("bad", "nonfinite(g_loss)", float("inf"), 0, "above", 1, "derived", "a loss is a number"),
                ),
                evidence="the first value that is not a number is G's loss at step 199",
            ),
        ),
        phases=(Phase("stable", "stable", 1, 198), Phase("non-finite", "convergence_failure", 199, 300)),
        best=Span(100, 198, "the last stretch before the first NaN"),
        limits=(),
    )


EVIL = "[red]x[/red] <script>alert(1)</script> | `rm` \x1b[31m \u202e \ud800 ![i](http://e.example/)"
"""A name that is markup, HTML, a table cell, code, a terminal code, a direction mark and no character at once."""


def hostile() -> Diagnosis:
    run = Run(
        healthy_run().curves,
        name=EVIL,
        columns={"d_loss": EVIL},
        unmapped=(EVIL,),
        notes=(EVIL,),
        context={EVIL: EVIL},
    )
    evil = finding("rule", 10, 20, title=EVIL, evidence=EVIL, pair=EVIL)
    return diagnosis(
        run,
        verdict="convergence_failure",
        headline=EVIL,
        calibration=EVIL,
        limits=(EVIL,),
        findings=(evil,),
        phases=(Phase(EVIL, "convergence_failure", 1, 450),),
        suspicions=(evil,),
        remarks=(evil,),
        unanswered=(Unanswered(EVIL, EVIL, EVIL),),
        causes=(LikelyCause(EVIL, EVIL, EVIL, (EVIL,)),),
        best=Span(1, 2, EVIL),
        remedies=(Advice(EVIL, replace(REMEDY, do=EVIL, why=EVIL, expect=EVIL)),),
        bands=(Band(EVIL, 0, 1, 0.5, 0.5, True, EVIL),),
        conventions=(Convention("bce", "sum", reasons=(EVIL,), pair=EVIL),),
        rulebook=EVIL,
    )


def empty() -> Diagnosis:
    return diagnosis(
        Run({}, name="empty"),
        verdict="inconclusive",
        confidence=float("nan"),
        headline="There is nothing to judge",
        phases=(),
        best=None,
        bands=(),
        conventions=(),
        calibration="",
        limits=(),
    )


def single() -> Diagnosis:
    run = Run({"d_loss": curve(np.array([1.2])), "g_loss": curve(np.array([0.9]))}, name="one.csv")
    return diagnosis(
        run,
        verdict="inconclusive",
        confidence=float("nan"),
        headline="The log is too short to judge",
        phases=(Phase("unjudged", None, 1, 1),),
        best=None,
    )


def lined(made: Diagnosis) -> Diagnosis:
    """The diagnosis of a run that knows the lines of its log: the first row is on line 3."""
    run = made.run
    lines = curve(np.arange(3, 3 + run.points), run.first_step) if run.points else None
    return replace(made, run=replace(run, lines=lines))


SITUATIONS = {
    make.__name__: make
    for make in (
        stable,
        dominance,
        mismatch,
        suspected_collapse,
        undecided,
        healed,
        cycle,
        broken,
        hostile,
        empty,
        single,
    )
}
