"""The assertions and the plugin, each in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gandoctor import Recorder, diagnose
from gandoctor.cli import commands
from gandoctor.demo import recorded
from gandoctor.errors import GandoctorError
from gandoctor.testing import assert_like_references, assert_stable, assert_verdict, keep_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ("pytester",)

LOGS = {run.name: run.log for run in recorded()}
HEALTHY, COLLAPSED = LOGS["ring8-healthy-s1"], LOGS["ring8-latent-1-s5"]

TRAINING = """
    import math
    import pytest
    from gandoctor.testing import assert_stable, assert_verdict

    def train(recorder, ill=False, steps=400):
        for step in range(1, steps + 1):
            wave = math.sin(step * 12.9898) * 43758.5453 % 1 - 0.5
            if ill and step > 100:
                recorder.record(step, d_loss=1e-6, g_loss=14.0 + wave)
            else:
                recorder.record(step, d_loss=1.3 + 0.2 * wave, g_loss=0.9 + 0.3 * wave * math.cos(step))
"""


@pytest.fixture(autouse=True)
def artefacts(tmp_path: Path) -> Iterator[Path]:
    before = keep_in(tmp_path / "artefacts")
    yield tmp_path / "artefacts"
    keep_in(before)


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A pytest that has the plugin whether or not this package's entry points are installed."""
    if not _is_installed():
        monkeypatch.setenv("PYTEST_ADDOPTS", "-p gandoctor.pytest_plugin")
    return pytester


def _is_installed() -> bool:
    from importlib.metadata import entry_points

    return any(point.value == "gandoctor.pytest_plugin" for point in entry_points(group="pytest11"))


def write(inner: pytest.Pytester, test: str) -> None:
    inner.makepyfile(dedent(TRAINING) + dedent(test))


@pytest.mark.parametrize("run", [HEALTHY, str(HEALTHY), HEALTHY.parent])
def test_a_healthy_log_is_stable(run: Path | str) -> None:
    assert assert_stable(run).verdict == "stable"


def test_a_diagnosis_is_taken_as_it_is() -> None:
    diagnosis = diagnose(HEALTHY)
    assert assert_stable(diagnosis) is diagnosis


def test_a_failure_says_what_was_expected_and_leaves_report_and_curves(artefacts: Path) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_stable(COLLAPSED)
    text = str(raised.value)
    assert text.startswith("expected stable, found mode collapse\n")
    assert "What to do" in text
    (folder,) = (path for path in artefacts.iterdir() if path.is_dir())
    assert "test_a_failure_says_what_was_expected" in folder.name
    assert {path.name.partition(".")[0] for path in folder.iterdir()} == {"report", "curves"}
    assert all(str(path) in text for path in folder.iterdir())
    assert (artefacts / ".gitignore").read_text() == "*\n"


def test_a_verdict_is_held_against_kind_and_beginning() -> None:
    found = diagnose(COLLAPSED)
    assert found.since is not None
    kind, since = found.kind, found.since
    assert assert_verdict(found, "mode_collapse", kind=kind, since=(since, since)) is found
    assert assert_verdict(found, "mode_collapse", since=(since - 1, since + 1)) is found
    for asked, said in (
        ({"kind": "no-rule"}, [f"the rule no-rule, found the rule {kind}"]),
        ({"since": (1, 2)}, [f"a beginning in steps 1 to 2, found step {since:,.0f}"]),
        ({"kind": "no-rule", "since": (1, 1)}, ["the rule no-rule", "a beginning in step 1, found step"]),
    ):
        with pytest.raises(AssertionError) as raised:
            assert_verdict(found, "mode_collapse", **asked)
        first = str(raised.value).splitlines()[0]
        assert all(f"expected {part}" in first for part in said), first


