"""From findings to the answer: verdicts, phases, the healthiest stretch, causes, remedies, what was not judged."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gandoctor.engine import diagnose
from gandoctor.model import Curve, Run
from gandoctor.notation import draw

if TYPE_CHECKING:
    from typing import Any

    from gandoctor.model import Diagnosis, FloatArray


def run(curves: dict[str, str], context: dict[str, Any] | None = None) -> Run:
    made = {name: draw(text, name).values for name, text in curves.items()}
    return Run({name: Curve(np.arange(1.0, len(x) + 1), x) for name, x in made.items()}, context=context or {})


HEALTHY = {
    "d_loss_real": "0.69..0.55*60 0.55~0.05@0.5*540",
    "d_loss_fake": "0.69..0.5*60 0.5~0.05@0.5*540",
    "g_loss": "0.7..1.2*60 1.2~0.15@0.5*540",
}
DEAD = {
    "d_loss_real": "0.6~0.05*200 0.6..0.0004*40 0.0004*360",
    "d_loss_fake": "0.6~0.05*200 0.6..0.0004*40 0.0004*360",
    "g_loss": "0.9~0.05*200 0.9..9*40 9..11*360",
}
HEALED = {
    "d_loss_real": "0.6~0.05*200 0.0004*100 0.6~0.05*300",
    "d_loss_fake": "0.6~0.05*200 0.0004*100 0.6~0.05*300",
    "g_loss": "0.9~0.05*200 9~0.3*100 0.9~0.05*300",
}


def test_a_healthy_run_is_stable_and_the_report_says_what_losses_cannot_show() -> None:
    diagnosis = diagnose(run(HEALTHY))
    assert (diagnosis.verdict, diagnosis.kind, diagnosis.findings) == ("stable", "", ())
    assert any("collapse" in limit for limit in diagnosis.limits)


def test_a_measured_diversity_takes_the_reservation_away() -> None:
    diagnosis = diagnose(run({**HEALTHY, "coverage": "0.95~0.01*600"}))
    assert not any("collapse" in limit for limit in diagnosis.limits)


def test_a_failure_has_a_date_a_kind_causes_and_remedies() -> None:
    diagnosis = diagnose(run(DEAD))
    assert (diagnosis.verdict, diagnosis.kind) == ("convergence_failure", "discriminator-dominance")
    assert diagnosis.since == pytest.approx(240, abs=12)
    assert diagnosis.causes
    assert all(cause.rule == diagnosis.kind for cause in diagnosis.causes)
    assert [a.remedy.id for a in diagnosis.remedies]
    assert [p.state for p in diagnosis.phases] == ["warm-up", "stable", "discriminator-dominance"]
    assert diagnosis.best is not None
    assert diagnosis.best.end <= 245


def test_a_failure_that_healed_is_a_phase_and_no_verdict() -> None:
    diagnosis = diagnose(run(HEALED))
    assert diagnosis.verdict == "stable"
    assert {(f.rule, f.active) for f in diagnosis.findings} == {("discriminator-dominance", False)}
    assert "discriminator-dominance" in [p.state for p in diagnosis.phases]
    assert diagnosis.phases[-1].state == "stable"


OUT_OF_BALANCE = {
    "G explodes at step 300": {"d_loss": "1.2~0.1*2000", "g_loss": "1~0.1*300 8000~800*1700"},
    "G explodes at step 500": {"d_loss": "1.2~0.1*2000", "g_loss": "1~0.1*500 8000~800*1500"},
    "G explodes at step 1500": {"d_loss": "1.2~0.1*2000", "g_loss": "1~0.1*1500 8000~800*500"},
    "D explodes": {"d_loss": "1.2~0.1*500 10000~1000*1500", "g_loss": "1~0.1*2000"},
    "G stands on PyTorch's clamp": {"d_loss": "1.2~0.1*2000", "g_loss": "1~0.1*600 100*1400"},
}
STEPS = np.arange(1.0, 2001)
STILL = np.ones(2000)
RUNAWAYS = {
    "both losses": (np.exp(STEPS / 150), None),
    "both losses, beside a penalty that stands": (np.exp(STEPS / 150), 0.1 * STILL),
    "both losses, half as fast": (np.exp(STEPS / 300), 0.1 * STILL),
    "the penalty": (STILL, np.exp(STEPS / 150)),
}


def critic(seed: int, size: FloatArray, penalty: FloatArray | None = None) -> Run:
    """A critic's losses that scatter by a tenth around a size."""
    noise = np.random.default_rng(seed)
    made = {"d_loss": -1.2 * size, "g_loss": size} | ({} if penalty is None else {"gradient_penalty": penalty})
    curves = {name: Curve(STEPS, x * noise.normal(1, 0.1, len(STEPS))) for name, x in made.items()}
    return Run(curves, context={"family": "wgan" if penalty is None else "wgan-gp"})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", OUT_OF_BALANCE)
