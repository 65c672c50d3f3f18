from __future__ import annotations

from dataclasses import replace

import pytest
import situations

from gandoctor.model import Diagnosis, Phase
from gandoctor.report.sparkline import Axis
from gandoctor.report.timeline import timeline


def lines(diagnosis: Diagnosis, columns: int = 45, blocks: bool = True) -> tuple[str, str]:
    run = diagnosis.run
    made = timeline(diagnosis, Axis(run.first_step, run.last_step, columns), blocks)
    return made.band, made.axis


def test_the_phases_lie_under_the_steps_at_which_they_held() -> None:
    band, _ = lines(situations.dominance())
    assert band == "░" * 6 + "─" * 3 + "█" * 36


def test_the_onset_is_marked_under_its_column() -> None:
    band, axis = lines(situations.dominance())
    assert axis.index("▲") == band.index("█")
    assert "▲ step 97" in axis


@pytest.mark.parametrize("since", [1, 2, 40, 225, 400, 440, 450])
def test_the_axis_never_overlaps_wherever_the_onset_is(since: int) -> None:
    diagnosis = replace(situations.dominance(), findings=(situations.finding("discriminator-dominance", since, 450),))
    _, axis = lines(diagnosis)
    assert len(axis) <= 45
    assert "▲" in axis
    words = axis.replace("▲", " ").split()
    assert set(words) <= {"1", "450", "step", str(since)}


def test_a_stretch_without_a_phase_stays_blank() -> None:
    band, _ = lines(situations.healed())
    assert band[10] == " "


def test_a_phase_too_short_to_be_seen_is_not_explained() -> None:
    phases = (Phase("warm-up", None, 1, 2), Phase("a-rule", "convergence_failure", 2, 450))
    made = timeline(replace(situations.stable(), phases=phases), Axis(1, 450, 45), blocks=True)
    assert [state for _, state in made.legend] == ["a-rule"]


def test_ascii_uses_letters_for_failures() -> None:
    band, axis = lines(situations.dominance(), blocks=False)
    assert band == ":" * 6 + "-" * 3 + "A" * 36
    assert axis.isascii()


def test_different_failures_have_different_signs() -> None:
    phases = tuple(Phase(f"rule-{i}", "convergence_failure", 100 * i + 1, 100 * i + 100) for i in range(4))
    diagnosis = replace(situations.stable(), phases=phases)
    made = timeline(diagnosis, Axis(1, 450, 45), blocks=True)
    assert len({sign for sign, _ in made.legend}) == 4
