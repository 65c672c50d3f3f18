"""The pytest plugin: `gan_recorder` records a training inside a test, the marker `gandoctor` says how it must end.

    @pytest.mark.gandoctor("stable")
    def test_training(gan_recorder):
        for step in range(500):
            gan_recorder.record(step, d_loss=..., g_loss=...)

pytest imports this module whenever it starts, so that it imports nothing else of this package until a test needs it.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from gandoctor.recorder import Recorder

_BEFORE = pytest.StashKey["Path | None"]()
_MARKER = (
    'gandoctor(verdict="stable", *, kind="", since=None, context=None): the training that gan_recorder records must end'
    " with this verdict, from the rule `kind`, beginning in the steps `since`; `context` is what is known about it."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of the marker."""

    verdict: Any = "stable"
    _: KW_ONLY
    kind: str = ""
    since: tuple[float, float] | None = None
    context: Mapping[str, Any] | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says where reports of failed assertions go."""
    parser.getgroup("gandoctor").addoption(
        "--gandoctor-artifacts",
        metavar="DIR",
        help="leave the reports and curves of failed gandoctor assertions in DIR (default: .gandoctor in the rootdir)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and set the folder for reports."""
    from gandoctor.testing import FOLDER, keep_in

    config.addinivalue_line("markers", _MARKER)
    given = config.getoption("gandoctor_artifacts")
    config.stash[_BEFORE] = keep_in(config.invocation_params.dir / given if given else config.rootpath / FOLDER)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Set back the folder: one session of pytest may run within another."""
    from gandoctor.testing import keep_in

    if _BEFORE in config.stash:
        keep_in(config.stash[_BEFORE])


@pytest.fixture
def gan_recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Recorder]:
    """Record a training in a test: a `gandoctor.Recorder` whose log is `run.csv` in the test's `tmp_path`.

    Call `record(step, d_loss=..., g_loss=...)`; `assert_stable(gan_recorder)` judges it at any time, the marker
    `gandoctor` at the end of the test.
    """
    from gandoctor.recorder import Recorder

    asked = _asked(request.node)
    with Recorder(tmp_path / "run.csv", context=asked.context if asked else None) as recorder:
        yield recorder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Judge the recorded training after the test itself has passed, so that a wrong end is the test's failure."""
    __tracebackhide__ = True
    result = yield
    asked = _asked(item)
    if asked is None:
        return result
    recorder = getattr(item, "funcargs", {}).get("gan_recorder")
    if recorder is None:
        pytest.fail("the marker gandoctor judges what the fixture gan_recorder records: ask for it", pytrace=False)
    from gandoctor.testing import assert_verdict

    assert_verdict(recorder, asked.verdict, kind=asked.kind, since=asked.since)
    return result


def _asked(item: pytest.Item) -> _Asked | None:
    """Return what the nearest marker asks for; the test fails where its arguments are wrong."""
    marker = item.get_closest_marker("gandoctor")
    if marker is None:
        return None
    try:
        return _Asked(*marker.args, **marker.kwargs)
    except TypeError as error:
        pytest.fail(f"{_MARKER.partition(':')[0]}: {error}", pytrace=False)