def test_wrong_use_is_no_failed_assertion(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no verdict 'fine'; there are stable"):
        assert_verdict(HEALTHY, "fine")  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(TypeError, match="judged already"):
        assert_stable(diagnose(HEALTHY), family="bce")
    with pytest.raises(GandoctorError, match="does not exist"):
        assert_stable(tmp_path / "none.csv")


def test_a_folder_that_cannot_be_written_does_not_hide_the_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_in(tmp_path / "file")
    with pytest.raises(AssertionError, match=r"expected stable(.|\n)*could not be left in"):
        assert_stable(COLLAPSED)


def test_references_need_a_log_on_disk(tmp_path: Path) -> None:
    with Recorder() as recorder, pytest.raises(TypeError, match="give the Recorder a path"):
        assert_like_references(recorder, tmp_path)


def test_a_recorded_training_is_judged_by_the_marker_or_at_any_time(inner: pytest.Pytester) -> None:
    write(
        inner,
        """
        @pytest.mark.gandoctor("stable")
        def test_marker(gan_recorder):
            train(gan_recorder)

        @pytest.mark.gandoctor("convergence_failure", kind="discriminator-dominance", context={"d_lr": 1.0})
        def test_ill(gan_recorder, tmp_path):
            train(gan_recorder, ill=True)
            gan_recorder.flush()
            assert (tmp_path / "run.csv").read_text().startswith("step,")

        def test_at_any_time(gan_recorder):
            train(gan_recorder)
            assert_stable(gan_recorder)

        def test_without_a_question(gan_recorder):
            train(gan_recorder, ill=True)
        """,
    )
    inner.runpytest("-W", "error").assert_outcomes(passed=4)


def test_a_wrong_end_is_a_failure_of_the_test_with_its_report(inner: pytest.Pytester) -> None:
    write(
        inner,
        """
        @pytest.mark.gandoctor
        def test_marker(gan_recorder):
            train(gan_recorder, ill=True)

        @pytest.mark.gandoctor
        def test_of_another_fault(gan_recorder):
            train(gan_recorder, ill=True)
            assert 1 == 2
        """,
    )
    result = inner.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*expected stable, found convergence failure", "*What to do*", "*Report: *"])
    kept = [path.name for path in (inner.path / ".gandoctor").rglob("curves.png")]
    assert kept == ["curves.png"]
    assert "pytest_plugin.py" not in result.stdout.str()


def test_the_folder_for_artefacts_can_be_named(inner: pytest.Pytester) -> None:
    write(inner, "def test_one(gan_recorder):\n    train(gan_recorder, ill=True)\n    assert_stable(gan_recorder)\n")
    inner.runpytest("--gandoctor-artifacts", "kept").assert_outcomes(failed=1)
    assert [path.parent.name for path in inner.path.glob("kept/*/curves.png")]
    assert not (inner.path / ".gandoctor").exists()


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("@pytest.mark.gandoctor\ndef test_one():\n    pass\n", "*judges what the fixture gan_recorder records*"),
        ("@pytest.mark.gandoctor(colour=1)\ndef test_one(gan_recorder):\n    pass\n", "*unexpected keyword*colour*"),
        ("@pytest.mark.gandoctor('fine')\ndef test_one(gan_recorder):\n    pass\n", "*there is no verdict 'fine'*"),
    ],
)
def test_a_wrong_marker_is_explained(test: str, said: str, inner: pytest.Pytester) -> None:
    write(inner, test)
    result = inner.runpytest("--strict-markers")
    assert result.ret != 0
    result.stdout.fnmatch_lines([said])


HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "rich", "gandoctor.engine", "gandoctor.recorder", "tensorflow")


def test_the_plugin_makes_pytest_load_nothing_heavy(tmp_path: Path) -> None:
    more = [] if _is_installed() else ["-p", "gandoctor.pytest_plugin"]
    code = f"""
import sys, pytest
class Look:
    def pytest_sessionfinish(self):
        print("loaded", [name for name in {HEAVY!r} if name in sys.modules])
pytest.main([*{more!r}, "-p", "no:cacheprovider", "--collect-only", {str(tmp_path)!r}], [Look()])
"""
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "loaded []" in out.stdout


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six references of one recipe; new runs of it are `runs/<seed>.csv` beside them."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "runs").mkdir()
    for seed in range(8):
        log = folder / "runs" / f"{seed}.csv"
        log.write_text(_log(seed))
        if seed < 6:
            commands.main(["reference", "add", str(log), "--in", str(folder / "references")], standalone_mode=False)
    (folder / "runs" / "slower.csv").write_text(_log(9, g=1.6))
    return folder


def _log(seed: int, g: float = 1.0) -> str:
    noise = np.random.default_rng(seed).standard_normal((600, 2))
    rows = [f"{i + 1},{1.2 + 0.08 * a:.5f},{g + 0.1 * b:.5f}" for i, (a, b) in enumerate(noise)]
    return "\n".join(["step,d_loss,g_loss", *rows]) + "\n"


def test_a_run_like_the_references_passes(references: Path) -> None:
    runs = references / "runs"
    likeness = assert_like_references([runs / "6.csv", runs / "7.csv"], references / "references")
    assert len(likeness.references) == 6


def test_a_run_unlike_the_references_fails_and_says_which_curve_moved(references: Path, artefacts: Path) -> None:
    with pytest.raises(AssertionError) as raised:
        assert_like_references(references / "runs" / "slower.csv", references / "references")
    text = str(raised.value)
    assert text.startswith("not like the references in")
    assert "G" in text
    assert len(list(artefacts.rglob("curves-1.png"))) == 1
