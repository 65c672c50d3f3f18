"""The TensorBoard sink, read back by TensorBoard itself."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sink_material import finding, train

from gandoctor import Recorder, diagnose, read
from gandoctor.errors import BadOption
from gandoctor.readers.records import frames
from gandoctor.sinks import TensorBoard
from gandoctor.sinks.event_writers import EventFolder

pytest.importorskip("tensorboard")

SCALARS = {f"gandoctor/{name}" for name in ("d_level", "g_level", "consistency", "confidence", "failing")}


def shown(folder: Path) -> tuple[dict[str, list[tuple[int, float]]], dict[str, list[tuple[int, str]]]]:
    """The scalars and the texts in the files of a folder: tag -> steps and values."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.util.tensor_util import make_ndarray

    scalars: dict[str, list[tuple[int, float]]] = {}
    texts: dict[str, list[tuple[int, str]]] = {}
    for file in sorted(folder.glob("events.out.tfevents.*")):
        events = [Event.FromString(data) for _, data in frames(file.read_bytes(), "tfrecord")]
        assert events[0].file_version == "brain.Event:2"
        for step, value in ((event.step, value) for event in events for value in event.summary.value):
            if value.metadata.plugin_data.plugin_name == "text":
                texts.setdefault(value.tag, []).append((step, make_ndarray(value.tensor).item().decode()))
            else:
                number = value.simple_value if value.HasField("simple_value") else make_ndarray(value.tensor).item()
                scalars.setdefault(value.tag, []).append((step, number))
    return scalars, texts


def check(folder: Path) -> None:
    """What a training that failed at step 301 leaves behind."""
    scalars, texts = shown(folder)
    assert scalars.keys() >= SCALARS
    assert scalars["gandoctor/failing"] == [(600, 1)]
    assert scalars["gandoctor/d_level"][0][1] < 0.01
    [(step, text)] = texts["gandoctor/alert/discriminator-dominance"]
    assert 300 < step < 400
    assert text.startswith("**The discriminator has won**\n\nSince step 301, certain from")
    [(step, text)] = texts["gandoctor/verdict"]
    assert step == 600
    assert text.startswith("**convergence_failure** (discriminator-dominance) since step 301: ")


def fail(sink: TensorBoard) -> None:
    with Recorder(on_alert=sink) as doctor:
        train(doctor, 1, 300, ill=False)
        train(doctor, 301, 600, ill=True)


def test_a_folder_gets_scalars_and_texts(tmp_path: Path) -> None:
    with TensorBoard(tmp_path) as sink:
        fail(sink)
        check(tmp_path / "gandoctor")  # while the training goes on


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorBoard would load TensorFlow to read it")
def test_tensorboard_itself_reads_it(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with TensorBoard(tmp_path) as sink:
        fail(sink)
    found = EventAccumulator(str(tmp_path / "gandoctor")).Reload().Tags()
    assert set(found["scalars"]) >= SCALARS
    assert set(found["tensors"]) == {"gandoctor/verdict", "gandoctor/alert/discriminator-dominance"}


def test_tensorflow_is_not_loaded_where_it_is_not_used(tmp_path: Path) -> None:
    code = """
        import sys
        sys.path.insert(0, sys.argv[1])
        from sink_material import finding
        from gandoctor.sinks import TensorBoard

        with TensorBoard(sys.argv[2]) as sink:
            sink(finding())
        print("tensorflow" in sys.modules)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert list(tmp_path.glob("gandoctor/events.out.tfevents.*"))


def test_a_sink_with_nothing_to_say_makes_no_folder(tmp_path: Path) -> None:
    with TensorBoard(tmp_path / "runs"):
        pass
    assert not (tmp_path / "runs").exists()


def test_a_sink_goes_on_in_its_file_and_a_second_process_in_one_of_its_own(tmp_path: Path) -> None:
    for sinks in (TensorBoard(tmp_path),) * 2, (TensorBoard(tmp_path),):
        for sink in sinks:
            sink(finding())
            sink.still([])
            sink.close()
    files = list(tmp_path.glob("gandoctor/*"))
    assert len(files) == 2
    assert len(shown(tmp_path / "gandoctor")[1]["gandoctor/alert/non-finite"]) == 3


def test_a_folder_that_cannot_be_made_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with TensorBoard(tmp_path / "file") as sink:
        fail(sink)
    assert caplog.text.count("TensorBoard: something could not be delivered") == 1


def test_figures_beside_a_log_do_not_change_how_it_is_read(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run.csv", on_alert=TensorBoard(tmp_path / "run")) as doctor:
        train(doctor, 1, 150, ill=False)
        train(doctor, 151, 400, ill=True)
    log, writer = read(tmp_path / "run.csv"), EventFolder(tmp_path / "run")
    for name, curve in log.curves.items():
        for step, value in zip(curve.steps, curve.values, strict=True):
            writer.scalar(name, value, int(step))
    run = read(tmp_path / "run")
    assert run.curves.keys() == log.curves.keys() == {"d_loss_real", "d_loss_fake", "g_loss"}
    assert diagnose(run).kind == "discriminator-dominance"


def test_a_writer_of_pytorch_is_used_and_left_open(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch.utils.tensorboard")
    with torch.SummaryWriter(tmp_path) as writer:
        with TensorBoard(writer) as sink:
            fail(sink)
        writer.add_scalar("loss", 1.0, 601)
    scalars, texts = shown(tmp_path)
    assert scalars["loss"] == [(601, 1)]
    assert scalars["gandoctor/failing"] == [(600, 1)]
    assert {tag.removesuffix("/text_summary") for tag in texts} == {
        "gandoctor/verdict",
        "gandoctor/alert/discriminator-dominance",
    }


def test_a_writer_of_tensorflow_is_used_and_left_open(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    writer = tf.summary.create_file_writer(str(tmp_path))
    with TensorBoard(writer) as sink:
        fail(sink)
    check(tmp_path)
    with writer.as_default():
        tf.summary.scalar("loss", 1.0, step=601)
    writer.close()
    assert shown(tmp_path)[0]["loss"] == [(601, 1)]


@pytest.mark.parametrize("wrong", [None, 3, object(), print])
def test_what_is_neither_a_folder_nor_a_writer_is_refused(wrong: Any) -> None:
    with pytest.raises(BadOption, match="takes a folder or a summary writer"):
        TensorBoard(wrong)
