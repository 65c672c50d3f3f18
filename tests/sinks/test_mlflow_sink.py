"""The MLflow sink, with stores on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sink_material import finding, train

from gandoctor import Recorder
from gandoctor.sinks import MLflow

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings("default")  # what MLflow itself warns of
mlflow = pytest.importorskip("mlflow")


@pytest.fixture(params=["files", "sqlite"], scope="module")
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store for all tests: making the tables of a database takes seconds."""
    if request.param == "sqlite":
        for needed in ("sqlalchemy", "alembic"):
            pytest.importorskip(needed, reason="mlflow-skinny keeps no database without it")
    folder, before = tmp_path_factory.mktemp("mlflow"), mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        mlflow.set_tracking_uri(
            f"sqlite:///{folder}/mlflow.db" if request.param == "sqlite" else (folder / "mlruns").as_uri()
        )
        yield
        mlflow.set_tracking_uri(before)


@pytest.fixture
def run(store: None) -> Iterator[Any]:
    with mlflow.start_run() as run:
        yield run


def tags(run: Any) -> dict[str, str]:
    found = mlflow.MlflowClient().get_run(run.info.run_id).data.tags
    return {name: text for name, text in found.items() if name.startswith("gandoctor.")}


def test_figures_are_metrics_and_the_verdict_and_alerts_are_tags(run: Any) -> None:
    with Recorder(on_alert=MLflow()) as doctor:
        train(doctor, 1, 300, ill=False)
        train(doctor, 301, 600, ill=True)
    found = tags(run)
    alert = found.pop("gandoctor.alert.discriminator-dominance")
    assert alert.startswith("The discriminator has won. Since step 301, certain from")
    assert found == {
        "gandoctor.verdict": "convergence_failure",
        "gandoctor.kind": "discriminator-dominance",
        "gandoctor.headline": "The discriminator has won",
        "gandoctor.since": "301",
    }
    [level] = mlflow.MlflowClient().get_metric_history(run.info.run_id, "gandoctor/d_level")
    assert level.step == 600
    assert level.value < 0.01
    [failing] = mlflow.MlflowClient().get_metric_history(run.info.run_id, "gandoctor/failing")
    assert failing.value == 1


def test_a_pair_of_networks_of_any_name_has_tags_and_metrics(run: Any) -> None:
    with Recorder(on_alert=MLflow()) as doctor:
        train(doctor, 1, 300, ill=False, pair="../A: b")
        train(doctor, 301, 600, ill=True, pair="../A: b")
    assert "gandoctor.alert.discriminator-dominance.___A__b" in tags(run)
    assert mlflow.MlflowClient().get_metric_history(run.info.run_id, "gandoctor/___A__b/d_level")


def test_a_run_that_is_named_gets_it_whichever_is_active(run: Any) -> None:
    other = mlflow.MlflowClient().create_run(run.info.experiment_id)
    with MLflow(other.info.run_id) as sink:
        sink(finding())
    assert list(tags(other)) == ["gandoctor.alert.non-finite"]
    assert not tags(run)


def test_the_run_that_was_active_gets_what_comes_after_its_end(run: Any) -> None:
    sink = MLflow()
    sink(finding("a"))
    mlflow.end_run()
    sink(finding("b"))
    assert sink.flush()
    assert set(tags(run)) == {"gandoctor.alert.a", "gandoctor.alert.b"}


def test_no_run_is_said_once_and_none_is_begun(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    mlflow.end_run()
    sink = MLflow()
    before = len(mlflow.MlflowClient().search_runs([run.info.experiment_id]))
    sink(finding("a"))
    sink(finding("b"))
    assert sink.flush()
    assert caplog.text.count("no run is active: call mlflow.start_run() first, or give run_id=") == 1
    assert len(mlflow.MlflowClient().search_runs([run.info.experiment_id])) == before


def test_a_store_that_is_gone_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with Recorder(on_alert=MLflow("no-such-run", tracking_uri="nowhere://me:SECRET@host/x")) as doctor:
        train(doctor, 1, 300, ill=True)
        assert doctor.diagnosis().verdict == "convergence_failure"
    assert caplog.text.count("MLflow: something could not be delivered") == 1
    assert "SECRET" not in caplog.text
