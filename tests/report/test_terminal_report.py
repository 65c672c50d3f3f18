from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import situations

from gandoctor.report.terminal import render, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")
SCREEN = 45


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("blocks", [True, False])
def test_no_line_is_wider_than_the_screen(diagnosis: Diagnosis, width: int, blocks: bool) -> None:
    assert max(map(len, render(diagnosis, colour=False, width=width, blocks=blocks).splitlines())) <= width


@pytest.mark.parametrize(
    "name", ["stable", "dominance", "mismatch", "suspected_collapse", "undecided", "healed", "broken"]
)
def test_a_report_fits_one_screen(name: str) -> None:
    assert render(situations.SITUATIONS[name](), colour=False).count("\n") <= SCREEN


def test_without_colour_there_is_no_terminal_code(diagnosis: Diagnosis) -> None:
    assert "\x1b" not in render(diagnosis, colour=False)


def test_colour_adds_nothing_but_colour(diagnosis: Diagnosis) -> None:
    coloured = render(diagnosis, colour=True)
    plain = re.sub(r"[ \t]+$", "", ESCAPE.sub("", coloured), flags=re.MULTILINE)
    assert plain == render(diagnosis, colour=False)
    assert "\x1b" not in ESCAPE.sub("", coloured)


def test_the_ascii_report_is_ascii(diagnosis: Diagnosis) -> None:
    assert render(diagnosis, colour=False, blocks=False).isascii()


def test_typographic_signs_of_a_rule_become_plain_ones() -> None:
    from dataclasses import replace

    said = replace(situations.stable(), headline="D \u2013 the judge \u2013 says \u201c\xbd\u201d\u2026")
    assert 'D - the judge - says "\\xbd"...' in render(said, colour=False, blocks=False)


@pytest.mark.parametrize(
    "note",
    [
        "2 logs in this folder: only a.csv, which holds the most, was read, not b.csv (all of them: gandoctor scan x)",
        "2 runs in this log (60, 70 points): run 2 was read, --run N picks another",
    ],
)
@pytest.mark.parametrize("name", ["stable", "dominance", "undecided"])
def test_that_one_of_several_is_reported_is_said_before_all_else_and_once(name: str, note: str) -> None:
    from dataclasses import replace

    before = situations.SITUATIONS[name]()
    said = replace(before, run=replace(before.run, notes=("2 rows were left out", note, *before.run.notes)))
    lines = render(said, colour=False, width=200).splitlines()
    assert lines[2] == f"{note}."
    assert sum(note in line for line in lines) == 1


def test_names_from_the_log_are_text_and_not_markup() -> None:
    text = " ".join(render(situations.hostile(), colour=True, width=120).split())
    assert "[red]x[/red]" in text
    assert "\\x1b[31m" in text
    assert "\u202e" not in text


def test_a_failure_says_what_since_when_how_sure_why_and_what_to_do() -> None:
    text = render(situations.dominance(), colour=False)
    for said in (
        "Convergence failure. The discriminator has won",
        "Since step 97, 21 % of the way through",
        "very likely (94 %): estimated from 180 runs",
        "Median D level over the last 50 points: 0.0013, below the bound 0.05 (from runs of known outcome)",
        "Check: the learning rates",
        "1. Lower D's learning rate",
        "If it works: D's loss rises above 0.1",
        "Steps 61 to 96",
        "Not used: seconds, lambda_cycle. To use one: --map METRIC=seconds",
        "loss/disc = D loss",
        "2 rows without numbers were left out",
    ):
        assert said in " ".join(text.split()), said


def test_a_stable_run_says_that_collapse_is_not_excluded_and_what_was_not_logged() -> None:
    text = " ".join(render(situations.stable(), colour=False).split())
    assert text.count("mode collapse is not excluded") == 1
    assert "low-diversity, quality-collapse (not logged)" in text


def test_an_open_convention_names_the_flags_that_settle_it() -> None:
    text = " ".join(render(situations.undecided(), colour=False).split())
    assert "Also possible: --d-loss mean or --family lsgan; --family bce --d-loss sum confirms this" in text
    assert "read in one way the run has failed, in the other it has not." in text
    assert "Run gandoctor again with the flag that is true" in text


def test_a_failure_that_healed_says_when_it_was_over() -> None:
    text = render(situations.healed(), colour=False)
    assert "steps 120 to 210; it has ended" in text
    assert text.splitlines()[1].startswith("Stable.")