def test_a_loss_that_explodes_and_stays_there_never_counts_as_healed(name: str, seed: int) -> None:
    curves = {metric: draw(text, f"{metric} {seed}").values for metric, text in OUT_OF_BALANCE[name].items()}
    diagnosis = diagnose(Run({m: Curve(STEPS, x) for m, x in curves.items()}, context={"family": "bce"}))
    assert diagnosis.verdict == "convergence_failure"
    assert diagnosis.findings[0].until is None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_critic_that_runs_off_over_orders_of_magnitude_has_failed(name: str, seed: int) -> None:
    diagnosis = diagnose(critic(seed, *RUNAWAYS[name]))
    assert (diagnosis.verdict, diagnosis.kind) == ("convergence_failure", "divergence")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_a_critic_whose_loss_grows_by_a_power_of_the_steps_has_not(power: float, seed: int) -> None:
    diagnosis = diagnose(critic(seed, 400 * (STEPS / 2000) ** power))
    assert (diagnosis.verdict, diagnosis.findings, diagnosis.suspicions) == ("stable", (), ())


DISCRIMINATORS_THAT_LEARN_NOTHING = [
    ("wgan", {"d_loss": "0~0.0001*2000", "g_loss": "0~0.0001*2000"}),
    ("wgan-gp", {"d_loss": "0~0.0001*2000", "g_loss": "0~0.0001*2000", "gradient_penalty": "0.1~0.01*2000"}),
    ("hinge", {"d_loss": "2~0.001*3000", "g_loss": "0~0.001*3000"}),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("family", "curves"), DISCRIMINATORS_THAT_LEARN_NOTHING)
def test_a_discriminator_that_seems_to_learn_nothing_is_not_acquitted(
    family: str, curves: dict[str, str], seed: int
) -> None:
    made = {metric: draw(text, f"{metric} {seed}").values for metric, text in curves.items()}
    diagnosis = diagnose(
        Run({m: Curve(np.arange(1.0, len(x) + 1), x) for m, x in made.items()}, context={"family": family})
    )
    assert diagnosis.verdict == "inconclusive"
    assert [s.rule for s in diagnosis.suspicions] == ["dead-discriminator"]


def test_phases_cover_the_run_without_gaps() -> None:
    for case in (HEALTHY, DEAD, HEALED):
        phases = diagnose(run(case)).phases
        assert (phases[0].start, phases[-1].end) == (1, 600)
        assert all(a.end == b.start for a, b in pairwise(phases))


@pytest.mark.parametrize(
    ("curves", "why"),
    [
        ({"d_loss": "1.2~0.1*6", "g_loss": "0.9~0.1*6"}, "few"),
        ({"fid": "300..200*3"}, "few"),
    ],
)
def test_too_little_is_inconclusive_and_never_an_all_clear(curves: dict[str, str], why: str) -> None:
    diagnosis = diagnose(run(curves))
    assert diagnosis.verdict == "inconclusive"
    assert any(why in limit for limit in diagnosis.limits)
    assert diagnosis.remedies == ()


def test_g_alone_is_no_all_clear() -> None:
    diagnosis = diagnose(run({"g_loss": "0.9~0.1*400"}))
    assert diagnosis.verdict == "inconclusive"
    assert "D's loss" in diagnosis.headline


def test_a_small_g_beside_half_of_what_d_costs_may_be_weighted() -> None:
    """Read as least squares G has won; a cross-entropy with a G loss that was weighted looks the same."""
    curves = {"d_loss": "0.5~0.02*400", "g_loss": "0.3..0.05*300 0.05~0.003*100"}
    diagnosis = diagnose(run(curves))
    assert diagnosis.verdict != "convergence_failure"


