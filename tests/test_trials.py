"""Trials of remedies: read from pairs of recorded runs, told as they went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gandoctor.demo import Recorded
from gandoctor.trials import Trial, sentences, trials

if TYPE_CHECKING:
    from pathlib import Path


def record(home: Path, name: str, verdict: str, recipe: str = "", truth: str = "") -> Recorded:
    folder = home / name
    folder.mkdir()
    (folder / "run.csv").write_text("step,d_loss,g_loss\n1,1,1\n")
    (folder / "recipe.toml").write_text(f'log = "run.csv"\n{recipe}')
    (folder / "expect.toml").write_text(f'verdict = "{verdict}"\nkind = ""\ntruth = "{truth or verdict}"\n')
    return Recorded(name, folder / "run.csv", verdict, "")


def test_a_pair_of_runs_is_a_trial_of_the_remedy_that_the_second_names(tmp_path: Path) -> None:
    before = record(tmp_path, "gan-s1", "convergence_failure")
    told = 'rule = "divergence"\nremedy = "clip"\nbefore = "gan-s1"\n'
    after = record(tmp_path, "gan-remedy-clip-s1", "stable", told)
    alone = record(tmp_path, "other-s1", "stable", told.replace("gan-s1", "gone-s1"))
    found = trials([before, after, alone])
    assert found == (Trial("divergence", "clip", "gan-s1", "convergence_failure", "stable", "stable"),)


@pytest.mark.parametrize(
    ("before", "after", "samples", "helped"),
    [
        ("convergence_failure", "stable", "stable", True),
        ("convergence_failure", "stable", "", True),
        ("convergence_failure", "stable", "mode_collapse", False),
        ("convergence_failure", "convergence_failure", "stable", False),
        ("mode_collapse", "inconclusive", "stable", False),
        ("stable", "stable", "stable", False),
    ],
)
def test_a_remedy_helped_where_neither_log_nor_samples_are_ill_afterwards(
    before: str, after: str, samples: str, helped: bool
) -> None:
    assert Trial("divergence", "clip", "gan-s1", before, after, samples).helped is helped


def test_equal_outcomes_are_told_once_and_what_helped_first() -> None:
    ill, well = "convergence_failure", "stable"
    tried = [
        Trial("divergence", "clip", "gan-s1", ill, ill, ill),
        Trial("divergence", "clip", "gan-s2", ill, well, well),
        Trial("divergence", "clip", "gan-s3", ill, well, well),
        Trial("divergence", "clip", "deep-gan", ill, well, "mode_collapse"),
        Trial("divergence", "lower-rate", "gan-s1", ill, well, well),
    ]
    assert sentences(tried, "divergence", "clip") == (
        "Verified here on gan (2 runs): convergence failure before, stable after.",
        "Tried here on gan (1 run), it did not help: convergence failure before, convergence failure after.",
        "Tried here on deep-gan (1 run), it did not help: convergence failure before, stable after, "
        "by the samples mode collapse.",
    )
    assert sentences(tried, "divergence", "unknown") == ()


def test_the_page_of_a_rule_tells_its_trials() -> None:
    from gandoctor.explain import page
    from gandoctor.rulebook import load

    rule = load().rule("evaluation-mismatch")
    tried = [Trial(rule.id, rule.remedies[0].id, "gan-s1", "convergence_failure", "stable", "stable")]
    assert "Verified here on gan (1 run)" in " ".join(page(rule, tried=tried).split())
    assert "Verified here" not in page(rule)