def test_the_pair_that_is_ill_is_shown_first() -> None:
    text = render(situations.cycle(), colour=False)
    assert text.index("D loss of pair B") < text.index("D loss of pair A")
    assert "discriminator-dominance, pair B, since epoch 120" in text


def test_pairs_that_were_read_alike_are_told_together() -> None:
    text = " ".join(render(situations.cycle(), colour=False).split())
    assert text.count("least-squares") == 1
    assert "Pairs A, B: least-squares losses (lsgan)" in text


def test_what_is_not_a_number_is_marked_and_said() -> None:
    text = render(situations.broken(), colour=False)
    assert "!!!!" in text
    assert "ends at NaN" in text
    assert "Rows in succession without a finite G loss at the last point: infinity" in text


def test_every_term_in_the_evidence_is_explained() -> None:
    text = " ".join(render(situations.mismatch(), colour=False).split())
    assert "D: discriminator, G: generator." in text
    assert "J: exp(-g_loss) + exp(-d_loss_fake), at most 1 where both losses are of one D" in text
    assert "Median J over the last 50 points: 1.97, above the bound 1.05 (proved)" in text


def test_a_report_of_one_screen_says_what_it_left_out() -> None:
    from dataclasses import replace

    many = replace(situations.dominance(), causes=situations.dominance().causes * 3)
    assert "Likely causes (2 of 6; all: --format markdown)" in render(many, colour=False)


def test_the_sentence_that_decided_follows_the_verdict() -> None:
    lines = render(situations.dominance(), colour=False).splitlines()
    assert lines[3].startswith("D's loss is 0.1 % of what a D that knows nothing would have")


def test_several_patterns_of_a_rule_are_one_finding_with_the_earliest_onset() -> None:
    from dataclasses import replace

    first = situations.dominance().findings[0]
    both = replace(situations.dominance(), findings=(first, replace(first, pattern="other", since=61, fired=80)))
    text = render(both, colour=False)
    assert text.count("discriminator-dominance, since") == 1
    assert "Since step 61, 13 % of the way through; recognisable from step 80" in text


def test_a_suspicion_of_what_is_proved_is_not_told_twice() -> None:
    from dataclasses import replace

    said = situations.dominance()
    doubled = replace(said, suspicions=(replace(said.findings[0], weight="suspicion", confidence=0.4),))
    assert "Suspected" not in render(doubled, colour=False)


def test_an_experimental_rule_is_called_that() -> None:
    from dataclasses import replace

    said = situations.dominance()
    tried = replace(said, findings=(replace(said.findings[0], status="experimental"),))
    assert "discriminator-dominance, a rule tried on few runs, since step 97" in render(tried, colour=False)


def test_a_reading_that_came_back_over_its_bound_is_not_said_to_be_below_it() -> None:
    from dataclasses import replace

    from gandoctor.report.measured import reading

    row = replace(situations.dominance().findings[0].readings[0], value=0.06)
    assert reading(row, brief=True) == (
        "Median D level over the last 50 points: 0.06 by now; it fired below 0.05 (from runs of known outcome)"
    )


def test_a_table_aligns_its_columns() -> None:
    text = table(("log", "verdict"), [("a.csv", "Stable"), ("[red]long[/red].csv", "Stable")], False, 80, True)
    header, first, second = text.splitlines()
    assert header.index("verdict") == first.index("Stable") == second.index("Stable")


def test_a_table_cuts_no_word_off() -> None:
    row = ("a" * 60, "Convergence failure (discriminator-dominance)", "step 97", "50 %", "no: Convergence failure")
    text = table(("run", "verdict", "since", "sure", "right"), [row], False, 100, True)
    assert "".join(sorted("".join(text.split()))) == "".join(
        sorted("runverdictsincesureright" + "".join("".join(row).split()))
    )


@pytest.mark.parametrize("name", sorted(situations.SITUATIONS))
def test_the_report_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", render(situations.SITUATIONS[name](), colour=False, width=80))


def test_the_coloured_report_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    golden("dominance.ansi", render(situations.dominance(), colour=True, width=80))


def test_the_ascii_report_is_the_golden_one(golden: Callable[[str, str], None]) -> None:
    golden("dominance.ascii.txt", render(situations.dominance(), colour=False, width=80, blocks=False))