def test_fid_alone_can_answer() -> None:
    assert diagnose(run({"fid": "300..20*20 20~1*20"})).verdict == "stable"
    assert diagnose(run({"fid": "300..20*20 20..90*20"})).verdict == "mode_collapse"


def test_what_the_context_says_raises_a_cause() -> None:
    plain, informed = diagnose(run(DEAD)), diagnose(run(DEAD, {"beta_1": 0.9, "learning_rate": 0.001}))
    assert informed.causes[0].supported_by
    assert informed.causes[0].text != plain.causes[0].text
    assert {c.text for c in informed.causes} == {c.text for c in plain.causes}


def test_rules_without_data_say_what_to_log() -> None:
    unanswered = {u.rule: u for u in diagnose(run(HEALTHY)).unanswered}
    assert "low-diversity" in unanswered
    assert unanswered["low-diversity"].why.startswith("not logged: coverage, vendi, pairwise_distance, ")
    assert unanswered["quality-collapse"].why == "not logged: fid, recall or precision"
    assert unanswered["discriminator-overfitting"].why == "not logged: d_sign_real and fid, or d_loss_validation"
    assert unanswered["low-diversity"].log_this


def test_a_verdict_that_hangs_on_a_convention_is_inconclusive_and_names_the_flag() -> None:
    """D's loss at .022 is dominance as a mean and short of it as a sum."""
    curves = {"d_loss": "0.35~0.02*100 0.35..0.022*50 0.022~0.0005*400", "g_loss": "1.5~0.1*100 1.5..6*50 6~0.2*400"}
    diagnosis = diagnose(run(curves))
    settled = {form: diagnose(run(curves, {"d_form": form})).verdict for form in ("sum", "mean")}
    if len(set(settled.values())) == 2:
        assert diagnosis.verdict == "inconclusive"
        assert "--d-loss" in diagnosis.headline
    else:
        assert diagnosis.verdict == settled["sum"]


@pytest.mark.parametrize("metric", ["d_loss", "g_loss"])
def test_the_worse_of_two_pairs_decides(metric: str) -> None:
    steps = np.arange(1.0, 401)
    good = {"d_loss": draw("1.2~0.1*400", "a").values, "g_loss": draw("0.9~0.1*400", "b").values}
    bad = {**good, metric: draw("1.2~0.1*100 nan*300", "c").values}
    curves = {f"{name}@A": Curve(steps, x) for name, x in good.items()}
    curves |= {f"{name}@B": Curve(steps, x) for name, x in bad.items()}
    diagnosis: Diagnosis = diagnose(Run(curves))
    assert diagnosis.verdict == "convergence_failure"
    assert diagnosis.findings[0].pair == "B"


def test_every_confidence_is_a_probability_and_says_where_it_comes_from() -> None:
    for case in (HEALTHY, DEAD, HEALED):
        diagnosis = diagnose(run(case))
        assert 0 < diagnosis.confidence < 1
        assert "runs" in diagnosis.calibration
        assert all(0 < f.confidence < 1 for f in diagnosis.findings)


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"d_learning_rate": 1e-3, "d_beta_1": 0.9}, ("d_learning_rate = 0.001", "d_beta_1 = 0.9")),
        ({"d_lr": 0.001, "d_beta1": 0.9}, ("d_lr = 0.001", "d_beta1 = 0.9")),
        ({"d_lr": 0.0002}, ()),
        ({"d_lr": True}, ()),
    ],
)
def test_a_setting_speaks_for_a_cause_under_either_name(context: dict[str, Any], told: tuple[str, ...]) -> None:
    diagnosis = diagnose(run(DEAD, context))
    supported = {text for cause in diagnosis.causes for text in cause.supported_by}
    assert set(told) <= supported
    assert bool(supported) is bool(told)


def test_a_run_that_never_covered_anything_has_no_steps_worth_keeping() -> None:
    assert diagnose(run({**HEALTHY, "coverage": "0*600"})).best is None
    assert diagnose(run({**HEALTHY, "coverage": "0..0.4*600"})).best is not None
